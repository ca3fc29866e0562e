"""The child process behind Pyttsx3Synthesizer; see engine_child.py. Requests: {"text", "voice", "rate"}."""

from __future__ import annotations

import threading
from typing import Any

from earsight.system import time_limits
from earsight.voice.engine_child import MissingError, Render, serve


def load() -> Render:
    try:
        import pyttsx3
    except ImportError as error:
        raise MissingError("pyttsx3", error) from error
    try:
        engine = pyttsx3.init()
    except Exception as error:
        if "espeak" in str(error).lower():
            raise MissingError("libespeak-ng1", error) from error
        raise
    voices: dict[str, str] = {}

    def render(request: dict[str, Any], path: str) -> None:
        wanted = request["voice"]
        if wanted not in voices:
            voices[wanted] = find_voice(wanted, engine.getProperty("voices"))
        engine.setProperty("voice", voices[wanted])
        engine.setProperty("rate", request["rate"])
        _save(engine, request["text"], path)

    return render


def find_voice(wanted: str, voices: list[Any]) -> str:
    """The id of a voice for a language such as "en-gb" or "en+f3", or that has this id.

    Ids differ from languages ("gmw/en" speaks "en-gb"), and from one version of pyttsx3 to the next.

    Raises:
        ValueError: There is none; the message has some that there are.
    """
    if not voices:  # it does not tell
        return wanted
    base, plus, variant = wanted.partition("+")
    base = base.lower()
    ids = {str(voice.id): [_language(code) for code in voice.languages or ()] for voice in voices}
    exact = [id_ for id_, languages in ids.items() if base in (id_.lower(), id_.lower().rpartition("/")[2])]
    speaking = [id_ for id_, languages in ids.items() if base in languages]
    if not speaking + exact:
        known = sorted({language for languages in ids.values() for language in languages})
        close = [language for language in known if language[:2] == base[:2]] or known
        raise ValueError(f"no voice for voice.language {wanted!r}; others include {', '.join(close[:9])}")
    return (speaking + exact)[0] + plus + variant


def _language(code: str | bytes) -> str:
    """Older versions give bytes, with a number for the rank of the language in front."""
    text = code.decode("utf-8", "replace") if isinstance(code, bytes) else str(code)
    return "".join(letter for letter in text if letter.isprintable()).lower()


def _save(engine: Any, text: str, path: str) -> None:
    problems: list[Exception] = []
    written = threading.Event()
    listening = [
        engine.connect("error", lambda name, exception: problems.append(exception)),  # noqa: ARG005
        engine.connect("finished-utterance", lambda name, completed: written.set()),  # noqa: ARG005
    ]
    engine.save_to_file(text, path)
    engine.runAndWait()
    written.wait(time_limits.PYTTSX3_FILE)  # a thread of eSpeak NG's writes it, now and then too late
    for each in listening:
        engine.disconnect(each)
    if problems:
        raise problems[0]


if __name__ == "__main__":
    serve(load)
