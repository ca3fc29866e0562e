"""A new language is a module, its catalogue, an entry in the registry and its code in the settings.

Nothing else is touched.

Esperanto is added to a copy of the package. Its words are made up from the English ones.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.earsight.commands.process import SPEECH
from tests.earsight.language.catalogue_entries import texts
from tests.earsight.package_copy import PackageCopy

MODULE = '''
"""Esperanto, or what passes for it."""

from earsight.language import careful, description
from earsight.language.catalogue import Catalogue
from earsight.language.changes import worded
from earsight.language.plain import folded, words


class Esperanto:
    code = "eo"

    def __init__(self):
        self._catalogue = Catalogue(self.code, str)

    def text(self, message):
        return self._catalogue.text(message)

    def describe(self, scene, phrasing, *, detail=False):
        return description.describe(scene, phrasing, self, detail=detail)

    def changes(self, changes, words):
        return worded(changes, words, self)

    def things(self, groups):
        return " kaj ".join(f"unu {group.name}o" for group in groups)

    def heading(self, place):
        return f"{place}e"

    def summary(self, found):
        things, place = careful.chosen(found)
        said = " kaj ".join(f"unu {thing.name}o" for thing in things)
        return f"{said} {place.name}e".strip() if place else said

    def content(self, text):
        return set(words(folded(text)).split())

    def is_unfit(self, text):
        return self.promises_safety(text)

    def read_aloud(self, text):
        return text.lower()

    def spelled(self, text, *, exact=False):
        return " ".join(text)

    def promises_safety(self, text):
        return "sekura" in words(folded(text))
'''

CATALOGUE = r"""
msgid ""
msgstr ""
"Language: eo\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"Content-Type: text/plain; charset=utf-8\n"
"""

TRIAL = """
import asyncio, json
from earsight.language.languages import load_language
from earsight.language.utterance import Priority, Utterance
from tests.earsight.interaction.narrator_stage import stage

async def trial():
    async with stage(language=load_language("eo")) as on:
        await on.press()
        await on.do("quieter")
        refused = [Utterance("Sekura vojo.", Priority.ANSWER, code).text for code in ("eo", "en")]
        print(json.dumps([*on.said, *refused]))

asyncio.run(trial())
"""


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def catalogue() -> str:
    """Every entry, as "Eo:" and the English."""
    entries = [CATALOGUE]
    for id, forms in texts("en").items():
        if len(forms) == 1:
            entries.append(f"\nmsgid {quoted(id)}\nmsgstr {quoted(f'Eo: {forms[0]}')}\n")
        else:
            said = "".join(f"msgstr[{at}] {quoted(f'Eo: {form}')}\n" for at, form in enumerate(forms))
            entries.append(f"\nmsgid {quoted(id)}\nmsgid_plural {quoted(id)}\n{said}")
    return "".join(entries)


@pytest.fixture
def package(tmp_path: Path) -> PackageCopy:
    package = PackageCopy(tmp_path)
    package.add("language/esperanto.py", MODULE)
    package.add("language/locale/eo/LC_MESSAGES/earsight.po", catalogue())
    package.insert(
        "language/languages.py", "\nLANGUAGES:", "from earsight.language.esperanto import Esperanto\n"
    )
    package.insert("language/languages.py", '"id": Indonesian', '"eo": Esperanto, ')
    package.insert("config/schema.py", '"id"]', '"eo", ')
    package.compile_catalogues()
    Image.fromarray(np.full((120, 160, 3), 5, np.uint8)).save(tmp_path / "dark.png")
    return package


def test_it_is_spoken_in_every_way(package: PackageCopy) -> None:
    dark = "Eo: The picture is too dark."
    described = package.run("-m", "earsight", "describe", "--language", "eo", "dark.png")
    assert described == f"dark.png: {dark}\n"
    assert json.loads(package.run("-c", TRIAL)) == [
        "Unu wallo.",
        "Eo: Quieter.",
        "Eo: I can't tell what this is.",
        "I can't tell what this is.",
    ]


@SPEECH
def test_the_service_speaks_it(package: PackageCopy, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("language: eo\ncaptioner: {max_tokens: 4, beams: 1}\n")
    once = ("run", "--once", "--config", "settings.yaml", "--replay", "dark.png", "--wav", "said.wav")
    assert "answer: Eo: The picture is too dark." in package.run("-m", "earsight", *once)


def test_it_touches_what_the_architecture_says(package: PackageCopy) -> None:
    assert package.touched == {
        "config/schema.py",
        "language/esperanto.py",
        "language/languages.py",
        "language/locale/eo/LC_MESSAGES/earsight.po",
    }
