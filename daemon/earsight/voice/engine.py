"""What all speech engines share: the text that they are given, and the check of the sound they make of it."""

from __future__ import annotations

import unicodedata

import numpy as np

from earsight.voice.sound import Sound, VoiceError


def one_line(text: str) -> str:
    """The text on one line, without control characters and engines' own markup.

    Engines read line by line, and in C, where a zero ends the text. eSpeak NG and Piper take what is between
    double brackets for phonemes, hibari-tts what is between "](" and ")".

    Raises:
        VoiceError: Nothing is left.
    """
    printable = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    line = " ".join(printable.split()).replace("](", "] (")
    while "[[" in line or "]]" in line:
        line = line.replace("[[", "[ [").replace("]]", "] ]")
    if not line:
        raise VoiceError("the text to say is empty")
    return line


def audible(sound: Sound, engine: str, text: str) -> Sound:
    """The sound, unless it is silent: silence passed for speech would leave the wearer waiting.

    Raises:
        VoiceError: There is nothing to hear.
    """
    if not np.any(sound.samples):
        # Not the text itself: it may be a letter that was read, which is nothing for a log.
        raise VoiceError(f"{engine} made no sound from {len(text)} characters")
    return sound
