"""Carries out actions: looks for them, calls their handlers, and puts changed settings into effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pkgutil import resolve_name

from earsight.actions import ACTIONS, ActionKind
from earsight.interaction import actions
from earsight.interaction.context import Context
from earsight.interaction.turn import Handler, Reply, Turn
from earsight.scene import Scene
from earsight.vision.describer import Look, LookRequest
from earsight.voice.earcons import Earcon


class ActionRunner:
    """Knows the handlers of all actions."""

    def __init__(self, context: Context, play: Callable[[Earcon], object]) -> None:
        """Args:
        context: What handlers may use.
        play: Plays a tone.
        """
        self._context, self._play = context, play
        self._handlers: dict[str, Handler] = {
            name: resolve_name(f"{actions.__name__}.{action.handler}") for name, action in ACTIONS.items()
        }
        self._saving: set[asyncio.Task[None]] = set()

    async def run(self, name: str, source: str, look: asyncio.Future[Look] | None = None) -> Reply:
        """Carry out an action.

        Args:
            name: Of the action.
            source: The input that asked for it.
            look: A look that has begun for it.

        Returns:
            What is to be said.
        """
        context = self._context
        policy = context.policy
        reply = await self._handlers[name](
            Turn(
                source,
                partial(self._scene, look),
                policy.language,
                policy.phrasing,
                policy.bindings,
                context.heard,
                context.preferences,
                context.notices,
            )
        )
        if ACTIONS[name].kind is ActionKind.SETTING:
            self.apply_preferences()
            saving = asyncio.create_task(asyncio.to_thread(context.preferences.save), name="preferences")
            self._saving.add(saving)
            saving.add_done_callback(self._saving.discard)
        return reply

    def begin_look(self) -> asyncio.Future[Look]:
        """Begin a look that the wearer has asked for, and say so by a tone."""
        policy = self._context.policy
        if policy.earcons:
            self._play(Earcon.LOOK)
        request = LookRequest(policy.limits, language=policy.language.code)
        look = self._context.look_worker.look(policy.max_age, request)
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

    async def _scene(self, look: asyncio.Future[Look] | None) -> Scene:
        async with asyncio.timeout(self._context.policy.look_limit):
            return (await (look or self.begin_look())).scene
