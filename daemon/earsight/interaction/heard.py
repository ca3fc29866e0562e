"""What the wearer has heard of the surroundings: the one place that knows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from earsight.language.groups import Group
from earsight.language.reading import Passage
from earsight.scene import Problem


@dataclass(frozen=True, slots=True)
class SceneReport:
    """What is said of a scene.

    Attributes:
        text: The words.
        captured_at: When the picture was taken, in seconds on time.monotonic().
        embedding: That of the scene: float32 (width,), of unit length; None for a problem. Of a change it is
            that of the scene that was described before.
        problem: Why the picture can't be described, if that is what the words say.
        things: What the wearer knows to be there once this was heard. What a description leaves out to be
            short counts as known: it is no news.
    """

    text: str
    captured_at: float
    embedding: np.ndarray | None = None
    problem: Problem | None = None
    things: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class TextReport:
    """Text that was read aloud.

    Attributes:
        told: All of its passages.
        last: What was printed of the last passage that was begun, verbatim.
        captured_at: When the picture was taken, in seconds on time.monotonic().
    """

    told: tuple[Passage, ...]
    last: str
    captured_at: float


class Heard:
    """The newest description, the newest problem and the newest text that have sounded.

    Whoever speaks calls sounded() when the words begin to sound, and never before: what was not heard stays
    new to narration.

    Attributes:
        description: The newest description that the wearer has heard; None before the first.
        problem: The newest problem that the wearer has heard of; None before the first.
        text: The newest text that was read to the wearer; None before the first.
    """

    def __init__(self) -> None:
        self.description: SceneReport | None = None
        self.problem: SceneReport | None = None
        self.text: TextReport | None = None
        self._prepared: SceneReport | None = None

    def prepared(self, report: SceneReport) -> None:
        """Keep an answer for "repeat", since it may never sound: earphones come loose."""
        self._prepared = report

    def sounded(self, report: SceneReport) -> None:
        """The words of a report have begun to sound."""
        if report.problem is None:
            self.description = report
        else:
            self.problem = report

    def read(self, told: tuple[Passage, ...], last: str, captured_at: float) -> None:
        """A passage of a text begins to be read; see TextReport."""
        self.text = TextReport(told, last, captured_at)

    def forget(self) -> None:
        """Begin anew."""
        self.description = self.problem = self.text = self._prepared = None

    @property
    def newest(self) -> SceneReport | None:
        """What "repeat" says: the newest report that was heard, or that was asked for and could not sound."""
        reports = (self.description, self.problem, self._prepared)
        return max(filter(None, reports), key=lambda report: report.captured_at, default=None)
