"""The child process behind Pyttsx3Synthesizer; imports nothing of Earsight, to start fast.

Usage: python -m earsight.voice.pyttsx3_child SOUND_FD
Reads one JSON object a line: {"text", "voice", "rate"}; renders it as a WAV file into the memory file
SOUND_FD and answers with one JSON object a line: {} or {"error", "missing"}. Ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    # pyttsx3 prints to standard output; what it prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    path = f"/proc/self/fd/{int(sys.argv[1])}"
    engine: Any = None
    for line in sys.stdin:
        answer: dict[str, str] = {}
        try:
            engine = engine or _engine()
            _render(engine, json.loads(line), path)
        except ImportError as error:
            answer = {"error": str(error), "missing": "pyttsx3"}
        except Exception as error:
            missing = "libespeak-ng1" if "espeak" in str(error).lower() and engine is None else ""
            answer = {"error": f"{type(error).__name__}: {error}", "missing": missing}
        answers.write(json.dumps(answer) + "\n")
        if answer:
            return  # after an exception pyttsx3's loop is beyond repair: the next text gets a new process


def _engine() -> Any:
    import pyttsx3

    return pyttsx3.init()


def _render(engine: Any, request: dict[str, Any], path: str) -> None:
    problems: list[Exception] = []
    listening = engine.connect("error", lambda name, exception: problems.append(exception))  # noqa: ARG005
    if request["voice"]:
        engine.setProperty("voice", request["voice"])
    engine.setProperty("rate", request["rate"])
    engine.save_to_file(request["text"], path)
    engine.runAndWait()
    engine.disconnect(listening)
    if problems:
        raise problems[0]


if __name__ == "__main__":
    main()
