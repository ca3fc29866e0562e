"""Power cuts, full disks and read-only disks: what Earsight has written stays whole, and it starts again.

The ordinary run cuts a few times; `script/test -m heavy tests/earsight/test_power.py` a thousand times each.
EARSIGHT_CUTS names another number.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import pytest

from earsight.config.loader import load_config
from earsight.interaction.preferences import Adjustable, Preferences
from earsight.service.crash_loop import CrashLoop
from tests.earsight.preferences_file import NAME, chosen_volume

ROOT = Path(__file__).parents[3]
SEED = int(os.environ.get("EARSIGHT_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)


def cuts(ordinary: int):
    """How often to cut: a few times in the ordinary run, a thousand times in the heavy one."""
    number = os.environ.get("EARSIGHT_CUTS")
    thousand = int(number) if number else 1000
    return pytest.mark.parametrize("times", [ordinary, pytest.param(thousand, marks=pytest.mark.heavy)])


# A whole service, with fakes for camera, model and voice; it presses its own buttons without a pause.

SERVICE = """
import asyncio, random, resource, sys, time
from pathlib import Path
from earsight.system.journal import log_to_streams
from earsight.config.loader import load_config
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.service.crash_loop import CrashLoop, crash_loop_file
from earsight.triggers.trigger import Gesture, Press
from earsight.vision.describer import Describer
from earsight.voice.voice import Voice
from earsight.voice.wav import WavPlayer
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted

config_file, recording, seed, full = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4] == "full"
chance = random.Random(seed)

def voice(_section, _language):
    return Voice(ToneSynthesizer(), FastPlayer() if full else WavPlayer(recording, real_time=False))

async def main():
    log_to_streams(20)
    crash_loop = CrashLoop(crash_loop_file())
    crash_loop.record_start()
    build = Builders(lambda _: Scene(painted("red")), voice, lambda _: Describer(ColourCaptioner()))
    service = Service(load_config(config_file), Options(config_file, build=build, crash_loop=crash_loop))
    running = asyncio.create_task(service.run())
    await asyncio.sleep(0.05)
    print("up", flush=True)
    while not running.done():
        press = Press(chance.choice((Gesture.SHORT, Gesture.DOUBLE, Gesture.LONG)), time.monotonic())
        service.press(press, "second_button" if chance.random() < 0.8 else "button")
        await asyncio.sleep(chance.random() * 0.02)
    await running

if full:  # from here on no file takes another byte
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
asyncio.run(main())
"""

CONFIGURED = Adjustable(volume=1.0, rate=175, narration=None)
CONFIG = "triggers: {keyboard: false, control_socket: control.sock}\nnarration: {every: 1}\n"


class Device:
    """What outlives a power cut: the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "earsight.yaml"
        self.config.write_text(CONFIG)
        self.state = folder / "state" / NAME
        self.starts = folder / "run" / "starts"
        self.recording, self.log = folder / "said.wav", folder / "log.txt"
        for name in ("state", "run", "cache"):
            (folder / name).mkdir()

    def start(self, seed: int = 0, disk: str = "good", **variables: str) -> subprocess.Popen:
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'daemon'}",
            "STATE_DIRECTORY": str(self.folder / "state"),
            "RUNTIME_DIRECTORY": str(self.folder / "run"),
            "CACHE_DIRECTORY": str(self.folder / "cache"),
        }
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", SERVICE, str(self.config), str(self.recording), str(seed), disk],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if disk == "full" else log,
                env=environment | variables,
                cwd=self.folder,
            )

    def check(self) -> None:
        """Everything on the disk is whole."""
        assert self.config.read_text() == CONFIG
        load_config(self.config)
        if self.state.exists():
            chosen_volume(self.state.read_text())
        if self.starts.exists():
            assert set(self.starts.read_text().split("\n")) <= {"start", ""}
        if self.recording.exists() and self.recording.stat().st_size:
            with wave.open(str(self.recording)) as file:
                assert len(file.readframes(file.getnframes())) == 2 * file.getnframes()
        assert b"Traceback" not in self.log.read_bytes()
        left = {path.name for path in (self.folder / "state").iterdir()}
        assert left <= {NAME, f"{NAME}.partial"}, "each cut leaves another file behind"


def cut(service: subprocess.Popen) -> None:
    service.send_signal(signal.SIGKILL)
    service.wait()
    service.stdout.close()


