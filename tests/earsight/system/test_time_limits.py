"""The table of time limits: their order among each other, with the unit files, and that no other exists."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from typing import Any

import annotated_types
import pytest
from pydantic import BaseModel

import earsight
from earsight.config.captioner import CaptionerSection
from earsight.config.triggers import GesturesSection
from earsight.system import reading_times as reading
from earsight.system import time_limits as limits

PACKAGE = Path(earsight.__file__).parent
UNITS = Path(__file__).parents[3] / "systemd"
PROGRAMS = 3
"""What a start that has failed runs to say so: the configured voice, then espeak-ng and aplay."""


def unit_seconds(key: str, unit: str = "earsight.service") -> float:
    """The value of a key of a unit file."""
    lines = (UNITS / unit).read_text(encoding="utf-8").splitlines()
    (value,) = (line.partition("=")[2] for line in lines if line.startswith(f"{key}="))
    return float(value)


def bound(section: type[BaseModel], key: str, kind: type) -> float:
    """The lower (Ge) or upper (Le) bound of a setting."""
    (found,) = (item for item in section.model_fields[key].metadata if isinstance(item, kind))
    return float(found.ge if isinstance(found, annotated_types.Ge) else found.le)


SLOWEST_LOOK = limits.LOOK_BEFORE_CAPTION + bound(CaptionerSection, "time_limit", annotated_types.Le)

ORDER = {
    "a slow look does not pass for a hung one": (
        SLOWEST_LOOK + limits.WATCHDOG_FEED,
        unit_seconds("WatchdogSec"),
    ),
    "a look has time to wait for a frame, and to encode it": (
        2 * limits.FRAME_WAIT,
        limits.LOOK_BEFORE_CAPTION,
    ),
    "a look has time to read text": (
        reading.FOR_DESCRIPTION + reading.ANOTHER_FRAME,
        limits.LOOK_BEFORE_CAPTION,
    ),
    "so has what goes on with it": (reading.FURTHER_PART + reading.NOTHING, limits.LOOK_BEFORE_CAPTION),
    "a driver that hangs is told to the service manager before the watchdog would strike": (
        limits.CAMERA_HUNG + limits.WATCHDOG_FEED,
        unit_seconds("WatchdogSec"),
    ),
    "a driver that hangs has been lost before": (
        max(limits.CAMERA_OPENING, limits.CAMERA_STALLED),
        limits.CAMERA_HUNG,
    ),
    "a source's own error, which says more, comes before the camera has stalled": (
        max(limits.PICAMERA2_FRAME, limits.V4L2_FRAME, limits.DAMAGED_FRAMES),
        limits.CAMERA_STALLED,
    ),
    "pauses before a camera is opened grow": (limits.CAMERA_RETRY, limits.CAMERA_LONGEST_RETRY),
    "a camera is not back at the first poll after a loss": (limits.CAMERA_POLL, limits.CAMERA_BACK),
    "a loose plug makes itself heard less and less": (limits.CAMERA_BACK, limits.CAMERA_LONGEST_BACK),
    "a loose plug that comes back late is still the same one": (
        limits.CAMERA_LONGEST_BACK,
        limits.CAMERA_BACK_RESET,
    ),
    "pauses before a notice is tried again grow": (limits.NOTICE_RETRY, limits.NOTICE_LONGEST_RETRY),
    "narration goes stale before an answer": (limits.NARRATION_LIFE, limits.ANSWER_LIFE),
    "espeak-ng has its second try while the answer is worth it": (limits.ESPEAK, limits.ANSWER_LIFE),
    "an engine that hangs was stuck before its own limit": (
        limits.SYNTHESIS_STUCK,
        min(limits.ESPEAK, limits.PYTTSX3, limits.PIPER, limits.HIBARI),
    ),
    "pyttsx3 can wait for its file": (limits.PYTTSX3_FILE, limits.PYTTSX3),
    "a sound that fails is played again while it is worth it": (limits.REPLAY, limits.ANSWER_LIFE),
    "a sound that fails has several attempts": (4 * limits.REPLAY_PAUSE, limits.REPLAY),
    "an end does not wait for what hangs": (limits.CLOSING, limits.END),
    "an end is over before the service manager kills": (2 * limits.END, unit_seconds("TimeoutStopSec")),
    "`earsight press` does not wait longer than the service tries to answer": (
        limits.CONTROL_ANSWER,
        limits.CONTROL_LINE,
    ),
    "a process that the watchdog ends has not lasted": (unit_seconds("WatchdogSec"), limits.START_LASTED),
    "a start has time to load torch, and for its triggers": (
        limits.DOCTOR_TORCH_CHECK + limits.TRIGGER_OPENING + limits.STARTUP_MESSAGE,
        unit_seconds("TimeoutStartSec"),
    ),
    "a start says that there is no model before the service manager gives up": (
        2 * limits.SYNTHESIS + limits.TRIGGER_OPENING,
        unit_seconds("TimeoutStartSec"),
    ),
    "the service manager waits for all that says why there is no service": (
        PROGRAMS * limits.FAILURE_VOICE + limits.FAILURE_PAUSE,
        PROGRAMS * limits.FAILURE_VOICE + limits.FAILURE_MARGIN,
    ),
    "a voice that says why there is no service is tried several times": (
        4 * (PROGRAMS * limits.ESPEAK + limits.FAILURE_PAUSE),
        limits.FAILURE_PATIENCE,
    ),
    "without Python it is said for longer than one attempt": (
        unit_seconds("RestartSec", "earsight-cant-start.service"),
        unit_seconds("StartLimitIntervalSec", "earsight-cant-start.service"),
    ),
    "the doctor's check of a camera ends by itself": (
        limits.FIRST_FRAME + limits.EXPOSURE_SETTLING + limits.FRAME_WAIT + limits.CAMERA_CLOSING,
        limits.DOCTOR_CHECK,
    ),
    "the doctor's check of a button ends by itself": (
        limits.TRIGGER_CHECK + limits.CONTROL_PROBE,
        limits.DOCTOR_CHECK,
    ),
    "the doctor waits for a button at least as long as a start does": (
        limits.TRIGGER_OPENING,
        limits.TRIGGER_CHECK,
    ),
    "the firmware's answer is in time for the doctor, and for the next poll": (
        limits.FIRMWARE,
        min(limits.DOCTOR_CHECK, limits.BOARD_POLL),
    ),
    "the doctor has a minute for its words": (
        limits.DOCTOR_TORCH_CHECK + 60,
        unit_seconds("TimeoutStartSec", "doctor.conf"),
    ),
    "low power is not forgotten between two polls": (limits.BOARD_POLL, limits.POWER_LOW_LASTS),
    "a gesture comes while notices wait for it": (
        GesturesSection().very_long_press,
        limits.GESTURE,
    ),
    "there is time for any gesture before a menu ends": (limits.GESTURE, limits.DIALOGUE_SILENCE),
    "the service has been ended before switching off counts as failed": (
        unit_seconds("TimeoutStopSec"),
        limits.POWER_OFF,
    ),
    "a description is fresh while it is said": (limits.ANSWER_LIFE, limits.DESCRIPTION_FRESH),
    "the default gestures are shorter than an answer lives": (
        bound(GesturesSection, "long_press", annotated_types.Le),
        limits.ANSWER_LIFE,
    ),
}


@pytest.mark.parametrize(("shorter", "longer"), ORDER.values(), ids=ORDER)
def test_order(shorter: float, longer: float) -> None:
    assert shorter < longer


@pytest.mark.parametrize("engine", ["ESPEAK", "PYTTSX3", "PIPER"])
def test_no_engine_may_take_longer_than_the_speaker_waits(engine: str) -> None:
    assert getattr(limits, engine) <= limits.SYNTHESIS


def test_aplay_has_failed_by_itself_when_the_speaker_gives_up() -> None:
    assert limits.ALSA_OPENING + limits.ALSA_DRAINING <= limits.PLAYBACK


def table() -> list[tuple[str, float, str | None]]:
    """The name, the value and the docstring of each limit."""
    body = ast.parse((PACKAGE / "system" / "time_limits.py").read_text(encoding="utf-8")).body
    rows = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign):
            reason = after.value.value if isinstance(after, ast.Expr) else None
            rows.append((node.targets[0].id, ast.literal_eval(node.value), reason))
    return rows


@pytest.mark.parametrize(("name", "value", "reason"), table(), ids=[name for name, _, _ in table()])
def test_every_limit_has_a_reason_and_a_use(name: str, value: float, reason: str | None) -> None:
    assert value > 0
    assert reason, "it says nothing of itself"
    assert any(f"time_limits.{name}" in path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")), (
        "nothing goes by it"
    )


# Everything that takes a time, by the name of what is called, and where in the call the time stands.
TAKES_SECONDS = {
    "sleep": 0,
    "timeout": 0,
    "settimeout": 0,
    "wait_for": 1,
    "call_later": 0,
    "Timer": 0,
    "wait_ready": 0,
}
NAMES = {"timeout", "limit", "patience", "retry_after", "stalled_after", "hung_after"}


def literal(node: ast.AST | None) -> bool:
    """Whether it is a number other than zero."""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value != 0


def own_limits(source: str) -> list[int]:
    """Lines that have a time limit of their own."""
    module = ast.parse(source)
    lines = [
        node.lineno
        for node, after in pairwise(module.body)
        if isinstance(node, ast.Assign)
        and literal(node.value)
        and ast.unparse(after).strip("'\"").startswith("Seconds")
    ]
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called: Any = node.func
            at = TAKES_SECONDS.get(getattr(called, "attr", getattr(called, "id", "")))
            positional = at is not None and len(node.args) > at and literal(node.args[at])
            if positional or any(word.arg == "timeout" and literal(word.value) for word in node.keywords):
                lines.append(node.lineno)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            with_default = (node.args.posonlyargs + node.args.args)[-len(node.args.defaults) or None :]
            pairs = list(zip(with_default, node.args.defaults, strict=False)) if node.args.defaults else []
            pairs += list(zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True))
            lines += [node.lineno for word, default in pairs if word.arg in NAMES and literal(default)]
    return lines


@pytest.mark.parametrize(
    "line",
    [
        "await asyncio.sleep(0.5)",
        "async with asyncio.timeout(3): pass",
        "await asyncio.wait_for(event.wait(), 2.0)",
        "await asyncio.wait({task}, timeout=1)",
        "def close(self, timeout: float = 2.0): pass",
        "async def check(*, limit=20): pass",
    ],
)
def test_a_limit_of_ones_own_is_found(line: str) -> None:
    source = f"async def work():\n    {line}"
    assert own_limits(source) == [2]


def test_a_constant_that_is_said_to_be_seconds_is_found() -> None:
    assert own_limits('PATIENCE = 2.0\n"""Seconds to wait."""') == [1]
    assert own_limits('RATE = 22050\n"""Samples of a sound."""') == []


def test_limits_from_the_table_and_no_time_at_all_are_none_of_ones_own() -> None:
    assert (
        own_limits("asyncio.sleep(0)\nasyncio.sleep(time_limits.END)\ndef run(limit=None, words=3): pass")
        == []
    )


def test_no_module_has_a_time_limit_of_its_own() -> None:
    found = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "config"  # what the user may choose has its default there
        and (lines := own_limits(path.read_text(encoding="utf-8")))
    }
    assert found == {}
