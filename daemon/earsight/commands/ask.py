"""earsight ask: a question in words about photo files."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from earsight.cameras.photos import load_photo
from earsight.commands.described_rows import object_row
from earsight.commands.each_photo import Told, add_photos, tell_each
from earsight.config.schema import Config
from earsight.language.answers import answer
from earsight.language.colours import middle_text
from earsight.language.finding import target
from earsight.language.question_forms import QuestionKind
from earsight.language.questions import Question, parse
from earsight.scene import Colour, Frame
from earsight.vision.colour import MIDDLE, colour_of
from earsight.vision.describer import LookRequest, build_describer

EXAMPLES = ('"how many people" photo.jpg', '--json "what colour is the car" photo.jpg')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", type=_question, metavar="QUESTION", help='such as "is there a door"')
    add_photos(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer the question of each photo in turn.

    Returns:
        0 if it was answered of all photos, 1 if some could not be read.
    """
    from earsight.service.builders import build_policy

    config = Config(language=arguments.language or "en")
    policy, question = build_policy(config), arguments.question
    if question.is_about_middle:

        def told(photo: Path) -> Told:
            colour = colour_of(load_photo(photo), MIDDLE)
            return Told(
                policy.language.text(middle_text(colour)), _asked(question) | {"colour": _row(colour)}
            )

        return tell_each(arguments.photos, told, as_json=arguments.json)[1]
    describer = build_describer(config)
    request = LookRequest(policy.limits, captions=False, colours=question.kind is QuestionKind.COLOUR)

    def answered(photo: Path) -> Told:
        scene = describer.describe(Frame(load_photo(photo), time.monotonic()), request).scene
        wanted = target(question.name, scene.findable) if question.name else None
        seen = wanted.among(scene.objects) if wanted else []
        found = [object_row(each) | {"colour": _row(each.colour)} for each in seen]
        row = _asked(question) | {"problem": scene.problem, "found": found}
        return Told(answer(question, scene, policy.phrasing, policy.language), row)

    return tell_each(arguments.photos, answered, as_json=arguments.json)[1]


def _question(text: str) -> Question:
    """Raises argparse.ArgumentTypeError for what is no question that can be answered."""
    question = parse(text, "en")
    if question is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} was not understood; ask, for example, how many people, is there a door, where is the "
            "chair, or what colour is the car"
        )
    return question


def _asked(question: Question) -> dict[str, object]:
    return {"question": {"kind": question.kind, "name": question.name}}


def _row(colour: Colour | None) -> dict[str, object] | None:
    if colour is None:
        return None
    return {"name": colour.name, "shade": colour.shade, "share": round(colour.share, 4)}
