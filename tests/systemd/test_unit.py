"""The unit file keeps what the service counts on."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from earsight.service.crash_loop import MAX_FAILED_STARTS

FOLDER = Path(__file__).parents[2] / "systemd"
UNIT = FOLDER / "earsight.service"

Unit = dict[tuple[str, str], list[str]]


@pytest.fixture(scope="module")
def unit() -> Unit:
    return read(UNIT)


def read(path: Path) -> Unit:
    """(section, key): its values in their order. A key may stand there more than once."""
    values: Unit = defaultdict(list)
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            section = line[1:-1]
        elif line and line[0] not in "#;":
            key, equals, value = line.partition("=")
            assert equals, f"neither a comment, a section nor a key: {line}"
            values[section, key].append(value)
    return values


def test_sections_are_those_of_a_service(unit: Unit) -> None:
    assert {section for section, _ in unit} == {"Unit", "Service", "Install"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("NotifyAccess", "main"),
        ("WatchdogSec", "30"),
        ("Restart", "on-failure"),
        ("ExecStart", "/opt/earsight/venv/bin/earsight run --config /etc/earsight/earsight.yaml"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        ("RuntimeDirectory", "earsight"),  # default_control_socket() goes by it
        ("RuntimeDirectoryMode", "0700"),
        ("StateDirectory", "earsight"),
        ("WorkingDirectory", "%t/earsight"),  # writable, for lgpio's pipes, and not on the card
        ("LimitCORE", "0"),  # a core dump has pictures in it
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateNetwork", "yes"),
        ("DevicePolicy", "closed"),
    ],
)
def test_service_settings(unit: Unit, key: str, value: str) -> None:
    assert unit["Service", key] == [value]


def test_environment(unit: Unit) -> None:
    assert set(unit["Service", "Environment"]) == {
        "GPIOZERO_PIN_FACTORY=lgpio",
        "PYTHONFAULTHANDLER=1",
        "EARSIGHT_POWER_OFF=%t/earsight/power-off",
    }


def test_restarts_are_limited_but_not_after_one_bad_minute(unit: Unit) -> None:
    (burst,) = unit["Unit", "StartLimitBurst"]
    (interval,) = unit["Unit", "StartLimitIntervalSec"]
    (pause,) = unit["Service", "RestartSec"]
    (watchdog,) = unit["Service", "WatchdogSec"]
    assert int(burst) * int(pause) < int(interval), "the limit would never be reached by failing at once"
    assert int(interval) > int(watchdog)
    assert int(burst) >= 3 * (MAX_FAILED_STARTS + 1), "a wearer who tries again would hear nothing"


def test_the_doctor_does_not_inherit_what_speaks_for_the_service(unit: Unit) -> None:
    """earsight-doctor.service is a copy, and its drop-in could not take a dependency away."""
    assert ("Unit", "OnFailure") not in unit
    assert read(FOLDER / "cant-start.conf")["Unit", "OnFailure"] == ["earsight-cant-start.service"]


def test_what_speaks_for_the_service_needs_no_python_and_comes_to_an_end() -> None:
    speaker = read(FOLDER / "earsight-cant-start.service")
    assert speaker["Service", "ExecStart"] == ["/opt/earsight/current/script/cant-start"]
    (burst,), (interval,) = speaker["Unit", "StartLimitBurst"], speaker["Unit", "StartLimitIntervalSec"]
    (pause,) = speaker["Service", "RestartSec"]
    assert int(burst) * int(pause) < int(interval)


def test_switching_off_waits_for_the_file_that_the_service_makes(unit: Unit) -> None:
    waiting, switching = (read(FOLDER / f"earsight-power-off.{kind}") for kind in ("path", "service"))
    (file,) = waiting["Path", "PathExists"]
    assert f"EARSIGHT_POWER_OFF={file}" in unit["Service", "Environment"]
    assert unit["Unit", "Wants"] == ["earsight-power-off.path"]
    assert file.startswith(f"%t/{unit['Service', 'RuntimeDirectory'][0]}/"), "it may write nowhere else"
    assert switching["Unit", "SuccessAction"] == ["poweroff"]
    assert switching["Service", "ExecStart"] == [f"/bin/rm -f {file}"], "or it would begin again and again"


def test_a_jetson_allows_no_device_by_name() -> None:
    """One that is allowed shuts out all others, and on systemd 249 ProtectClock= allows the clock's."""
    jetson = read(FOLDER / "jetson.conf")
    assert jetson["Service", "DevicePolicy"] == ["auto"]
    assert jetson["Service", "DeviceAllow"] == [""]
    assert jetson["Service", "ProtectClock"] == ["no"]


def test_keys_need_a_device_and_a_group_that_the_service_lacks_otherwise(unit: Unit) -> None:
    keys = read(FOLDER / "keys.conf")
    assert keys["Service", "DeviceAllow"] == ["char-input r"]
    assert keys["Service", "SupplementaryGroups"] == ["input"]
    assert not any("input" in allowed for allowed in unit["Service", "DeviceAllow"])


def test_another_machine_needs_a_network_that_the_service_lacks_otherwise(unit: Unit) -> None:
    network = read(FOLDER / "network.conf")
    assert network["Service", "PrivateNetwork"] == ["no"]
    assert network["Service", "IPAddressAllow"] == ["@HOST@"]
    assert network["Service", "RestrictAddressFamilies"] == ["AF_INET AF_INET6"]
    assert unit["Service", "IPAddressDeny"] == ["any"]
    assert ("Service", "IPAddressAllow") not in unit


def test_devices_and_groups_go_together(unit: Unit) -> None:
    allowed = unit["Service", "DeviceAllow"]
    for kind in ("video4linux", "media", "dma_heap", "alsa", "gpiochip"):
        assert f"char-{kind} rw" in allowed
    (groups,) = unit["Service", "SupplementaryGroups"]
    assert set(groups.split()) == {"video", "audio", "gpio"}


def test_sysusers_makes_the_user_and_every_group(unit: Unit) -> None:
    """A service whose user or one of whose groups is missing does not start at all."""
    lines = [line.split() for line in (FOLDER / "earsight.sysusers").read_text("utf-8").splitlines()]
    (user,) = unit["Service", "User"]
    (groups,) = unit["Service", "SupplementaryGroups"]
    assert ["u", user] in [line[:2] for line in lines]
    assert {line[2] for line in lines if line[:2] == ["m", user]} == set(groups.split())


def test_the_local_socket_is_not_shut_out(unit: Unit) -> None:
    (families,) = unit["Service", "RestrictAddressFamilies"]
    assert "AF_UNIX" in families.split()
