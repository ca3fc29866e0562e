"""The captioner that asks another machine, and answers by itself where that one does not.

Encoding, and with it what is new and the place, stays with the captioner of this device. Its captions are
decoded while the other machine is at work: when no answer has come in time, they are there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from earsight.captioners.answer_text import caption_text, reply_text
from earsight.captioners.captioner import Captioner, Encoding, Support, never, unsupported
from earsight.captioners.remote.breaker import Breaker, BreakerLimits, Permit
from earsight.captioners.remote.event_loop import EventLoopThread
from earsight.captioners.remote.failure import RemoteError
from earsight.captioners.remote.inquiry import Inquiry, Request
from earsight.captioners.remote.model import Answer, RemoteModel
from earsight.captioners.remote.picture import jpeg, middle
from earsight.inference.placement import Placement
from earsight.language.open_answers import may_say
from earsight.language.readers import content_words, unfit_in_any_language
from earsight.scene import Caption
from earsight.system import time_limits
from earsight_bundle.confidence import FINISHED, STANDS_IN
from earsight_bundle.manifest import Calibration
from earsight_bundle.profile import calibrated_confidence, uncalibrated_confidence

_log = logging.getLogger(__name__)

LIMITS = BreakerLimits(
    failures=2,
    pause=time_limits.REMOTE_PAUSE,
    longest=time_limits.REMOTE_LONGEST_PAUSE,
    steady=time_limits.REMOTE_STEADY,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What describe() starts from.

    Attributes:
        pixels: The picture, uint8 (height, width, 3), RGB.
        own: The encoding of the captioner of this device.
    """

    pixels: np.ndarray
    own: Encoding


