"""Listen for a command, and do it."""

from __future__ import annotations

from functools import partial

from earsight.actions import ACTIONS
from earsight.interaction.bindings import LISTEN, Bindings
from earsight.interaction.turn import Perform, Reply, Turn
from earsight.language.finding import called, named
from earsight.language.language import Language
from earsight.listening.hearing import ACT_ABOVE, ASK_ABOVE
from earsight.message import Message, message
from earsight.triggers.trigger import Gesture
from earsight.voice.earcons import Earcon, render

_SPOKEN_LANGUAGE = "en"


async def listen(turn: Turn) -> Reply | Perform:
    """Do what was understood, ask where that is doubtful, and say so where it is nothing."""
    listener = turn.listener
    if listener is None:
        return Reply((message("listen.no_microphone"),))
    foreign = turn.language.code != _SPOKEN_LANGUAGE
    if foreign and not listener.has_listened:
        await turn.say(message("listen.english_only"))
    heard = await listener.listen(
        partial(turn.play, render(Earcon.LISTENING, 1.0)), partial(turn.play, render(Earcon.HEARD, 1.0))
    )
    if not heard.spoke:
        return Reply((message("listen.nothing"),))
    command = listener.command(heard)
    if command is None or heard.certainty < ASK_ABOVE:
        words = (message("listen.not_understood"), message("listen.english_only"))
        return Reply(words if foreign else words[:1])
    wanted = Perform(command.action, command.argument)
    if heard.certainty >= ACT_ABOVE:
        return wanted
    question = message("listen.doubt", action=_said(wanted, turn.language))
    return Reply((question,), dialogue=Doubt(wanted, turn.bindings))


class Doubt:
    """A short or a long press says yes, the gesture of `listen` listens again, any other one says no."""

    def __init__(self, wanted: Perform, bindings: Bindings) -> None:
        """Args:
        wanted: What seems to have been asked for.
        bindings: What gestures mean.
        """
        self._wanted, self._bindings = wanted, bindings

    def press(self, source: str, gesture: Gesture) -> Reply | Perform:
        """See Dialogue."""
        if self._bindings.action(source, gesture) == LISTEN:
            return Perform(LISTEN)
        return self._wanted if gesture in (Gesture.SHORT, Gesture.LONG) else self.expire()

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply((message("listen.not_done"),))


def _said(wanted: Perform, language: Language) -> Message | str:
    """What a command is called. A question is its own words."""
    argument = wanted.argument
    if argument is None:
        return ACTIONS[wanted.action].label
    if wanted.action == "ask":
        return argument
    return message("listen.find", text=called(named(argument), language))
