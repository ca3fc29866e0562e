"""Keys on devices that come and go, and on several at once."""

import asyncio
import errno
import os
from contextlib import asynccontextmanager

import pytest

from earsight.config.triggers import KeySection
from earsight.system import time_limits
from earsight.triggers import key_line
from earsight.triggers.key_line import KeyInput
from earsight.triggers.line import opened
from earsight.triggers.trigger import AbsentError, AsleepError, TriggerError
from tests.earsight.stand_ins import until
from tests.earsight.triggers.rigs import KeyRig

PLAY, PAUSE, UP = 200, 201, 115


@pytest.fixture
def rig(monkeypatch, tmp_path):
    monkeypatch.setattr(time_limits, "DEVICE_LOOK", 0.02)
    rig = KeyRig(monkeypatch, tmp_path)
    rig.unplug()
    return rig


class Watched:
    def __init__(self, line):
        self.line = line
        self.edges, self.errors = [], []
        line.watch(lambda _at, down: self.edges.append(down), self.errors.append)


@asynccontextmanager
async def watching(key):
    async with opened(key) as line:
        yield Watched(line)


def key(rig, name="pedal", **section):
    return KeyInput(KeySection(**section), f"triggers.keys.{name}", rig.find)


def test_the_device_is_found_by_how_its_name_begins(rig):
    rig.plug_in("vc4-hdmi-0", {PLAY, UP})
    rig.plug_in("AB Shutter3 Keyboard", {UP})
    rig.plug_in("AB Shutter3 Consumer Control", {PLAY})
    assert [d.name for d in key(rig, key="KEY_PLAYCD").devices()] == [
        "vc4-hdmi-0",
        "AB Shutter3 Consumer Control",
    ]
    assert [d.name for d in key(rig, key=PLAY, device="ab shutter3").devices()] == [
        "AB Shutter3 Consumer Control"
    ]


def test_several_keys_that_do_the_same(rig):
    """Bluetooth earphones send another key each time."""
    earphones = rig.plug_in("WH-1000 (AVRCP)", {PLAY, PAUSE, UP})

    async def trial():
        async with watching(key(rig, key=["KEY_PLAYCD", "KEY_PAUSECD"])) as on:
            for code in (PLAY, UP, PAUSE):
                earphones.move(code, True)
                earphones.move(code, False)
            await until(lambda: len(on.edges) >= 4)
            assert on.edges == [True, False, True, False]

    asyncio.run(trial())


def test_a_device_that_comes_later_is_read_too_and_one_that_goes_is_not_missed(rig):
    first = rig.plug_in("first", {PLAY})

    async def trial():
        async with watching(key(rig, key=PLAY)) as on:
            second = rig.plug_in("second", {PLAY})
            await asyncio.sleep(0.1)
            second.move(PLAY, True)
            first.move(PLAY, True)
            await until(lambda: on.edges == [True])
            first.move(PLAY, False)
            await asyncio.sleep(0.05)
            assert on.edges == [True]
            assert on.line.is_down()
            rig.devices.remove(second)
            second.unplug()  # while its key is held
            await until(lambda: on.edges == [True, False])
            assert not on.errors
            rig.devices.remove(first)
            first.unplug()
            await until(lambda: bool(on.errors))
            assert isinstance(on.errors[0], AbsentError)
            assert not isinstance(on.errors[0], AsleepError)

    asyncio.run(trial())


def test_the_same_device_is_found_again(rig):
    pedal = key(rig, key=PLAY, device="FootSwitch")
    rig.plug_in("FootSwitch", {PLAY})

    async def trial():
        async with watching(pedal) as on:
            rig.unplug()
            await until(lambda: bool(on.errors))
        with pytest.raises(AbsentError, match="the device FootSwitch is not connected"):
            async with opened(pedal):
                pass
        rig.plug_in("something else", {PLAY})
        with pytest.raises(AbsentError, match="devices that have this key: something else"):
            async with opened(pedal):
                pass
        again = rig.plug_in("FootSwitch", {PLAY})
        async with watching(pedal) as on:
            again.move(PLAY, True)
            await until(lambda: on.edges == [True])

    asyncio.run(trial())


def test_a_bluetooth_device_that_goes_is_asleep_until_it_was_back(rig):
    remote = key(rig, key=UP, device="AB Shutter3")

    async def trial():
        with pytest.raises(AbsentError) as never_seen:
            remote()
        assert not isinstance(never_seen.value, AsleepError)
        rig.plug_in("AB Shutter3", {UP}, bluetooth=True)
        async with watching(remote) as on:
            rig.unplug()
            await until(lambda: bool(on.errors))
            assert isinstance(on.errors[0], AsleepError)
        with pytest.raises(AsleepError):
            remote()
        rig.plug_in("AB Shutter3", {UP}, bluetooth=False)  # by its cable now
        async with watching(remote) as on:
            rig.unplug()
            await until(lambda: bool(on.errors))
            assert not isinstance(on.errors[0], AsleepError)

    asyncio.run(trial())


