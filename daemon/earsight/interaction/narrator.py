"""What a press means, and who gets to speak.

Runs on the event loop. A newer request supersedes what is going on, and nothing unasked gets in its way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from earsight.actions import ACTIONS, ActionKind
from earsight.interaction.action_runner import ActionRunner
from earsight.interaction.bindings import BUTTON
from earsight.interaction.context import Context, Policy
from earsight.interaction.narration import Narration
from earsight.interaction.open_dialogue import OpenDialogue
from earsight.interaction.preferences import Preferences
from earsight.interaction.press_end import PressEnd
from earsight.interaction.responder import Responder
from earsight.interaction.turn import Dialogue, Perform, Reply
from earsight.listening.listener import Listener
from earsight.system import time_limits
from earsight.triggers.trigger import ButtonDown, ButtonUp, Gesture, InputEvent, Press
from earsight.vision.describer import Look
from earsight.vision.look_worker import LookWorker
from earsight.voice.speaker import Speaker


@dataclass(slots=True, eq=False)
class _HeldButton:
    """A button that went down and whose gesture is not known yet.

    Attributes:
        at: When it went down.
        waiting: Keeps notices and narration waiting.
        look, kind: The look that has begun, in case the gesture looks, and the kind of actions it is for.
        limit: The timer that gives up waiting for the gesture.
    """

    at: float
    waiting: ExitStack
    look: asyncio.Future[Look] | None = None
    kind: ActionKind | None = None
    limit: asyncio.TimerHandle | None = None


class Narrator:
    """Turns what happens at inputs into actions, and sees to it that every press ends.

    Attributes:
        heard: What the wearer has heard of the surroundings.
        notices: What the wearer has to know; said by whoever runs Notices.say().
        preferences: What the wearer has chosen.
        narration: Describes without being asked; its run() is for whoever wants that.
    """

    def __init__(
        self,
        look_worker: LookWorker,
        speaker: Speaker,
        policy: Policy,
        preferences: Preferences,
        listener: Listener | None = None,
    ) -> None:
        """Args:
        look_worker: Belongs to the caller, as does the speaker.
        speaker: Says everything.
        policy: What of the settings holds.
        preferences: What the wearer has chosen.
        listener: Hears voice commands; None without a microphone. Closed with this.
        """
        self._context = Context(look_worker, speaker, policy, preferences, listener)
        self.heard, self.notices = self._context.heard, self._context.notices
        self.preferences = preferences
        self.narration = Narration(self._context, lambda: self.is_busy)
        self._responder = Responder(self._context)
        self._runner = ActionRunner(self._context, self._responder)
        self._held: _HeldButton | None = None
        self._dialogue = OpenDialogue(self._keep_waiting, self._expire_dialogue)
        self._answer: asyncio.Task[PressEnd] | None = None
        self._setting: asyncio.Task[PressEnd] | None = None

    @property
    def speaker(self) -> Speaker:
        """Says everything."""
        return self._context.speaker

    @property
    def policy(self) -> Policy:
        """What of the settings holds. It may be replaced."""
        return self._context.policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        if policy.language is not self._context.policy.language:
            self.heard.forget()  # its words would be read out by a voice of another language
        self._context.policy = policy

    @property
    def is_busy(self) -> bool:
        """Whether the wearer has asked for something that is not over."""
        return bool(self._held or self._dialogue.dialogue or self._is_answering)

    @property
    def _is_answering(self) -> bool:
        return any(answer is not None and not answer.done() for answer in (self._answer, self._setting))

    @property
    def has_described(self) -> bool:
        """Whether the wearer has heard a description yet."""
        return self.heard.description is not None

    def take(self, event: InputEvent, source: str = BUTTON) -> asyncio.Future[PressEnd] | None:
        """Take what happened at an input.

        Args:
            event: What happened.
            source: The name of the input, as the bindings have it.

        Returns:
            How the press ended; None for a ButtonDown, since its gesture follows, for a ButtonUp, and for a
            gesture that means nothing.
        """
        if isinstance(event, ButtonUp):
            if self._context.listener is not None:
                self._context.listener.release()
            return None
        held, self._held = self._held, None
        try:
            if isinstance(event, ButtonDown):
                self._button_down(event.at, source)
                return None
            return self._press(event, source, held if held and held.at == event.at else None)
        finally:
            self._forget(held)

    def do(self, action: str, source: str = BUTTON, argument: str | None = None) -> asyncio.Future[PressEnd]:
        """Carry out an action that was asked for by its name.

        Args:
            action: Its name.
            source: The name of the input that it came from.
            argument: What it is asked for with.

        Returns:
            How it ended.

        Raises:
            ArgumentError: The argument makes no sense. Then nothing has changed.
        """
        argument = self._runner.checked(action, argument)
        held, self._held = self._held, None
        try:
            return self._perform(action, source, argument=argument)
        finally:
            self._forget(held)

    def apply_preferences(self) -> None:
        """Speak as the wearer wants it, after the settings have changed."""
        self._runner.apply_preferences()

    async def close(self) -> None:
        """End what is being said."""
        self._forget(self._held)
        self._dialogue.close()
        self._cancel_answers()
        self.speaker.silence()
        if tasks := [task for task in (self._answer, self._setting) if task]:
            await asyncio.wait(tasks)
        await self._responder.close()
        await self._runner.close()
        if self._context.listener is not None:
            await self._context.listener.close()

    # Presses

    def _button_down(self, at: float, source: str) -> None:
        """Silence at once, and a look if the gesture may look; which gesture it becomes is not known yet."""
        bindings, in_dialogue = self.policy.bindings, self._dialogue.dialogue is not None
        held = _HeldButton(at, self._keep_waiting())
        held.limit = asyncio.get_running_loop().call_later(time_limits.GESTURE, self._give_up, held)
        self._held = held
        if bindings.sets(source):
            self._responder.floor.take(held)  # what is cut off goes on if the gesture changes a setting
        else:
            self._cancel_answers()
        self.speaker.silence()
        held.kind = None if in_dialogue else bindings.looks(source)
        if held.kind is not None:
            held.look = self._runner.begin_look(held.kind)

    def _press(self, press: Press, source: str, held: _HeldButton | None) -> asyncio.Future[PressEnd] | None:
        if self._dialogue.has_had(press):
            return None
        if (dialogue := self._dialogue.answers(press)) is not None:
            return self._say_in_dialogue(partial(self._answer_dialogue, dialogue, press.gesture, source))
        name = self.policy.bindings.action(source, press.gesture)
        if name is None:
            return None
        look = None
        if held is not None and ACTIONS[name].kind is held.kind:
            look, held.look = held.look, None
        return self._perform(name, source, press.at, look)

    def _give_up(self, held: _HeldButton) -> None:
        """No gesture has come."""
        if self._held is held:
            self._held = None
        self._forget(held)

    def _forget(self, held: _HeldButton | None) -> None:
        """The gesture is known, or will never be."""
        if held is None:
            return
        if held.limit is not None:
            held.limit.cancel()
        if held.look is not None:
            held.look.cancel()
        self._responder.floor.give_back(held)
        held.waiting.close()

    # Actions

    def _perform(
        self,
        name: str,
        source: str,
        at: float | None = None,
        look: asyncio.Future[Look] | None = None,
        argument: str | None = None,
    ) -> asyncio.Future[PressEnd]:
        """Begin an action, in the place of what is going on.

        Args:
            name: Of the action.
            source: Where the request came from.
            at: Time of the press; None if it was none.
            look: A look that has begun with the press.
            argument: What the action is asked for with.
        """
        kind, wanted = ACTIONS[name].kind, Perform(name, argument)
        if kind is ActionKind.SETTING:
            return self._change_setting(partial(self._handle, wanted, source, at))
        self._dialogue.close()
        self._cancel_answers()
        if look is None:
            self.speaker.silence()
            if kind.looks:
                look = self._runner.begin_look(kind)
        ending = self._begin(partial(self._handle, wanted, source, at, look))
        if look is not None:
            # Once superseded it is not needed: it would only hold up the next.
            ending.add_done_callback(lambda _: look.cancel())
        self._answer = ending
        return _end_of(ending)

    async def _handle(
        self,
        wanted: Perform,
        source: str,
        at: float | None = None,
        look: asyncio.Future[Look] | None = None,
    ) -> Reply:
        step = await self._runner.run(wanted.action, source, look, wanted.argument)
        while isinstance(step, Perform):  # a look that has begun was for the action that was asked for
            step = await self._runner.run(step.action, source, argument=step.argument)
        if step.dialogue is None:
            return step
        self._dialogue.open(step.dialogue, at)
        return self._dialogue.lasting(step)

    def _change_setting(self, work: Callable[[], Awaitable[Reply]]) -> asyncio.Future[PressEnd]:
        """Begin an action after which what is going on goes on."""
        if self._setting is not None:
            self._setting.cancel()
        floor, owner = self._responder.floor, object()
        floor.take(owner)
        self._setting = self._begin(work, has_floor=True)
        self._setting.add_done_callback(lambda _: floor.give_back(owner))
        return _end_of(self._setting)

    def _begin(
        self, work: Callable[[], Awaitable[Reply]], *, has_floor: bool = False
    ) -> asyncio.Task[PressEnd]:
        """Let a handler work and say its reply, while notices and narration wait."""
        waiting = self._keep_waiting()
        self._dialogue.stop_timer()
        answer = asyncio.create_task(self._responder.answer(work, has_floor=has_floor), name="answer")

        def ended(_: object) -> None:
            waiting.close()
            if not self._is_answering:
                self._dialogue.start_timer()

        answer.add_done_callback(ended)
        return answer

    def _cancel_answers(self) -> None:
        for answer in (self._answer, self._setting):
            if answer is not None:
                answer.cancel()

    def _keep_waiting(self) -> ExitStack:
        """Keeps notices and narration waiting until it is closed."""
        waiting = ExitStack()
        waiting.enter_context(self.speaker.only_answers())
        return waiting

    # Dialogues

    async def _answer_dialogue(self, dialogue: Dialogue, gesture: Gesture, source: str) -> Reply:
        step = dialogue.press(source, gesture)
        if isinstance(step, Reply):
            self._dialogue.follow(step)
            return self._dialogue.lasting(step)
        if ACTIONS[step.action].kind is not ActionKind.SETTING:
            self._dialogue.close()
        return await self._handle(step, source)

    def _expire_dialogue(self) -> None:
        dialogue = self._dialogue.dialogue
        assert dialogue is not None  # else there is no timer

        async def last_words() -> Reply:
            reply = dialogue.expire()
            self._dialogue.follow(reply)
            return reply

        self._say_in_dialogue(last_words)

    def _say_in_dialogue(self, work: Callable[[], Awaitable[Reply]]) -> asyncio.Future[PressEnd]:
        self._cancel_answers()
        self.speaker.silence()
        self._answer = self._begin(work)
        return _end_of(self._answer)


def _end_of(answer: asyncio.Task[PressEnd]) -> asyncio.Future[PressEnd]:
    """How an answer ends, also when it is cancelled before it has begun."""
    end: asyncio.Future[PressEnd] = asyncio.get_running_loop().create_future()

    def ended(answer: asyncio.Task[PressEnd]) -> None:
        if not end.done():
            end.set_result(PressEnd.SUPERSEDED if answer.cancelled() else answer.result())

    answer.add_done_callback(ended)
    return end
