"""No text reaches a voice unchecked, in whatever language and by whatever way."""

from __future__ import annotations

import ast
import logging
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.language import CANT_TELL
from earsight.language.languages import LANGUAGES, load_language, promises_safety
from earsight.language.utterance import QUOTES, Part, Priority, Quotation, Utterance, utterance
from earsight.message import Message, message
from tests.earsight.language.catalogue_entries import SOURCE, texts
from tests.earsight.language.english.promises import FORBIDDEN as ENGLISH
from tests.earsight.language.indonesian.promises import FORBIDDEN as INDONESIAN


def said(text: str, language: str = "en") -> str:
    return Utterance(text, Priority.ANSWER, language).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["A clear road ahead.", "Jalan di depan kosong.", "NO CARS, tiada mobil!"])
def test_a_promise_in_any_language_becomes_doubt_in_the_wearers(
    text: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert said(text, language) == load_language(language).text(CANT_TELL)
    assert text in caplog.text


@given(st.sampled_from([*ENGLISH, *INDONESIAN]), st.sampled_from(sorted(LANGUAGES)))
def test_none_gets_through(text: str, language: str) -> None:
    assert said(f"Here: {text}.", language) == load_language(language).text(CANT_TELL)


@given(st.text(max_size=200))
def test_any_other_text_is_said_as_it_is(text: str) -> None:
    assert said(text) == text or promises_safety(text)


def samples(code: str) -> Iterator[tuple[str, str]]:
    """Every entry of a catalogue, with what its placeholders may hold."""
    values = {"count": "3", "percent": "80", "line": "7", "caption": "a dog", "text": "A dog."}
    for id, forms in texts(code).items():
        for text in forms:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name]
            yield id, text.format(**{name: values.get(name, name) for name in names})


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_is_said_as_it_is(code: str) -> None:
    assert [(id, text) for id, text in samples(code) if said(text, code) != text] == []


def error_texts() -> Iterator[tuple[str, str]]:
    """The literal parts of what parts of the service may say of their own failures."""
    for folder in ("cameras", "captioners", "config", "doctor", "triggers", "voice"):
        for path in sorted((SOURCE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Error", "Finding")):
                    text = " ".join(map(_literal, (*node.args, *(each.value for each in node.keywords))))
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", text


def _literal(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(value) for value in node.values)
    if isinstance(node, ast.FormattedValue):
        return "x"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_what_the_doctor_says_of_failures_is_said_as_it_is() -> None:
    found = dict(error_texts())
    assert len(found) > 60
    assert {where: text for where, text in found.items() if promises_safety(text)} == {}


def test_doubt_itself_is_said() -> None:
    for code in LANGUAGES:
        assert said(load_language(code).text(CANT_TELL), code) == load_language(code).text(CANT_TELL)


@given(
    st.sampled_from([*ENGLISH, *INDONESIAN]),
    st.sampled_from(sorted(LANGUAGES)),
    st.sampled_from(["en", "id"]),
)
def test_what_is_quoted_is_said_as_it_is_and_never_as_earsights_own(
    text: str, language: str, written_in: str
) -> None:
    spoken = load_language(language)
    made = utterance([Quotation(text, written_in)], spoken, Priority.ANSWER)
    assert made.parts == (Part(spoken.text(QUOTES), language), Part(f"{text}.", written_in))
    own = [message("reading.unclear")]
    told = utterance([*own, Quotation(text, written_in)], spoken, Priority.ANSWER)
    assert told.whole == f"{spoken.text(own[0])} {text}."


def test_other_text_is_quoted_without_more_words() -> None:
    made = utterance([Quotation("push", "en")], load_language("id"), Priority.ANSWER)
    assert (made.parts, made.whole) == ((Part("push.", "en"),), "push.")


def test_what_is_quoted_reaches_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        made = utterance(["A sign", Quotation("the way is safe", "en")], load_language("en"), Priority.ANSWER)
    assert made.loggable == "A sign. The text says: (text of 16 characters)"
    assert caplog.text == ""


def test_a_quotation_does_not_shield_what_comes_before_it() -> None:
    made = utterance(["The way is clear", Quotation("exit", "en")], load_language("en"), Priority.ANSWER)
    assert made.whole == f"{load_language('en').text(CANT_TELL)} exit."


def test_whoever_speaks_takes_nothing_but_utterances() -> None:
    """The only text that a speech engine gets from elsewhere is made into sound for nobody."""
    callers = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "synthesize"
    }
    assert {Path(caller).parts[0] for caller in callers} <= {"voice", "doctor", "bench"}


def test_messages_are_no_text() -> None:
    with pytest.raises(TypeError):
        Utterance(Message("x"), Priority.ANSWER, "en")  # type: ignore[arg-type]
