"""Piper as the Python package, as the older program, and as another program of its name."""

import asyncio
import json
import os
import sys
from importlib import metadata

import numpy as np
import pytest

from earsight.voice import piper
from earsight.voice.piper import PiperSynthesizer
from earsight.voice.sound import VoiceError
from tests.earsight.voice import engine_modules

PACKAGE = """
import os, time
from dataclasses import dataclass
import numpy as np

@dataclass
class SynthesisConfig:
    length_scale: float

@dataclass
class Chunk:
    audio_int16_bytes: bytes

class Config:
    length_scale, sample_rate = 1.0, 16000

class PiperVoice:
    config = Config()

    @staticmethod
    def load(model):
        print("loaded")  # must not be taken for an answer
        with open({loads!r}, "a") as file:
            file.write(f"{{os.getpid()}} {{model}}\\n")
        return PiperVoice()

    def synthesize(self, text, settings):
        if text == "hang":
            time.sleep(60)
        if text == "crash":
            os._exit(3)
        if text == "fail":
            raise ValueError("embedded null character")
        for word in text.split():
            yield Chunk(np.full(round(100 * settings.length_scale), len(word), "<i2").tobytes())
"""

PROGRAM = """#!{python}
import json, sys
model = sys.argv[sys.argv.index("--model") + 1]
scale = float(sys.argv[sys.argv.index("--length_scale") + 1])
assert "--json-input" in sys.argv and model.endswith("en.onnx")
with open({loads!r}, "a") as file:
    file.write(f"{{scale}}\\n")
for line in sys.stdin:
    request = json.loads(line)
    import wave
    with wave.open(request["output_file"], "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(b"\\1\\0" * round(100 * scale * len(request["text"].split())))
    print("[info] done", file=sys.stderr)
    print(request["output_file"], flush=True)
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "en.onnx"
    path.write_bytes(b"onnx")
    description = {"audio": {"sample_rate": 16000}, "espeak": {"voice": "en-us"}}
    path.with_name(path.name + ".json").write_text(json.dumps(description))
    return path


def versions(monkeypatch, version):
    def found(_name):
        if version is None:
            raise metadata.PackageNotFoundError
        return version

    monkeypatch.setattr(piper.metadata, "version", found)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A file with a line for each time that a model was loaded."""
    versions(monkeypatch, "1.8.0")
    loads = tmp_path / "loads"
    engine_modules.install(tmp_path, monkeypatch, "piper", PACKAGE.format(loads=str(loads)))
    return loads


