"""Every microphone by the name that the settings have for it. A new one is a module and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from earsight.config.microphone import MicrophoneSection
from earsight.listening.arecord import ArecordMicrophone
from earsight.listening.grammar import Grammar
from earsight.listening.listener import Listener
from earsight.listening.microphone import Microphone
from earsight.listening.wav_microphone import WavMicrophone


def build_listener(section: MicrophoneSection, actions: Iterable[str]) -> Listener | None:
    """Make what hears voice commands. Nothing is opened or loaded yet.

    Args:
        section: The settings of the microphone.
        actions: The names of the actions that can be asked for.

    Returns:
        None where the settings have no microphone.
    """
    if section.source == "none":
        return None
    return Listener(MICROPHONES[section.source](section), Grammar(actions), section.longest)


def _wav(section: MicrophoneSection) -> Microphone:
    assert section.wav_file is not None  # the section has seen to that
    return WavMicrophone(section.wav_file)


MICROPHONES: dict[str, Callable[[MicrophoneSection], Microphone]] = {
    "alsa": lambda section: ArecordMicrophone(section.device),
    "wav": _wav,
}
