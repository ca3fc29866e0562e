"""SIGTERM ends a service in which a driver or an inference hangs for good."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

SERVICE = """
import asyncio, signal, sys, threading, time
from earsight.system.process_exit import exit_soon
from earsight.config.schema import Config
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.triggers.trigger import Gesture, Press
from earsight.vision.describer import Describer
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted

what = sys.argv[1]

class Hangs(Scene):
    def read(self):
        return time.sleep(3600) if what == "camera" else super().read()

    def close(self):
        time.sleep(3600)

def voice(_section, _language):
    return Voice(ToneSynthesizer(), FastPlayer(speed=0.01))  # it would speak for a minute

async def main():
    captioner = ColourCaptioner()
    if what == "inference":
        captioner.gate.clear()
        captioner.cancellable = False
    build = Builders(lambda _: Hangs(painted("red")), voice, lambda _: Describer(captioner))
    config = Config.model_validate({"triggers": {"keyboard": False, "control_socket": sys.argv[2]}})
    service = Service(config, Options(build=build, on_stop=exit_soon))
    running = asyncio.create_task(service.run())
    await asyncio.sleep(0.3)
    service.press(Press(Gesture.SHORT, time.monotonic()))
    if what == "thread":
        asyncio.get_running_loop().run_in_executor(None, time.sleep, 3600)
    await asyncio.sleep(0.2)
    print("up", flush=True)
    await running

asyncio.run(main())
"""


@pytest.mark.parametrize("what", ["camera", "inference", "thread", "nothing"])
def test_what_hangs_is_left_behind(tmp_path, what):
    root = Path(__file__).parents[3]
    service = subprocess.Popen(
        [sys.executable, "-c", SERVICE, what, str(tmp_path / "c.sock")],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": f"{root}:{root / 'daemon'}", "PATH": "/usr/bin:/bin"},
    )
    try:
        assert service.stdout.readline() == b"up\n"
        began = time.monotonic()
        service.terminate()
        assert service.wait(60) == 0
        print(f"{what}: {time.monotonic() - began:.2f} s")
    finally:
        service.kill()
        service.wait()
        service.stdout.close()
