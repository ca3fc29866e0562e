import asyncio
import json
import sys

import numpy as np
import pytest

from earsight.voice.piper import PiperSynthesizer
from earsight.voice.sound import VoiceError

FAKE = """#!{python}
import sys
assert sys.argv[1:] == ["--model", {model!r}, "--output-raw"], sys.argv
line = sys.stdin.read()
assert line.count("\\n") == 1 and line.endswith("\\n")
sys.stdout.buffer.write(b"\\1\\0" * len(line))
sys.exit({status})
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "en_GB-test-low.onnx"
    path.write_bytes(b"onnx")
    path.with_name(path.name + ".json").write_text(json.dumps({"audio": {"sample_rate": 16000}}))
    return path


def fake_piper(model, status=0):
    program = model.with_name("piper")
    program.write_text(FAKE.format(python=sys.executable, model=str(model), status=status))
    program.chmod(0o755)
    return str(program)


def test_raw_samples_at_the_rate_of_the_model(model):
    sound = asyncio.run(PiperSynthesizer(model, fake_piper(model)).synthesize("two\nlines", 175))
    assert sound.rate == 16000
    assert sound.samples.dtype == np.int16
    assert sound.samples.tolist() == [1] * len("two lines\n")


def test_a_failing_piper_is_an_error(model):
    with pytest.raises(VoiceError, match="exit status 4"):
        asyncio.run(PiperSynthesizer(model, fake_piper(model, status=4)).synthesize("hello", 175))


def test_a_missing_program_says_what_to_install(model):
    with pytest.raises(VoiceError, match=r"piper-tts.*voice\.engine"):
        asyncio.run(PiperSynthesizer(model, str(model.with_name("piper"))).synthesize("hello", 175))


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(VoiceError, match=r"none\.onnx.*voice\.piper_model"):
        PiperSynthesizer(tmp_path / "none.onnx")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"audio": {"sample_rate": "16000"}}', '{"audio": null}'])
def test_a_damaged_description_is_named(model, text):
    description = model.with_name(model.name + ".json")
    description.write_text(text)
    with pytest.raises(VoiceError, match=description.name):
        PiperSynthesizer(model)


def test_a_missing_description_is_named(model):
    model.with_name(model.name + ".json").unlink()
    with pytest.raises(VoiceError, match="can't be read"):
        PiperSynthesizer(model)