def install_program(folder, monkeypatch, text):
    versions(monkeypatch, None)
    program = folder / "bin" / "piper"
    program.parent.mkdir()
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A file with a line for each time that the program was started."""
    loads = tmp_path / "loads"
    install_program(tmp_path, monkeypatch, PROGRAM.format(python=sys.executable, loads=str(loads)))
    return loads


def speaking(model, scenario, **settings):
    async def run():
        voice = PiperSynthesizer(model, "en", **settings)
        try:
            return await scenario(voice)
        finally:
            await voice.close()

    return asyncio.run(run())


def test_the_model_is_loaded_once_for_all_texts(model, package):
    async def scenario(voice):
        sounds = [await voice.synthesize(text, piper.NORMAL_RATE) for text in ("two\nlines", "a", "four")]
        assert sounds[0].rate == 16000
        assert sounds[0].samples.dtype == np.int16
        assert [set(sound.samples) for sound in sounds] == [{3, 5}, {1}, {4}]
        assert [len(sound.samples) for sound in sounds] == [200, 100, 100]

    speaking(model, scenario)
    (load,) = package.read_text().splitlines()
    assert load.endswith(str(model))


@pytest.mark.parametrize("kind", ["package", "program"])
def test_the_rate_acts_from_the_next_text_on(model, request, kind):
    request.getfixturevalue(kind)

    async def scenario(voice):
        lengths = [len((await voice.synthesize("word", rate)).samples) for rate in (175, 350, 350, 175)]
        assert lengths == [100, 50, 50, 100]

    speaking(model, scenario)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hang", "did not finish within 3 s"),
        ("crash", "ended unexpectedly"),
        ("fail", "embedded null character"),
    ],
)
def test_after_a_failure_a_new_process_serves_the_next_text(model, package, text, message):
    async def scenario(voice):
        await voice.synthesize("one", 175)
        with pytest.raises(VoiceError, match=message):
            await voice.synthesize(text, 175)
        await voice.synthesize("one", 175)

    speaking(model, scenario, limit=3.0)
    processes = [line.split()[0] for line in package.read_text().splitlines()]
    assert len(set(processes)) == 2
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(int(process), 0)


def test_cancelling_kills_the_process_and_the_next_text_is_spoken(model, package):
    async def scenario(voice):
        hanging = asyncio.create_task(voice.synthesize("hang", 175))
        async with asyncio.timeout(20):
            while not package.exists() or "\n" not in package.read_text():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        with pytest.raises(ProcessLookupError):
            os.kill(int(package.read_text().split()[0]), 0)
        await voice.synthesize("one", 175)

    speaking(model, scenario)


def test_the_program_serves_all_texts_of_one_rate(model, program):
    async def scenario(voice):
        sounds = [await voice.synthesize("two words", 175) for _ in range(3)]
        assert [sound.samples.tolist() for sound in sounds] == [[1] * 200] * 3

    speaking(model, scenario)
    assert program.read_text() == "1.0\n"


def test_the_mouse_tool_is_no_voice(model, tmp_path, monkeypatch):
    install_program(tmp_path, monkeypatch, "#!/bin/sh\necho 'Unable to init server' >&2\nexit 1\n")

    async def scenario(voice):
        with pytest.raises(VoiceError, match="Unable to init server"):
            await voice.synthesize("hello", 175)

    speaking(model, scenario)


def test_without_piper_it_is_said_what_to_install(model, tmp_path, monkeypatch):
    versions(monkeypatch, None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match=r"earsight\[piper\].*voice\.engine"):
        PiperSynthesizer(model, "en")


def test_a_package_that_was_removed_in_part_says_what_to_install(model, tmp_path, monkeypatch):
    versions(monkeypatch, "1.8.0")
    engine_modules.install(tmp_path, monkeypatch, "piper", "raise ImportError('libespeak')")

    async def scenario(voice):
        with pytest.raises(VoiceError, match=r"earsight\[piper\]"):
            await voice.synthesize("hello", 175)

    speaking(model, scenario)


def test_a_package_of_the_older_project_is_too_old(model, monkeypatch):
    versions(monkeypatch, "1.2.0")
    with pytest.raises(VoiceError, match="too old"):
        PiperSynthesizer(model, "en")


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(VoiceError, match=r"none\.onnx.*voice\.piper_model"):
        PiperSynthesizer(tmp_path / "none.onnx", "en")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"espeak": null}', '{"language": "en_US"}'])
def test_a_damaged_description_is_named(model, text):
    description = model.with_name(model.name + ".json")
    description.write_text(text)
    with pytest.raises(VoiceError, match=description.name):
        PiperSynthesizer(model, "en")


def test_a_missing_description_is_named(model):
    model.with_name(model.name + ".json").unlink()
    with pytest.raises(VoiceError, match="can't be read"):
        PiperSynthesizer(model, "en")


@pytest.mark.parametrize(
    "description",
    [{"language": {"code": "id_ID"}, "espeak": {"voice": "id"}}, {"espeak": {"voice": "id"}}],
)
@pytest.mark.usefixtures("package")
def test_a_voice_of_another_language_is_refused(model, description):
    model.with_name(model.name + ".json").write_text(json.dumps(description))
    PiperSynthesizer(model, "id")
    with pytest.raises(VoiceError, match=r"voice\.piper_model\) speaks id, not en"):
        PiperSynthesizer(model, "en")
