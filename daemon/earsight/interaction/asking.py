"""Who answers a question in words, and what is said: for the action, the command line and the server.

What the detector sees at least probably is answered by the scene, also where another machine could be asked:
at once, without a network, with a calibrated doubt, and no picture leaves the device. All else is for the
model, if there is one that can be asked anything: what is doubtful or not seen, things that the detector
doesn't know, and every other question. Where it has no answer, the scene's own is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from earsight.language.answers import answer, is_certain
from earsight.language.colours import middle_text
from earsight.language.finding import FindingLimits
from earsight.language.language import PROBLEMS, Language, Phrasing
from earsight.language.open_answers import may_ask, open_answer
from earsight.language.question_forms import QuestionKind
from earsight.language.questions import Question, parse
from earsight.message import Message, message
from earsight.scene import Colour, Frame, Scene
from earsight.vision.colour import MIDDLE, colour_of
from earsight.vision.describer import LookRequest

NOT_UNDERSTOOD, EXAMPLES = message("ask.not_understood"), message("ask.examples")
CANT_ANSWER = message("ask.cant_answer")


@dataclass(frozen=True, slots=True)
class _Unanswered:
    """Whether a scene leaves a question open. A class: equal requests are equal in other processes, too."""

    question: Question | None
    phrasing: Phrasing

    def __call__(self, scene: Scene) -> bool:
        return self.question is None or not is_certain(self.question, scene, self.phrasing)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the wearer.

    Attributes:
        text: As it was typed or heard.
        question: What is asked of the scene; None where it is none that a scene can answer.
        has_model: Whether there is a model that can be asked anything.
    """

    text: str
    question: Question | None
    has_model: bool

    @property
    def is_open(self) -> bool:
        """Whether that model may be asked this."""
        return self.has_model and may_ask(self.text)

    @property
    def is_about_middle(self) -> bool:
        """Whether it is about whatever is in the middle of the picture."""
        return self.question is not None and self.question.is_about_middle

    @property
    def needs_look(self) -> bool:
        """Whether anything but the colour in the middle has to be seen."""
        return self.is_open if self.question is None else not self.is_about_middle

    def by_middle(self, colour: Colour | None) -> Message | None:
        """What is said of the colour in the middle; None where that can't be told, and the model is asked."""
        return None if colour is None and self.is_open else middle_text(colour)

    def request(self, phrasing: Phrasing) -> LookRequest:
        """What a look has to give."""
        question = self.question
        return LookRequest(
            captions=False,
            colours=question is not None and question.kind is QuestionKind.COLOUR,
            question=self.text if self.is_open else None,
            worth_asking=_Unanswered(question, phrasing),
        )

    def words(
        self, scene: Scene, phrasing: Phrasing, language: Language, limits: FindingLimits
    ) -> tuple[Message | str, ...]:
        """What is said after a look."""
        if scene.problem is not None and self.has_model:
            return (PROBLEMS[scene.problem],)
        if scene.answer is not None and (said := open_answer(scene.answer, phrasing, language)):
            return (said,)
        if self.question is None:
            return self.unanswered()
        if self.is_about_middle:
            return (middle_text(None),)
        return (answer(self.question, scene, phrasing, language, limits),)

    def unanswered(self) -> tuple[Message, ...]:
        """What is said of a question that nobody can answer."""
        return (CANT_ANSWER,) if self.has_model else (NOT_UNDERSTOOD, EXAMPLES)


def understood(text: str, language: Language, *, has_model: bool) -> Asked:
    """Understand a question in words.

    Args:
        text: The question.
        language: The wearer's.
        has_model: Whether there is a model that can be asked anything.
    """
    return Asked(text, parse(text, language.code), has_model)


def middle_colour(frame: Frame) -> Colour | None:
    """The colour of what is in the middle, which takes no model; None where it can't be told."""
    return colour_of(frame.pixels, MIDDLE)
