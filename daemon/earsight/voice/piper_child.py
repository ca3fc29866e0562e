"""The child process behind PiperSynthesizer; see engine_child.py. Requests: {"text", "model", "slowness"}."""

from __future__ import annotations

from typing import Any

from earsight.voice.engine_child import MissingError, Render, pieces, serve, write_wav


def load() -> Render:
    try:
        from piper import PiperVoice, SynthesisConfig
    except ImportError as error:
        raise MissingError("piper", error) from error
    voices: dict[str, Any] = {}

    def render(request: dict[str, Any], path: str) -> None:
        model = request["model"]
        voice = voices.get(model) or voices.setdefault(model, PiperVoice.load(model))
        settings = SynthesisConfig(length_scale=voice.config.length_scale * request["slowness"])
        chunks = [
            chunk.audio_int16_bytes
            for piece in pieces(request["text"])
            for chunk in voice.synthesize(piece, settings)
        ]
        write_wav(path, b"".join(chunks), voice.config.sample_rate)

    return render


if __name__ == "__main__":
    serve(load)
