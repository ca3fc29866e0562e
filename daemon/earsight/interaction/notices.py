"""What the wearer has to know of Earsight itself: each thing is said until it was heard, or is over."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from earsight.language.language import Language
from earsight.language.utterance import Priority, Utterance
from earsight.message import Message
from earsight.system import time_limits
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from earsight.voice.speech_queue import Outcome

_log = logging.getLogger(__name__)


class _Matter:
    """One thing that can be in trouble. is_, heard: the trouble as it is, and as the wearer knows it; None
    for none. over: what to say of its end. again: whether its words were cut off, and are to be said anew.
    tried: the words that wait for an ear, as the log has them."""

    def __init__(self) -> None:
        self.is_: Message | None = None
        self.heard: Message | None = None
        self.over: Message | None = None
        self.again = False
        self.tried: Message | None = None

    def become(self, trouble: Message | None) -> None:
        if trouble != self.is_:
            self.is_, self.again = trouble, False
        if not self.words:  # it ends unsaid
            self.heard = self.is_

    def sounded(self, trouble: Message | None, whole: bool) -> None:
        """What was said of it has reached the ear, to its end or not."""
        self.again = not whole and trouble != self.heard and trouble == self.is_
        self.heard = trouble
        self.tried = None
        self.become(self.is_)  # it may have ended meanwhile

    @property
    def words(self) -> Message | None:
        """What the wearer has yet to hear."""
        if self.is_ == self.heard and not self.again:
            return None
        return self.over if self.is_ is None else self.is_


class Notices:
    """Bookkeeping, and one task that says what is left to say, the oldest first. To be used from one event
    loop. What nobody could hear waits until sound is back; of a trouble that is over before it was heard
    nothing is said, nor of its end. A notice that a press cuts off is said once more."""

    def __init__(self) -> None:
        self._matters: dict[str, _Matter] = {}
        self._news = asyncio.Event()

    def trouble(self, matter: str, text: Message | None, over: Message | None = None) -> None:
        """text: what is wrong now, None for nothing. over: the words for its end; without any it ends unsaid.
        May be called again and again."""
        known = self._matters.setdefault(matter, _Matter())
        known.over = over or known.over
        waited = known.words
        known.become(text)
        if not waited:
            self._matters[matter] = self._matters.pop(matter)  # behind those that wait
        self._news.set()

    def news(self, matter: str, text: Message) -> None:
        """Something that has just happened, however often it has before: said before all that waits. It
        replaces older news of the same matter."""
        self._matters.pop(matter, None)
        self._matters = {matter: _Matter()} | self._matters
        self._matters[matter].become(text)
        self._news.set()

    async def say(self, speaker: Callable[[], Speaker], language: Callable[[], Language]) -> None:
        """For ever. speaker, language: those that are in use at the moment."""
        pause = time_limits.NOTICE_RETRY
        while True:
            matter = next((matter for matter in self._matters.values() if matter.words), None)
            if matter is None:
                self._news.clear()
                await self._news.wait()
            elif speaker().silent:
                await asyncio.sleep(time_limits.NOTICE_POLL)
            elif await _say(matter, speaker(), language()):
                pause = time_limits.NOTICE_RETRY
            elif not speaker().silent:
                await asyncio.sleep(pause)
                pause = min(2 * pause, time_limits.NOTICE_LONGEST_RETRY)


async def _say(matter: _Matter, speaker: Speaker, language: Language) -> bool:
    """Whether the voice did what it could."""
    trouble, words = matter.is_, matter.words
    assert words is not None
    text = language.text(words)
    if matter.tried != words:
        matter.tried = words
        _log.info("notice: %s", text)
    try:
        expires_at = time.monotonic() + time_limits.NOTICE_LIFE
        outcome = await speaker.say(Utterance(text, Priority.NOTICE, expires_at))
    except VoiceError as error:
        _log.error("%s", error)
        return False
    except Exception:
        _log.exception("saying a notice failed")
        return False
    if outcome in (Outcome.SPOKEN, Outcome.INTERRUPTED):
        matter.sounded(trouble, outcome is Outcome.SPOKEN)
    return True
