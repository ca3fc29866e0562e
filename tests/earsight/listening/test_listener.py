"""From a recording to what was heard, with the real recogniser in its process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from earsight.listening import recogniser
from earsight.listening.grammar import Command, Grammar
from earsight.listening.hearing import ACT_ABOVE, ASK_ABOVE, Hearing
from earsight.listening.listener import Listener
from earsight.listening.microphone import FRAME_BYTES, MicrophoneError
from earsight.listening.recogniser import Event, Recogniser, RecogniserError, RecogniserMissingError
from earsight.system import time_limits
from tests.earsight.listening.said import listener, needs_recogniser, needs_speech, recording
from tests.earsight.stand_ins import until

pytestmark = needs_recogniser


class Told:
    """What the wearer is told while somebody listens."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def ready(self) -> None:
        self.told.append("ready")

    async def over(self) -> None:
        self.told.append("over")


async def heard(listens: Listener) -> tuple[Hearing, list[str]]:
    told = Told()
    return await listens.listen(told.ready, told.over), told.told


@needs_speech
def test_commands_and_other_sentences_one_after_another(tmp_path: Path) -> None:
    async def trial() -> None:
        listens = listener(tmp_path / "said.wav")
        for text, command in (
            ("what time is it", Command("status")),
            ("find the door", Command("find", "door")),
            ("yesterday my neighbour gave us lovely tomatoes from the garden", None),
            ("", None),
        ):
            made = await asyncio.to_thread(recording, tmp_path, text)
            made.replace(tmp_path / "said.wav")
            hearing, told = await heard(listens)
            assert told == ["ready", "over"]
            assert hearing.spoke is bool(text)
            if command is not None:
                assert listens.command(hearing) == command
                assert hearing.certainty >= ACT_ABOVE
            else:
                assert hearing.certainty < ASK_ABOVE
        await listens.close()

    asyncio.run(trial())


class Unplugged:
    """A microphone that goes after so many frames."""

    def __init__(self, frames: int) -> None:
        self._frames = frames

    async def record(self) -> AsyncGenerator[bytes]:
        """See Microphone."""
        for _ in range(self._frames):
            await asyncio.sleep(0)
            yield bytes(FRAME_BYTES)
        raise MicrophoneError("it was unplugged")


@pytest.mark.parametrize("frames", [0, 1, 30])
def test_a_microphone_that_goes_leaves_no_process_behind(frames: int) -> None:
    async def trial() -> None:
        before = children()
        listens = Listener(Unplugged(frames), Grammar(["describe"]))
        with pytest.raises(MicrophoneError):
            await heard(listens)
        assert children() <= before

    asyncio.run(trial())


def test_calling_it_off_leaves_no_process_behind(tmp_path: Path) -> None:
    async def trial() -> None:
        before = children()
        listens = listener(recording_of_silence)
        listening = asyncio.create_task(heard(listens))
        await until(lambda: bool(children() - before))
        listening.cancel()
        await asyncio.wait([listening])
        assert listening.cancelled()
        assert children() <= before

    recording_of_silence = recording(tmp_path, "")
    asyncio.run(trial())


def children() -> set[int]:
    """Processes that this one has begun; other tests may have left some that end later."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def test_a_recogniser_that_nobody_needs_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "RECOGNISER_KEPT", 0.01)

    async def trial() -> None:
        before = children()
        recognises = Recogniser(Grammar(["describe"]))
        await recognises.begin()
        assert await recognises.answer() is Event.LOADED
        recognises.rest()
        await until(lambda: children() <= before)
        await recognises.begin()
        assert await recognises.answer() is Event.LOADED, "the next command gets a new one"
        await recognises.close()
        assert children() <= before

    asyncio.run(trial())


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        ("import sys; sys.exit('no memory')", RecogniserError, "ended unexpectedly: no memory"),
        (
            'print(\'{"error": "no module", "missing": true}\')',
            RecogniserMissingError,
            "no module; run .*listen",
        ),
        ('print(\'{"error": "ValueError: x", "missing": false}\')', RecogniserError, "ValueError: x"),
    ],
)
def test_a_recogniser_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, error: type[Exception], said: str
) -> None:
    monkeypatch.setattr(recogniser, "_COMMAND", [recogniser.sys.executable, "-c", code])

    async def trial() -> None:
        before = children()
        listens = listener(silence)
        with pytest.raises(error, match=said):
            await heard(listens)
        assert children() <= before

    silence = recording(tmp_path, "")
    asyncio.run(trial())


def test_a_recogniser_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser, "_COMMAND", ["sleep", "3600"])
    monkeypatch.setattr(time_limits, "RECOGNISING", 0.1)

    async def trial() -> None:
        before = children()
        with pytest.raises(RecogniserError, match="did not finish"):
            await heard(Listener(Silent(), Grammar(["describe"]), longest=0.3))
        assert children() <= before

    asyncio.run(trial())


class Silent:
    """A microphone that hears nothing, as fast as it can.

    Attributes:
        frames: That were taken of it.
    """

    def __init__(self) -> None:
        self.frames = 0

    async def record(self) -> AsyncGenerator[bytes]:
        """See Microphone."""
        while True:
            await asyncio.sleep(0)
            self.frames += 1
            yield bytes(FRAME_BYTES)


def test_a_recogniser_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pipe is full long before a command is over."""
    monkeypatch.setattr(recogniser, "_COMMAND", ["sleep", "3600"])
    monkeypatch.setattr(time_limits, "RECOGNISING", 0.1)
    monkeypatch.setattr(time_limits, "SPEECH_AWAITED", 60.0)

    async def trial() -> None:
        async with asyncio.timeout(60):
            with pytest.raises(RecogniserError, match="did not finish"):
                await heard(Listener(Silent(), Grammar(["describe"]), longest=60))

    asyncio.run(trial())


def test_nobody_speaks_and_what_is_heard_during_the_tone_does_not_count() -> None:
    silent = Silent()
    tone = 0.6

    async def ready() -> None:
        await asyncio.sleep(tone)

    async def trial() -> None:
        listens = Listener(silent, Grammar(["describe"]), longest=60)
        hearing = await listens.listen(ready, Told().over)
        assert not hearing.spoke
        await listens.close()

    asyncio.run(trial())
    assert silent.frames * 0.03 == pytest.approx(tone + time_limits.SPEECH_AWAITED, abs=0.5)


@needs_speech
def test_one_that_is_called_off_does_not_end_the_next(tmp_path: Path) -> None:
    async def trial() -> None:
        listens = listener(path)
        first = asyncio.create_task(heard(listens))
        await asyncio.sleep(0.05)
        first.cancel()
        hearing, _ = await heard(listens)
        assert hearing.text == "find the door"
        await listens.close()

    path = recording(tmp_path, "find the door")
    asyncio.run(trial())


@needs_speech
def test_one_that_was_killed_while_nobody_listened(tmp_path: Path) -> None:
    async def trial() -> None:
        before = children()
        listens = listener(path)
        await heard(listens)
        (pid,) = children() - before
        os.kill(pid, signal.SIGKILL)
        await until(lambda: children() <= before)
        await asyncio.sleep(0.3)  # asyncio is told of it a little later
        hearing, _ = await heard(listens)
        assert hearing.text == "find the door"
        await listens.close()

    path = recording(tmp_path, "find the door")
    asyncio.run(trial())