def test_two_keys_of_a_device_share_it_and_it_is_grabbed_if_one_says_so(rig):
    device = rig.plug_in("remote", {PLAY, UP})

    async def trial():
        async with (
            watching(key(rig, "one", key=PLAY)) as one,
            watching(key(rig, "two", key=UP, device="remote", grab=True)) as two,
        ):
            device.move(UP, True)
            device.move(PLAY, True)
            await until(lambda: one.edges == two.edges == [True])
            assert len(device.grabbed_by) == 1
        assert key_line._shared._lines == {}

    asyncio.run(trial())


def test_a_device_is_not_grabbed_unless_it_is_asked_for(rig):
    device = rig.plug_in("remote", {PLAY})

    async def trial():
        async with watching(key(rig, key=PLAY, device="remote")):
            assert device.grabbed_by == []

    asyncio.run(trial())


def test_one_that_another_program_has_grabbed(rig):
    rig.plug_in("remote", {PLAY}).grabbed_by.append(99)

    async def trial():
        with pytest.raises(
            TriggerError, match="another program: stop that program, or set grab to false"
        ) as told:
            async with watching(key(rig, key=PLAY, device="remote", grab=True)):
                pass
        assert not isinstance(told.value, AbsentError)
        assert key_line._shared._lines == {}

    asyncio.run(trial())


@pytest.mark.parametrize(
    ("error", "told", "absent"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "group input", False),
        (PermissionError(errno.EPERM, "Operation not permitted"), "sudo script/install", False),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "does not exist", True),
    ],
)
def test_one_that_can_not_be_opened(rig, monkeypatch, error, told, absent):
    rig.plug_in("remote", {PLAY})
    real = os.open

    def refuse(_path, *_):
        raise error

    async def trial():
        monkeypatch.setattr(os, "open", refuse)
        with pytest.raises(TriggerError, match=told) as caught:
            async with watching(key(rig, key=PLAY)):
                pass
        assert isinstance(caught.value, AbsentError) is absent
        monkeypatch.setattr(os, "open", real)
        async with watching(key(rig, key=PLAY)):
            pass

    asyncio.run(trial())


def test_one_that_can_not_be_opened_yet_is_tried_again_beside_others(rig, monkeypatch):
    rig.plug_in("first", {PLAY})
    real = os.open

    async def trial():
        async with watching(key(rig, key=PLAY)) as on:
            second = rig.plug_in("second", {PLAY})
            refused = []

            def refuse_once(path, *options):
                if path == second.info.node and not refused:
                    refused.append(path)
                    raise PermissionError(errno.EACCES, "Permission denied")
                return real(path, *options)

            monkeypatch.setattr(os, "open", refuse_once)
            await until(lambda: bool(refused))
            await asyncio.sleep(0.1)
            second.move(PLAY, True)
            await until(lambda: on.edges == [True])
            assert not on.errors

    asyncio.run(trial())


def test_one_that_was_just_connected_may_be_opened_a_moment_later(rig, monkeypatch):
    """The group of its file is set after the file is there."""
    rig.plug_in("remote", {PLAY})
    waits = []
    monkeypatch.setattr(key_line.os, "access", lambda *_: False)
    monkeypatch.setattr(key_line.time, "sleep", waits.append)
    key(rig, key=PLAY)()
    assert waits == [time_limits.DEVICE_LOOK]
    monkeypatch.setattr(key_line.os, "access", lambda *_: True)
    key(rig, key=PLAY)()
    assert len(waits) == 1


def test_events_that_the_kernel_had_no_room_for(rig):
    device = rig.plug_in("remote", {PLAY})

    async def trial():
        async with watching(key(rig, key=PLAY)) as on:
            device.down.add(PLAY)
            device.event(0, 3, 0)
            await until(lambda: on.edges == [True])
            device.down.clear()
            device.event(0, 3, 0)
            await until(lambda: on.edges == [True, False])

    asyncio.run(trial())


def test_a_key_that_is_held_when_its_device_comes(rig):
    rig.plug_in("remote", {PLAY}).down.add(PLAY)

    async def trial():
        async with watching(key(rig, key=PLAY)) as on:
            assert on.line.is_down()

    asyncio.run(trial())


def test_names(rig):
    assert key(rig, key=164).name == "164"
    assert key(rig, key=["KEY_A", "KEY_B"], device="remote").name == "KEY_A or KEY_B of remote"
