"""Reading text aloud, passage by passage, in dialogues that one button is enough for.

See turn.Dialogue: a press cancels what is being said, and is answered by press() alone.
"""

from __future__ import annotations

import asyncio
import time
from difflib import SequenceMatcher

from earsight.interaction.turn import Perform, Reply, Turn
from earsight.language.plain import folded, words
from earsight.language.reading import Passage, further_passages, passages, plain_lines, spelled
from earsight.message import message
from earsight.scene import Reading, ReadsOn, Scene, TextLine
from earsight.system import reading_times
from earsight.triggers.trigger import Gesture
from earsight.vision.describer import first_lines
from earsight.voice.speech_queue import Outcome

_SAME = 0.8
"""Likeness of two lines, 0..1, from which they are one line that was read twice."""


class Recital:
    """Says passages one after the other.

    A short press stops, and the next one goes on, from the passage before the one that was cut off. A long
    press spells that one. A double press keeps on reading what is new. A very long press does what it usually
    does.

    Attributes:
        position: Index of the passage that is said next.
    """

    def __init__(
        self, turn: Turn, told: tuple[Passage, ...], captured_at: float, rest: ReadsOn | None = None
    ) -> None:
        """Says nothing yet.

        Args:
            turn: Of the action that reads.
            told: At least one passage.
            captured_at: When the picture was taken, in seconds on time.monotonic().
            rest: Reads what comes after the passages, while they are being said.
        """
        self._turn, self._told, self._captured_at = turn, told, captured_at
        self._rest = rest
        self._further: asyncio.Future[Reading] | None = None
        self._is_going = False
        self.position = 0

    def go_on(self) -> Reply:
        """Say what has not been said."""
        return Reply(dialogue=self, then=self._say_rest)

    def press(self, source: str, gesture: Gesture) -> Reply | Perform:
        """See Dialogue."""
        was_going, self._is_going = self._is_going, False
        if gesture is Gesture.VERY_LONG:
            usual = self._turn.bindings.action(source, gesture)
            return Reply() if usual is None else Perform(usual)
        if gesture is Gesture.LONG:
            return Reply(dialogue=self, then=self._spell)
        if gesture is not Gesture.SHORT:
            heard = self._told[: self.position]  # what was cut off, and what would have followed, is new
            return Continuous(self._turn, [passage.verbatim for passage in heard]).begin()
        if not was_going:
            return self.go_on()
        self.position = max(0, self.position - 1)
        return Reply(dialogue=self)

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply()

    async def _say_rest(self) -> Reply:
        self._is_going = True
        self._further = self._reading_on()
        try:
            while self.position < len(self._told) or self._further is not None:
                await self._take_further()
                if self.position < len(self._told) and not await self._say_next():
                    self._is_going = False
                    return Reply(dialogue=self)  # a press may try again
            return Reply()
        finally:
            if self._further is not None:
                self._further.cancel()

    async def _say_next(self) -> bool:
        """Whether the next passage could be said."""
        passage = self._told[self.position]
        if passage.verbatim:
            self._turn.heard.read(self._told, passage.verbatim, self._captured_at)
        if await self._turn.say(*passage.words) is not Outcome.SPOKEN:
            return False
        self.position += 1
        return True

    def _reading_on(self) -> asyncio.Future[Reading] | None:
        """Begin to read what comes next, if anything is left."""
        if self._rest is None:
            return None
        further = asyncio.ensure_future(self._turn.read_on(self._rest))
        # What a press has ended may fail unheard.
        further.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return further

    async def _take_further(self) -> None:
        """Add what was read meanwhile; only where nothing else is left to be said, wait for it, or fail."""
        further = self._further
        if further is None:
            return
        if self.position < len(self._told) and (not further.done() or further.exception() is not None):
            return
        part = await further
        self._told += further_passages(self._told, part, self._turn.language)
        self._rest = part.rest
        self._further = self._reading_on()

    async def _spell(self) -> Reply:
        newest = self._turn.heard.text
        for passage in spelled(newest.last if newest is not None else "", self._turn.language):
            await self._turn.say(*passage.words)
        return Reply(dialogue=self)


class Continuous:
    """Looks for text again and again, and reads what is new and likely. A press ends it, and so does time."""

    def __init__(self, turn: Turn, known: list[str]) -> None:
        """Does nothing yet.

        Args:
            turn: Of the action that reads.
            known: What the wearer has heard already, verbatim.
        """
        self._turn = turn
        self._seen = {_plain(text): time.monotonic() for text in known if text}

    def begin(self) -> Reply:
        """Say what goes on from now on, and go on."""
        return Reply((message("reading.continuous"),), dialogue=self, then=self._keep_reading)

    def press(self, _source: str, _gesture: Gesture) -> Reply:
        """See Dialogue."""
        return self.expire()

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply((message("reading.continuous_over"),))

    async def _keep_reading(self) -> Reply:
        ends_at = time.monotonic() + reading_times.CONTINUOUS
        while time.monotonic() < ends_at:
            began = time.monotonic()
            scene = await self._turn.look(first_lines())
            took = time.monotonic() - began
            part = scene.text
            while part is not None:
                await self._say_new(part, scene.captured_at)
                part = None if part.rest is None else await self._turn.read_on(part.rest)
            # Half of the time at most: a board that reads without a pause gets hot.
            await asyncio.sleep(max(took, reading_times.CONTINUOUS_PAUSE))
        return self.expire()

    async def _say_new(self, part: Reading, captured_at: float) -> None:
        lines = tuple(filter(self._is_new, plain_lines(part)))
        if not lines:
            return
        told = passages(Scene(captured_at, text=Reading(lines)), self._turn.language)
        for passage in told:
            self._turn.heard.read(told, passage.verbatim, captured_at)
            await self._turn.say(*passage.words)

    def _is_new(self, line: TextLine) -> bool:
        """Whether it is a line that was not in sight lately."""
        now, plain = time.monotonic(), _plain(line.text)
        self._seen = {text: at for text, at in self._seen.items() if now - at < reading_times.OUT_OF_SIGHT}
        known = next((text for text in self._seen if _is_same(plain, text)), None)
        self._seen[known if known is not None else plain] = now
        return known is None


def _plain(text: str) -> str:
    return words(folded(text))


def _is_same(line: str, known: str) -> bool:
    """Whether a line is part of a text that is known, or the same but for some letters."""
    return f" {line} " in f" {known} " or SequenceMatcher(None, line, known).ratio() >= _SAME
