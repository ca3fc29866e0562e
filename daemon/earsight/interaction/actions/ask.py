"""Answer a question in words about what is in front of the wearer."""

from __future__ import annotations

from earsight.interaction.turn import Reply, Turn
from earsight.language.answers import answer
from earsight.language.colours import middle_text
from earsight.language.question_forms import QuestionKind
from earsight.language.questions import parse
from earsight.message import message
from earsight.scene import Colour, Frame
from earsight.vision.colour import MIDDLE, colour_of
from earsight.vision.describer import LookRequest

NOT_UNDERSTOOD, EXAMPLES = message("ask.not_understood"), message("ask.examples")


async def ask(turn: Turn) -> Reply:
    """By what is seen now; without a question, say what can be asked."""
    if turn.argument is None:
        return Reply((EXAMPLES,))
    question = parse(turn.argument, turn.language.code)
    if question is None:
        return Reply((NOT_UNDERSTOOD, EXAMPLES))
    if question.is_about_middle:
        return Reply((middle_text(await turn.examine(_middle)),))
    scene = await turn.look(LookRequest(captions=False, colours=question.kind is QuestionKind.COLOUR))
    return Reply((answer(question, scene, turn.phrasing, turn.language, turn.finding.limits),))


def _middle(frame: Frame) -> Colour | None:
    return colour_of(frame.pixels, MIDDLE)
