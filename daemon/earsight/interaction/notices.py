"""What the wearer has to know about Earsight itself: each thing is said until it was heard, or is over."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from enum import Enum, auto

from earsight.language.language import Language
from earsight.language.utterance import Priority, Utterance
from earsight.message import Message
from earsight.system import time_limits
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from earsight.voice.speech_queue import Outcome

_log = logging.getLogger(__name__)


class _State(Enum):
    """UNHEARD: there is something to say. CUT_OFF: it was interrupted, and is to be said once more. HEARD:
    the wearer knows how it is."""

    UNHEARD = auto()
    CUT_OFF = auto()
    HEARD = auto()


class _Notice:
    """What there is to say about one thing, such as the camera.

    Attributes:
        trouble: What is wrong with it now; None for nothing.
        ending: What is said when the trouble is over; None to say nothing.
        state: Whether the wearer knows.
        logged: The words that are in the log already, although nobody has heard them yet.
    """

    def __init__(self, ending: Message | None = None) -> None:
        self.trouble: Message | None = None
        self.ending = ending
        self.state = _State.HEARD
        self.logged: Message | None = None
        self._known: Message | None = None

    @property
    def words(self) -> Message | None:
        """What the wearer has yet to hear; None for nothing."""
        if self.state is _State.HEARD:
            return None
        return self.ending if self.trouble is None else self.trouble

    def change(self, trouble: Message | None) -> None:
        """This is wrong now, or nothing."""
        if trouble == self.trouble:
            return
        self.trouble = trouble
        if trouble is None and self.ending is None:  # it ends without a word
            self._known = None
        self.state = _State.HEARD if trouble == self._known else _State.UNHEARD

    def sounded(self, trouble: Message | None, outcome: Outcome) -> None:
        """The words for a trouble, or for its end, have reached the ear.

        Args:
            trouble: What was wrong when they were said.
            outcome: SPOKEN, or INTERRUPTED.
        """
        is_repetition = trouble == self._known
        self._known, self.logged = trouble, None
        now, self.trouble = self.trouble, trouble
        self.state = _State.HEARD
        if now != trouble:  # it has changed meanwhile
            self.change(now)
        elif outcome is Outcome.INTERRUPTED and not is_repetition:
            self.state = _State.CUT_OFF


class Notices:
    """Keeps notices, and says them one by one, the oldest first. For use from one event loop.

    What nobody could hear waits until sound is back. Of a trouble that is over before it was heard nothing is
    said, nor of its end. A notice that a press cuts off is said once more.
    """

    def __init__(self) -> None:
        self._troubles: dict[str, _Notice] = {}
        self._news: dict[str, _Notice] = {}
        self._changed = asyncio.Event()

    @property
    def current_troubles(self) -> list[Message]:
        """What is wrong now, heard or not."""
        return [notice.trouble for notice in self._troubles.values() if notice.trouble is not None]

    def trouble(self, key: str, text: Message | None, over: Message | None = None) -> None:
        """Say what is wrong with something, or that it is over. Repeated calls are harmless.

        Args:
            key: What it is about.
            text: What is wrong now; None for nothing.
            over: What is said when the trouble ends; without it, it ends unsaid.
        """
        notice = self._troubles.setdefault(key, _Notice())
        notice.ending = over or notice.ending
        was_waiting = notice.words
        notice.change(text)
        if not was_waiting:
            self._troubles[key] = self._troubles.pop(key)  # behind those that wait
        self._changed.set()

    def news(self, key: str, text: Message) -> None:
        """Say that something has just happened, before all troubles. It replaces older news of its key."""
        self._news.pop(key, None)
        self._news = {key: _Notice()} | self._news
        self._news[key].change(text)
        self._changed.set()

    async def say(self, speaker: Speaker, language: Callable[[], Language]) -> None:
        """Say what there is to say, for ever.

        Args:
            speaker: Says it.
            language: Gives the language that is in use.
        """
        pause = time_limits.NOTICE_RETRY
        while True:
            notice = self._next()
            if notice is None:
                self._changed.clear()
                await self._changed.wait()
            elif speaker.silent:
                await asyncio.sleep(time_limits.NOTICE_POLL)
            elif await _say(notice, speaker, language()):
                pause = time_limits.NOTICE_RETRY
            elif not speaker.silent:
                await asyncio.sleep(pause)
                pause = min(2 * pause, time_limits.NOTICE_LONGEST_RETRY)

    def _next(self) -> _Notice | None:
        waiting = (notice for notice in (*self._news.values(), *self._troubles.values()) if notice.words)
        return next(waiting, None)


async def _say(notice: _Notice, speaker: Speaker, language: Language) -> bool:
    """Returns False if the voice failed."""
    trouble, words = notice.trouble, notice.words
    assert words is not None
    text = language.text(words)
    if notice.logged != words:
        notice.logged = words
        _log.info("notice: %s", text)
    try:
        expires_at = time.monotonic() + time_limits.NOTICE_LIFE
        outcome = await speaker.say(Utterance(text, Priority.NOTICE, language.code, expires_at))
    except VoiceError as error:
        _log.log(error.level, "%s", error)
        return False
    except Exception:
        _log.exception("saying a notice failed")
        return False
    if outcome in (Outcome.SPOKEN, Outcome.INTERRUPTED):
        notice.sounded(trouble, outcome)
    return True
