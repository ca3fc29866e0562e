"""Piper: a natural voice from a neural network, for boards that are fast enough."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from earsight.system import time_limits
from earsight.voice import child
from earsight.voice.engine import audible, one_line
from earsight.voice.sound import EngineMissingError, Sound, VoiceError


class PiperSynthesizer:
    """One `piper` for each text.

    model: a voice's .onnx file, with its .onnx.json beside it. program: `piper` of the Python package
    piper-tts or of the older C++ releases (both take --model, --output-raw and a line on standard input).
    Raises VoiceError when the model's files are missing or damaged.
    """

    name = "piper"

    def __init__(self, model: Path, program: str = "piper") -> None:
        self._program = program
        if not model.is_file():
            raise EngineMissingError(
                f"the Piper voice {model} (key voice.piper_model) does not exist: "
                "download its .onnx and .onnx.json files"
            )
        self._rate = _sample_rate(model.with_name(model.name + ".json"))
        self._argv = [program, "--model", str(model.absolute()), "--output-raw"]

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Raises VoiceError: piper missing or failing, no sound. Cancelling kills piper."""
        line = one_line(text)
        del rate
        try:
            finished = await child.run(self._argv, line.encode() + b"\n", time_limits.PIPER)
        except child.ProgramMissing as error:
            raise EngineMissingError(
                f"the program {self._program!r} is not installed: run 'pip install piper-tts' "
                "(apt's piper is a mouse tool), or choose another engine with the key voice.engine"
            ) from error
        if finished.status != 0:
            raise VoiceError(
                f"{self._program} failed with exit status {finished.status}: "
                f"{finished.complaint or 'no message'}"
            )
        whole = len(finished.output) // 2
        samples = np.frombuffer(finished.output, dtype="<i2", count=whole).astype(np.int16)
        return audible(Sound(samples, self._rate), self._program, line)

    async def close(self) -> None:
        """Nothing to do: every text has its own process."""


def _sample_rate(path: Path) -> int:
    try:
        rate = json.loads(path.read_text(encoding="utf-8"))["audio"]["sample_rate"]
    except OSError as error:
        raise VoiceError(f"the Piper voice's description {path} can't be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise VoiceError(
            f"the Piper voice's description {path} is damaged (no audio.sample_rate): download it again"
        ) from error
    if not isinstance(rate, int) or not 8000 <= rate <= 96000:
        raise VoiceError(f"the Piper voice's description {path} gives a sample rate of {rate!r}")
    return rate
