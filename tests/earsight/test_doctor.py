"""The doctor, on made-up boards: broken parts are configured, not mocked."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
import wave
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from earsight.config import Config
from earsight.doctor import Finding, Status, board, examine, spoken, triggers, vision, voice
from earsight.doctor.examination import checks, run_checks
from earsight.triggers.control import ControlServer
from earsight.voice.sound import VoiceError

NOBODY = 65534


def config(**sections: dict) -> Config:
    return Config.model_validate(sections)


def photo(folder: Path, level: int | None = None) -> Path:
    """A picture full of edges, or of one grey level."""
    pixels = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    if level is not None:
        pixels[:] = level
    path = folder / "photo.png"
    Image.fromarray(pixels.repeat(8, axis=0).repeat(8, axis=1)).save(path)
    return path


def found(
    name: str, status: Status = Status.FAILURE, detail: str = "it is broken", advice: str = ""
) -> Finding:
    return Finding(name, status, detail, advice)


# What is said


def test_nothing_wrong_is_said_in_two_words() -> None:
    assert spoken([found("camera", Status.OK, "fine")]) == "Everything works."


def test_failures_are_said_before_warnings_and_each_with_its_advice() -> None:
    findings = [
        found("disk", Status.WARNING, "only 3 MB are free", "delete what is not needed"),
        found("camera", detail="There is no camera /dev/video0: plug it in."),
        found("model", Status.OK, "whole"),
        found("voice", advice="install espeak-ng"),
    ]
    assert spoken(findings) == (
        "Two problems. The camera: There is no camera /dev/video0: plug it in. "
        "The voice: it is broken. Install espeak-ng. "
        "One warning. The disk: only 3 MB are free. Delete what is not needed."
    )


# How checks run


def ran(*checks: Callable[[], Awaitable[Finding | None]], limit: float = 5.0) -> list[Finding]:
    return asyncio.run(run_checks({str(number): check for number, check in enumerate(checks)}, limit))


def test_a_check_that_hangs_or_raises_takes_nothing_from_the_others() -> None:
    async def hangs() -> Finding | None:
        await asyncio.sleep(3600)
        return None

    async def raises() -> Finding | None:
        raise RuntimeError("odd\nthing")

    async def refuses() -> Finding | None:
        raise VoiceError("the card is gone: plug it in")

    async def nothing() -> Finding | None:
        return None

    async def fine() -> Finding | None:
        return found("fine", Status.OK)

    findings = ran(hangs, raises, refuses, nothing, fine, limit=0.2)
    assert [finding.name for finding in findings] == ["0", "1", "2", "fine"]
    assert [finding.status for finding in findings[:3]] == [Status.FAILURE] * 3
    assert findings[0].detail == "no answer within 0.2 s"
    assert findings[1].detail == "could not be checked (RuntimeError: odd thing)"
    assert findings[2].detail == "the card is gone: plug it in"


def test_a_thread_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hanging(_: object) -> None:
        release.wait(30)

    monkeypatch.setattr(vision, "check_model", hanging)
    model = checks(Config())["model"]
    began = time.monotonic()
    (finding,) = ran(model, limit=0.2)
    release.set()
    assert finding.detail == "no answer within 0.2 s"
    assert time.monotonic() - began < 10


def test_the_whole_examination_of_a_machine_without_anything(tmp_path: Path) -> None:
    settings = config(
        camera={"source": "replay", "replay": photo(tmp_path)},
        triggers={"control_socket": tmp_path / "control.sock"},
        captioner={"bundle": tmp_path / "no bundle"},
        voice={"player": "wav", "wav_file": tmp_path / "speech.wav"},
    )
    findings = {finding.name: finding for finding in asyncio.run(examine(settings))}
    assert {"camera", "button", "control socket", "sound", "voice", "model", "permissions", "disk"} <= set(
        findings
    )
    assert findings["camera"].status is Status.OK
    assert findings["model"].status is Status.FAILURE
    assert "not a model bundle" in findings["model"].detail
    assert not (tmp_path / "speech.wav").exists()


# Camera and model


def test_a_camera_that_shows_pictures(tmp_path: Path) -> None:
    settings = config(camera={"source": "replay", "replay": photo(tmp_path)})
    assert vision.check_camera(settings, tmp_path / "none") == found(
        "camera", Status.OK, "gives pictures of 512 x 384 pixels"
    )


def test_a_dark_camera_is_a_warning(tmp_path: Path) -> None:
    settings = config(camera={"source": "replay", "replay": photo(tmp_path, level=3)})
    finding = vision.check_camera(settings, tmp_path / "none")
    assert finding.status is Status.WARNING
    assert finding.detail == "The picture is too dark."
    assert finding.advice


def test_a_dark_camera_is_fine_when_quality_is_not_judged(tmp_path: Path) -> None:
    settings = config(
        camera={"source": "replay", "replay": photo(tmp_path, level=3)}, quality={"enabled": False}
    )
    assert vision.check_camera(settings, tmp_path / "none").status is Status.OK


def test_a_camera_that_is_not_there(tmp_path: Path) -> None:
    settings = config(camera={"source": "opencv", "device": "/dev/video-none"})
    finding = vision.check_camera(settings, tmp_path / "none")
    assert finding.status is Status.FAILURE
    assert "/dev/video-none" in finding.detail


def test_a_camera_that_the_running_service_may_hold_is_only_a_warning(tmp_path: Path) -> None:
    settings = config(camera={"source": "opencv", "device": "/dev/video-none"})
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(tmp_path / "control.sock"))
        service.listen()
        finding = vision.check_camera(settings, tmp_path / "control.sock")
    assert finding.status is Status.WARNING
    assert "stop the service" in finding.advice


@pytest.fixture
def no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earsight.parts.find_webcam", lambda: None)
    monkeypatch.setattr("earsight.parts.find_spec", lambda _: None)


@pytest.mark.usefixtures("no_camera")
def test_photos_in_place_of_a_camera_are_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earsight.cameras.replay.demo_photos", lambda: [photo(tmp_path)])
    finding = vision.check_camera(config(camera={"source": "auto"}), tmp_path / "none")
    assert finding.status is Status.WARNING
    assert finding.detail.startswith("no camera was found")


@pytest.mark.usefixtures("no_camera")
def test_neither_camera_nor_demo_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("earsight.cameras.replay.find_spec", lambda _: None)
    finding = vision.check_camera(config(camera={"source": "auto"}), tmp_path / "none")
    assert finding.status is Status.FAILURE
    assert finding.detail == "no camera was found"


# Button and control socket


def test_no_button_is_fine(tmp_path: Path) -> None:
    finding = asyncio.run(triggers.check_button(Config(), tmp_path / "none"))
    assert finding == found("button", Status.OK, "none configured")


@pytest.fixture
def mock_pins(monkeypatch: pytest.MonkeyPatch):
    gpiozero = pytest.importorskip("gpiozero")
    from gpiozero.pins.mock import MockFactory

    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


@pytest.mark.usefixtures("mock_pins")
def test_a_button_that_is_up(tmp_path: Path) -> None:
    settings = config(triggers={"button": {"pin": 17}})
    finding = asyncio.run(triggers.check_button(settings, tmp_path / "none"))
    assert finding == found("button", Status.OK, "GPIO 17 is ready")


def test_a_button_that_is_held_down_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gpiozero = pytest.importorskip("gpiozero")
    from gpiozero.pins.mock import MockFactory, MockPin

    class Held(MockPin):
        def _set_pull(self, value: str) -> None:
            super()._set_pull(value)
            self._change_state(value != "up")

    monkeypatch.setattr(gpiozero.Device, "pin_factory", MockFactory(pin_class=Held))
    settings = config(triggers={"button": {"pin": 17}})
    finding = asyncio.run(triggers.check_button(settings, tmp_path / "none"))
    assert finding.status is Status.WARNING
    assert "held down" in finding.detail


@pytest.mark.usefixtures("mock_pins")
def test_a_pin_that_is_taken_is_a_failure(tmp_path: Path) -> None:
    from gpiozero import LED

    with LED(17):
        finding = asyncio.run(
            triggers.check_button(config(triggers={"button": {"pin": 17}}), tmp_path / "none")
        )
    assert finding.status is Status.FAILURE
    assert "GPIO 17" in finding.detail


def test_the_socket_of_a_running_service(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def examined() -> Finding:
        server = asyncio.create_task(ControlServer(path).run(lambda _: None))
        while not path.exists():  # noqa: ASYNC110 - a file sets no event
            await asyncio.sleep(0.01)
        try:
            return await asyncio.to_thread(triggers.check_control_socket, path)
        finally:
            server.cancel()

    finding = asyncio.run(examined())
    assert finding.status is Status.OK
    assert "is running" in finding.detail


def test_a_socket_that_can_be_made_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "control.sock"
    finding = triggers.check_control_socket(path)
    assert finding.status is Status.OK
    assert "no service is running" in finding.detail
    assert not path.parent.exists()


@pytest.mark.parametrize("path", ["/none/at/all/control.sock", f"/tmp/{'x' * 120}"])
def test_a_socket_that_cannot_be_made(path: str) -> None:
    finding = triggers.check_control_socket(Path(path))
    assert finding.status is Status.FAILURE
    assert "triggers.control_socket" in finding.advice


# Sound and voice


def test_speech_into_a_file(tmp_path: Path) -> None:
    settings = config(voice={"player": "wav", "wav_file": tmp_path / "speech.wav"})
    assert asyncio.run(voice.check_sound(settings.voice)).status is Status.OK
    settings = config(voice={"player": "wav", "wav_file": tmp_path / "none" / "speech.wav"})
    finding = asyncio.run(voice.check_sound(settings.voice))
    assert finding.status is Status.FAILURE
    assert "voice.wav_file" in finding.advice


def test_a_sound_device_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VoiceError):
        asyncio.run(voice.check_sound(config(voice={"player": "alsa", "device": "no_such_card"}).voice))
    wav = tmp_path / "speech.wav"
    settings = config(voice={"player": "auto", "device": "no_such_card", "wav_file": wav})
    finding = asyncio.run(voice.check_sound(settings.voice))
    assert finding.status is Status.WARNING
    assert str(wav) in finding.detail


def test_the_voice_speaks_or_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match="espeak-ng is not installed"):
        asyncio.run(voice.check_voice(Config().voice))
    with wave.open(str(tmp_path / "test.wav"), "wb") as speech:
        speech.setparams((1, 2, 22050, 0, "NONE", "NONE"))
        speech.writeframes(b"\1\2" * 2205)
    program.write_text(f"#!/bin/sh\nexec /bin/cat '{tmp_path}/test.wav'\n", encoding="utf-8")
    program.chmod(0o755)
    finding = asyncio.run(voice.check_voice(Config().voice))
    assert finding.status is Status.OK
    assert re.fullmatch(r"espeak made 0\.1 s of speech in \d+ ms", finding.detail)


# The board


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    folder = tmp_path / "dev"
    (folder / "snd").mkdir(parents=True)
    for name in ("video0", "video1", "snd/pcmC0D0p", "gpiochip0"):
        (folder / name).touch()
    return folder


def test_permissions_of_devices_that_may_be_used(dev: Path) -> None:
    finding = board.check_permissions(Config(), dev, user=NOBODY, may_use=lambda _: True)
    assert finding.status is Status.OK


def test_permissions_name_the_nodes_and_the_groups(dev: Path) -> None:
    settings = config(triggers={"button": {"pin": 17}})
    finding = board.check_permissions(settings, dev, user=NOBODY, may_use=lambda node: "pcm" in node.name)
    assert finding.status is Status.WARNING
    assert f"{dev}/video0, {dev}/gpiochip0" in finding.detail
    assert "usermod -aG" in finding.advice


def test_pins_need_no_permission_without_a_button(dev: Path) -> None:
    finding = board.check_permissions(
        Config(), dev, user=NOBODY, may_use=lambda node: "gpio" not in node.name
    )
    assert finding.status is Status.OK


def test_root_is_a_warning(dev: Path) -> None:
    assert board.check_permissions(Config(), dev, user=0).status is Status.WARNING


def thermal(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        zone = folder / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "temp").write_text(text, encoding="ascii")
    return folder


def test_temperature_is_that_of_the_hottest_sensor(tmp_path: Path) -> None:
    finding = board.check_temperature(thermal(tmp_path, "41000\n", "not a number", "-274000\n", "52500\n"))
    assert finding == found("temperature", Status.OK, "52 degrees")


def test_heat_is_a_warning(tmp_path: Path) -> None:
    finding = board.check_temperature(thermal(tmp_path, "81200\n"))
    assert finding is not None
    assert finding.status is Status.WARNING


def test_a_board_without_sensors_reports_no_temperature(tmp_path: Path) -> None:
    assert board.check_temperature(tmp_path) is None
    assert board.check_temperature(thermal(tmp_path, "-274000\n")) is None


@pytest.mark.parametrize(
    ("bits", "said", "advised"),
    [
        (0x50005, "the voltage is too low, the processor is throttled", "power supply"),
        (0x50000, "the voltage was too low, the processor was throttled since the start", "power supply"),
        (0x20002, "the processor's speed is capped", "heat sink"),
        (0x80000, "the soft temperature limit was reached since the start", "heat sink"),
    ],
)
def test_power_bits(bits: int, said: str, advised: str) -> None:
    finding = board.power(bits)
    assert finding.status is Status.WARNING
    assert finding.detail == said
    assert advised in finding.advice


def firmware(folder: Path, answer: str) -> str:
    program = folder / "vcgencmd"
    program.write_text(f"#!/bin/sh\n[ $1 = get_throttled ] && echo '{answer}'\n", encoding="ascii")
    program.chmod(0o755)
    return str(program)


def test_power_asks_the_firmware(tmp_path: Path) -> None:
    finding = asyncio.run(board.check_power(firmware(tmp_path, "throttled=0x0")))
    assert finding is not None
    assert finding.status is Status.OK
    finding = asyncio.run(board.check_power(firmware(tmp_path, "throttled=0x1")))
    assert finding is not None
    assert "voltage" in finding.detail
    finding = asyncio.run(board.check_power(firmware(tmp_path, "VCHI initialization failed")))
    assert finding is not None
    assert finding.status is Status.WARNING
    assert "VCHI initialization failed" in finding.detail


def test_power_is_not_reported_without_the_firmware_program(tmp_path: Path) -> None:
    assert asyncio.run(board.check_power(str(tmp_path / "vcgencmd"))) is None


def test_memory(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    assert board.check_memory(meminfo) is None
    meminfo.write_text("MemTotal: 999999 kB\nMemAvailable:   500000 kB\n", encoding="ascii")
    assert board.check_memory(meminfo) == found("memory", Status.OK, "512 MB are free")
    meminfo.write_text("MemAvailable:   50000 kB\n", encoding="ascii")
    finding = board.check_memory(meminfo)
    assert finding is not None
    assert finding.status is Status.WARNING


def test_disk(tmp_path: Path) -> None:
    assert board.check_disk(tmp_path, little=0).status is Status.OK
    assert board.check_disk(tmp_path, little=1e30).status is Status.WARNING
