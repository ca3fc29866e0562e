"""The child process that recognises commands. It imports next to nothing else of Earsight.

Usage: python -m earsight.listening.recogniser_child
Reads messages, each a letter, its length (4 bytes, little-endian) and its content:

    B   begin: {"meanings": {sentence: number}, "pause": seconds}, as JSON; see CommandSearch
    A   a frame of sound, as Microphone has it
    E   the end: nothing more will be said

Answers with one JSON object a line: {"event": "loaded"} when it has begun, {"event": "speech"} when somebody
speaks, {"event": "over"} when that is over, and {"event": "heard", "spoke", "text", ...} with what
CommandSearch.find() makes of it; or {"error", "missing"}, with which it ends. What comes after "over" and
before the next B is dropped.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from earsight.listening.command_search import CommandSearch
from earsight.listening.end_of_speech import AROUND, FRAME_SECONDS, EndOfSpeech
from earsight.listening.microphone import RATE
from earsight.listening.speech_model import TOKENIZER, ModelMissingError, SpeechModel, model_folder
from earsight.listening.tokens import Tokens

_FULL_SCALE = 32768.0
_STRICTNESS = 2
"""Of the detector of speech, 0..3."""

_SHORTEST = RATE // 2
"""Samples: the network hears nothing in fewer."""


def messages(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The messages of a stream, until it ends."""
    while len(head := stream.read(5)) == 5:
        content = stream.read(int.from_bytes(head[1:], "little"))
        yield head[:1], content


class Utterance:
    """One command that is listened for."""

    def __init__(self, search: CommandSearch, pause: float) -> None:
        from webrtcvad import Vad

        self._search = search
        self._detector = Vad(_STRICTNESS)
        self._end = EndOfSpeech(pause)
        self._sound: list[np.ndarray] = []

    def take(self, frame: bytes) -> Iterator[dict[str, Any]]:
        """Hear the next frame, and say what is known by it."""
        had_begun = self._end.has_begun
        samples = np.frombuffer(frame, "<i2").astype(np.float32) / _FULL_SCALE
        self._sound.append(samples)
        self._end.take(self._detector.is_speech(frame, RATE), _level(samples))
        if self._end.has_begun and not had_begun:
            yield {"event": "speech"}
        if self._end.has_ended:
            yield from self.end()

    def end(self) -> Iterator[dict[str, Any]]:
        """What was said, "" for nothing."""
        yield {"event": "over"}
        if not self._end.has_begun:
            yield {"event": "heard", "spoke": False, "text": ""}
            return
        first, after = self._end.span
        sound = np.concatenate(self._sound[max(0, first - AROUND) : after + AROUND])
        sound = np.pad(sound, (0, max(0, _SHORTEST - len(sound))))
        yield {
            "event": "heard",
            "spoke": True,
            "seconds": (after - first) * FRAME_SECONDS,
            **self._search.find(sound),
        }


def _level(samples: np.ndarray) -> float:
    """Decibels of full scale, without a constant offset; at least those of the last bit."""
    return float(20 * np.log10(max(np.std(samples), 1 / _FULL_SCALE)))


def answers(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """What there is to answer to the messages of a stream. Raises what the model raises."""
    loaded: tuple[dict[str, int], CommandSearch] | None = None
    utterance: Utterance | None = None
    for kind, content in messages(stream):
        if kind == b"B":
            wanted = json.loads(content)
            if loaded is None or loaded[0] != wanted["meanings"]:
                loaded = wanted["meanings"], _search(wanted["meanings"])
            utterance = Utterance(loaded[1], wanted["pause"])
            yield {"event": "loaded"}
        elif utterance is not None:
            for answer in utterance.take(content) if kind == b"A" else utterance.end():
                yield answer
                if answer["event"] == "heard":
                    utterance = None


def _search(meanings: dict[str, int]) -> CommandSearch:
    folder = model_folder()
    return CommandSearch(SpeechModel(folder), Tokens(folder / TOKENIZER), meanings)


def main() -> None:
    """Answer until the input ends, or something is wrong."""
    # Libraries may print to standard output; what they print must not be taken for an answer.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    try:
        for answer in answers(sys.stdin.buffer):
            output.write(json.dumps(answer) + "\n")
    except (ModelMissingError, ModuleNotFoundError) as error:
        output.write(json.dumps({"error": str(error), "missing": True}) + "\n")
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        output.write(json.dumps({"error": reason, "missing": False}) + "\n")


if __name__ == "__main__":
    main()
