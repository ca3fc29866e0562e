"""docs/device.md, which a wearer reads to know what was heard, has every sentence there is to hear."""

from __future__ import annotations

from pathlib import Path

import pytest

from earsight.cameras.source import CameraError, StaleFrame
from earsight.captioners.captioner import CaptionerError
from earsight.language import wording

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "device.md").read_text(encoding="utf-8")

SENTENCES = [value for value in vars(wording).values() if isinstance(value, str) and value.endswith(".")]
SENTENCES += [*wording.PROBLEMS.values(), *wording.STRAINED.values()]
SENTENCES += [wording.trouble(error("")) for error in (CameraError, StaleFrame, CaptionerError)]
SENTENCES += [say(wording.BUTTON) for say in (wording.does_not_work, wording.works_again, wording.is_stuck)]
SENTENCES = [sentence for sentence in dict.fromkeys(SENTENCES) if "\n" not in sentence]  # a docstring


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_can_be_heard_is_explained(sentence: str) -> None:
    assert f'"{sentence}"' in PAGE


def test_what_is_said_in_the_services_place_is_explained() -> None:
    (line,) = (
        line
        for line in (ROOT / "script" / "cant-start").read_text("utf-8").splitlines()
        if "--stdout" in line
    )
    assert line.split('"')[1] in PAGE
