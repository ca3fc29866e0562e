"""earsight read: the text in photo files."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from earsight.cameras.photos import load_photo
from earsight.commands.described_rows import reading_row
from earsight.commands.each_photo import Told, add_photos, tell_each
from earsight.config.schema import Config
from earsight.language.reading import passages, said
from earsight.readers.reader import proceed
from earsight.readers.registry import build_reader
from earsight.scene import Frame
from earsight.vision.text_frames import text_scene

EXAMPLES = ("photo.jpg", "--json photo.jpg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_photos(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read each photo in turn.

    Returns:
        0 if all photos were read, also those without text; 1 if some could not be.
    """
    from earsight.service.builders import build_policy

    config = Config(language=arguments.language or "en")
    policy = build_policy(config)
    reader = build_reader(config.text, config.captioner.threads)

    def told(photo: Path) -> Told:
        frame = Frame(load_photo(photo), time.monotonic())
        scene = text_scene(reader, [frame], policy.limits, proceed)
        return Told(said(passages(scene, policy.language), policy.language), reading_row(scene))

    _, status = tell_each(arguments.photos, told, as_json=arguments.json)
    return status
