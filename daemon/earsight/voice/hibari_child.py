"""The child process behind HibariSynthesizer; see engine_child.py. Requests: {"text", "speed"}."""

from __future__ import annotations

import re
from typing import Any

from earsight.voice.engine_child import MissingError, Render, pieces, serve, write_wav

_LOUDNESS = 0.1
"""Root mean square of speech that is wanted, of full scale: as loud as eSpeak NG."""

_PEAK = 0.9
"""Highest peak, of full scale."""

_SILENCE = 0.01
"""What is less than this, of full scale, is silence: each sentence has 0.3 s of it before its first word."""

_GAP = 4800
"""Samples of silence between sentences, at normal speed: a fifth of a second."""

_LONG_NUMBER = re.compile(r"\d[\d,]{15,}")


def load() -> Render:
    try:
        import numpy as np
        from hibari import SAMPLE_RATE, Hibari
    except ImportError as error:
        raise MissingError("hibari", error) from error
    engine = Hibari(voice="heart", threads=1)

    def trimmed(samples: Any) -> Any:
        loud = np.flatnonzero(np.abs(samples) > _SILENCE)
        return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]

    def render(request: dict[str, Any], path: str) -> None:
        speed = request["speed"]
        gap = np.zeros(int(_GAP / speed), np.float32)
        parts: list[Any] = []
        for piece in pieces(readable(request["text"])):
            for sentence in engine.stream(
                piece, speed=speed, seed=0
            ):  # the seed: the same text, the same sound
                parts += [gap] if parts else []
                parts.append(trimmed(sentence))
        samples = np.concatenate(parts) if parts else gap[:0]
        if len(samples):
            level, peak = float(np.sqrt(np.mean(samples**2))), float(np.abs(samples).max())
            samples = samples * min(_LOUDNESS / max(level, 1e-6), _PEAK / max(peak, 1e-6))
        write_wav(path, (samples * 32767).astype("<i2").tobytes(), SAMPLE_RATE)

    return render


def readable(text: str) -> str:
    """The text without what hibari-tts trips over: it reads numbers up to 36 digits, and fails beyond."""
    return _LONG_NUMBER.sub(lambda found: " ".join(found[0].replace(",", "")), text)


if __name__ == "__main__":
    serve(load)
