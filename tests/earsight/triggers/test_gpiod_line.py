"""Lines through libgpiod: how one is found, how it is asked for, and what is wrong with it."""

import asyncio
import errno
import sys
from types import ModuleType

import pytest
from gpiod.line import Bias, Direction, Edge

from earsight.config.triggers import GpiodButton
from earsight.triggers import gpiod_line
from earsight.triggers.gpiod_line import GpiodLine
from earsight.triggers.line import opened
from earsight.triggers.trigger import TriggerError
from tests.earsight.stand_ins import until
from tests.earsight.triggers.rigs import GpiodRig

AON = "/dev/gpiochip1"


@pytest.fixture
def rig(monkeypatch, tmp_path):
    rig = GpiodRig(monkeypatch, tmp_path)
    rig.chips[AON] = {2: "PAA.02", 85: "other"}
    rig.label_of[AON] = "tegra234-gpio-aon"
    return rig


def line(**section):
    return GpiodLine(GpiodButton(driver="gpiod", **section), "triggers.button")


def refused(**section):
    with pytest.raises(TriggerError) as caught:
        line(**section)
    told = str(caught.value)
    assert "\n" not in told
    assert told.startswith("triggers.button: GPIO line ")
    return told


@pytest.mark.parametrize(
    ("section", "found"),
    [
        ({"line": "PN.01"}, ("/dev/gpiochip0", 85)),
        ({"line": "PAA.02"}, (AON, 2)),
        ({"line": "PAA.02", "chip": "tegra234-gpio-aon"}, (AON, 2)),
        ({"line": 85, "chip": "tegra234-gpio-aon"}, (AON, 85)),
        ({"line": 85, "chip": "gpiochip1"}, (AON, 85)),
        ({"line": "PN.02", "chip": "/dev/gpiochip0"}, ("/dev/gpiochip0", 86)),
    ],
)
def test_a_line_is_found_by_its_name_and_by_its_chip_s_label(rig, section, found):
    line(**section).close()
    assert (rig.requests[-1].path, rig.requests[-1].line) == found


@pytest.mark.parametrize(("pull_up", "bias"), [(True, Bias.PULL_UP), (False, Bias.PULL_DOWN)])
def test_how_a_line_is_asked_for(rig, pull_up, bias):
    line(line="PN.01", pull_up=pull_up).close()
    request = rig.requests[-1]
    assert request.settings.direction is Direction.INPUT
    assert request.settings.edge_detection is Edge.BOTH
    assert request.settings.bias is bias
    assert request.settings.active_low is pull_up
    assert not request.settings.debounce_period
    assert request.options == {"consumer": "earsight", "event_buffer_size": 64}


def test_edges_that_the_kernel_had_no_room_for(rig):
    """What counts in the end is how the line is."""

    async def trial():
        async with opened(rig.open) as open_line:
            edges = []
            open_line.watch(lambda at, down: edges.append((at, down)), lambda _error: None)
            rig.requests[-1].move(True)
            rig.requests[-1].move(False, lost=True)
            await until(lambda: bool(edges))
            assert [down for _, down in edges][-1] is False

    asyncio.run(trial())


def test_lines_and_chips_that_there_are_not(rig):
    assert "no line of that name; `gpioinfo`" in refused(line="PN.99")
    told = refused(line=3, chip="tegra194-gpio")
    assert "there are: tegra234-gpio (gpiochip0), tegra234-gpio-aon (gpiochip1)" in told
    rig.chips.clear()
    assert "there are: none at all" in refused(line=3, chip="tegra194-gpio")


def test_names_and_labels_that_several_have(rig):
    rig.chips[AON][3] = "PN.01"
    assert "/dev/gpiochip0 and /dev/gpiochip1 each have a line of that name" in refused(line="PN.01")
    rig.label_of[AON] = "tegra234-gpio"
    told = refused(line="PN.01", chip="tegra234-gpio")
    assert "/dev/gpiochip0 and /dev/gpiochip1 have that label" in told


def test_chips_that_may_not_be_asked(rig):
    rig.label_of[AON] = PermissionError(errno.EACCES, "Permission denied")
    line(line="PN.01").close()  # the other has it
    assert "group gpio" in refused(line="PAA.02")
    assert "group gpio" in refused(line="PAA.02", chip="tegra234-gpio-aon")
    rig.label_of[AON] = OSError(errno.ENODEV, "No such device")
    assert "no line of that name" in refused(line="PAA.02")
    assert "there is no such chip" in refused(line="PAA.02", chip="tegra234-gpio-aon")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "group gpio"),
        (OSError(errno.EBUSY, "Device or resource busy"), "another program or driver holds it"),
        (OSError(errno.EINVAL, "Invalid argument"), "choose another line"),
        (ValueError("line offset of out range"), "the chip has no such line"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "the chip is not there"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error; `gpioinfo`"),
    ],
)
def test_a_line_that_can_not_be_had(rig, error, advice):
    rig.refusal = error
    assert advice in refused(line="PN.01")


def test_a_line_that_has_gone_before_it_was_looked_at(rig):
    opened_line = line(line="PN.01")
    rig.unplug()
    with pytest.raises(TriggerError, match="the chip is not there"):
        opened_line.is_down()
    opened_line.close()


@pytest.mark.parametrize(
    ("module", "told"), [(None, "the package gpiod is missing"), (ModuleType("gpiod"), "here is version 1")]
)
def test_without_the_package_or_with_its_first_version(monkeypatch, module, told):
    monkeypatch.setitem(sys.modules, "gpiod", module)
    with pytest.raises(TriggerError, match=rf"^triggers\.button\.driver: .*{told}.*pip install"):
        line(line="PN.01")


def test_this_machine_can_be_asked(monkeypatch):
    monkeypatch.undo()
    with pytest.raises(TriggerError):
        GpiodLine(GpiodButton(driver="gpiod", line="no such line at all"), "triggers.button")
    assert isinstance(gpiod_line.all_chips(), list)
