"""New settings while a service runs: all of them that can be taken over are, or none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from earsight.config.last_good import LastGoodSettings
from earsight.config.loader import ConfigError, load_config
from earsight.config.schema import LIVE_SECTIONS, RESTART_SECTIONS, Config, changed_sections
from earsight.config.watcher import ConfigWatcher
from earsight.message import Message, message
from earsight.service.builders import adjustable, build_policy
from earsight.service.components import Components
from earsight.service.lifecycle import Lifecycle
from earsight.system import time_limits
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError

_log = logging.getLogger(__name__)

FILE_LOST = "settings file"
"""What the notice about a settings file without content is about."""


class SettingsReload:
    """Watches the settings file, and takes over what changes in it."""

    def __init__(
        self,
        file: Path,
        adjust: Callable[[Config], Config],
        config: Config,
        parts: Components,
        lifecycle: Lifecycle,
        last_good: LastGoodSettings,
    ) -> None:
        """Args:
        file: Watched from now on.
        adjust: What the command line changes in any settings that are read.
        config: The settings that the service has started with.
        parts: Those of the service.
        lifecycle: Knows when the service reloads.
        last_good: Keeps settings that were taken over.
        """
        self._file, self._adjust, self._config = file, adjust, config
        self._parts, self._lifecycle, self._last_good = parts, lifecycle, last_good
        self._watcher = ConfigWatcher(file)

    def ask(self) -> None:
        """Read the file again, changed or not."""
        self._watcher.ask()

    async def run(self) -> None:
        """For ever."""
        await self._lifecycle.ready()  # until then the start has a limit of its own
        await asyncio.to_thread(self._last_good.keep)
        while True:
            await self._watcher.changed()
            while not await self._reload():
                await self._sound_or_other_settings()

    async def _reload(self) -> bool:
        """Returns whether the settings were taken over or refused: not yet, if no voice can be heard."""
        with self._lifecycle.reloading():
            try:
                await self._take_over(self._adjust(await asyncio.to_thread(load_config, self._file)))
            except VoiceError as error:
                if not await self._is_heard():
                    _log.warning("the new settings have to wait for sound: %s", error)
                    return False
                self._refuse(str(error))
            except ConfigError as error:
                self._refuse(str(error))
            except Exception:  # a healthy service goes on, whatever is wrong with the new settings
                _log.exception("unforeseen")
                self._refuse("see above")
            else:
                self._parts.status.report("settings", None)
                self._parts.notices.trouble(FILE_LOST, None)
                await asyncio.to_thread(self._last_good.keep)
        return True

    def _refuse(self, reason: str) -> None:
        _log.error("the new settings were refused:\n%s", reason)
        self._parts.notices.news("settings", message("settings.refused"))

    async def _is_heard(self) -> bool:
        speaker = self._parts.speaker
        if speaker.sounding and not speaker.silent:  # a tone would cut off the answer to a press
            return True
        try:
            await speaker.earcon(Earcon.ERROR)
        except VoiceError:
            return False
        return True

    async def _sound_or_other_settings(self) -> None:
        changed = asyncio.create_task(self._watcher.changed())
        try:
            while self._parts.speaker.silent and not changed.done():
                await asyncio.wait({changed}, timeout=time_limits.SETTINGS_POLL)
        finally:
            changed.cancel()

    async def _take_over(self, new: Config) -> None:
        """Raises VoiceError, and changes nothing, if the new voice can't be heard."""
        changed = changed_sections(self._config, new)
        if not changed:
            return
        live = {name: getattr(new, name) for name in changed & LIVE_SECTIONS}
        after = self._config.model_copy(update=live)
        policy = build_policy(after)  # before anything is changed: it may fail
        later = sorted(changed & RESTART_SECTIONS)
        said = message("settings.need_restart") if later else message("settings.taken")
        was_heard = bool(changed & {"voice", "language"}) and await self._switch_voice(after, said)
        self._config = after
        self._parts.narrator.policy = policy
        self._parts.triggers.reconfigure(after)
        self._parts.preferences.configure(adjustable(after))
        self._parts.narrator.apply_preferences()
        _log.info("new settings: %s", ", ".join(sorted(changed)))
        if later:
            _log.warning("a restart is needed for: %s", ", ".join(later))
        if not was_heard:
            self._parts.notices.news("settings", said)

    async def _switch_voice(self, config: Config, said: Message) -> bool:
        """Returns whether the new voice was heard to the end of its message. Raises VoiceError."""
        speaker, text = self._parts.speaker, build_policy(config).language.text(said)
        wanted = self._parts.preferences.under(adjustable(config))
        speaker.set_volume(wanted.volume)
        speaker.set_rate(wanted.rate)
        try:
            was_heard = await self._parts.voices.switch(speaker, config.voice, config.language, text)
        except BaseException:
            self._parts.narrator.apply_preferences()
            raise
        self._parts.notices.trouble("voice", None)
        return was_heard
