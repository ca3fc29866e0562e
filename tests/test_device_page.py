"""docs/device.md, which a wearer reads to know what was heard, explains every sentence there is to hear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.earsight.language.catalogue_entries import texts

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "device.md").read_text(encoding="utf-8")


def sentences() -> list[str]:
    """Every whole sentence of the English catalogue; for one with a part in it, that of the button.

    The doctor's sentences say themselves what to do.
    """
    entries = {id: forms for id, forms in texts("en").items() if not id.startswith("doctor.")}
    (button,) = entries["part.button"]
    said = [text.replace("{part}", button) for forms in entries.values() for text in forms]
    return [text for text in said if text.endswith(".") and "{" not in text]


@pytest.mark.parametrize("sentence", sentences())
def test_what_can_be_heard_is_explained(sentence: str) -> None:
    assert f'"{sentence}"' in PAGE


def test_what_is_said_in_the_services_place_is_explained() -> None:
    script = (ROOT / "script" / "cant-start").read_text("utf-8")
    (words,) = re.findall(r'voice=en words="(.*)"', script)
    assert f'"{words}"' in PAGE
