"""Piper: a natural voice from a neural network, for boards that are fast enough.

It is the Python package piper-tts (since version 1.3 of the Open Home Foundation, GPL-3.0), run in a child
process, or the program `piper` of the older releases in C++. Debian's package piper is another program.
"""

from __future__ import annotations

import json
import shutil
from importlib import metadata
from pathlib import Path
from typing import Protocol

from earsight.system import time_limits
from earsight.voice.engine import audible, one_line
from earsight.voice.engine_process import EngineProcess, PythonEngine
from earsight.voice.sound import EngineMissingError, Sound, UnknownVoiceError, VoiceError

NORMAL_RATE = 175
"""Words per minute of a Piper voice that speaks at its own speed, about."""

_INSTALL = (
    "Piper is not installed: run \"pip install 'earsight[piper]'\" (apt's package piper is another program), "
    "or choose another engine with the key voice.engine"
)


class _Engine(Protocol):
    async def speak(self, line: str, slowness: float) -> Sound:
        """slowness: times the voice's own length."""

    async def close(self) -> None: ...


class PiperSynthesizer:
    """One child process for all texts, which has the model loaded."""

    name = "piper"

    def __init__(self, model: Path, language: str, limit: float = time_limits.PIPER) -> None:
        """Args:
        model: A voice's .onnx file, with its .onnx.json beside it.
        language: Code of the language that the voice is to speak.
        limit: Seconds for one text.

        Raises:
            VoiceError: The model's files are missing or damaged, or speak another language; or there is no
                Piper.
        """
        check_model(model, language)
        self._engine = _choose(model.absolute(), limit)

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Raises VoiceError: Piper fails, or makes no sound. Cancelling kills its process."""
        line = one_line(text)
        return audible(await self._engine.speak(line, NORMAL_RATE / rate), "Piper", line)

    async def close(self) -> None:
        await self._engine.close()


def check_model(model: Path, language: str) -> None:
    """Look at the files of a voice, without Piper.

    Args:
        model: A voice's .onnx file, with its .onnx.json beside it.
        language: Code of the language that the voice is to speak.

    Raises:
        VoiceError: The files are missing or damaged, or the voice speaks another language.
    """
    if not model.is_file():
        raise EngineMissingError(
            f"the Piper voice {model} (key voice.piper_model) does not exist: "
            "download its .onnx and .onnx.json files"
        )
    spoken = _language(model.with_name(model.name + ".json"))
    if spoken and spoken != language:
        raise UnknownVoiceError(
            f"the Piper voice {model} (key voice.piper_model) speaks {spoken}, not {language}"
        )


class _Package:
    """The Python package."""

    def __init__(self, model: Path, limit: float) -> None:
        self._model = str(model)
        self._engine = PythonEngine("Piper", "piper_child", limit, {"piper": _INSTALL})

    async def speak(self, line: str, slowness: float) -> Sound:
        return await self._engine.render({"text": line, "model": self._model, "slowness": slowness})

    async def close(self) -> None:
        await self._engine.close()


class _Program:
    """The program in C++, which takes its speed only as it starts."""

    def __init__(self, model: Path, limit: float) -> None:
        self._model = str(model)
        self._limit = limit
        self._slowness = 1.0
        self._process = self._start(self._slowness)

    async def speak(self, line: str, slowness: float) -> Sound:
        if slowness != self._slowness:
            await self._process.close()
            self._slowness, self._process = slowness, self._start(slowness)

        def request(sound: int) -> bytes:
            return json.dumps({"text": line, "output_file": f"/proc/self/fd/{sound}"}).encode()

        return await self._process.render(request, lambda _: None)

    async def close(self) -> None:
        await self._process.close()

    def _start(self, slowness: float) -> EngineProcess:
        argv = ["piper", "--model", self._model, "--json-input", "--length_scale", f"{slowness:.3f}"]
        return EngineProcess("Piper", lambda _: argv, self._limit)


def _choose(model: Path, limit: float) -> _Engine:
    try:
        version = metadata.version("piper-tts")
    except metadata.PackageNotFoundError:
        if shutil.which("piper") is None:
            raise EngineMissingError(_INSTALL) from None
        return _Program(model, limit)
    if tuple(map(int, version.split(".")[:2])) < (1, 3):
        raise EngineMissingError(
            f"piper-tts {version} is too old: run \"pip install --upgrade 'earsight[piper]'\""
        )
    return _Package(model, limit)


def _language(path: Path) -> str:
    """The language that a voice's description tells, such as "en"; "" for none."""
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        language = description.get("language", {}).get("code") or description["espeak"]["voice"]
        return str(language).lower().replace("_", "-").partition("-")[0]
    except OSError as error:
        raise VoiceError(f"the Piper voice's description {path} can't be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise VoiceError(
            f"the Piper voice's description {path} is damaged (it names no language): download it again"
        ) from error
