"""What a board's sensors tell."""

import math

import pytest

from earsight.bench.sensors import Readings, Watch, jetson_watts, pmic_watts

PI_5 = """
 3V7_WL_SW_A current(0)=0.08002560A
   3V3_SYS_A current(1)=0.05074311A
  VDD_CORE_A current(7)=0.86456000A
 3V7_WL_SW_V volt(8)=3.70000000V
   3V3_SYS_V volt(9)=3.30000000V
  VDD_CORE_V volt(15)=0.72000000V
      EXT5V_V volt(24)=5.15000000V
       BATT_V volt(25)=0.00000000V
"""


def test_the_rails_of_a_raspberry_pi_5_are_summed():
    expected = 0.0800256 * 3.7 + 0.05074311 * 3.3 + 0.86456 * 0.72
    assert math.isclose(pmic_watts(PI_5), expected)


@pytest.mark.parametrize(
    "answer", ["", 'error=1 error_msg="Command not registered"', "EXT5V_V volt(24)=5.1V"]
)
def test_a_board_that_does_not_tell_uses_no_watts_that_are_known(answer):
    assert pmic_watts(answer) is None


def channel(folder, number, label, millivolts, milliamperes):
    (folder / f"in{number}_label").write_text(f"{label}\n")
    (folder / f"in{number}_input").write_text(f"{millivolts}\n")
    (folder / f"curr{number}_input").write_text(f"{milliamperes}\n")


def test_a_jetson_tells_at_its_input(tmp_path):
    other, chip = tmp_path / "hwmon0", tmp_path / "hwmon1"
    for folder, name in ((other, "nct6779"), (chip, "ina3221")):
        folder.mkdir()
        (folder / "name").write_text(f"{name}\n")
    channel(chip, 1, "VDD_CPU_GPU_CV", 5000, 400)
    channel(chip, 2, "VDD_IN", 5000, 1200)
    assert jetson_watts(tmp_path) == 6.0
    assert jetson_watts(tmp_path / "none") is None
    (chip / "curr2_input").unlink()  # the driver is being loaded
    assert jetson_watts(tmp_path) == 2.0


def test_readings_in_the_course_of_time():
    readings = Readings()
    for used in (2.0, 4.0, None):
        readings.take(lambda used=used: used)
    figures = readings.figures()
    assert (figures["watts_mean"], figures["watts_most"]) == (3.0, 4.0)
    assert figures["throttled"] in (True, False)
    assert Readings().figures()["celsius_most"] is None


def test_sensors_are_read_at_least_once():
    with Watch() as readings:
        pass
    assert readings.slowed
