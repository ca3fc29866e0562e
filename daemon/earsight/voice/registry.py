"""Every speech engine and sound output by the name that the settings have for it.

A new engine is a module, an entry here, and a class in config/voice.py. A new sound output is a module, an
entry here, and its name and keys in config/voice.py. Engines load their libraries themselves, in child
processes: to choose one costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from earsight.config.voice import VoiceSection, is_variant
from earsight.system.systemd import managed
from earsight.voice.alsa import AlsaPlayer
from earsight.voice.card_or_file import CardOrFile
from earsight.voice.espeak import EspeakSynthesizer
from earsight.voice.first_that_speaks import FirstThatSpeaks
from earsight.voice.hibari import HibariSynthesizer
from earsight.voice.piper import PiperSynthesizer
from earsight.voice.player import Player
from earsight.voice.pyttsx3 import Pyttsx3Synthesizer
from earsight.voice.retries import only_voice_errors
from earsight.voice.sound import UnknownVoiceError
from earsight.voice.synthesizer import Synthesizer
from earsight.voice.voice import Voice
from earsight.voice.wav import WavPlayer

DEFAULT_WAV = Path("earsight.wav")


def build_synthesizer(section: VoiceSection, language: str) -> Synthesizer:
    """Make the configured speech engine.

    Args:
        section: The settings of the voice.
        language: Code of the language that it is to speak.

    Raises:
        VoiceError: The engine can't be had as configured.
    """
    return SYNTHESIZERS[section.engine](section, language)


def build_player(section: VoiceSection) -> Player:
    """Make the configured sound output.

    Raises:
        VoiceError: It can't be had as configured.
    """
    return PLAYERS[section.player](section)


def build_voice(section: VoiceSection, language: str) -> Voice:
    """Make the configured voice.

    Args:
        section: The settings of the voice.
        language: Code of the language that it is to speak.

    Raises:
        VoiceError: It can't be had as configured.
    """
    with only_voice_errors("the voice"):
        return Voice(
            build_synthesizer(section, language),
            build_player(section),
            language=language,
            others=partial(build_reading_synthesizer, section),
            lead_in=section.lead_in,
        )


def build_reading_synthesizer(section: VoiceSection, language: str) -> Synthesizer:
    """Make the engine that reads text in another language than the wearer's: the configured one if it speaks
    that, else eSpeak NG.

    Args:
        section: The settings of the voice.
        language: Code of the language of the text.
    """
    return FirstThatSpeaks([partial(build, section, language) for build in (build_synthesizer, _espeak)])


def wav_file(section: VoiceSection) -> Path:
    """Where a recording goes."""
    return section.wav_file or DEFAULT_WAV


def _variant(section: VoiceSection, language: str) -> str:
    """The language as engines write it: en-GB where the settings have en_GB.

    A variant of another language does not count: --language has changed the one, and not the other.
    """
    tag = section.language
    return tag.replace("_", "-") if tag is not None and is_variant(tag, language) else language


def _espeak(section: VoiceSection, language: str) -> Synthesizer:
    return EspeakSynthesizer(_variant(section, language))


def _pyttsx3(section: VoiceSection, language: str) -> Synthesizer:
    return Pyttsx3Synthesizer(_variant(section, language))


def _piper(section: VoiceSection, language: str) -> Synthesizer:
    models = section.piper_model
    model = models.get(language) if isinstance(models, dict) else models
    if model is None:
        raise UnknownVoiceError(f"voice.piper_model has no Piper voice for the language {language}")
    return PiperSynthesizer(model, language)


def _hibari(_section: VoiceSection, language: str) -> Synthesizer:
    return HibariSynthesizer(language)


def _auto(section: VoiceSection, language: str) -> Synthesizer:
    engines = [_piper, _espeak] if section.piper_model is not None else [_espeak]
    return FirstThatSpeaks([partial(build, section, language) for build in engines])


def _auto_player(section: VoiceSection) -> Player:
    # A service's recording would be read by nobody, and fill the card.
    return AlsaPlayer(section.device) if managed() else CardOrFile(section.device, wav_file(section))


SYNTHESIZERS: dict[str, Callable[[VoiceSection, str], Synthesizer]] = {
    "auto": _auto,
    "espeak": _espeak,
    "pyttsx3": _pyttsx3,
    "piper": _piper,
    "hibari": _hibari,
}

PLAYERS: dict[str, Callable[[VoiceSection], Player]] = {
    "auto": _auto_player,
    "alsa": lambda section: AlsaPlayer(section.device),
    "wav": lambda section: WavPlayer(wav_file(section)),
}
