"""Answer a question in words about what is in front of the wearer."""

from __future__ import annotations

from earsight.interaction.asking import EXAMPLES, middle_colour, understood
from earsight.interaction.turn import Reply, Turn


async def ask(turn: Turn) -> Reply:
    """By what is seen now; without a question, say what can be asked."""
    if turn.argument is None:
        return Reply((EXAMPLES,))
    asked = understood(turn.argument, turn.language, has_model=turn.has_model)
    if asked.is_about_middle:
        said = asked.by_middle(await turn.examine(middle_colour))
        if said is not None:
            return Reply((said,))
    elif not asked.needs_look:
        return Reply(asked.unanswered())
    scene = await turn.look(asked.request(turn.phrasing))
    words = asked.words(scene, turn.phrasing, turn.language, turn.finding.limits)
    return Reply(words, is_private=scene.answer is not None)
