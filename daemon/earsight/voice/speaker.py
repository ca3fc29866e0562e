"""The one mouth of the service: what is said, in which order, and what falls silent for what."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from earsight.language.utterance import Priority, Utterance
from earsight.system import time_limits
from earsight.voice.earcons import Earcon, render
from earsight.voice.job import Job, Outcome
from earsight.voice.player import Player
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.synthesizer import Synthesizer
from earsight.voice.tries import Playback, Synthesis

SoundObserver = Callable[[str, str | None, float], None]
"""Takes what begins to sound: "speech" or the earcon's name, the words (None for an earcon), and the
time.monotonic() of its first sample by the player's clock, lead-in not counted."""

SPEECH = "speech"

_EARCON_RANK = Priority.ANSWER + 1


class Speaker:
    """Says one thing at a time. To be used from one event loop.

    At most one sound plays, and at most one text, the next to be said, is synthesized at the same time. All
    changes of state go through _conduct(), which never waits; so there are no locks.

    volume, earcon_volume: 0..1. lead_in: seconds of silence before speech, for Bluetooth loudspeakers that
    swallow the first syllable. synthesis_limit, stuck_after, playback_limit, replay_for: see tries.py. What
    has become stale is not tried again, and an earcon never: it means "now".
    """

    def __init__(
        self,
        synthesizer: Synthesizer,
        player: Player,
        *,
        volume: float = 1.0,
        earcon_volume: float = 0.5,
        lead_in: float = 0.0,
        synthesis_limit: float = time_limits.SYNTHESIS,
        playback_limit: float = time_limits.PLAYBACK,
        replay_for: float = time_limits.REPLAY,
        stuck_after: float = time_limits.SYNTHESIS_STUCK,
        on_sound: SoundObserver | None = None,
    ) -> None:
        self._engine = Synthesis(synthesizer, synthesis_limit, stuck_after, self._retried)
        self._output = Playback(player, playback_limit, replay_for, self._retried)
        self._stuck_after = stuck_after
        self._volume = volume
        self._lead_in = lead_in
        self._on_sound = on_sound
        self._earcon_share = earcon_volume / volume if volume else 0.0
        self._earcons = {earcon: render(earcon, earcon_volume) for earcon in Earcon}
        self._waiting: list[Job] = []
        self._sounding: Job | None = None
        self._preparing: Job | None = None
        self._playback: asyncio.Task[Outcome] | None = None
        self._synthesis: asyncio.Task[Sound] | None = None
        self._holds = 0
        self._closed = False
        self.tally: Counter[str] = Counter()
        """How often each Outcome, "failed" and "retried" came about, earcons included."""

    def set_volume(self, volume: float) -> None:
        """From the next sound on; 0..1. Earcons keep their share of it."""
        self._volume = volume
        share = self._earcon_share or 0.5
        self._earcons = {earcon: render(earcon, volume * share) for earcon in Earcon}

    @property
    def idle(self) -> bool:
        """Whether nothing sounds, waits or is being synthesized."""
        return not (self._waiting or self._sounding or self._synthesis)

    @property
    def sounding(self) -> bool:
        """Whether something is being played."""
        return self._sounding is not None

    @property
    def hung(self) -> bool:
        """Whether the speech engine hangs, so that only a new process may help."""
        return self._engine.hung

    @property
    def silent(self) -> str | None:
        """Why the newest sound could not be played; None while sound works."""
        return self._output.silent

    async def say(self, utterance: Utterance) -> Outcome:
        """Say it when its turn comes; cancelling withdraws it, or stops it.

        An answer stops speech that sounds (not an earcon) and replaces an answer that waits. Narration and
        notices wait for what sounds. Among those that wait, the highest priority is said first, the oldest
        first among equals. Returns once nothing of it sounds any more. Raises VoiceError if it can't be
        said, however often it was tried.
        """
        if utterance.priority is Priority.ANSWER:
            self._drop(lambda job: job.rank == Priority.ANSWER)
            if self._sounding is not None and self._sounding.rank <= Priority.ANSWER:
                self._stop_sounding()
        return await self._request(
            Job(SPEECH, utterance.text, utterance.priority, utterance.expires_at, self._promise())
        )

    async def rehearse(self, text: str) -> None:
        """Make the sound of a text, for nobody. Raises VoiceError where there are no such words; an engine
        that hangs is asked but once, since the wearer waits for the tone of readiness."""
        stuck_at = time.monotonic() + self._stuck_after
        await self._engine.make(text, lambda: time.monotonic() >= stuck_at)

    async def earcon(self, earcon: Earcon) -> Outcome:
        """Play it at once: it stops whatever sounds. Raises VoiceError if it can't be played."""
        self._drop(lambda job: job.rank == _EARCON_RANK)
        self._stop_sounding()
        sound = self._earcons[earcon]
        return await self._request(Job(earcon, None, _EARCON_RANK, math.inf, self._promise(), sound))

    def silence(self) -> None:
        """Stop what sounds, now, and drop an answer that waits. Narration and notices go on waiting."""
        self._drop(lambda job: job.rank >= Priority.ANSWER)
        self._stop_sounding()
        self._conduct()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let narration and notices wait: none begins between a press and its answer, to be cut off."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            self._conduct()

    async def close(self) -> None:
        """Stop, resolve what waits as DROPPED, and leave no task, process or device behind."""
        self._closed = True
        self._drop(lambda _: True)
        tasks = [task for task in (self._playback, self._synthesis) if task is not None]
        for task in tasks:
            _cancel_once(task)
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._engine.close()
        await self._output.close()

    # What waits

    def _promise(self) -> asyncio.Future[Outcome]:
        return asyncio.get_running_loop().create_future()

    async def _request(self, job: Job) -> Outcome:
        if self._closed:
            raise VoiceError("the voice is closed")
        self._waiting.append(job)
        expiry = None
        if job.expires_at < math.inf:
            delay = max(0.0, job.expires_at - time.monotonic()) + time_limits.TIMER_SLACK
            expiry = asyncio.get_running_loop().call_later(delay, self._conduct)
        self._conduct()
        try:
            outcome = await job.done
        except asyncio.CancelledError:
            self._withdraw(job)
            self.tally[Outcome.INTERRUPTED if job.begun else Outcome.DROPPED] += 1
            raise
        except Exception:
            self.tally["failed"] += 1
            raise
        finally:
            if expiry is not None:
                expiry.cancel()
        self.tally[outcome] += 1
        return outcome

    def _withdraw(self, job: Job) -> None:
        if job is self._sounding:
            self._stop_sounding()
        elif job in self._waiting:
            self._waiting.remove(job)
        self._conduct()

    def _drop(self, unwanted: Callable[[Job], bool], outcome: Outcome = Outcome.DROPPED) -> None:
        for job in [job for job in self._waiting if unwanted(job)]:
            self._waiting.remove(job)
            job.resolve(outcome)

    def _next(self, *, speech: bool = False) -> Job | None:
        """The highest rank that may begin (of speech, if so asked), the oldest of equals."""
        floor = Priority.ANSWER if self._holds else Priority.NARRATION
        ceiling = Priority.ANSWER if speech else _EARCON_RANK
        ready = (job for job in self._waiting if floor <= job.rank <= ceiling)
        return max(ready, key=lambda job: job.rank, default=None)

    # What goes on

    def _conduct(self) -> None:
        """Begin what can begin; called after every change, and when something expires."""
        if self._closed:
            return
        self._drop(lambda job: job.stale, Outcome.STALE)
        job = self._next()
        if job is not None and job.sound is not None and self._sounding is None:
            self._begin(job, job.sound)
        job = self._next(speech=True)
        if self._synthesis is not None:
            if self._preparing is not job:
                _cancel_once(self._synthesis)  # its end conducts again
        elif job is not None and job.sound is None and job.text is not None:
            self._prepare(job, job.text)

    def _prepare(self, job: Job, text: str) -> None:
        self._preparing = job
        self._synthesis = asyncio.create_task(self._synthesize(job, text), name="synthesis")
        self._synthesis.add_done_callback(partial(self._prepared, job))

    def _prepared(self, job: Job, task: asyncio.Task[Sound]) -> None:
        self._preparing = self._synthesis = None
        if not task.cancelled():
            error = task.exception()
            if error is None:
                job.sound = task.result()
            else:
                if job in self._waiting:
                    self._waiting.remove(job)
                job.fail(error)
        self._conduct()

    def _begin(self, job: Job, sound: Sound) -> None:
        self._waiting.remove(job)
        self._sounding = job
        self._playback = asyncio.create_task(self._play(job, sound), name="playback")
        self._playback.add_done_callback(partial(self._played, job))

    def _played(self, job: Job, task: asyncio.Task[Outcome]) -> None:
        self._sounding = self._playback = None
        if task.cancelled():
            job.resolve(Outcome.INTERRUPTED if job.begun else Outcome.DROPPED)
        elif (error := task.exception()) is not None:
            job.fail(error)
        else:
            job.resolve(task.result())
        self._conduct()

    def _stop_sounding(self) -> None:
        if self._playback is not None:
            _cancel_once(self._playback)

    # The work itself

    async def _synthesize(self, job: Job, text: str) -> Sound:
        return _shape(await self._engine.make(text, lambda: job.stale), self._volume, self._lead_in)

    async def _play(self, job: Job, sound: Sound) -> Outcome:
        expires_at = -math.inf if job.rank == _EARCON_RANK else job.expires_at
        await self._output.play(sound, partial(self._heard, job), expires_at)
        return Outcome.SPOKEN

    def _retried(self) -> None:
        self.tally["retried"] += 1

    def _heard(self, job: Job, started_at: float) -> None:
        job.begun = True
        if self._on_sound is not None:
            lead_in = self._lead_in if job.kind == SPEECH else 0.0
            self._on_sound(job.kind, job.text, started_at + lead_in)


def _cancel_once(task: asyncio.Task[Any]) -> None:
    """Cancel, but not in the midst of the clean-up that an earlier cancellation began."""
    if not task.cancelling():
        task.cancel()


def _shape(sound: Sound, volume: float, lead_in: float) -> Sound:
    louder = np.round(sound.samples * volume).astype(np.int16)
    return Sound(np.concatenate([np.zeros(round(lead_in * sound.rate), np.int16), louder]), sound.rate)
