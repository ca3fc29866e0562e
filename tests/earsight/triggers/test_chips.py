from contextlib import suppress
from pathlib import Path

import pytest

from earsight.triggers import gpiozero_line
from earsight.triggers.chips import NoHeaderError, find_header_chip, header_chip


def chips(**labels):
    devices = [Path("/dev", name) for name in labels]

    def ask(device):
        found = labels[device.name]
        if isinstance(found, Exception):
            raise found
        return found

    return header_chip(devices, ask)


def test_the_header_s_chip_is_found_wherever_the_kernel_has_put_it():
    assert chips(gpiochip0="pinctrl-bcm2711", gpiochip1="raspberrypi-exp-gpio") == 0
    early = {"gpiochip0": "gpio-brcmstb@107d508500", "gpiochip4": "pinctrl-rp1"}
    assert chips(**early) == 4  # a Raspberry Pi 5 with its first kernels
    assert chips(gpiochip10="gpio-brcmstb@107d508500", gpiochip0="pinctrl-rp1") == 0  # and with later ones
    assert chips(gpiochip4="pinctrl-rp1", gpiochip0="pinctrl-rp1") == 0  # the same chip under its old name


def test_chips_of_others_and_those_that_can_not_be_asked_are_passed_over():
    assert chips(gpiochip0=PermissionError(13, "no"), gpiochip1="pinctrl-bcm2835") == 1
    assert chips(gpiochip0=OSError(19, "gone"), gpiochip1="pinctrl-bcm2835") == 1


def test_without_a_header_no_other_chip_is_taken():
    for others in ({}, {"gpiochip0": "tegra234-gpio"}, {"gpiochip0": OSError(19, "gone")}):
        with pytest.raises(NoHeaderError):
            chips(**others)
    with pytest.raises(PermissionError):  # it may be the one
        chips(gpiochip0=PermissionError(13, "no"), gpiochip1="raspberrypi-exp-gpio")


def test_this_machine_can_be_asked():
    with suppress(NoHeaderError, PermissionError):
        assert Path(f"/dev/gpiochip{find_header_chip()}").exists()


@pytest.mark.parametrize("variable", ["lgpio", ""])
def test_lgpio_is_given_that_chip(monkeypatch, variable):
    opened = []

    class Factory:
        def __init__(self, chip):
            opened.append(chip)

    module = type(gpiozero_line)("gpiozero.pins.lgpio")
    module.LGPIOFactory = Factory
    monkeypatch.setitem(__import__("sys").modules, "gpiozero.pins.lgpio", module)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", variable)
    monkeypatch.setattr(gpiozero_line, "find_header_chip", lambda: 4)
    gpiozero_line._make_factory(None)
    assert opened == [4]
