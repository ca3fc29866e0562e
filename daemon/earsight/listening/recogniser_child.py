"""The child process that recognises commands. It imports next to nothing else of Earsight.

Usage: python -m earsight.listening.recogniser_child
Reads messages, each a letter, its length (4 bytes, little-endian) and its content:

    B   begin: {"grammar": JSGF, "pause": seconds}, as JSON
    A   a frame of sound, as Microphone has it
    E   the end: nothing more will be said

Answers with one JSON object a line: {"event": "loaded"} when it has begun, {"event": "speech"} when somebody
speaks, {"event": "over"} when that is over, and {"event": "heard", ...} with what it was; or {"error",
"missing"}, with which it ends. What comes after "over" and before the next B is dropped.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any, BinaryIO

from earsight.listening.decoders import Decoders
from earsight.listening.end_of_speech import BEFORE, FRAME_SECONDS, EndOfSpeech


def messages(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The messages of a stream, until it ends."""
    while len(head := stream.read(5)) == 5:
        content = stream.read(int.from_bytes(head[1:], "little"))
        yield head[:1], content


class Utterance:
    """One command that is listened for."""

    def __init__(self, decoders: Decoders, pause: float) -> None:
        from pocketsphinx import Vad

        self._decoders = decoders
        self._vad = Vad(Vad.MEDIUM_STRICT, frame_length=FRAME_SECONDS)
        self._end = EndOfSpeech(pause)
        self._before: deque[bytes] = deque(maxlen=round(BEFORE / FRAME_SECONDS))
        self._sound: list[bytes] = []

    def take(self, frame: bytes) -> Iterator[dict[str, Any]]:
        """Hear the next frame, and say what is known by it."""
        had_begun = self._end.has_begun
        self._end.take(self._vad.is_speech(frame))
        if not self._end.has_begun:
            self._before.append(frame)
            return
        if not had_begun:
            self._sound += self._before
            yield {"event": "speech"}
        self._sound.append(frame)
        if self._end.has_ended:
            yield from self.end()

    def end(self) -> Iterator[dict[str, Any]]:
        """What was said, "" for nothing."""
        yield {"event": "over"}
        heard = self._decoders.decode(b"".join(self._sound)) if self._sound else {"text": ""}
        yield {"event": "heard", "spoke": bool(self._sound), "words": [], "phones": [], "snr": 0.0, **heard}


def answers(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """What there is to answer to the messages of a stream. Raises what pocketsphinx raises."""
    loaded: tuple[str, Decoders] | None = None
    utterance: Utterance | None = None
    for kind, content in messages(stream):
        if kind == b"B":
            wanted = json.loads(content)
            if loaded is None or loaded[0] != wanted["grammar"]:
                loaded = wanted["grammar"], Decoders(wanted["grammar"])
            utterance = Utterance(loaded[1], wanted["pause"])
            yield {"event": "loaded"}
        elif utterance is not None:
            for answer in utterance.take(content) if kind == b"A" else utterance.end():
                yield answer
                if answer["event"] == "heard":
                    utterance = None


def main() -> None:
    """Answer until the input ends, or something is wrong."""
    # Libraries may print to standard output; what they print must not be taken for an answer.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    try:
        for answer in answers(sys.stdin.buffer):
            output.write(json.dumps(answer) + "\n")
    except ImportError as error:
        output.write(json.dumps({"error": str(error), "missing": "pocketsphinx"}) + "\n")
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        output.write(json.dumps({"error": reason, "missing": ""}) + "\n")


if __name__ == "__main__":
    main()
