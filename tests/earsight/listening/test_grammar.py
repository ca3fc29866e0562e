"""Every action can be asked for in words, and every sentence means something."""

from __future__ import annotations

import re

import pytest

from earsight.actions import ACTIONS
from earsight.language.finding import named
from earsight.language.questions import parse
from earsight.listening.grammar import Command, Grammar
from earsight.listening.phrases import PHRASES

GRAMMAR = Grammar(ACTIONS)


def test_every_action_but_listening_itself_can_be_said() -> None:
    assert {command.action for command in GRAMMAR.commands.values()} == set(ACTIONS) - {"listen"}


def test_there_are_a_thousand_sentences_in_small_letters() -> None:
    assert len(GRAMMAR.commands) > 1000
    assert [said for said in GRAMMAR.commands if not re.fullmatch("[a-z' ]+", said)] == []


def test_questions_are_understood_and_things_are_known() -> None:
    for command in GRAMMAR.commands.values():
        if command.action == "ask":
            assert command.argument is not None
            question = parse(command.argument, "en")
            assert question is not None, command.argument
            assert question.name is not None or question.is_about_middle, command.argument
        if command.action == "find":
            assert command.argument is not None
            assert named(command.argument)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("find the door", Command("find", "door")),
        ("find people", Command("find", "person")),
        ("please read this", Command("read")),
        ("find my cup please", Command("find", "cup")),
        ("where's the cup", Command("ask", "where is the cup")),
        ("how many people", Command("ask", "how many people")),
        ("is there an umbrella", Command("ask", "is there an umbrella")),
        ("what colour", Command("ask", "what colour")),
        ("what color is it", Command("ask", "what colour is it")),
        ("what's the time", Command("status")),
        ("find the", None),
        ("find the happiness", None),
        ("", None),
    ],
)
def test_what_sentences_mean(text: str, command: Command | None) -> None:
    assert GRAMMAR.command(text) == command


def test_what_is_not_there_is_no_command() -> None:
    few = Grammar(["describe", "find"])
    assert few.command("louder") is None
    assert few.command("how many people") is None
    assert few.command("find the door") == Command("find", "door")


def test_no_phrase_means_two_things() -> None:
    phrases = [phrase for said in PHRASES.values() for phrase in said]
    assert len(phrases) == len(set(phrases))


def test_sentences_that_ask_for_the_same_have_one_meaning() -> None:
    meanings = GRAMMAR.meanings
    assert set(meanings) == set(GRAMMAR.commands)
    assert meanings["is there a bus"] == meanings["do you see any buses"]
    assert meanings["find the door"] == meanings["find my door"]
    assert meanings["what colour is the car"] == meanings["what's the color of the car"]
    assert (
        len({meanings[said] for said in ("is there a bus", "where is the bus", "find the bus", "stop")}) == 4
    )
