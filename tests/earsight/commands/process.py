"""Earsight as a process of its own, and what its output looks like."""

import os
import shutil
import subprocess
import sys
import time
import uuid
import wave
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
SPEECH = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")

QUICK = """\
camera: {max_age: 10}
captioner: {max_tokens: 4, beams: 1, threads: 1}
# Never sure: what it says is short, whatever the model has learned.
wording: {plain_above: 1.0, probably_above: 1.0, maybe_above: 1.0}
voice: {engine: espeak, rate: 450}
"""

UNWRITABLE = ["full disk", "no folder", "folder", "read-only"]

SOON = 10.0
"""Seconds for what takes a few tenths, on a machine that may be busy with other things."""


def one_line(text):
    """The only line of an error, without a traceback."""
    assert "Traceback" not in text
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


def loudness(path):
    with wave.open(str(path)) as recording:
        samples = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)
    return np.abs(samples.astype(int)).max(initial=0)


def unwritable(kind, tmp_path):
    if kind == "full disk":
        (tmp_path / "full.wav").symlink_to("/dev/full")
        return tmp_path / "full.wav"
    if kind == "no folder":
        return tmp_path / "none" / "said.wav"
    if kind == "folder":
        return tmp_path
    if os.geteuid() == 0:
        return Path("/sys/said.wav")  # root may write to any other folder
    (tmp_path / "locked").mkdir(mode=0o500)
    return tmp_path / "locked" / "said.wav"


def environment(tmp_path, **more):
    paths = os.pathsep.join(str(ROOT / name) for name in ("daemon", "training"))
    runtime = {"RUNTIME_DIRECTORY": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    return os.environ | {"PYTHONPATH": paths} | runtime | more


def earsight(*words, tmp_path, shell="", **settings):
    """Run to the end; shell: redirections that only a shell can make."""
    argv = [sys.executable, "-m", "earsight", *map(os.fsencode, words)]
    if shell:
        argv = ["/bin/sh", "-c", f'exec "$@" {shell}', "sh", *argv]
    settings = {
        "capture_output": True,
        "timeout": 120,
        "env": environment(tmp_path),
        "cwd": tmp_path,
    } | settings
    return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False, **settings)


class ServiceProcess:
    """`earsight run` as a child, on a photo, into a WAV file."""

    def __init__(self, folder, photo, settings=None, **variables):
        self.folder = folder
        self.config = folder / "quick.yaml"
        self.config.write_bytes(QUICK.encode() if settings is None else settings)
        self.mark = uuid.uuid4().hex
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        argv = [sys.executable, "-m", "earsight", "run", "--config", str(self.config)]
        argv += ["--replay", str(photo), "--wav", str(folder / "said.wav")]
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                env=environment(folder, EARSIGHT_TEST=self.mark, **variables),
                cwd=folder,
            )

    def told(self, text, since=0):
        return text in self.out.read_text()[since:]

    def complained(self, text):
        return text in self.err.read_text()

    def wait_for(self, condition, limit=60.0):
        deadline = time.monotonic() + limit
        while not condition():
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < deadline, self.out.read_text() + self.err.read_text()
            time.sleep(0.02)

    def ready(self):
        self.wait_for(lambda: self.told("ready."))
        self.wait_for((self.folder / "control.sock").exists)
        return self

    def press(self, gesture="short"):
        return earsight("press", gesture, tmp_path=self.folder)

    def do(self, action):
        return earsight("do", action, tmp_path=self.folder)

    def end(self, send=None):
        """Ask it to end; the seconds that it took."""
        began = time.monotonic()
        if send is not None:
            self.process.send_signal(send)
        self.process.wait(60)
        return time.monotonic() - began

    def left_behind(self):
        """Living processes that were started by it."""
        found = []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            try:
                state = (environ.parent / "stat").read_text().rpartition(")")[2].split()[0]
                if self.mark.encode() in environ.read_bytes() and state != "Z":
                    found.append((environ.parent / "cmdline").read_text())
            except OSError:
                continue  # it has ended, or is another user's
        return found

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
