import asyncio
import ctypes.util
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from earsight.voice import riff
from earsight.voice.pyttsx3 import Pyttsx3Synthesizer
from earsight.voice.pyttsx3_child import find_voice
from earsight.voice.sound import VoiceError
from tests.earsight.voice import engine_modules

pytest.importorskip("pyttsx3", reason="pyttsx3 is not installed: pip install 'earsight[pyttsx3]'")
needs_library = pytest.mark.skipif(
    ctypes.util.find_library("espeak-ng") is None,
    reason="pyttsx3's library is not installed: sudo apt install libespeak-ng1",
)


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def with_synthesizer(scenario, **settings):
    async def run():
        synthesizer = Pyttsx3Synthesizer(voice=settings.pop("voice", "en"), limit=settings.pop("limit", 30.0))
        try:
            return await scenario(synthesizer)
        finally:
            await synthesizer.close()

    before = open_files()
    result = asyncio.run(run())
    assert open_files() == before
    return result


def replace_pyttsx3(tmp_path, monkeypatch, code):
    engine_modules.install(tmp_path, monkeypatch, "pyttsx3", code)


@needs_library
def test_texts_follow_one_another_in_one_process():
    async def scenario(synthesizer):
        return [
            await synthesizer.synthesize(text, 175) for text in ("One.", "One, two, three, four.", "One.")
        ]

    short, long, again = with_synthesizer(scenario, voice="en")
    assert np.abs(short.samples.astype(int)).max() > 3000
    assert long.seconds > short.seconds
    # Without the lengths of earlier texts: the memory file is emptied each time.
    assert again.seconds == pytest.approx(short.seconds, rel=0.2)


@needs_library
def test_an_unknown_voice_is_an_error_and_the_next_call_works_as_well_as_the_first():
    async def scenario(synthesizer):
        for _ in range(2):
            with pytest.raises(VoiceError, match="klingonese"):
                await synthesizer.synthesize("hello", 175)

    with_synthesizer(scenario, voice="klingonese")


@needs_library
@pytest.mark.parametrize("voice", ["en", "en-gb", "EN-GB", "en-us+f3", "gmw/en-us", "id", "de"])
def test_languages_as_people_write_them(voice):
    async def scenario(synthesizer):
        assert (await synthesizer.synthesize("One.", 175)).seconds > 0.2

    with_synthesizer(scenario, voice=voice)


@needs_library
def test_each_rate_is_kept():
    """pyttsx3 itself fails now and then to set one."""

    async def scenario(synthesizer):
        text = "One, two, three, four."
        return [(await synthesizer.synthesize(text, rate)).seconds for rate in (175, 350, 90, 350)]

    def right(normal, fast, slow, fast_again):
        return slow > 1.3 * normal > 1.6 * fast and fast_again == pytest.approx(fast, rel=0.05)

    assert any(right(*with_synthesizer(scenario)) for _ in range(5))


@dataclass
class Listed:
    id: str
    languages: list


NEW = [
    Listed("gmw/en-029", ["en-029"]),
    Listed("gmw/en", ["en-gb"]),
    Listed("gmw/en-us", ["en-us"]),
    Listed("poz/id", ["id"]),
]
OLD = [Listed("english", [b"\x02en", b"\x05en-gb"]), Listed("indonesian", [b"\x05id"]), Listed("odd", None)]


@pytest.mark.parametrize(
    ("voices", "wanted", "id_"),
    [
        (NEW, "en", "gmw/en"),
        (NEW, "en-GB", "gmw/en"),
        (NEW, "en-us+f3", "gmw/en-us+f3"),
        (NEW, "gmw/en-us", "gmw/en-us"),
        (NEW, "id", "poz/id"),
        (OLD, "en", "english"),
        (OLD, "en-gb+m1", "english+m1"),
        (OLD, "id", "indonesian"),
        ([], "anything", "anything"),
    ],
)
def test_a_voice_is_found_by_its_language(voices, wanted, id_):
    assert find_voice(wanted, voices) == id_


def test_a_language_that_there_is_not_is_told_with_those_that_are_close():
    with pytest.raises(ValueError, match="'en-xx'; others include en-029, en-gb, en-us"):
        find_voice("en-xx", NEW)


RENDERS_ONCE = """
import shutil

def init():
    return Engine()

class Engine:
    sound = {sound!r}
    def connect(self, *_): pass
    disconnect = setProperty = runAndWait = connect
    def getProperty(self, _): return []
    def save_to_file(self, text, path):
        if self.sound:
            shutil.copyfile(self.sound, path)
        self.sound = None
"""


def test_a_text_that_was_not_rendered_is_never_answered_with_the_one_before(tmp_path, monkeypatch):
    samples = np.full(500, 1000, "<i2")
    (tmp_path / "sound.wav").write_bytes(riff.header(500, 22050) + samples.tobytes())
    replace_pyttsx3(tmp_path, monkeypatch, RENDERS_ONCE.format(sound=str(tmp_path / "sound.wav")))

    async def scenario(synthesizer):
        assert np.array_equal((await synthesizer.synthesize("first", 175)).samples, samples)
        with pytest.raises(VoiceError, match="not a WAV"):
            await synthesizer.synthesize("second", 175)
        assert np.array_equal((await synthesizer.synthesize("third", 175)).samples, samples)

    with_synthesizer(scenario)


def test_a_hang_is_ended_and_the_next_call_has_a_new_process(tmp_path, monkeypatch):
    replace_pyttsx3(tmp_path, monkeypatch, "import time\ndef init(): time.sleep(60)\n")

    async def scenario(synthesizer):
        for _ in range(2):
            with pytest.raises(VoiceError, match="did not finish"):
                await synthesizer.synthesize("hello", 175)

    with_synthesizer(scenario, limit=1.0)


def test_cancelling_ends_the_process(tmp_path, monkeypatch):
    replace_pyttsx3(
        tmp_path,
        monkeypatch,
        "import os, pathlib, time\n"
        f"path = pathlib.Path({str(tmp_path / 'pid')!r})\n"
        "path.with_suffix('.tmp').write_text(str(os.getpid()))\n"
        "path.with_suffix('.tmp').rename(path)\n"
        "def init(): time.sleep(60)\n",
    )

    async def scenario(synthesizer):
        task = asyncio.create_task(synthesizer.synthesize("hello", 175))
        async with asyncio.timeout(20):
            while not (tmp_path / "pid").exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text()), 0)

    with_synthesizer(scenario)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise ImportError('No module')", r"pip install.*voice\.engine"),
        ("def init(): raise RuntimeError('eSpeak not installed!')", r"libespeak-ng1.*voice\.engine"),
        ("def init(): raise ValueError('odd')", "odd"),
        ("import os, sys\nprint('last words', file=sys.stderr, flush=True)\nos._exit(1)", "last words"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, monkeypatch, code, message):
    replace_pyttsx3(tmp_path, monkeypatch, code)

    async def scenario(synthesizer):
        with pytest.raises(VoiceError, match=message):
            await synthesizer.synthesize("hello", 175)

    with_synthesizer(scenario)
