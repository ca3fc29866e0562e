"""The child process that recognises commands. It imports next to nothing else of Earsight.

Usage: python -m earsight.listening.recogniser_child
Reads messages, each a letter, its length (4 bytes, little-endian) and its content:

    B   begin: {"grammar": JSGF, "words": {word: phones}, "pause": seconds}, as JSON
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

from earsight.listening.end_of_speech import BEFORE, FRAME_SECONDS, EndOfSpeech

_PHONE_WEIGHT = 2.0
"""How much the phone loop goes by which phones follow each other, against what it hears."""


_FLOOR = 20.0
"""Root mean square of the hiss that is added to any sound, of 32768."""


def messages(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The messages of a stream, until it ends."""
    while len(head := stream.read(5)) == 5:
        content = stream.read(int.from_bytes(head[1:], "little"))
        yield head[:1], content


class Decoders:
    """Two recognisers of the same model: one of the grammar's sentences, and a loop of any phones.

    What the first makes of a sound is only worth something where it fits about as well as what the second
    does: any sound is like some command.
    """

    def __init__(self, grammar: str, words: dict[str, str]) -> None:
        from pocketsphinx import Decoder, get_model_path

        self._grammar = Decoder(_config())
        for word, phones in words.items():
            if self._grammar.lookup_word(word) is None:
                self._grammar.add_word(word, phones, False)
        self._grammar.add_jsgf_string("commands", grammar)
        self._grammar.activate_search("commands")
        phones_file = get_model_path("en-us/en-us-phone.lm.bin")
        self._phones = Decoder(_config(allphone=phones_file, lw=_PHONE_WEIGHT))

    def decode(self, sound: bytes) -> dict[str, Any]:
        """What was said: the text, "" for nothing; and its words and the phones, each with its first and last
        frame (of 10 ms) and the logarithm of its acoustic score."""
        sound = _with_floor(sound)
        text = _text(self._grammar, sound)
        if not (text and _text(self._phones, sound)):
            return {"text": ""}  # a noise that fits no sentence: there are no segments either
        return {"text": text, "words": _segments(self._grammar), "phones": _segments(self._phones)}


def _with_floor(sound: bytes) -> bytes:
    """With a hiss, as any room has it. The model knows no silence of zeros, which noise gates and recordings
    make, and finds no words beside one."""
    import numpy as np

    samples = np.frombuffer(sound, "<i2")
    hiss = np.random.default_rng(0).normal(0, _FLOOR, len(samples))
    return np.clip(np.round(samples + hiss), -32768, 32767).astype("<i2").tobytes()


def _config(**options: Any) -> Any:
    from pocketsphinx import Config

    # compallsen: scores are relative to the best of what is computed, and have to be so to the same for both.
    return Config(loglevel="FATAL", lm=None, bestpath=False, compallsen=True, **options)


def _text(decoder: Any, sound: bytes) -> str:
    decoder.start_utt()
    # As a whole: a command is too short for the recogniser to get used to the microphone while it goes on.
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return str(found.hypstr) if found else ""


def _segments(decoder: Any) -> list[tuple[str, int, int, int]]:
    log = decoder.logmath.log
    return [
        (each.word, each.start_frame, each.end_frame, log(each.ascore))
        for each in decoder.seg()
        if each.end_frame >= each.start_frame and each.word != "(NULL)"
    ]


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
        yield {"event": "heard", "spoke": bool(self._sound), "words": [], "phones": [], **heard}


def answers(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """What there is to answer to the messages of a stream. Raises what pocketsphinx raises."""
    loaded: tuple[str, Decoders] | None = None
    utterance: Utterance | None = None
    for kind, content in messages(stream):
        if kind == b"B":
            wanted = json.loads(content)
            if loaded is None or loaded[0] != wanted["grammar"]:
                loaded = wanted["grammar"], Decoders(wanted["grammar"], wanted["words"])
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
