"""Carries out actions: looks for them, calls their handlers, and puts changed settings into effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pkgutil import resolve_name
from typing import Any, TypeVar

from earsight.actions import ACTIONS, ActionKind, plain_argument
from earsight.interaction import actions
from earsight.interaction.context import Context
from earsight.interaction.responder import Responder
from earsight.interaction.turn import Handler, Looks, Perform, Reply, Turn
from earsight.scene import Frame, Reading, ReadsOn, Scene
from earsight.vision.describer import Look, LookRequest, first_lines
from earsight.voice.earcons import Earcon

_T = TypeVar("_T")


class ActionRunner:
    """Knows the handlers of all actions."""

    def __init__(self, context: Context, responder: Responder) -> None:
        """Args:
        context: What handlers may use.
        responder: Says and plays what they have to say before their reply.
        """
        self._context, self._responder = context, responder
        self._handlers: dict[str, Handler] = {
            name: _resolved(action.handler) for name, action in ACTIONS.items()
        }
        self._saving: set[asyncio.Task[None]] = set()

    def checked(self, name: str, argument: str | None) -> str | None:
        """Check what was typed or sent as the argument of an action.

        Args:
            name: Of the action.
            argument: None without.

        Returns:
            The argument as the action gets it.

        Raises:
            ArgumentError: It makes no sense.
        """
        plain, taken = plain_argument(name, argument), ACTIONS[name].argument
        if plain is not None and taken is not None and taken.check is not None:
            _resolved(taken.check)(plain)
        return plain

    async def run(
        self,
        name: str,
        source: str,
        look: asyncio.Future[Look] | None = None,
        argument: str | None = None,
    ) -> Reply | Perform:
        """Carry out an action.

        Args:
            name: Of the action.
            source: The input that asked for it.
            look: A look that has begun for it.
            argument: What it was asked for with.

        Returns:
            What is to be said, or another action that is to be carried out.
        """
        reply = await self._handlers[name](self._turn(ACTIONS[name].kind, source, argument, look))
        if ACTIONS[name].kind is ActionKind.SETTING:
            self.apply_preferences()
            saving = asyncio.create_task(
                asyncio.to_thread(self._context.preferences.save), name="preferences"
            )
            self._saving.add(saving)
            saving.add_done_callback(self._saving.discard)
        return reply

    def begin_look(self, kind: ActionKind = ActionKind.LOOK) -> asyncio.Future[Look]:
        """Begin a look that the wearer has asked for, and say so by a tone.

        Args:
            kind: Of the action that it is for.
        """
        policy = self._context.policy
        if policy.earcons:
            self._responder.earcon(Earcon.LOOK)
        look = self._look(first_lines() if kind is ActionKind.READ else LookRequest())
        # A look that nobody asks for any more may fail unheard.
        look.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return look

    def apply_preferences(self) -> None:
        """Speak as loud and as fast as the wearer wants it."""
        values = self._context.preferences.values
        self._context.speaker.set_volume(values.volume)
        self._context.speaker.set_rate(values.rate)

    async def close(self) -> None:
        """Wait until the wearer's choices are saved."""
        if self._saving:
            await asyncio.wait(self._saving)

    def _turn(
        self, kind: ActionKind, source: str, argument: str | None, look: asyncio.Future[Look] | None
    ) -> Turn:
        context = self._context
        return Turn(
            source,
            argument,
            self._looks(kind, look),
            self._examine,
            self._read_on,
            self._responder.say,
            self._responder.play,
            lambda: context.policy,
            context.heard,
            context.preferences,
            context.notices,
            context.listener,
        )

    def _looks(self, kind: ActionKind, begun: asyncio.Future[Look] | None) -> Looks:
        """What looks for one action.

        Args:
            kind: Of the action: what its looks are for, unless it says so itself.
            begun: A look that has begun for it, which is the first.
        """
        first = [begun] if begun is not None else []

        async def look(request: LookRequest | None = None) -> Scene:
            async with asyncio.timeout(self._context.policy.look_limit):
                if request is not None:
                    return (await self._look(request)).scene
                return (await (first.pop() if first else self.begin_look(kind))).scene

        return look

    def _look(self, request: LookRequest) -> asyncio.Future[Look]:
        policy = self._context.policy
        asked = replace(request, limits=policy.limits, language=policy.language.code)
        return self._context.look_worker.look(policy.max_age, asked)

    async def _examine(self, work: Callable[[Frame], _T], *, in_still: bool = False) -> _T:
        policy = self._context.policy
        async with asyncio.timeout(policy.look_limit):
            return await self._context.look_worker.examine(policy.max_age, work, in_still=in_still)

    async def _read_on(self, rest: ReadsOn) -> Reading:
        async with asyncio.timeout(self._context.policy.look_limit):
            return await self._context.look_worker.read_on(rest)


def _resolved(name: str) -> Any:
    return resolve_name(f"{actions.__name__}.{name}")
