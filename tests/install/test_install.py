"""script/install: what is there afterwards."""

from __future__ import annotations

import re

import pytest

from tests.install.box import CONFIG, UNITS, Box


def test_the_first_time_everything_is_put_in_place_and_started(installed: Box) -> None:
    asked = installed.asked()
    assert [line for line in asked if "enable" in line or " start " in line] == [
        "systemctl --quiet enable earsight",
        "systemctl start earsight",
    ]
    assert any("[codes,gpio,opencv,text]" in line for line in asked), asked
    assert installed.read(CONFIG) == installed.read(f"{installed.sources}/config/raspberry-pi.yaml")
    assert installed.read(f"{UNITS}/earsight.service") == installed.read(
        f"{installed.sources}/systemd/earsight.service"
    )
    for path in (
        "/opt/earsight/venv/bin/earsight",
        "/usr/local/bin/earsight",
        f"{UNITS}/earsight-doctor.service",
        f"{UNITS}/earsight-power-off.path",
        f"{UNITS}/earsight-power-off.service",
        "/usr/local/lib/udev/rules.d/60-earsight.rules",
        "/usr/local/lib/systemd/system.conf.d/50-earsight.conf",
    ):
        assert installed.has(path), path
    groups = installed.shell("id -nG earsight").stdout.split()
    assert {"video", "audio", "gpio"} <= set(groups)
    assert installed.shell("stat -c '%U %a' /var/lib/earsight").stdout == "earsight 700\n"


def test_a_second_time_nothing_is_done(installed: Box) -> None:
    before = installed.release()
    installed.asked()
    again = installed.install()
    assert again.returncode == 0, again.stderr
    assert installed.release() == before
    assert not [line for line in installed.asked() if "pip" in line or "start" in line or "stop" in line]


def test_what_somebody_took_away_is_put_back(installed: Box) -> None:
    installed.shell(f"rm {UNITS}/earsight.service /usr/local/bin/earsight")
    installed.asked()
    assert installed.install().returncode == 0
    assert installed.has(f"{UNITS}/earsight.service")
    assert installed.has("/usr/local/bin/earsight")
    assert "systemctl start earsight" in installed.asked()


def test_in_a_chroot_all_is_done_but_the_start(box: Box) -> None:
    box.shell("rmdir /run/systemd/system")
    done = box.install("--board", "debian")
    assert done.returncode == 0, done.stderr
    assert box.has("/enabled")
    assert "systemctl start earsight" not in box.asked()
    assert not box.has("/usr/local/lib/systemd/system.conf.d/50-earsight.conf"), "no board, no watchdog"


@pytest.mark.parametrize(
    ("python", "extras"),
    [("the system's", "[codes,gpiod]"), ("one beside it", "[codes,gpiod,opencv,text]")],
    ids=["JetPack 7", "JetPack 6"],
)
def test_a_jetsons_opencv_is_the_systems_where_its_python_is(box: Box, python: str, extras: str) -> None:
    if python != "the system's":
        box.shell("cd /usr/bin && cp --remove-destination python3.13 python3")
    assert box.install("--board", "jetson").returncode == 0
    pip, *alone = (line for line in box.asked() if "pip" in line)
    assert ["--no-deps rapidocr" in line for line in alone] == ([True] if "text" not in extras else [])
    asked = re.search(r"/releases/[\w.-]+(\S*)", pip)
    assert asked
    assert asked[1] == extras


def test_on_another_machine_pip_is_asked_for_no_more_than_it_needs(box: Box) -> None:
    assert box.install("--board", "debian").returncode == 0
    (pip,) = (line for line in box.asked() if "pip" in line)
    assert "[codes,opencv,text]" in pip


def test_a_button_on_any_board_s_lines_brings_what_reads_them(box: Box) -> None:
    box.write(CONFIG, "triggers: {button: {driver: gpiod, line: PA.03}}\n")
    assert box.install("--board", "debian").returncode == 0
    (pip,) = (line for line in box.asked() if "pip" in line)
    assert "[codes,gpiod,opencv,text]" in pip


