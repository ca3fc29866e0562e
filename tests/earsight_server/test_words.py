"""The page's words: all of them in each language, none too many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from earsight.language.languages import promises_safety
from earsight_server.words import DOMAIN, FOLDER, PAGE, page_words
from tests.earsight.language.catalogue_entries import CODES, calls

SERVER = FOLDER.parent


def entries(code: str) -> dict[str, str]:
    with (FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale=code) if entry.id}


@pytest.mark.parametrize("code", CODES)
def test_no_message_is_missing_or_unused(code: str) -> None:
    found = calls(SERVER)
    assert {call.id for call in found} == set(entries(code))
    assert all(entries(code).values())


@pytest.mark.parametrize("code", CODES)
def test_the_page_promises_nothing(code: str) -> None:
    """But for the sentence that says that it doesn't."""
    words = page_words(code) | {"warning": ""}
    assert [word for word in words.values() if promises_safety(word)] == []


def test_the_languages_differ() -> None:
    assert [id for id, text in entries("en").items() if entries("id")[id] == text] == []


def test_every_word_is_on_a_page() -> None:
    pages = "".join(path.read_text("utf-8") for path in Path(SERVER, "page").glob("*.html"))
    assert set(re.findall(r"words\.(\w+)", pages)) == set(PAGE)
