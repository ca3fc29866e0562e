"""The check of another machine that captions: what leaves the device is told, and whether it answers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from earsight.captioners.registry import build_remote_model
from earsight.config.captioner import RemoteCaptionerSection
from earsight.config.schema import Config
from earsight.doctor.finding import Finding, Status, finding
from earsight.errors import CaptionerError
from earsight.message import message
from earsight.vision.describer import GREY


def check_other_machine(config: Config) -> Finding | None:
    """Have a grey picture described; None where the settings name no other machine.

    Raises:
        CaptionerError: The key or the certificate can't be used, or the extra is missing.
    """
    section = config.captioner
    if not isinstance(section, RemoteCaptionerSection):
        return None
    leaving = f"pictures leave the device: {section.remote.url} describes them (engine {section.engine})"
    began = time.perf_counter()
    try:
        asyncio.run(_ask(section, config.language))
    except CaptionerError as error:
        silent = finding(
            "other machine",
            Status.WARNING,
            message("doctor.other_machine.silent"),
            message("doctor.other_machine.look"),
        )
        return replace(silent, detail=f"{leaving}; {silent.detail}: {error}")
    milliseconds = 1000 * (time.perf_counter() - began)
    return Finding("other machine", Status.OK, f"{leaving}, this time in {milliseconds:.0f} ms")


async def _ask(section: RemoteCaptionerSection, language: str) -> None:
    from earsight.captioners.remote.picture import jpeg

    model, remote = build_remote_model(section), section.remote
    try:
        await model.caption(jpeg(GREY.pixels, remote.side), language, remote.time_limit)
    finally:
        await model.close()
