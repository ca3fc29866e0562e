"""What every line keeps to, whatever moves it."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from pathlib import Path

import pytest

from earsight.triggers.button import ButtonTrigger
from earsight.triggers.gestures import GestureRecognizer, GestureTimes
from earsight.triggers.line import Line, opened
from earsight.triggers.trigger import ButtonDown, Press, TriggerError
from tests.earsight.stand_ins import until
from tests.earsight.triggers.rigs import GpiodRig, GpiozeroRig, KeyRig, MakeRig, Rig

ALL: list[MakeRig] = [GpiozeroRig, GpiodRig, KeyRig]
CAN_GO: list[MakeRig] = [GpiodRig, KeyRig]


@pytest.fixture(params=ALL, ids=lambda kind: kind.__name__)
def rig(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rig:
    return request.param(monkeypatch, tmp_path)


@pytest.fixture(params=CAN_GO, ids=lambda kind: kind.__name__)
def loose(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rig:
    return request.param(monkeypatch, tmp_path)


Edges = list[tuple[float, bool]]


def watched(line: Line) -> tuple[Edges, list[TriggerError]]:
    edges: Edges = []
    errors: list[TriggerError] = []
    line.watch(lambda at, down: edges.append((at, down)), errors.append)
    return edges, errors


def ups_and_downs(edges: Edges) -> list[bool]:
    """Without what repeats the level that is known already."""
    levels = [False, *(down for _, down in edges)]
    return [after for before, after in itertools.pairwise(levels) if before is not after]


def test_edges_come_with_their_times(rig: Rig) -> None:
    async def trial() -> None:
        async with opened(rig.open) as line:
            edges, errors = watched(line)
            assert not line.is_down()
            began = time.monotonic()
            rig.move(True)
            await until(lambda: ups_and_downs(edges) == [True])
            assert line.is_down()
            rig.move(False)
            await until(lambda: ups_and_downs(edges) == [True, False])
            assert not line.is_down()
            assert not errors
            assert all(began - 0.001 <= at <= time.monotonic() for at, _ in edges)

    asyncio.run(trial())


def test_one_that_is_down_from_the_start_says_so(rig: Rig) -> None:
    async def trial() -> None:
        async with opened(rig.open) as line:
            rig.move(True)
            watched(line)
            assert line.is_down()

    asyncio.run(trial())


def test_it_can_be_opened_again_and_again_and_nothing_is_left(rig: Rig) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the folder's own descriptor counts each time

    async def trial() -> None:
        open_before: int | None = None
        for _ in range(3):
            async with opened(rig.open) as line:
                watched(line)
            open_before = open_before or descriptors()
            assert descriptors() == open_before

    asyncio.run(trial())


def test_without_an_event_after_it_was_closed(rig: Rig) -> None:
    async def trial() -> None:
        async with opened(rig.open) as line:
            edges, errors = watched(line)
        if not isinstance(rig, GpiodRig):  # it has no chip any more
            rig.move(True)
        await asyncio.sleep(0.05)
        assert not edges
        assert not errors

    asyncio.run(trial())


def test_one_that_goes_is_lost(loose: GpiodRig | KeyRig) -> None:
    async def trial() -> None:
        async with opened(loose.open) as line:
            edges, errors = watched(line)
            loose.move(True)
            await until(lambda: ups_and_downs(edges) == [True])
            loose.unplug()
            await until(lambda: bool(errors))
            assert len(errors) == 1
            assert "\n" not in str(errors[0])

    asyncio.run(trial())


def button(rig: Rig) -> ButtonTrigger:
    times = GestureTimes(long_press=30.0, double_window=0.05, very_long_press=60.0, stuck_after=90.0)
    return ButtonTrigger(rig.open, 0.005, GestureRecognizer(times), lambda: None)


def test_a_button_on_it_gives_gestures(rig: Rig) -> None:
    async def trial() -> None:
        events: list[object] = []
        listening = asyncio.Event()
        task = asyncio.create_task(button(rig).run(events.append, listening.set))
        await asyncio.wait_for(listening.wait(), 20)
        rig.move(True)
        await until(lambda: len(events) == 1)
        rig.move(False)
        await until(lambda: len(events) == 2)
        assert isinstance(events[0], ButtonDown)
        assert isinstance(events[1], Press)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(trial())


def test_a_button_on_one_that_goes_ends(loose: GpiodRig | KeyRig) -> None:
    async def trial() -> None:
        listening = asyncio.Event()
        task = asyncio.create_task(button(loose).run(lambda _: None, listening.set))
        await asyncio.wait_for(listening.wait(), 20)
        loose.unplug()
        with pytest.raises(TriggerError, match=r"^triggers\.[a-z.]+: "):
            await asyncio.wait_for(task, 20)

    asyncio.run(trial())


@pytest.mark.parametrize("turns", range(8))
def test_cancelled_at_any_moment_it_is_given_back(rig: Rig, turns: int) -> None:
    async def trial() -> None:
        task = asyncio.create_task(button(rig).run(lambda _: None))
        for _ in range(turns):
            await asyncio.sleep(0.002 if turns > 4 else 0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if isinstance(rig, GpiodRig):
            assert all(request.released for request in rig.requests)
        async with opened(rig.open) as line:
            watched(line)

    asyncio.run(trial())
