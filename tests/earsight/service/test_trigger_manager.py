"""Inputs that fail and come back, on a clock of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from earsight.actions import ACTIONS
from earsight.message import message
from earsight.service.trigger_manager import State
from earsight.system.time_limits import DEVICE_LOOK, TRIGGER_RETRY, TRIGGER_WORKING
from earsight.triggers.trigger import (
    AbsentError,
    AsleepError,
    ButtonDown,
    EventSink,
    Gesture,
    Listening,
    Press,
    TriggerError,
)
from tests.earsight import virtual_time
from tests.earsight.service.trigger_manager_stage import (
    Managed,
    Script,
    at,
    configured,
    played,
)


@pytest.fixture
def managed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Managed]:
    return lambda *triggers, **settings: Managed(monkeypatch, *triggers, **settings)


BROKEN = message("part.not_working", part=message("part.button"))
ABSENT = message("part.absent", part=message("part.button"))
CONNECTED = message("part.connected", part=message("part.button"))
MENDED = message("part.working_again", part=message("part.button"))


def test_one_that_fails_is_tried_again_after_the_same_pause_each_time(managed) -> None:
    trigger = Script(*[TriggerError("no such pin")] * 4)
    on = managed(trigger)

    async def script() -> None:
        await at(10 * TRIGGER_RETRY)

    played(on, script)
    assert trigger.began == [0, TRIGGER_RETRY, 2 * TRIGGER_RETRY, 3 * TRIGGER_RETRY, 4 * TRIGGER_RETRY]


def test_one_whose_device_is_not_connected_is_looked_for_more_often(managed) -> None:
    trigger = Script(AbsentError("unplugged"), AsleepError("asleep"), TriggerError("broken"))
    on = managed(trigger)

    async def script() -> None:
        await at(10 * TRIGGER_RETRY)

    played(on, script)
    assert trigger.began == [0, DEVICE_LOOK, 2 * DEVICE_LOOK, 2 * DEVICE_LOOK + TRIGGER_RETRY]


def test_the_pause_begins_when_it_fails(managed) -> None:
    trigger = Script(100.0, TriggerError("no such pin"))
    on = managed(trigger)

    async def script() -> None:
        await at(100 + TRIGGER_RETRY + 1)

    played(on, script)
    assert trigger.began == [0, 100 + TRIGGER_RETRY]


def test_the_states_of_one_that_fails_and_comes_back(managed) -> None:
    on = managed(Script(TriggerError("no such pin")))

    async def script() -> None:
        assert on.states == [State.OPENING]
        await at(0)
        assert on.states == [State.FAILED]
        assert on.notices.said == [BROKEN]
        assert on.status.has("label button")
        await at(TRIGGER_RETRY)
        assert on.states == [State.LISTENING]
        assert on.notices.said == [BROKEN]
        assert on.status.has("label button")
        await at(TRIGGER_RETRY + TRIGGER_WORKING - 0.01)
        assert on.states == [State.LISTENING]
        await at(TRIGGER_RETRY + TRIGGER_WORKING)
        assert on.states == [State.WORKING]
        assert on.notices.said == [BROKEN, MENDED]
        assert not on.status.has("label button")

    played(on, script)


def test_one_that_keeps_failing_soon_is_told_of_once(managed) -> None:
    short = TRIGGER_WORKING / 2
    steps = [short, TriggerError("loose"), short, TriggerError("loose"), short, TriggerError("loose")]
    on = managed(Script(*steps))

    async def script() -> None:
        await at(2 * (TRIGGER_RETRY + short) + short)
        assert on.notices.said == [BROKEN]
        assert on.states == [State.FAILED]
        await at(100)
        assert on.notices.said == [BROKEN, MENDED]

    played(on, script)


def test_a_device_that_is_not_connected_is_called_so(managed) -> None:
    on = managed(Script(AbsentError("unplugged"), AsleepError("asleep")))

    async def script() -> None:
        await at(10)
        assert on.notices.said == [ABSENT, CONNECTED]

    played(on, script)


def test_a_device_that_sleeps_is_not_spoken_of_but_shown(managed) -> None:
    on = managed(Script(AsleepError("the remote is not connected")))

    async def script() -> None:
        await at(0)
        assert on.states == [State.FAILED]
        assert on.status.has("label button")
        await at(DEVICE_LOOK + TRIGGER_WORKING)
        assert on.states == [State.WORKING]
        assert not on.status.has("label button")
        assert on.notices.said == []

    played(on, script)


def test_a_new_reason_is_shown_and_logged_and_the_same_one_not_again(managed, caplog) -> None:
    steps = [TriggerError("held"), TriggerError("held"), TriggerError("gone"), AsleepError("asleep")]
    on = managed(Script(*steps))
    caplog.set_level("INFO")

    async def script() -> None:
        await at(100)

    played(on, script)
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [("ERROR", "held"), ("ERROR", "gone"), ("INFO", "asleep")]


def test_all_are_opened_when_each_has_listened_or_failed(managed) -> None:
    class Slow(Script):
        async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
            await asyncio.sleep(3)
            await super().run(sink, listening)

    on = managed(Script(), Script(TriggerError("no such pin")), Slow())

    async def script() -> None:
        opened = asyncio.create_task(on.manager.opened())
        await at(2)
        assert not opened.done()
        await at(3)
        assert opened.done()

    played(on, script)


def test_one_that_ends_ends_them_all(managed) -> None:
    on = managed(Script(7.0), Script())

    async def main() -> float:
        await on.manager.run()
        assert len(asyncio.all_tasks()) == 1
        return asyncio.get_running_loop().time()

    assert virtual_time.run(main()) == 7.0


def test_events_go_out_with_the_name_of_their_input(managed) -> None:
    first, second = Script(), Script()
    on = managed(first, second)

    async def script() -> None:
        await at(0)
        second.sink(ButtonDown(1.0))
        first.sink(Press(Gesture.SHORT, 2.0))
        on.wiring.press("pedal", Press(Gesture.LONG, 3.0))

    played(on, script)
    assert on.events == [
        ("second_button", ButtonDown(1.0)),
        ("button", Press(Gesture.SHORT, 2.0)),
        ("pedal", Press(Gesture.LONG, 3.0)),
    ]


def test_a_stuck_button_is_news_until_it_is_pressed(managed) -> None:
    trigger = Script()
    on = managed(trigger)
    stuck = message("part.stuck", part=message("part.button"))

    async def script() -> None:
        await at(0)
        on.wiring.stuck("button")
        assert on.notices.said == [stuck]
        told = []
        on.notices.trouble = lambda *what: told.append(what)
        trigger.sink(ButtonDown(1.0))
        assert told == [("button, stuck", None)]

    played(on, script)


def test_what_the_control_socket_may_ask_for(managed) -> None:
    on = managed(Script())
    assert on.wiring.inputs == ["button", "second_button", "pedal"]
    assert set(on.wiring.actions) == set(ACTIONS)
    on.wiring.do("describe", None)
    assert on.done == [("describe", None)]


NEW = {"long_press": 0.4, "double_window": 0.2, "very_long_press": 1.0, "stuck_after": 6.0}


def test_new_times_reach_every_recogniser_also_those_made_later(managed) -> None:
    on = managed(Script())
    recognizers = [on.wiring.recognizer("button"), on.wiring.recognizer("pedal")]
    for recognizer in recognizers:
        recognizer.press(0.0)
        assert recognizer.deadline == 0.8
        recognizer.found(0.0, down=False)
    on.manager.reconfigure(configured(gestures=NEW))
    recognizers.append(on.wiring.recognizer("second_button"))
    for recognizer in recognizers:
        recognizer.press(0.0)
        deadlines = [recognizer.deadline]
        for _ in range(2):
            recognizer.expire(recognizer.deadline)
            deadlines.append(recognizer.deadline)
        assert deadlines == [0.4, 1.0, 6.0]
        recognizer.release(7.0)
        recognizer.press(8.0)
        recognizer.release(8.1)
        assert recognizer.deadline == pytest.approx(8.3)


BINDINGS = {"button": {"triple": "help"}, "keys": {"pedal": {"long": "louder"}}}


@pytest.mark.parametrize("reloaded", [False, True])
def test_what_triple_and_long_presses_mean_is_known_for_each_input(managed, reloaded) -> None:
    on = managed(Script(), **({} if reloaded else {"bindings": BINDINGS}))
    recognizers = {name: on.wiring.recognizer(name) for name in ("button", "pedal")}
    if reloaded:
        on.manager.reconfigure(configured(bindings=BINDINGS))

    def pressed_twice(name: str) -> list[str]:
        recognizers[name].found(0.0, down=False)
        recognizers[name].press(0.0)
        recognizers[name].release(0.1)
        return [event.gesture for event in recognizers[name].press(0.2)]

    def held(name: str) -> list[str]:
        recognizers[name].found(1.0, down=False)
        recognizers[name].press(1.0)
        return [event.gesture for event in recognizers[name].expire(1.8)]

    assert [pressed_twice(name) for name in recognizers] == [[], ["double"]]
    assert [held(name) for name in recognizers] == [["long"], []]
