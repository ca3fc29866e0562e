"""docs/device.md, which a wearer reads to know what was heard, explains every sentence there is to hear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.earsight.language.catalogue_entries import texts

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "device.md").read_text(encoding="utf-8")


def sentences() -> list[str]:
    """Every whole sentence of the English catalogue, with examples for what goes into it.

    The doctor's sentences say themselves what to do. Captions and the help are phrases in a frame.
    """
    entries = {id: forms for id, forms in texts("en").items() if not id.startswith("doctor.")}
    examples = {"part": entries["part.button"][0], "time": "2:05 PM", "percent": "80", "count": "3"}
    examples["colour"] = "dark green"
    framed = re.compile(r"{(caption|things|answer|text|gesture|action|name|count)}")
    said = [text for forms in entries.values() for text in forms if not framed.search(text)]
    return [text.format(**examples) for text in said if text.endswith((".", "?"))]


@pytest.mark.parametrize("sentence", sentences())
def test_what_can_be_heard_is_explained(sentence: str) -> None:
    assert f'"{sentence}"' in PAGE


def test_what_is_said_in_the_services_place_is_explained() -> None:
    script = (ROOT / "script" / "cant-start").read_text("utf-8")
    (words,) = re.findall(r'voice=en words="(.*)"', script)
    assert f'"{words}"' in PAGE
