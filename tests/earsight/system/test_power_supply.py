"""The battery, from files as the kernel has them."""

import pytest

from earsight.system.power_supply import Battery, read_battery


def supply(folder, name, **files):
    (folder / name).mkdir()
    for file, content in files.items():
        (folder / name / file).write_text(f"{content}\n")


def test_a_board_without_one(tmp_path):
    assert read_battery(tmp_path / "nowhere") is None
    supply(tmp_path, "usb", type="USB", online=1)
    assert read_battery(tmp_path) is None


@pytest.mark.parametrize(
    ("state", "is_charging"),
    [
        ("Charging", True),
        ("Discharging", False),
        ("Not charging", False),
        ("Full", False),
        ("Unknown", False),
    ],
)
def test_how_full_it_is_and_whether_it_is_charged(tmp_path, state, is_charging):
    supply(tmp_path, "ac", type="Mains")
    supply(tmp_path, "bat", type="Battery", capacity=81, status=state)
    assert read_battery(tmp_path) == Battery(81, is_charging)


def test_that_of_a_mouse_is_not_meant(tmp_path):
    supply(tmp_path, "hid-mouse", type="Battery", scope="Device", capacity=5, status="Discharging")
    assert read_battery(tmp_path) is None
    supply(tmp_path, "ups", type="Battery", scope="System", capacity=50, status="Full")
    assert read_battery(tmp_path) == Battery(50, is_charging=False)


@pytest.mark.parametrize("capacity", ["", "many", "5.5"])
def test_one_that_does_not_tell_is_passed_over(tmp_path, capacity):
    supply(tmp_path, "a", type="Battery", capacity=capacity, status="Full")
    assert read_battery(tmp_path) is None
    supply(tmp_path, "b", type="Battery", capacity=7)
    assert read_battery(tmp_path) == Battery(7, is_charging=False)


@pytest.mark.parametrize(("capacity", "percent"), [(104, 100), (-1, 0), (100, 100), (0, 0)])
def test_it_is_never_fuller_than_full(tmp_path, capacity, percent):
    supply(tmp_path, "bat", type="Battery", capacity=capacity)
    assert read_battery(tmp_path) == Battery(percent, is_charging=False)
