"""The spoken menu, which reaches every action with one button."""

from __future__ import annotations

from collections.abc import Callable

from earsight.actions import ACTIONS
from earsight.interaction.bindings import LISTEN, SECOND_BUTTON
from earsight.interaction.turn import Perform, Reply, Turn
from earsight.message import Message, message
from earsight.triggers.trigger import Gesture

_STEPS = {Gesture.SHORT: 1, Gesture.DOUBLE: 2, Gesture.TRIPLE: 3}
"""How far a press goes on: who presses quickly wants to get on."""


async def menu(turn: Turn) -> Reply:
    """Open it at its first entry. What the input has a gesture for comes last: it is used least here."""
    bound = turn.bindings.of(turn.source).values()
    left_out = {"menu"} if turn.listener is not None else {"menu", LISTEN}
    entries = sorted((name for name in ACTIONS if name not in left_out), key=lambda name: name in bound)
    opened = Menu(tuple(entries))
    return Reply((message("menu.opened"), opened.entry), dialogue=opened)


class Menu:
    """A short press says the next entry, a long press does what was said last, a very long one closes the
    menu. On the second button, a double or long press goes back. After the last entry comes the first.

    Attributes:
        entries: What can be chosen, such as names of actions.
        position: Index of the entry that was said last.
    """

    def __init__(
        self,
        entries: tuple[str, ...],
        label: Callable[[str], Message | str] = lambda name: ACTIONS[name].label,
        chosen: Callable[[str], Perform] = Perform,
    ) -> None:
        """Args:
        entries: What can be chosen.
        label: What an entry is called; by default an action's label.
        chosen: What is done with an entry that was chosen; by default it is an action.
        """
        self.entries = entries
        self._label, self._chosen = label, chosen
        self.position = 0

    @property
    def entry(self) -> Message | str:
        """What the entry that was said last is called."""
        return self._label(self.entries[self.position])

    def press(self, source: str, gesture: Gesture) -> Reply | Perform:
        """See Dialogue."""
        if gesture is Gesture.VERY_LONG:
            return self.expire()
        if source == SECOND_BUTTON and gesture in (Gesture.DOUBLE, Gesture.LONG):
            return self._move(-1)
        if gesture is Gesture.LONG:
            return self._chosen(self.entries[self.position])
        return self._move(_STEPS[gesture])

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply((message("menu.closed"),))

    def _move(self, steps: int) -> Reply:
        self.position = (self.position + steps) % len(self.entries)
        return Reply((self.entry,), dialogue=self)
