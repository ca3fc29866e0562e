"""What pocketsphinx makes of the sound of a command: the sentence that fits best, and any phones that fit."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from earsight.listening.pronunciation import pronunciations

_BEAM, _WORD_BEAM = 1e-64, 1e-40
"""Wider than usual: the grammar is small, and a strange accent must not lose the way to its end."""

_PHONE_WEIGHT = 2.0
"""How much the phone loop goes by which phones follow each other, against what it hears."""

_FRAME = 160
"""Samples."""

_FLOOR = 20.0
"""Root mean square of the hiss that is added to any sound, of 32768."""


class Decoders:
    """Two recognisers of the same model: one of the grammar's sentences, and a loop of any phones.

    What the first makes of a sound is only worth something where it fits about as well as what the second
    does: any sound is like some command.
    """

    def __init__(self, grammar: str) -> None:
        """Args:
        grammar: In the Java Speech Grammar Format.
        """
        from pocketsphinx import get_model_path

        self._grammar = _decoder(beam=_BEAM, pbeam=_BEAM, wbeam=_WORD_BEAM)
        for word, american in _american(set(re.findall(r"[a-z']+", grammar))).items():
            for number, phones in enumerate(pronunciations(word, american), start=1):
                self._grammar.add_word(word if number == 1 else f"{word}({number})", phones, False)
        self._grammar.add_jsgf_string("commands", grammar)
        self._grammar.activate_search("commands")
        self._phones = _decoder(allphone=get_model_path("en-us/en-us-phone.lm.bin"), lw=_PHONE_WEIGHT)

    def decode(self, sound: bytes) -> dict[str, Any]:
        """Recognise a command.

        Args:
            sound: As Microphone has it, from the beginning of speech to its end.

        Returns:
            "text", "" for nothing; and otherwise its "words" and the "phones", each with its first and last
            frame (of 10 ms) and the logarithm of its acoustic score; and "snr" as of signal_to_noise().
        """
        snr = signal_to_noise(sound)
        sound = _with_floor(sound)
        text = _text(self._grammar, sound)
        if not (text and _text(self._phones, sound)):
            return {"text": ""}  # a noise that fits no sentence: there are no segments either
        words, phones = _segments(self._grammar), _segments(self._phones)
        return {"text": text, "words": words, "phones": phones, "snr": snr}


def signal_to_noise(sound: bytes) -> float:
    """Decibels by which the loudest quarter of a sound is above its quietest tenth, in frames of 10 ms."""
    samples = np.frombuffer(sound, "<i2").astype(np.float64)
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels = np.sort(np.sqrt(np.mean(frames**2, axis=1)))
    noise, speech = levels[: len(levels) // 10 + 1].mean(), levels[-len(levels) // 4 :].mean()
    return float(20 * np.log10(max(speech, 1.0) / max(noise, 1.0)))


def _american(words: Collection[str]) -> dict[str, list[str]]:
    """How Americans say some words, by the dictionary of the model."""
    from pocketsphinx import get_model_path

    found: dict[str, list[str]] = {}
    with Path(get_model_path("en-us/cmudict-en-us.dict")).open(encoding="utf-8") as dictionary:
        for line in dictionary:
            entry, _, phones = line.strip().partition(" ")
            if (word := entry.partition("(")[0]) in words:
                found.setdefault(word, []).append(phones)
    return found


def _with_floor(sound: bytes) -> bytes:
    """With a hiss, as any room has it. The model knows no silence of zeros, which noise gates and recordings
    make, and finds no words beside one."""
    samples = np.frombuffer(sound, "<i2")
    hiss = np.random.default_rng(0).normal(0, _FLOOR, len(samples))
    return np.clip(np.round(samples + hiss), -32768, 32767).astype("<i2").tobytes()


def _decoder(**options: Any) -> Any:
    """A recogniser that knows no word yet: the model's whole dictionary would take long to load."""
    from pocketsphinx import Config, Decoder

    # compallsen: scores are relative to the best of what is computed, and have to be so to the same for both.
    always = {"loglevel": "FATAL", "lm": None, "dict": os.devnull, "bestpath": False, "compallsen": True}
    return Decoder(Config(**always, **options))


def _text(decoder: Any, sound: bytes) -> str:
    decoder.start_utt()
    # As a whole: a command is too short for the recogniser to get used to the microphone while it goes on.
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return str(found.hypstr) if found else ""


def _segments(decoder: Any) -> list[tuple[str, int, int, float]]:
    log = decoder.logmath.log
    return [
        (each.word, each.start_frame, each.end_frame, log(each.ascore))
        for each in decoder.seg()
        if each.end_frame >= each.start_frame and each.word != "(NULL)"
    ]
