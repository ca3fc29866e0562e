"""earsight run: the service, in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import logging
from pathlib import Path

from earsight.commands.arguments import add_language, file_path
from earsight.config.camera import replayed
from earsight.config.last_good import LastGoodSettings
from earsight.config.loader import (
    ConfigError,
    LostConfigError,
    load_config,
    readable_language,
)
from earsight.config.schema import Config
from earsight.errors import EarsightError
from earsight.message import Message, message
from earsight.service import startup_failure
from earsight.service.crash_loop import MAX_FAILED_STARTS, CrashLoop, crash_loop_file
from earsight.service.signals import hold_reload_signal
from earsight.system.journal import log_to_streams
from earsight.system.process_exit import exit_soon
from earsight.system.storage import service_folder
from earsight.system.systemd import managed

GAVE_UP = 70
"""Exit status: it has crashed again and again. The service manager must not try again."""

_log = logging.getLogger(__name__)


EXAMPLES = ("--once --replay photo.jpg", "--config earsight.yaml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=file_path,
        metavar="FILE",
        help="settings file (YAML); without one, the default settings",
    )
    parser.add_argument(
        "--once", action="store_true", help="describe what is in front of the camera once, then exit"
    )
    parser.add_argument(
        "--replay",
        type=file_path,
        metavar="PATH",
        help="a photo, a folder of photos or a video to look at instead of the camera",
    )
    parser.add_argument(
        "--wav", type=file_path, metavar="FILE", help="speak into a WAV file instead of the sound device"
    )
    add_language(parser, "as configured")
    parser.add_argument("--verbose", action="store_true", help="log more details")


def run(arguments: argparse.Namespace) -> int:
    """0: ended as asked. 1 (with --once): there was no description, or it could not be spoken. GAVE_UP."""
    log_to_streams(logging.DEBUG if arguments.verbose else logging.INFO)
    faulthandler.enable(2)  # what hangs or crashes in native code is in the journal
    replay: Path | None = arguments.replay
    if replay is not None and not replay.exists():  # a typing error would later look like a lost camera
        raise EarsightError(
            f"--replay: {replay} does not exist; choose a photo, a folder of photos or a video"
        )
    if not arguments.once:
        hold_reload_signal()
    crash_loop = CrashLoop(crash_loop_file())
    if crash_loop.record_start() >= MAX_FAILED_STARTS:
        return _give_up(arguments.config, crash_loop)
    last_good = LastGoodSettings(arguments.config, service_folder("STATE"))
    try:
        config, file_is_lost = _load(arguments.config, last_good)
    except ConfigError as error:
        if managed():  # nobody sees what is printed
            _report(message("start.wrong_settings"), str(error), arguments.config)
        raise
    return asyncio.run(_run(arguments, config, file_is_lost, crash_loop, last_good))


def _load(file: Path | None, last_good: LastGoodSettings) -> tuple[Config, bool]:
    """The settings, and whether they are the last good ones, since the file has lost its content.

    Raises:
        ConfigError: There is a mistake in the file, or it is lost and there is no copy of it.
    """
    try:
        return load_config(file), False
    except LostConfigError as error:
        config = last_good.load()
        if config is None:
            raise
        _log.error("%s", error)
        _log.warning("the last good settings are in use")
        return config, True


async def _run(
    arguments: argparse.Namespace,
    config: Config,
    file_is_lost: bool,
    crash_loop: CrashLoop,
    last_good: LastGoodSettings,
) -> int:
    from earsight.interaction.press_end import PressEnd
    from earsight.service.service import Options, Service

    def adjust(config: Config) -> Config:
        return _adjusted(config, arguments.replay, arguments.wav, arguments.language)

    options = Options(arguments.config, adjust, crash_loop, last_good, file_is_lost, exit_soon)
    service = Service(adjust(config), options)
    if arguments.once:
        end = await service.run_once()
        crash_loop.clear()
        return 0 if end is PressEnd.SPOKEN else 1
    await service.run()
    return 0


def _give_up(config_file: Path | None, crash_loop: CrashLoop) -> int:
    reason = crash_loop.last_failure or "see the journal"
    _log.critical("%d starts in a row failed (%s): giving up", MAX_FAILED_STARTS, reason)
    _report(message("start.crash_loop"), reason, config_file)
    crash_loop.clear()  # whoever starts it by hand means it
    return GAVE_UP


def _report(why: Message, reason: str, config_file: Path | None) -> None:
    startup_failure.report(why, reason, readable_language(config_file), config_file)


def _adjusted(config: Config, replay: Path | None, wav: Path | None, language: str | None) -> Config:
    """The configuration with what the command line says instead."""
    camera, voice, language = config.camera, config.voice, language or config.language
    if wav is not None:
        voice = voice.model_copy(update={"player": "wav", "wav_file": wav})
    if replay is not None:
        camera = replayed(camera, replay)
    return config.model_copy(update={"camera": camera, "voice": voice, "language": language})