@pytest.mark.parametrize(
    ("settings", "extras"),
    [
        ("voice: {engine: hibari}", "[codes,opencv,text,hibari]"),
        ("voice: {engine: piper, piper_model: en.onnx}", "[codes,opencv,text,piper]"),
        ("voice:\n  piper_model:\n    en: en.onnx\n", "[codes,opencv,text,piper]"),
        ("voice:\n  engine: espeak\n  piper_model: null\n", "[codes,opencv,text]"),
        ("voice:\n  # engine: piper\n  engine: pyttsx3\n", "[codes,opencv,text,pyttsx3]"),
        ("microphone: {source: alsa}", "[codes,opencv,text,listen]"),
    ],
)
def test_the_voice_of_the_settings_is_installed(box: Box, settings: str, extras: str) -> None:
    box.write(CONFIG, settings)
    assert box.install("--board", "debian").returncode == 0
    (pip,) = (line for line in box.asked() if "pip" in line)
    assert extras in pip


KEYS = [f"{UNITS}/{unit}.service.d/10-keys.conf" for unit in ("earsight", "earsight-doctor")]


@pytest.mark.parametrize(
    "keys",
    [
        "{remote: {device: AB Shutter3, key: KEY_VOLUMEUP}}",
        "{mouse: {key: [BTN_LEFT]}}",
        "{pedal: {key: 48}}",
        "\n    pedal:\n      key:\n      - KEY_A",
    ],
)
def test_input_devices_are_open_to_the_service_only_where_the_settings_have_keys(
    installed: Box, keys: str
) -> None:
    assert not any(installed.has(file) for file in KEYS)
    installed.asked()
    installed.write(CONFIG, f"triggers:\n  keys: {keys}\n")
    assert installed.install().returncode == 0
    assert all(installed.has(file) for file in KEYS)
    assert "systemctl start earsight" in installed.asked()
    installed.write(CONFIG, "triggers:\n  # keys: {pedal: {key: KEY_A}}\n  keys: {}\n")
    assert installed.install().returncode == 0
    assert not any(installed.has(file) for file in KEYS)


@pytest.mark.parametrize(
    ("url", "allowed"), [("http://192.168.1.20:11434/v1", "192.168.1.20"), ("https://gpu.local", "any")]
)
def test_the_network_is_open_to_another_machine_only_where_the_settings_have_one(
    installed: Box, url: str, allowed: str
) -> None:
    files = [f"{UNITS}/{unit}.service.d/15-network.conf" for unit in ("earsight", "earsight-doctor")]
    assert not any(installed.has(file) for file in files)
    installed.asked()
    installed.write(CONFIG, f"captioner:\n  engine: openai\n  remote: {{url: {url}, model: x}}\n")
    assert installed.install().returncode == 0
    assert all(f"\nIPAddressAllow={allowed}\n" in installed.read(file) for file in files)
    asked = installed.asked()
    assert any("remote]" in line for line in asked if "pip" in line)
    assert "systemctl start earsight" in asked
    installed.write(CONFIG, "captioner:\n  engine: onnx\n")
    assert installed.install().returncode == 0
    assert not any(installed.has(file) for file in files)


def test_settings_that_can_not_be_written_whole_are_not_there(box: Box) -> None:
    """A disk that is full is the same as a power cut: half a file would count as the owner's."""
    box.shell(
        "mkdir /etc/earsight && mount -t tmpfs -o size=4k none /etc/earsight && head -c 4k /dev/zero >$_/x"
    )
    assert box.install().returncode == 1
    assert not box.has(CONFIG)


@pytest.mark.parametrize("fails", ["pipewire", "venv"])
def test_packages_are_noted_also_where_the_installation_ends_early(box: Box, fails: str) -> None:
    box.shell("useradd --create-home wearer")
    box.write(f"/fails/{fails}", "")
    done = box.install("--board", "raspberry-pi", "--user", "wearer")
    noted = box.read("/opt/earsight/notes/packages").split()
    assert "python3-picamera2" in noted
    assert (done.returncode, "python3.13-venv" in noted) == ((1, False) if fails == "pipewire" else (0, True))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bord"], "--bord: no such option"),
        (["--board", "toaster"], "expected raspberry-pi, jetson or debian"),
        (["--board"], "--board needs a name"),
        (["--user", "nobody-here"], "no such user"),
        (["--user", "root"], "not as root"),
    ],
)
def test_mistakes_on_the_command_line_change_nothing(box: Box, arguments: list[str], said: str) -> None:
    done = box.install(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert not box.has("/opt/earsight")


def test_an_installed_copy_says_that_it_has_no_program_to_install(installed: Box) -> None:
    done = installed.shell("/opt/earsight/current/script/install")
    assert done.returncode == 1
    assert "in the folder of the version to install" in done.stderr
