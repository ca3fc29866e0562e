"""What the child processes of speech engines share. They import next to nothing else of Earsight.

Usage: python -m earsight.voice.NAME_child SOUND_FD
Reads one JSON object a line; writes the speech as a WAV file into the memory file SOUND_FD, and answers with
one JSON object a line: {}, or {"error", "missing"}. Ends with its input, and after an error.
"""

from __future__ import annotations

import json
import os
import re
import sys
import wave
from collections.abc import Callable, Iterator
from typing import Any

Render = Callable[[dict[str, Any], str], None]
"""Writes the speech for a request into the file of a path."""

_LONGEST_PIECE = 300
"""Characters: neural engines take memory and time by the square of what they are given at once."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


class MissingError(Exception):
    """Something is not installed. name: what, as the parent's advice has it."""

    def __init__(self, name: str, reason: object) -> None:
        super().__init__(str(reason))
        self.name = name


def serve(load: Callable[[], Render]) -> None:
    """Answer requests.

    Args:
        load: Called with the first one; raises MissingError where something has to be installed first.
    """
    # Engines print to standard output; what they print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    path = f"/proc/self/fd/{int(sys.argv[1])}"
    render: Render | None = None
    for line in sys.stdin:
        answer: dict[str, str] = {}
        try:
            render = render or load()
            render(json.loads(line), path)
        except MissingError as error:
            answer = {"error": str(error), "missing": error.name}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "missing": ""}
        answers.write(json.dumps(answer) + "\n")
        if answer:
            return  # an engine that has failed may be beyond repair: the next text gets a new process


def write_wav(path: str, samples: bytes, rate: int) -> None:
    """Write 16-bit mono samples."""
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", "not compressed"))
        file.writeframes(samples)


def pieces(text: str) -> Iterator[str]:
    """The text in pieces of bounded length: whole sentences where possible, else whole words."""
    units = [
        unit
        for sentence in _SENTENCE_END.split(text)
        for unit in ([sentence] if len(sentence) <= _LONGEST_PIECE else sentence.split())
    ]
    piece = ""
    for unit in units:
        for part in (unit[at : at + _LONGEST_PIECE] for at in range(0, len(unit), _LONGEST_PIECE)):
            if piece and len(piece) + 1 + len(part) > _LONGEST_PIECE:
                yield piece
                piece = ""
            piece = f"{piece} {part}".strip()
    if piece:
        yield piece
