"""Answer a question in words about what is in front of the wearer."""

from __future__ import annotations

from earsight.interaction.asking import EXAMPLES, middle_colour, understood
from earsight.interaction.turn import Reply, Turn
from earsight.language.colours import middle_text


async def ask(turn: Turn) -> Reply:
    """By what is seen now; without a question, say what can be asked."""
    if turn.argument is None:
        return Reply((EXAMPLES,))
    asked = understood(turn.argument, turn.language, has_model=turn.has_model)
    if asked.question is not None and asked.question.is_about_middle:
        colour = await turn.examine(middle_colour)
        if colour is not None or not asked.is_open:
            return Reply((middle_text(colour),))
    elif not asked.needs_look:
        return Reply(asked.unanswered())
    scene = await turn.look(asked.request(turn.phrasing))
    words = asked.words(scene, turn.phrasing, turn.language, turn.finding.limits)
    return Reply(words, is_private=scene.answer is not None)
