"""A new action is a handler, an entry in the list of actions, and its messages: nothing else is touched."""

import json

import pytest

from tests.earsight.package_copy import PackageCopy

HANDLER = '''
"""Greet the wearer."""

from earsight.interaction.turn import Reply, Turn
from earsight.message import message


async def greet(turn: Turn) -> Reply:
    """By the name of the input."""
    return Reply((message("greet.hello", name=turn.source),))
'''
ENTRY = """    "greet": Action("greet:greet", message("action.greet"), "say hello"),
"""
MESSAGES = {"en": ("Hello, {name}.", "Greet"), "id": ("Halo, {name}.", "Sapa")}
CATALOGUE = """
msgid "greet.hello"
msgstr "{}"

msgid "action.greet"
msgstr "{}"
"""

TRIAL = """
import asyncio, json, sys
from pathlib import Path
from earsight.config.loader import load_config
from earsight.interaction.bindings import build_bindings
from earsight.language.languages import load_language
from earsight.triggers.trigger import Gesture
from tests.earsight.interaction.narrator_stage import stage

async def trial():
    bindings = build_bindings(load_config(Path("settings.yaml")))
    async with stage(bindings=bindings, language=load_language(sys.argv[1])) as on:
        await on.do("greet")
        await on.press(Gesture.TRIPLE)
        await on.press(Gesture.VERY_LONG)
        while "greet" != on.narrator._dialogue.dialogue.entries[on.narrator._dialogue.dialogue.position]:
            await on.press()
        await on.press(Gesture.LONG)
        print(json.dumps(on.said))

asyncio.run(trial())
"""


@pytest.fixture
def package(tmp_path):
    package = PackageCopy(tmp_path)
    package.add("interaction/actions/greet.py", HANDLER)
    package.insert("actions.py", '    "stop": Action(', ENTRY)
    for code, texts in MESSAGES.items():
        package.append(f"language/locale/{code}/LC_MESSAGES/earsight.po", CATALOGUE.format(*texts))
    package.compile_catalogues()
    (tmp_path / "settings.yaml").write_text("bindings: {button: {triple: greet}}\n")
    return package


@pytest.mark.parametrize(("language", "hello", "label"), [("en", "Hello", "Greet."), ("id", "Halo", "Sapa.")])
def test_it_is_bound_asked_for_by_name_and_in_the_menu(package, language, hello, label):
    said = json.loads(package.run("-c", TRIAL, language))
    assert said[:2] == [f"{hello}, button."] * 2
    assert said[-2:] == [label, f"{hello}, button."]


def test_the_command_line_knows_it(package):
    assert "greet       say hello" in package.run("-m", "earsight", "do", "--help")
    package.run("-m", "earsight", "config", "check", "settings.yaml")


def test_it_touches_what_the_architecture_says(package):
    assert package.touched == {
        "actions.py",
        "interaction/actions/greet.py",
        "language/locale/en/LC_MESSAGES/earsight.po",
        "language/locale/id/LC_MESSAGES/earsight.po",
    }
