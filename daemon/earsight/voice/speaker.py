"""The one mouth of the service: what is said, in which order, and what falls silent for what."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from earsight.language.utterance import Priority, Utterance
from earsight.system import time_limits
from earsight.voice.earcons import Earcon, render
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.speech_queue import EARCON, Outcome, RequestState, SpeechQueue, SpeechRequest
from earsight.voice.voice import Voice

SoundObserver = Callable[[str, str | None, float], None]
"""Takes what begins to sound: SPEECH, TONE or the earcon's name, the words (None but for speech), and the
time.monotonic() of its first sample by the player's clock, lead-in not counted."""

SPEECH, TONE = "speech", "tone"

EARCON_SHARE = 0.5
"""How loud an earcon is compared with speech: a pure tone seems louder."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A request that a voice is at work on."""

    request: SpeechRequest
    voice: Voice
    task: asyncio.Task[Any]


class Speaker:
    """Says one thing at a time. To be used from one event loop.

    At most one sound plays, and at most one text, the next to be said, is synthesized at the same time. All
    changes of state go through _proceed(), which never waits; so there are no locks. The voice can be
    replaced at any time: what one voice has begun to play, it plays to its end.
    """

    def __init__(
        self,
        voice: Voice,
        *,
        volume: float = 1.0,
        rate: int = 175,
        on_sound: SoundObserver | None = None,
    ) -> None:
        """Args:
        voice: Closed with this, as are the voices that replace it.
        volume: 0..1.
        rate: Words per minute.
        on_sound: Called for every sound that begins.
        """
        self._voice = voice
        self._retiring: set[asyncio.Task[None]] = set()
        self._volume = volume
        self._rate = rate
        self._on_sound = on_sound
        self._queue = SpeechQueue()
        self._synthesis: _Work | None = None
        self._playback: _Work | None = None
        self._answers_under_way = 0
        self._closed = False

    def set_volume(self, volume: float) -> None:
        """From the next sound on; 0..1."""
        self._volume = volume

    def set_rate(self, rate: int) -> None:
        """From the next text on that is synthesized; words per minute."""
        self._rate = rate

    @property
    def idle(self) -> bool:
        """Whether nothing sounds, waits or is being synthesized."""
        return not (self._queue or self._playback or self._synthesis)

    @property
    def sounding(self) -> bool:
        """Whether something is being played."""
        return self._playback is not None

    @property
    def hung(self) -> bool:
        """Whether the speech engine hangs, so that only a new process may help."""
        return self._voice.hung

    @property
    def silent(self) -> str | None:
        """Why the newest sound could not be played; None while sound works."""
        return self._voice.silent

    async def say(self, utterance: Utterance, begun: Callable[[], object] | None = None) -> Outcome:
        """Say it when its turn comes; cancelling withdraws it, or stops it.

        An answer stops speech that sounds (not an earcon) and replaces an answer that waits. Narration and
        notices wait for what sounds. Among those that wait, the highest priority is said first, the oldest
        first among equals.

        Args:
            utterance: What to say.
            begun: Called when it begins to sound; again if it has to be played again.

        Returns:
            How it ended, once nothing of it sounds any more.

        Raises:
            VoiceError: It can't be said, however often it was tried.
        """
        if utterance.priority is Priority.ANSWER:
            self._queue.drop(lambda request: request.rank == Priority.ANSWER)
            if self._playback is not None and self._playback.request.rank <= Priority.ANSWER:
                self._stop_playback()
        request = self._spoken(utterance)
        request.begun = begun
        return await self._end_of(request)

    async def earcon(self, earcon: Earcon) -> Outcome:
        """Play it at once: it stops whatever sounds.

        Raises:
            VoiceError: It can't be played. It is not tried again: it means "now".
        """
        self._queue.drop(lambda request: request.rank == EARCON)
        self._stop_playback()
        sound = render(earcon, self._volume * EARCON_SHARE)
        return await self._end_of(SpeechRequest(earcon, None, EARCON, math.inf, _future(), sound))

    async def play(self, sound: Sound) -> Outcome:
        """Play a sound that is no speech, in the place of an answer, once nothing else sounds.

        Raises:
            VoiceError: It can't be played. It is not tried again: it means "now".
        """
        sound = sound.scaled(self._volume * EARCON_SHARE)
        return await self._end_of(SpeechRequest(TONE, None, Priority.ANSWER, math.inf, _future(), sound))

    def silence(self) -> None:
        """Stop what sounds, now, and drop an answer that waits. Narration and notices go on waiting."""
        self._queue.drop(lambda request: request.rank >= Priority.ANSWER)
        self._stop_playback()
        self._proceed()

    @contextmanager
    def only_answers(self) -> Iterator[None]:
        """Let narration and notices wait: none begins between a press and its answer, to be cut off."""
        self._answers_under_way += 1
        try:
            yield
        finally:
            self._answers_under_way -= 1
            self._proceed()

    async def check(self, text: str) -> None:
        """Make the sound of a text, and play none of it.

        An engine that hangs is asked but once, since the wearer waits for the tone of readiness.

        Raises:
            VoiceError: The voice can't make words.
        """
        stuck_at = time.monotonic() + self._voice.stuck_after
        await self._voice.synthesize(text, self._rate, lambda: time.monotonic() >= stuck_at)

    async def try_voice(self, voice: Voice, utterance: Utterance) -> Outcome:
        """Say it with a new voice, which replaces the present one as soon as it was heard.

        Until then, presses are answered by the present voice. The new one waits for its turn as any
        utterance does, so that there are never two voices at once.

        Args:
            voice: Closed if it can't be heard.
            utterance: What to say; no answer, since a newer answer would drop it.

        Returns:
            How it ended: SPOKEN or INTERRUPTED.

        Raises:
            VoiceError: The new voice can't be heard. The present one stays.
        """
        outcome = Outcome.DROPPED
        try:
            while outcome is Outcome.DROPPED:  # by a press, before any of it was heard
                outcome = await self._end_of(self._spoken(utterance, voice))
            if outcome is Outcome.STALE:
                raise VoiceError("the new voice could not be tried in time")
        except BaseException:
            await voice.close()
            raise
        self._replace(voice)  # without waiting for the one before: what is said next is for this one
        return outcome

    async def use(self, voice: Voice) -> None:
        """Replace the voice; the one before is closed as soon as it has ended what it is at."""
        await asyncio.shield(self._replace(voice))

    async def close(self) -> None:
        """Stop, resolve what waits as DROPPED, and leave no task, process or device behind."""
        self._closed = True
        self._queue.drop(lambda _: True)
        tasks = [work.task for work in (self._playback, self._synthesis) if work is not None]
        for task in tasks:
            _cancel_once(task)
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await self._voice.close()

    def _replace(self, voice: Voice) -> asyncio.Task[None]:
        """The task that closes the voice before."""
        before, self._voice = self._voice, voice
        retiring = asyncio.create_task(self._retire(before), name="old voice")
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)
        return retiring

    async def _retire(self, voice: Voice) -> None:
        at_work = [work.task for work in (self._synthesis, self._playback) if work and work.voice is voice]
        if at_work:
            await asyncio.wait(at_work)
        await voice.close()

    # What waits

    def _spoken(self, utterance: Utterance, voice: Voice | None = None) -> SpeechRequest:
        rank, parts = utterance.priority, utterance.parts
        return SpeechRequest(
            SPEECH, utterance.whole, rank, utterance.expires_at, _future(), voice=voice, parts=parts
        )

    async def _end_of(self, request: SpeechRequest) -> Outcome:
        if self._closed:
            raise VoiceError("the voice is closed")
        self._queue.add(request)
        expiry = None
        if request.expires_at < math.inf:
            delay = max(0.0, request.expires_at - time.monotonic()) + time_limits.TIMER_SLACK
            expiry = asyncio.get_running_loop().call_later(delay, self._proceed)
        self._proceed()
        try:
            return await request.done
        except asyncio.CancelledError:
            self._withdraw(request)
            raise
        finally:
            if expiry is not None:
                expiry.cancel()

    def _withdraw(self, request: SpeechRequest) -> None:
        if self._playback is not None and self._playback.request is request:
            self._stop_playback()
        else:
            self._queue.drop(lambda each: each is request)
        self._proceed()

    # What goes on

    def _proceed(self) -> None:
        """Begin what can begin; called after every change, and when something expires."""
        if self._closed:
            return
        self._queue.drop(lambda request: request.stale, Outcome.STALE)
        lowest = Priority.ANSWER if self._answers_under_way else Priority.NARRATION
        request = self._queue.next(lowest)
        if request is not None and request.state is RequestState.READY and self._playback is None:
            self._begin_playback(request)
        request = self._queue.next(lowest, Priority.ANSWER)
        if self._synthesis is not None:
            if self._synthesis.request is not request:
                _cancel_once(self._synthesis.task)  # its end proceeds
        elif request is not None and request.state is RequestState.WAITING:
            self._begin_synthesis(request)

    def _begin_synthesis(self, request: SpeechRequest) -> None:
        request.advance(RequestState.SYNTHESIZING)
        voice = request.voice or self._voice
        work = voice.synthesize_parts(request.parts, self._rate, lambda: request.stale)
        task = asyncio.create_task(work, name="synthesis")
        self._synthesis = _Work(request, voice, task)
        task.add_done_callback(partial(self._synthesized, request))

    def _synthesized(self, request: SpeechRequest, task: asyncio.Task[Sound]) -> None:
        self._synthesis = None
        if request.state is RequestState.ENDED:  # dropped meanwhile
            task.cancelled() or task.exception()
        elif task.cancelled():
            request.advance(RequestState.WAITING)
        elif (error := task.exception()) is not None:
            self._queue.remove(request)
            request.fail(error)
        else:
            request.sound = task.result()
            request.advance(RequestState.READY)
        self._proceed()

    def _begin_playback(self, request: SpeechRequest) -> None:
        self._queue.remove(request)
        request.advance(RequestState.STARTING)
        voice = request.voice or self._voice
        task = asyncio.create_task(self._play(request, voice), name="playback")
        self._playback = _Work(request, voice, task)
        task.add_done_callback(partial(self._played, request))

    def _played(self, request: SpeechRequest, task: asyncio.Task[None]) -> None:
        self._playback = None
        if task.cancelled():
            audible = request.state is RequestState.AUDIBLE
            request.resolve(Outcome.INTERRUPTED if audible else Outcome.DROPPED)
        elif (error := task.exception()) is not None:
            request.fail(error)
        else:
            request.resolve(Outcome.SPOKEN)
        self._proceed()

    def _stop_playback(self) -> None:
        if self._playback is not None:
            _cancel_once(self._playback.task)

    async def _play(self, request: SpeechRequest, voice: Voice) -> None:
        assert request.sound is not None
        sound, lead_in, expires_at = request.sound, 0.0, -math.inf
        if request.kind == SPEECH:
            lead_in, expires_at = voice.lead_in, request.expires_at
            sound = sound.scaled(self._volume).after_silence(lead_in)

        def started(at: float) -> None:
            request.advance(RequestState.AUDIBLE)
            if request.begun is not None:
                request.begun()
            if self._on_sound is not None:
                self._on_sound(request.kind, request.text, at + lead_in)

        await voice.play(sound, started, expires_at)


def _future() -> asyncio.Future[Outcome]:
    return asyncio.get_running_loop().create_future()


def _cancel_once(task: asyncio.Task[Any]) -> None:
    """Cancel, but not in the midst of the clean-up that an earlier cancellation began."""
    if not task.cancelling():
        task.cancel()
