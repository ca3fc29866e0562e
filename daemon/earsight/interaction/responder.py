"""Says what handlers reply, and tells how each press ended."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial

from earsight.cameras.source import CameraError, StaleFrame
from earsight.errors import EarsightError, spoken_error
from earsight.interaction.context import Context
from earsight.interaction.press_end import CUT_SHORT, PressEnd
from earsight.interaction.turn import Reply
from earsight.language.language import Language
from earsight.language.utterance import Priority, Words, utterance
from earsight.system import time_limits
from earsight.voice.earcons import Earcon
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.speech_queue import Outcome

_log = logging.getLogger(__name__)


class Floor:
    """Who may speak. An answer waits while something shorter has the floor, and then says what was cut off
    once more."""

    def __init__(self) -> None:
        self._owner: object = None
        self._is_free = asyncio.Event()
        self._is_free.set()
        self.times_taken = 0

    def take(self, owner: object) -> None:
        """From now on only this one may speak, whoever had the floor before."""
        self._owner = owner
        self._is_free.clear()
        self.times_taken += 1

    def give_back(self, owner: object) -> None:
        """Let answers go on, unless somebody else has taken the floor since."""
        if owner is self._owner:
            self._owner = None
            self._is_free.set()

    async def wait(self) -> None:
        """Until the floor is free."""
        await self._is_free.wait()


class Responder:
    """The only one who says answers.

    Attributes:
        floor: Whom an answer makes way for.
    """

    def __init__(self, context: Context) -> None:
        """Args:
        context: The speaker, the language, and what has to know what sounded.
        """
        self._context = context
        self._earcons: set[asyncio.Task[None]] = set()
        self.floor = Floor()

    async def answer(self, work: Callable[[], Awaitable[Reply]], *, has_floor: bool) -> PressEnd:
        """Let a handler work, and say its reply.

        Args:
            work: Gives the reply. What it raises is told to the wearer.
            has_floor: Whether it is said although the floor is taken.

        Returns:
            How the press ended.
        """
        reply, end = await self._reply(work)
        end = await self._say(reply, end, has_floor)
        while reply.then is not None:
            reply, later = await self._reply(reply.then)
            if reply.words:
                end = await self._say(reply, later, has_floor)
        return end

    async def say(self, *words: Words) -> Outcome:
        """Say something in the midst of an action; see turn.Says."""
        return await self._spoken(Reply(words), has_floor=False)

    async def play(self, sound: Sound) -> None:
        """Play a sound that is no speech once the floor is free and nothing else sounds; it may fail."""
        await self.floor.wait()
        await self._played(self._context.speaker.play(sound))

    def earcon(self, earcon: Earcon) -> None:
        """Play a tone; it may fail."""
        playing = asyncio.create_task(self._played(self._context.speaker.earcon(earcon)), name="earcon")
        self._earcons.add(playing)
        playing.add_done_callback(self._earcons.discard)

    async def close(self) -> None:
        """Wait for the tones."""
        if self._earcons:
            await asyncio.wait(self._earcons)

    async def _reply(self, work: Callable[[], Awaitable[Reply]]) -> tuple[Reply, PressEnd]:
        """What is to be said, and how the press has ended once it is."""
        try:
            return await work(), PressEnd.SPOKEN
        except (EarsightError, TimeoutError) as error:
            text = str(error) or f"no description within {self._context.policy.look_limit:g} s"
            _log.log(_level(error), "%s", text)
            spoken = spoken_error(error)
        except Exception as error:  # whatever broke, the wearer who pressed must hear that it did
            _log.exception("answering a press failed")
            spoken = spoken_error(error)
        return Reply((spoken,)), PressEnd.ERROR_SPOKEN

    async def _say(self, reply: Reply, end: PressEnd, has_floor: bool) -> PressEnd:
        if not reply.words:
            return PressEnd.DONE
        outcome = await self._spoken(reply, has_floor)
        return end if outcome is Outcome.SPOKEN else CUT_SHORT[outcome]

    async def _spoken(self, reply: Reply, has_floor: bool) -> Outcome:
        """Say it. A voice that fails makes it STALE, and a tone is heard instead."""
        try:
            outcome = await self._say_whole(reply, has_floor)
        except VoiceError as error:
            _log.log(error.level, "%s", error)
            outcome = Outcome.STALE
        except Exception:
            _log.exception("speaking failed")
            outcome = Outcome.STALE
        else:
            if outcome is Outcome.STALE:
                _log.error("the answer came too late to be said")
        if outcome is Outcome.STALE:
            self.earcon(Earcon.ERROR)  # the tone may be heard where the words could not be made
        return outcome

    async def _say_whole(self, reply: Reply, has_floor: bool) -> Outcome:
        language = self._context.policy.language
        _log.info("answer: %s", _loggable(reply, language))
        begun = None
        if reply.report is not None:
            self._context.heard.prepared(reply.report)
            begun = partial(self._context.heard.sounded, reply.report)
        while True:
            if not has_floor:
                await self.floor.wait()
            times_taken = self.floor.times_taken
            expires_at = time.monotonic() + time_limits.ANSWER_LIFE
            answer = utterance(reply.words, language, Priority.ANSWER, expires_at)
            outcome = await self._context.speaker.say(answer, begun)
            was_cut_off = outcome in (Outcome.INTERRUPTED, Outcome.DROPPED)
            if has_floor or not was_cut_off or self.floor.times_taken == times_taken:
                return outcome

    async def _played(self, playing: Awaitable[object]) -> None:
        try:
            await playing
        except VoiceError as error:
            _log.log(error.level, "%s", error)
        except Exception:
            _log.exception("a tone failed")


def _loggable(reply: Reply, language: Language) -> str:
    said = utterance(reply.words, language, Priority.ANSWER)
    return f"({len(said.whole)} characters)" if reply.is_private else said.loggable


def _level(error: Exception) -> int:
    """The camera has logged what it failed of; only that a picture is too old is seen first by a look."""
    is_known = isinstance(error, CameraError) and not isinstance(error, StaleFrame)
    return logging.DEBUG if is_known else logging.ERROR