@cuts(ordinary=8)
def test_a_service_that_is_cut_off_at_any_moment_leaves_all_files_whole(tmp_path, times):
    print(f"seed {SEED} (EARSIGHT_SEED={SEED} repeats it)")
    chance = random.Random(SEED)
    device = Device(tmp_path)
    for number in range(times):
        service = device.start(SEED + number)
        if number % 4:  # every fourth one as it starts
            service.stdout.readline()
        time.sleep(chance.random() * 0.3)
        assert service.poll() is None, device.log.read_text()
        cut(service)
        device.check()
    last = device.start()
    while line := last.stdout.readline():
        if line.startswith(b"answer: "):
            break
    last.terminate()
    last.stdout.read()
    assert last.wait(30) == 0
    last.stdout.close()
    assert device.state.exists(), "nothing was ever kept: the test has tested nothing"


def change_for_ever(folder: Path, saved: int) -> None:
    """Save one change after another; the first is told by a byte to the descriptor `saved`."""
    preferences = Preferences(CONFIGURED, folder)
    preferences.quieter()
    preferences.save()
    os.write(saved, b".")
    while True:
        while preferences.quieter():
            preferences.save()
        while preferences.louder():
            preferences.save()


@cuts(ordinary=100)
def test_a_writer_that_is_cut_off_leaves_the_old_or_the_new(tmp_path, times):
    chance = random.Random(SEED)
    path = tmp_path / NAME
    seen = set()
    reader, writer = os.pipe()
    for _ in range(times):
        child = os.fork()
        if child == 0:
            try:
                change_for_ever(tmp_path, writer)
            finally:
                os.write(writer, b"!")
                os._exit(1)
        assert os.read(reader, 1) == b"."  # however busy the machine is
        time.sleep(chance.random() * 0.01)
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        seen.add(chosen_volume(path.read_text()))
    os.close(reader)
    os.close(writer)
    assert len(seen) > 1
    assert {file.name for file in tmp_path.iterdir()} <= {NAME, f"{NAME}.partial"}


def test_on_a_full_disk_it_goes_on(tmp_path):
    """A limit of no bytes a file stands for the disk; the log goes into a pipe, as to the journal."""
    device = Device(tmp_path)
    service = device.start(disk="full")
    try:
        said = b""
        while b"answer: A red wall" not in said or b"answer: Quieter" not in said:
            line = service.stdout.readline()
            assert line, "it has ended"
            said += line
        time.sleep(0.3)
        service.terminate()
        said += service.stdout.read()
        assert service.wait(30) == 0
    finally:
        cut(service)
    assert b"the wearer's choices will be lost" in said
    assert b"failed starts are not counted" in said
    assert b"Traceback" not in said
    assert not device.state.exists()
    device.check()


def test_on_a_read_only_disk_it_goes_on(tmp_path):
    """Not even root may write in /proc."""
    device = Device(tmp_path)
    places = dict.fromkeys(("STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CACHE_DIRECTORY"), "/proc/earsight")
    service = device.start(**places)
    try:
        said = b""
        while b"answer: A red wall" not in said or b"answer: Quieter" not in said:
            line = service.stdout.readline()
            assert line, device.log.read_text()
            said += line
        service.terminate()
        service.stdout.read()
        assert service.wait(30) == 0
    finally:
        cut(service)
    log = device.log.read_text()
    assert "the wearer's choices will be lost" in log
    assert "failed starts are not counted" in log
    assert "Traceback" not in log


def test_a_full_disk_counts_no_starts_and_keeps_no_choices(tmp_path):
    """In a child: the limit can't be taken back."""
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from earsight.interaction.preferences import Adjustable, Preferences\n"
        "from earsight.service.crash_loop import CrashLoop\n"
        "folder = Path(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "assert [CrashLoop(folder / 'starts').record_start() for _ in range(3)] == [0, 0, 0]\n"
        "preferences = Preferences(Adjustable(1.0, 175, None), folder)\n"
        "preferences.quieter(); preferences.save()\n"
        "assert preferences.values.volume < 1\n"
    )
    preferences = Preferences(CONFIGURED, tmp_path)
    preferences.quieter()
    preferences.save()
    before = (tmp_path / NAME).read_bytes()
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={"PYTHONPATH": str(ROOT / "daemon")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("File too large") == 4
    assert (tmp_path / NAME).read_bytes() == before
    assert CrashLoop(tmp_path / "starts").record_start() == 0
