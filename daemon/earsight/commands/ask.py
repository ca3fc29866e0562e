"""earsight ask: a question in words, about photo files or to the running service."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

from earsight.actions import ArgumentError, plain_argument
from earsight.cameras.photos import load_photo
from earsight.commands.described_rows import object_row
from earsight.commands.each_photo import Told, add_photos, tell_each
from earsight.config.loader import load_config
from earsight.config.schema import Config
from earsight.interaction.asking import Asked, middle_colour, understood
from earsight.interaction.context import Policy
from earsight.language.finding import target
from earsight.language.utterance import Priority, utterance
from earsight.scene import Caption, Colour, Frame, Scene
from earsight.triggers.control_client import ask_any, control_sockets
from earsight.triggers.control_protocol import ActionRequest
from earsight.vision.describer import Describer, build_describer

EXAMPLES = ('"how many people" photo.jpg', '--json "what colour is the car" photo.jpg', '"is there a door"')

_EXAMPLES = (
    "ask, for example, how many people, is there a door, where is the chair, or what colour is the car"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", metavar="QUESTION", help='such as "is there a door"')
    add_photos(parser, without="the running service answers aloud")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the engine and all else of a settings file"
    )
    parser.set_defaults(refuse=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Answer the question of each photo in turn; without any, let the running service answer it.

    Returns:
        0 if it was answered of all photos, or the service has taken it; 1 if some photos could not be read.
    """
    try:
        question = plain_argument("ask", arguments.question) or ""
    except ArgumentError as error:
        arguments.refuse(f"{error}; {_EXAMPLES}")
    if not question:
        arguments.refuse(f"the question is empty; {_EXAMPLES}")
    if not arguments.photos:
        return _ask_service(question, arguments)
    from earsight.service.builders import build_policy

    config = Config() if arguments.config is None else load_config(arguments.config)
    config = config.model_copy(update={"language": arguments.language or config.language})
    policy = build_policy(config)
    asked = understood(question, policy.language, has_model=policy.has_model)
    if asked.question is None and not asked.is_open:
        arguments.refuse(f"{question!r} can't be answered; {_EXAMPLES}")
    answering = _Answering(asked, config, policy)
    return tell_each(arguments.photos, answering.told, as_json=arguments.json)[1]


def _ask_service(question: str, arguments: argparse.Namespace) -> int:
    """It answers aloud, in its own language."""
    if arguments.json or arguments.language:
        arguments.refuse("--json and --language are for photos: name one")
    ask_any(
        control_sockets(load_config(arguments.config).triggers.control_socket),
        ActionRequest("ask", question),
    )
    return 0


class _Answering:
    """Answers one question of any photo. The models are loaded when the first photo needs them."""

    def __init__(self, asked: Asked, config: Config, policy: Policy) -> None:
        self._asked, self._config, self._policy = asked, config, policy
        self._describer: Describer | None = None

    def told(self, photo: Path) -> Told:
        """Raises PhotoError, CaptionerError."""
        frame = Frame(load_photo(photo), time.monotonic())
        policy = self._policy
        if self._asked.is_about_middle:
            colour = middle_colour(frame)
            if (text := self._asked.by_middle(colour)) is not None:
                row = _asked_row(self._asked) | {"colour": _colour_row(colour)}
                return Told(policy.language.text(text), row)
        if self._describer is None:
            self._describer = build_describer(self._config)
        request = self._asked.request(policy.phrasing)
        request = replace(request, limits=policy.limits, language=policy.language.code)
        scene = self._describer.describe(frame, request).scene
        words = self._asked.words(scene, policy.phrasing, policy.language, policy.finding.limits)
        said = utterance(words, policy.language, Priority.ANSWER).whole
        return Told(said, _asked_row(self._asked) | _scene_row(self._asked, scene))


def _asked_row(asked: Asked) -> dict[str, object]:
    question = asked.question
    return {"question": question and {"kind": question.kind, "name": question.name}}


def _scene_row(asked: Asked, scene: Scene) -> dict[str, object]:
    question = asked.question
    wanted = target(question.name, scene.findable) if question is not None and question.name else None
    seen = wanted.among(scene.objects) if wanted else []
    found = [object_row(each) | {"colour": _colour_row(each.colour)} for each in seen]
    row: dict[str, object] = {"problem": scene.problem, "found": found}
    return row | ({"answer": _answer_row(scene.answer)} if asked.has_model else {})


def _answer_row(answer: Caption | None) -> dict[str, object] | None:
    if answer is None:
        return None
    return {
        "text": answer.text,
        "confidence": round(answer.confidence, 4),
        "language": answer.language,
    }


def _colour_row(colour: Colour | None) -> dict[str, object] | None:
    if colour is None:
        return None
    return {"name": colour.name, "shade": colour.shade, "share": round(colour.share, 4)}
