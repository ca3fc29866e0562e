"""What a captioner says of a scene, with the detector's support for what it names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from earsight.captioners.captioner import Answering, Captioner, Encoding
from earsight.scene import Caption, Scene
from earsight.vision.agreement import support


def captions(
    captioner: Captioner,
    encoding: Encoding,
    scene: Scene,
    cancelled: Callable[[], bool],
    wanted: str | None,
) -> tuple[Caption, ...]:
    """Decode captions.

    Args:
        captioner: Decodes them.
        encoding: Of the picture, by it.
        scene: What else is known of the picture.
        cancelled: Whether they are no longer wanted.
        wanted: Code of their language; the captioner's first where it has no such.
    """
    language = wanted if wanted in captioner.languages else None
    agrees = partial(support, presence=scene.presence)
    return tuple(captioner.describe(encoding, cancelled, agrees, language))


def answered(
    captioner: Captioner,
    encoding: Encoding,
    scene: Scene,
    cancelled: Callable[[], bool],
    language: str | None,
    question: str,
) -> Caption | None:
    """Have a question answered, by a captioner that can be asked anything; None by any other.

    Args:
        captioner: Is asked.
        encoding: Of the picture, by it.
        scene: What else is known of the picture.
        cancelled: Whether the answer is no longer wanted.
        language: Code of its language.
        question: In words.
    """
    if not isinstance(captioner, Answering):
        return None
    return captioner.answer(
        encoding, question, cancelled, partial(support, presence=scene.presence), language
    )
