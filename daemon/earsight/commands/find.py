"""earsight find: a thing in photo files, as the action find sees it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from earsight.cameras.photos import load_photo
from earsight.commands.described_rows import object_row
from earsight.commands.each_photo import Told, add_photos, tell_each
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.schema import Config
from earsight.errors import EarsightError
from earsight.language.finding import found_text, named, target
from earsight.language.language import PROBLEMS
from earsight.scene import Frame
from earsight.vision.describer import LookRequest, build_describer

EXAMPLES = ("door photo.jpg", "--json person photo.jpg")


class CantFindError(EarsightError):
    """The model doesn't know the thing, or not well enough."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", type=_name, metavar="NAME", help="of a thing, in any language, such as door")
    parser.add_argument("--bundle", metavar="DIR", help="model bundle (default: the built-in one)")
    add_photos(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look for the thing in each photo in turn.

    Returns:
        0 if all photos could be looked at, 1 if some could not, or if the model can't find such things.

    Raises:
        CantFindError: The model can't find such things.
    """
    from earsight.service.builders import build_policy

    config = _config(arguments)
    describer = build_describer(config)
    wanted = target(arguments.name, describer.findable)
    if wanted is None:
        known = ", ".join(sorted(describer.findable)) or "nothing"
        raise CantFindError(f"this model can't find {arguments.name!r}; it finds: {known}")
    policy = build_policy(config)
    request = LookRequest(policy.limits, captions=False, language=config.language)

    def told(photo: Path) -> Told:
        scene = describer.describe(Frame(load_photo(photo), time.monotonic()), request).scene
        row: dict[str, object] = {
            "found": [object_row(each) for each in wanted.among(scene.objects)],
            "presence": round(wanted.presence(scene), 4),
            "problem": scene.problem,
        }
        if scene.problem is not None:
            return Told(policy.language.text(PROBLEMS[scene.problem]), row | {"presence": None})
        limits = policy.finding.limits
        return Told(found_text(wanted, scene, policy.phrasing, limits, policy.language), row)

    _, status = tell_each(arguments.photos, told, as_json=arguments.json)
    return status


def _name(word: str) -> str:
    """Raises argparse.ArgumentTypeError for what is no word for a thing."""
    try:
        return named(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"it has to be one of the {error}") from None


def _config(arguments: argparse.Namespace) -> Config:
    bundle = arguments.bundle
    section = OnnxCaptionerSection(bundle="builtin" if bundle in (None, "builtin") else Path(bundle))
    return Config(language=arguments.language or "en", captioner=section)
