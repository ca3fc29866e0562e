"""earsight board-report: measure this board in about ten minutes, with what is plugged in.

Writes one JSON file and one page to read aloud or to paste. Nothing personal is in them: no names, no paths,
no pictures and none of the words that were said.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import re
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from earsight.commands.arguments import file_path
from earsight.config.loader import load_config
from earsight.config.schema import Config
from earsight.config.triggers import TriggersSection
from earsight.errors import EarsightError

EXAMPLES = ("--presses 2 --captions 2 --config earsight.yaml",)

_NAME = "board-report"
_OWN = "own"
"""What a bundle is called that is not the built-in one: its own name may be anybody's."""
_TOKENS = 14
"""Of every caption, as in the estimates of docs/boards.md: the time does not hang on what is in a picture."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=file_path, metavar="FILE", help="settings file; none: the defaults")
    parser.add_argument(
        "--out", type=file_path, default=Path(), metavar="DIR", help="where the report goes (default: here)"
    )
    parser.add_argument("--presses", type=int, default=30, metavar="N", help="default: %(default)s")
    parser.add_argument("--captions", type=int, default=50, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--bundle",
        action="append",
        default=[],
        metavar="DIR",
        help="another bundle to measure; may be repeated",
    )


def run(arguments: argparse.Namespace) -> int:
    """0: the report was written. Raises EarsightError where a running service has the devices."""
    from earsight.bench.board_page import page
    from earsight.doctor.triggers import control_socket_path, service_running

    config = load_config(arguments.config)
    if service_running(control_socket_path(config.triggers)):
        raise EarsightError("the service has the camera: sudo systemctl stop earsight, then run this again")
    report = _measured(config, arguments)
    text = page(report)
    (arguments.out / f"{_NAME}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (arguments.out / f"{_NAME}.txt").write_text(text, encoding="utf-8")
    print(text)
    return 0


def _measured(config: Config, arguments: argparse.Namespace) -> dict[str, Any]:
    from earsight.bench.machine import resident
    from earsight.bench.sensors import Watch
    from earsight.doctor.examination import examine

    with Watch() as readings:
        _tell("presses")
        presses = _or_error(lambda: asyncio.run(_presses(config, arguments.presses)))
        memory = resident()
        _tell("camera")
        camera = _or_error(lambda: _camera(config))
        own = str(config.captioner.bundle)
        bundles = []
        for bundle in dict.fromkeys(["builtin", own, *arguments.bundle]):
            _tell("captions")
            bundles.append(_bundle(bundle, arguments.captions))
        _tell("doctor")
        findings = asyncio.run(examine(config))
    return {
        "machine": _machine(),
        "presses": presses,
        "camera": camera,
        "bundles": bundles,
        "memory_mb": round(memory, 1),
        "sensors": readings.figures(),
        "doctor": [{"name": each.name, "status": str(each.status)} for each in findings],
    }


def _tell(what: str) -> None:
    print(f"measuring: {what} ...", file=sys.stderr)


def _or_error(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What can't be measured is told by its kind only: the text may have a path in it."""
    try:
        return work()
    except (EarsightError, TimeoutError) as error:
        print(f"earsight: {error}", file=sys.stderr)
        return {"error": type(error).__name__}


def _machine() -> dict[str, str | int | float]:
    from earsight.bench.machine import machine

    system: dict[str, str] = {}
    with suppress(OSError):
        system = platform.freedesktop_os_release()
    kernel = re.match(r"[0-9.]+", platform.release())
    named = f"{system.get('ID', 'linux')} {system.get('VERSION_ID', '')}".strip()
    return {**machine(), "system": named, "kernel": kernel[0] if kernel else ""}


async def _presses(config: Config, count: int) -> dict[str, Any]:
    from earsight.bench.pressed import PressedService, answered
    from earsight.interaction.press_end import PressEnd

    with tempfile.TemporaryDirectory() as folder:
        settings, sound = await _settings(config, Path(folder))
        service = PressedService(settings)
        async with service.running():
            found = await answered(service, count)
    return {
        "from": "software press",
        "sound": sound,
        "engine": settings.voice.engine,
        "count": len(found.ends),
        "described": sum(end is PressEnd.SPOKEN for end in found.ends),
        "tone_ms": _quantiles(found.tone),
        "words_ms": _quantiles(found.words),
    }


async def _settings(config: Config, folder: Path) -> tuple[Config, str]:
    """The settings for a service that only this presses, and where its sound goes: a device or a file."""
    from earsight.voice.alsa import check_device
    from earsight.voice.sound import VoiceError

    sound = "sound device"
    player: dict[str, Any] = {"earcons": True}
    try:
        if config.voice.player == "wav":
            raise VoiceError("the settings have a file")
        await check_device(config.voice.device)
    except VoiceError:
        sound, player = "file", {"earcons": True, "player": "wav", "wav_file": folder / "said.wav"}
    settings = {
        "triggers": TriggersSection(keyboard=False, control_socket=folder / "control.sock"),
        "bindings": type(config.bindings)(),
        "narration": config.narration.model_copy(update={"every": None}),
        "voice": config.voice.model_copy(update=player),
    }
    return config.model_copy(update=settings), sound


def _quantiles(seconds: list[float]) -> dict[str, float] | None:
    import numpy as np

    if not seconds:
        return None
    p50, p95 = 1000 * np.percentile(seconds, [50, 95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def _camera(config: Config) -> dict[str, Any]:
    from earsight.bench.frame_rate import frame_rate
    from earsight.cameras.registry import build_source

    return {"source": config.camera.source, **frame_rate(build_source(config.camera))}


def _photo(folder: Path) -> Path:
    """The same on every board, which may have no photos."""
    import numpy as np
    from PIL import Image

    across, down = np.meshgrid(np.linspace(0, 255, 640), np.linspace(0, 255, 480))
    noise = np.random.default_rng(0).integers(0, 256, across.shape)
    photo = folder / "photo.png"
    Image.fromarray(np.stack([across, down, noise], -1).astype(np.uint8)).save(photo)
    return photo


def _bundle(bundle: str, captions: int) -> dict[str, Any]:
    from earsight.bench.measurement import BenchSettings, measure

    called = bundle if bundle == "builtin" else _OWN
    try:
        with tempfile.TemporaryDirectory() as folder:
            photo = _photo(Path(folder))
            figures = measure(BenchSettings(bundle, str(photo), captions, tokens=_TOKENS))
    except EarsightError as error:
        print(f"earsight: {error}", file=sys.stderr)
        return {"bundle": called, "error": type(error).__name__}
    stages = figures["roofline"]["stages"] or {}
    least = sum(stages[name]["ms"] for name in ("encode", "decode") if name in stages)
    taken = sum(figures["stages_ms"][name]["median"] for name in ("encode", "decode"))
    return {
        "bundle": called,
        "caption_ms": figures["stages_ms"]["total"]["median"],
        "caption_p95_ms": figures["stages_ms"]["total"]["p95"],
        "ratio": round(taken / least, 2) if least else None,
        "ready_s": round(figures["load_ms"]["ready"] / 1000, 2),
        "peak_mb": figures["resident_mb"]["peak"],
        "stages_ms": figures["stages_ms"],
        "roofline": figures["roofline"],
    }
