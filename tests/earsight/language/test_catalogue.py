"""Every message of the source is in every catalogue, with the same placeholders, and nothing else is."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import BinaryIO

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from earsight.language.catalogue import Catalogue
from earsight.language.languages import LANGUAGES
from earsight.message import Number, counted, message
from tests.earsight.language.catalogue_entries import CODES, SOURCE, Call, calls, placeholders, po_file, texts

ROOT = Path(__file__).parents[3]
SERVER = SOURCE.with_name("earsight_server")
CALLS = calls()
ENGLISH = texts("en")


def test_there_is_a_catalogue_for_each_language() -> None:
    assert sorted(LANGUAGES) == CODES


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.where)
def test_the_source_writes_ids_and_values_out(call: Call) -> None:
    """Otherwise Babel does not find them."""
    assert call.id is not None
    assert call.values is not None
    used = set().union(*map(placeholders, ENGLISH[call.id]))
    assert used == call.values or used == call.values - {"count"}


@pytest.mark.parametrize("code", CODES)
def test_no_message_is_missing_or_unused(code: str) -> None:
    assert set(texts(code)) == {call.id for call in CALLS}
    assert [id for id, forms in texts(code).items() if not all(forms)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_translation_has_the_placeholders_of_the_english(code: str) -> None:
    for id, forms in texts(code).items():
        expected = set().union(*map(placeholders, ENGLISH[id]))
        assert set().union(*map(placeholders, forms)) == expected, id


@pytest.mark.parametrize("code", CODES)
def test_plurals_have_as_many_forms_as_the_language(code: str) -> None:
    with po_file(code).open("rb") as file:
        forms = read_po(file, locale=code).num_plurals
    plural = {call.id for call in CALLS if call.function == "counted"}
    for id, strings in texts(code).items():
        assert len(strings) == (forms if id in plural else 1), id


@pytest.mark.parametrize("code", CODES)
def test_the_compiled_catalogue_is_up_to_date(code: str) -> None:
    with po_file(code).open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    with po_file(code).with_suffix(".mo").open("rb") as file:
        assert _entries(file) == _entries(compiled), "run script/catalogues"


def _entries(file: BinaryIO) -> dict[object, object]:
    return {str(entry.id): entry.string for entry in read_mo(file) if entry.id}


@pytest.mark.parametrize("code", CODES)
def test_headers_are_tidy(code: str) -> None:
    text = po_file(code).read_text(encoding="utf-8")
    for leftover in ("EMAIL@", "FULL NAME", "LL@li", "YEAR", "VERSION\\n", "PROJECT", "fuzzy", "#~"):
        assert leftover not in text
    assert f'"Language: {code}\\n"' in text


def test_the_script_changes_nothing_in_catalogues_that_are_up_to_date(tmp_path: Path) -> None:
    without_models = shutil.ignore_patterns("builtin", "*.onnx")
    for package in (SOURCE, SERVER):
        shutil.copytree(package, tmp_path / "daemon" / package.name, ignore=without_models)
    (tmp_path / "script").mkdir()
    shutil.copy(ROOT / "script" / "catalogues", tmp_path / "script")
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    setup = f"root={tmp_path}\nset_up() {{ :; }}\nhelp_if_asked() {{ :; }}\nvenv=$root/venv\n"
    (tmp_path / "script" / "setup").write_text(setup, encoding="utf-8")
    (tmp_path / "venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "venv" / "bin" / "python").chmod(0o755)
    subprocess.run(["bash", tmp_path / "script" / "catalogues"], check=True, timeout=120)
    catalogues = [po for package in (SOURCE, SERVER) for po in package.rglob("*.po")]
    assert len(catalogues) == 2 * len(CODES)
    for catalogue in catalogues:
        copy = tmp_path / "daemon" / catalogue.relative_to(SOURCE.parent)
        assert copy.read_text(encoding="utf-8") == catalogue.read_text(encoding="utf-8")
        assert copy.with_suffix(".mo").read_bytes() == catalogue.with_suffix(".mo").read_bytes()


# The catalogue itself


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """One of an imaginary language with three entries."""
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    entries = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "part.broken"
msgstr "{part} is broken since {since}."

msgid "part.camera"
msgstr "The camera"

msgid "dogs"
msgid_plural "dogs"
msgstr[0] "a dog"
msgstr[1] "{count} dogs"
"""
    with (folder / "earsight.mo").open("wb") as file:
        write_mo(file, read_po(io.StringIO(entries)))
    monkeypatch.setattr("earsight.language.catalogue.FOLDER", tmp_path)
    shown: Callable[[Number], str] = lambda value: f"<{value}>"  # noqa: E731
    return Catalogue("xx", shown)


def test_messages_in_messages_and_numbers_are_put_into_the_language(catalogue: Catalogue) -> None:
    broken = message("part.broken", part=message("part.camera"), since=time(7, 30))
    assert catalogue.text(broken) == "The camera is broken since <07:30:00>."


@pytest.mark.parametrize(("count", "expected"), [(0, "<0> dogs"), (1, "a dog"), (2, "<2> dogs")])
def test_plurals(catalogue: Catalogue, count: int, expected: str) -> None:
    assert catalogue.text(counted("dogs", count)) == expected


def test_text_that_comes_from_elsewhere_is_taken_as_it_is(catalogue: Catalogue) -> None:
    broken = message("part.broken", part="{since} %s", since="{")
    assert catalogue.text(broken) == "{since} %s is broken since {."


@pytest.mark.parametrize("absent", [message("no.such"), message("part.broken", part="x")])
def test_what_is_not_there_is_an_error(catalogue: Catalogue, absent: object) -> None:
    with pytest.raises(LookupError):
        catalogue.text(absent)  # type: ignore[arg-type]


def test_a_language_without_a_catalogue_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        Catalogue("xx", str)