class RemoteCaptioner:
    """See Captioner. Not for two threads at once, but for on_its_own."""

    def __init__(
        self,
        own: Captioner,
        model: RemoteModel,
        time_limit: float,
        side: int = 640,
        second_crop: bool = False,
        calibrations: Mapping[str, Calibration] | None = None,
        limits: BreakerLimits = LIMITS,
    ) -> None:
        """Asks nothing yet.

        Args:
            own: Stands in for the other machine.
            model: On the other machine.
            time_limit: Seconds for its answer.
            side: Longer side of the pictures that are sent, in pixels.
            second_crop: Whether the middle of the picture is sent by itself, too.
            calibrations: How far the model's captions are to be believed, by language.
            limits: Of the circuit breaker.
        """
        self._own, self._model = own, model
        self._time_limit, self._side, self._second_crop = time_limit, side, second_crop
        self._calibrations = dict(calibrations or {})
        self._breaker, self._lock = Breaker(limits), threading.Lock()
        self._reason: str | None = None
        self._loop = EventLoopThread("remote captioner")
        self._probe: Inquiry | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of both: in each there is an answer, whatever happens to the network."""
        own = self._own.languages
        return tuple(code for code in own if code in self._model.languages) or own

    @property
    def placement(self) -> Placement:
        """Of what stands in."""
        return self._own.placement

    @property
    def on_its_own(self) -> str | None:
        """Why the other machine is not asked at present, for a screen; None if it is. For any thread."""
        with self._lock:
            return self._reason if self._breaker.is_open else None

    def prepare(self, pixels: np.ndarray) -> tuple[np.ndarray, Any]:
        """Turn a picture into the input of the captioner of this device."""
        return pixels, self._own.prepare(pixels)

    def encode(self, prepared: tuple[np.ndarray, Any]) -> Encoding[Seen]:
        """Let the captioner of this device encode it."""
        pixels, own = prepared
        encoding = self._own.encode(own)
        return Encoding(Seen(pixels, encoding), encoding.embedding, encoding.cells)

    def describe(
        self,
        encoding: Encoding[Seen],
        cancelled: Callable[[], bool] = never,
        support: Support = unsupported,
        language: str | None = None,
    ) -> list[Caption]:
        """Ask the other machine, and decode captions of one's own meanwhile. See Captioner.describe()."""
        wanted = language or self.languages[0]
        inquiry = self._begin(
            encoding.prefix.pixels, partial(self._model.caption, language=wanted, limit=self._time_limit)
        )
        answered = False
        try:
            own = self._own.describe(encoding.prefix.own, cancelled, support, language)
            own = [replace(each, evidence={**each.evidence, STANDS_IN: 1.0}) for each in own]
            if inquiry is None:
                return own
            answers = inquiry.wait(cancelled)
            answered = True
            return self._captions(answers, wanted, support) or own
        except RemoteError:
            return own
        finally:
            if inquiry is not None and not answered:
                self._call_off(inquiry)

    def answer(
        self,
        encoding: Encoding[Seen],
        question: str,
        cancelled: Callable[[], bool] = never,
        support: Support = unsupported,
        language: str | None = None,
    ) -> Caption | None:
        """Ask the other machine. See Answering.answer()."""
        wanted = language if language in self._model.languages else self.languages[0]
        asked = partial(self._model.answer, question=question, language=wanted, limit=self._time_limit)
        inquiry = self._begin(encoding.prefix.pixels, asked)
        if inquiry is None:
            return None
        answered = False
        try:
            answers = inquiry.wait(cancelled)
            answered = True
        except RemoteError:
            return None
        finally:
            if not answered:
                self._call_off(inquiry)
        text = reply_text(answers[0].text, wanted, finished=answers[0].finished)
        return self._believed(text, answers, wanted, support) if text and may_say(text, question) else None

    def warm_up(self) -> None:
        """Warm up what stands in; the other machine is sent nothing."""
        self._own.warm_up()

    def close(self) -> None:
        """Close the connections."""
        self._loop.submit(self._model.close()).result(time_limits.CLOSING)
        self._loop.close()

    def _begin(self, pixels: np.ndarray, request: Request) -> Inquiry | None:
        """Send the picture, unless that is in vain.

        Args:
            pixels: Of the picture.
            request: Asks the other machine about a JPEG file.

        Returns:
            What to wait for; None for nothing.
        """
        if self._probe is not None:
            self._call_off(self._probe)
            self._probe = None
        with self._lock:
            permit = self._breaker.permit(time.monotonic())
        if permit is Permit.SPARE:
            return None
        pictures = [jpeg(pixels, self._side)]
        if self._second_crop:
            pictures.append(jpeg(middle(pixels), self._side))
        inquiry = Inquiry(self._loop, request, pictures, self._time_limit, self._ended)
        if permit is Permit.ASK:
            return inquiry
        self._probe = inquiry
        return None

    def _call_off(self, inquiry: Inquiry) -> None:
        inquiry.call_off()
        with self._lock:
            self._breaker.abandoned()

    def _ended(self, error: RemoteError | None) -> None:
        """A request was answered, or not; in the loop's thread."""
        with self._lock:
            was_open, now = self._breaker.is_open, time.monotonic()
            if error is None:
                self._breaker.succeeded(now)
            else:
                self._breaker.failed(now, error.retry_after)
                self._reason = str(error)
            is_open = self._breaker.is_open
        if error is not None and not was_open:
            _log.warning("%s; the model of this device answers", error)
        if was_open and not is_open:
            _log.info("%s answers again", self._model.server)

    def _captions(self, answers: Sequence[Answer], language: str, support: Support) -> list[Caption]:
        """The caption that an answer is; none where it is no caption, or may not be said."""
        first = answers[0]
        text = caption_text(first.text, language, finished=first.finished)
        return (
            [self._believed(text, answers, language, support)]
            if text and not unfit_in_any_language(text)
            else []
        )

    def _believed(self, text: str, answers: Sequence[Answer], language: str, support: Support) -> Caption:
        """A text, and how far it is to be believed.

        Args:
            text: What can be said of the first answer.
            answers: To the picture, and perhaps to its middle.
            language: Code of the language that was asked for.
            support: How far a detector agrees.
        """
        first = answers[0]
        evidence = {FINISHED: float(first.finished), "support": support(text, language)}
        if first.log_probs:
            evidence["tokens"] = float(len(first.log_probs))
            evidence["mean_log_prob"] = sum(first.log_probs) / len(first.log_probs)
            evidence["lowest_log_prob"] = min(first.log_probs)
        for second in answers[1:]:
            evidence["agreement"] = _agreement(text, second.text, language)
        known = calibrated_confidence(self._calibrations.get(language), text, evidence)
        if known is None:
            known = uncalibrated_confidence() if first.confidence is None else first.confidence
        mean, lowest = evidence.pop("mean_log_prob", 0.0), evidence.pop("lowest_log_prob", 0.0)
        return Caption(text, known, mean, lowest, evidence, language)


def _agreement(text: str, other: str, language: str) -> float:
    """The share of a caption's words that another answer has, 0..1; of those that say something."""
    words = content_words(text, language)
    return len(words & content_words(other, language)) / len(words) if words else 0.0
