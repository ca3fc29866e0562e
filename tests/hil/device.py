"""The simulated device: a guest with a button, a camera, an ear at its sound card, and Earsight in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from earsight.cameras.source import CameraError, StaleFrame
from earsight.errors import CaptionerError, EarsightError
from earsight.voice.earcons import Earcon, render
from tests.earsight.words import english
from tests.hil import camera as cameras
from tests.hil import quick_model, slowdown
from tests.hil.button import PIN, SECOND_PIN, Button, Header
from tests.hil.camera import Camera
from tests.hil.ear import HEARD, RATE, Match, Recording, share_heard
from tests.hil.guest import Guest
from tests.hil.recorder import PLAYED_TO, Recorder
from tests.hil.service import Service
from tests.hil.speech import RATE_OF_SPEECH, Speech

ANSWER_LIMIT = 30.0
"""Seconds of this machine from a press to the end of its sentence."""

CUT_OFF = 0.9
"""Less than this share of a sentence was heard when it was cut off."""

BUNDLE, BUNDLE_THAT_HANGS = "/run/hil-model", "/run/hil-model-that-hangs"
HANGS_AT = 4
"""The photo over which the second never comes to an end."""

_SECOND_CORE = "/sys/devices/system/cpu/cpu1/online"

SETTINGS: dict[str, dict[str, Any]] = {
    "camera": {"source": "opencv", "device": cameras.DEVICE},
    "triggers": {"keyboard": False, "button": {"pin": PIN}},
    "voice": {"engine": "espeak", "player": "alsa", "device": PLAYED_TO},
    "captioner": {"bundle": BUNDLE},
    "objects": {"enabled": False},  # emulated, the built-in detector would take minutes a picture
    "text": {"engine": "none"},  # and the reader of text half a minute
}


MODEL_THAT_SHIPS = {"bundle": "builtin", "threads": 1, "time_limit": 20.0}
"""Threads that wait in circles for each other cost an emulated processor more than they bring."""

_NO_DESCRIPTIONS = {
    *(english(why.spoken) for why in (CameraError, CaptionerError, StaleFrame, EarsightError)),
    english("description.none"),
}


def settings(**sections: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The usual ones, with these keys of these sections instead."""
    names = [*SETTINGS, *(name for name in sections if name not in SETTINGS)]
    return {name: {**SETTINGS.get(name, {}), **sections.get(name, {})} for name in names}


USUAL_LOOP = 0.32
"""Seconds that the fixed loop of slowdown.py takes in the device for which the limits are meant."""


class Device:
    """Times are those of the guest's monotonic clock."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.service = Service(guest)
        self.service.stop()  # it was started with settings for another board
        for path, hangs_at in ((BUNDLE, None), (BUNDLE_THAT_HANGS, HANGS_AT)):
            name = path.rpartition("/")[2]
            quick_model.write(guest.shared / name, hangs_at)
            guest.run("cp", "-r", f"/hil/{name}", path)
        self.header = Header(guest)
        self.button = Button(guest, self.header, PIN)
        self.second_button = Button(guest, self.header, SECOND_PIN)
        self.camera = Camera(guest)
        self.ear = Recorder(guest)
        self.speech = Speech(guest)
        self.speech.of("Hello.")  # so that the first word need not wait for the disk

    def use(self, **sections: Mapping[str, Any]) -> None:
        """Let the service run with the usual settings and these, and be ready."""
        self.service.begin_with(settings(**sections))

    def within(self, seconds: float) -> float:
        """A limit for this device: longer where its emulated processor is slower than usual."""
        return seconds * max(1.0, slowdown.there(self.guest) / USUAL_LOOP)

    def settle(self) -> None:
        """As the wearer has it on an ordinary day."""
        self._let_go()
        self.camera.show(0)
        if self.service.state() != "active":
            self.use()

    def restore(self) -> None:
        """What a scenario that failed may have left behind."""
        self._let_go()
        self.camera.restore()

    def _let_go(self) -> None:
        self.button.release()
        self.second_button.release()

    def take_a_core(self) -> None:
        self.guest.write(_SECOND_CORE, "0")

    def give_the_core_back(self) -> None:
        self.guest.write(_SECOND_CORE, "1")

    # What is heard

    def hears(
        self,
        text: str,
        after: float,
        limit: float = 30.0,
        language: str = "en",
        rate: int = RATE_OF_SPEECH,
    ) -> Match:
        """Wait until the sentence was heard from its first to its last sample; raises AssertionError."""
        return self._hears(self.speech.of(text, language, rate), repr(text), after, limit)

    def hears_tone(self, earcon: Earcon, after: float, limit: float = 30.0) -> Match:
        return self._hears(render(earcon).samples, f"the tone {earcon}", after, limit)

    def loudness(self, text: str, after: float) -> float:
        """Of the sentence, once it was heard: the root mean square of its samples."""
        speech = self.speech.of(text)
        began = self.hears(text, after).at
        samples = self.ear.between(began, began + len(speech) / RATE).samples
        return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))

    def has_heard(self, text: str, after: float) -> bool:
        """This very sentence, until now."""
        return self._recording(after).find(self.speech.of(text)).correlation >= HEARD

    def answer(
        self,
        after: float,
        limit: float = ANSWER_LIMIT,
        language: str = "en",
        rate: int = RATE_OF_SPEECH,
    ) -> str:
        """What the service says to a press at that time, once it was heard."""
        text = self.service.wait_for("^answer: ", after, limit).text.removeprefix("answer: ")
        self.hears(text, after, limit, language, rate)
        return text

    def described(self) -> tuple[float, str]:
        """Press, and hear the description of what is in front of the camera: when, and what was said."""
        pressed = self.button.press()
        said = self.answer(pressed)
        assert said == self.sight()
        return pressed, said

    def described_somehow(self, limit: float) -> tuple[float, str]:
        """As described(), by a model of which it is not known what it says."""
        pressed = self.button.press()
        said = self.answer(pressed, limit)
        assert said not in _NO_DESCRIPTIONS
        return pressed, said

    def described_at_length(self) -> str:
        """As described(), by a long press: what was said."""
        said = self.answer(self.button.press(1.2))
        assert said.startswith(self.sight())
        return said

    def begins(self, text: str, after: float) -> None:
        """Wait until the sentence can be heard, but not all of it yet."""
        beginning = self.speech.of(text)[: RATE // 2]
        self._hears(beginning, f"the beginning of {text!r}", after, 20)

    def share_heard(self, text: str, after: float) -> float:
        """How much of the sentence, 0 to 1, until now."""
        return share_heard(self._recording(after).samples, self.speech.of(text))

    def sight(self) -> str:
        """What there is to be said of the photo that the camera is shown."""
        assert self.camera.shows is not None
        return quick_model.sentence(self.camera.shows)

    def _recording(self, after: float) -> Recording:
        return self.ear.between(after, self.guest.now())

    def _hears(self, sound: np.ndarray, what: str, after: float, limit: float) -> Match:
        until = time.monotonic() + limit
        while (match := self._recording(after).hears(sound)) is None:
            assert time.monotonic() < until, f"{what} was not heard in {limit:g} s"
            time.sleep(0.5)
        return match
