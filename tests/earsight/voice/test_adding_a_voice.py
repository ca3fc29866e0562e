"""A new speech engine: a module, a class of settings with its entry in the union, and one in the registry."""

from __future__ import annotations

import json

from tests.earsight.package_copy import PackageCopy

MODULE = '''
import numpy as np

from earsight.voice.sound import Sound


class ToySynthesizer:
    """Beeps once for each word."""

    name = "toy"

    def __init__(self, pitch: int) -> None:
        self._pitch = pitch

    async def synthesize(self, text: str, rate: int) -> Sound:
        count = round(22050 * 60 / rate) * len(text.split())
        wave = 9000 * np.sin(2 * np.pi * self._pitch * np.arange(count) / 22050)
        return Sound(wave.astype(np.int16), 22050)

    async def close(self) -> None:
        pass
'''

SETTINGS = '''
class ToyVoice(VoiceSection):
    """A toy."""

    engine: Literal["toy"] = Field(description=_ENGINE)
    pitch: int = Field(default=440, ge=100, le=2000, description="Pitch in Hz.")


'''

USE = """
import asyncio, json, sys
from pathlib import Path
from earsight.config.loader import ConfigError, load_config
from earsight.doctor.voice import check_voice
from earsight.language.utterance import Priority, Utterance
from earsight.service.say_once import say

def heard(path):
    try:
        config = load_config(Path(path))
    except ConfigError as error:
        return str(error)
    asyncio.run(say([Utterance("one two three", Priority.ANSWER, "en")], [config.voice]))
    finding = asyncio.run(check_voice(config.voice, config.language))
    return f"{finding.status}: {finding.detail} {Path('said.wav').stat().st_size}"

print(json.dumps([heard(path) for path in sys.argv[1:]]))
"""


def test_a_toy_engine_is_heard(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add("voice/toy.py", MODULE)
    copy.insert("config/voice.py", "AnyVoice = Annotated[\n", SETTINGS)
    copy.insert(
        "config/voice.py", '    Annotated[AutoVoice, Tag("auto")]', '    Annotated[ToyVoice, Tag("toy")] |'
    )
    copy.insert(
        "voice/registry.py", "from earsight.voice.voice", "from earsight.voice.toy import ToySynthesizer\n"
    )
    copy.insert(
        "voice/registry.py",
        '    "auto": _auto,\n',
        '    "toy": lambda section, _: ToySynthesizer(section.pitch),\n',
    )
    assert copy.touched == {"voice/toy.py", "config/voice.py", "voice/registry.py"}
    files = {
        "toy.yaml": "voice: {engine: toy, player: wav, wav_file: said.wav, rate: 300}",
        "wrong.yaml": "voice: {engine: toy, pitch: 1}",
        "unknown.yaml": "voice: {engine: toi}",
        "other.yaml": "voice: {engine: espeak, pitch: 300}",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    toy, wrong, unknown, other = json.loads(copy.run("-c", USE, *files))
    assert toy.startswith("ok: toy made 0.2 s of speech in ")
    assert toy.endswith(str(44 + 2 * 3 * 4410))
    assert wrong == "wrong.yaml:1: voice.pitch: got 1; expected a whole number from 100 to 2000"
    assert unknown.startswith('unknown.yaml:1: voice.engine: got "toi"; expected one of toy, auto, espeak')
    assert other.startswith("other.yaml:1: voice.pitch: unknown key; ")
