"""What the doctor says."""

from __future__ import annotations

from earsight.doctor.finding import Status, spoken
from tests.earsight.doctor.boards import found


def test_nothing_wrong_is_said_in_two_words() -> None:
    assert spoken([found("camera", Status.OK, "fine")]) == "Everything works."


def test_failures_are_said_before_warnings_and_each_with_its_advice() -> None:
    findings = [
        found("disk", Status.WARNING, "only 3 MB are free", "delete what is not needed"),
        found("camera", detail="There is no camera /dev/video0: plug it in."),
        found("model", Status.OK, "whole"),
        found("voice", advice="install espeak-ng"),
    ]
    assert spoken(findings) == (
        "Two problems. The camera: There is no camera /dev/video0: plug it in. "
        "The voice: it is broken. Install espeak-ng. "
        "One warning. The disk: only 3 MB are free. Delete what is not needed."
    )
