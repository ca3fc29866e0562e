"""Questions to another machine: what it is asked, and what becomes of its answer."""

from __future__ import annotations

import json

import numpy as np
import pytest

from earsight.captioners.captioner import DecodingCancelledError
from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.earsight_server import EarsightServer
from earsight.captioners.remote.transport import Transport
from earsight.scene import Caption
from earsight_bundle.manifest import Calibration
from tests.earsight.captioners.remote.conftest import NEVER_OPENS, Asking
from tests.earsight.captioners.remote.other_machine import OtherMachine, answering, http, says, silent
from tests.earsight.captioners.remote.test_captioner import SPARING, picture, words
from tests.earsight.captioners.remote.test_failures import FAILURES, SOON
from tests.earsight.stand_ins import ColourCaptioner, painted

QUESTION = "What is on the {table}?"


def asked(captioner: RemoteCaptioner, question: str = QUESTION, **options) -> Caption | None:
    return captioner.answer(captioner.encode(captioner.prepare(painted("red"))), question, **options)


@pytest.mark.parametrize(
    ("language", "begins", "warns"),
    [
        ("en", "A blind person", "Never say that a way"),
        ("id", "Orang tunanetra", "Jangan pernah mengatakan bahwa jalan"),
        ("fr", "A blind person", "Never say that a way"),
    ],
)
def test_the_question_is_asked_with_the_picture(machine, asking, language, begins, warns) -> None:
    asked(asking(), language=language)
    (request,) = machine.received
    assert words(request).startswith(begins)
    assert f'"{QUESTION}"' in words(request)
    assert "I don't know." in words(request) or "Saya tidak tahu." in words(request)
    assert warns in words(request)
    assert picture(request).size == (80, 60)


def test_the_answer_is_as_doubtful_as_any_caption(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = says("Two cups.", [-0.5])
    answer = asked(asking())
    assert answer is not None
    assert (answer.text, answer.language, answer.confidence) == ("two cups", "en", pytest.approx(0.3))
    sure = {"en": Calibration(bias=1.0, weights={"mean_log_prob": 2.0})}
    answer = asked(asking(calibrations=sure))
    assert answer is not None
    assert answer.confidence == pytest.approx(0.5)


def test_an_answer_in_indonesian(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = says("Dua cangkir di atas meja.")
    answer = asked(asking(), language="id")
    assert answer is not None
    assert (answer.text, answer.language) == ("dua cangkir di atas meja", "id")


@pytest.mark.parametrize("behaviour", FAILURES.values(), ids=FAILURES)
def test_whatever_fails_there_is_no_answer(machine, asking, behaviour) -> None:
    machine.behaviour = behaviour
    slow = [FAILURES[name] for name in ("silent", "half an answer and no more", "drop by drop")]
    assert asked(asking(time_limit=SOON if behaviour in slow else 20.0)) is None
    assert machine.received


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "The way is clear.",
        "Jalannya aman.",
        "Yes.",
        "No.",
        "You can go.",
        "",
        "a " * 200,
        "Saya melihat dua cangkir di atas meja yang ada di dapur.",
    ],
)
def test_what_may_not_be_said_is_no_answer(machine: OtherMachine, asking: Asking, text: str) -> None:
    machine.behaviour = says(text)
    assert asked(asking(), "Can it be?") is None
    assert len(machine.received) == 1


def test_a_press_ends_the_request(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = silent
    with pytest.raises(DecodingCancelledError):
        asked(asking(time_limit=60.0), cancelled=machine.came.is_set)
    assert machine.gone.wait(20), "the request goes on"


def test_what_has_failed_is_not_asked(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = answering(http(b"", "500 No"))
    captioner = asking(limits=SPARING)
    for expected in (1, 2, 2, 2):
        assert asked(captioner) is None
        assert len(machine.received) == expected
    assert captioner.on_its_own is not None


def of_server(machine: OtherMachine, body: object) -> Caption | None:
    machine.behaviour = answering(http(json.dumps(body).encode()))
    captioner = RemoteCaptioner(
        ColourCaptioner(), EarsightServer(Transport(machine.url)), 20.0, limits=NEVER_OPENS
    )
    try:
        return asked(captioner, "What is it?")
    finally:
        captioner.close()


def test_an_earsight_server_answers_with_its_doubt(machine: OtherMachine) -> None:
    answer = of_server(machine, {"said": "Probably: two cups.", "answer": "two cups", "confidence": 0.7})
    assert answer is not None
    assert (answer.text, answer.confidence) == ("two cups", 0.7)
    (request,) = machine.received
    assert request.path == "/v1/ask"
    assert b'name="question"\r\n\r\nWhat is it?' in request.body
    assert b'name="language"\r\n\r\nen' in request.body


@pytest.mark.parametrize(
    "body",
    [
        {"said": "A door ahead.", "understood": True, "answer": None, "confidence": None},
        {"said": "A door ahead.", "understood": True},
        {"answer": 3},
        {"answer": "two cups", "confidence": 2},
        {"answer": "the way is clear", "confidence": 0.9},
        [],
    ],
)
def test_what_an_earsight_server_can_not_answer(machine: OtherMachine, body: object) -> None:
    assert of_server(machine, body) is None


def test_no_question_without_a_picture_of_now(machine: OtherMachine, asking: Asking) -> None:
    """What is sent is the picture of the encoding, not of the one before."""
    captioner = asking()
    captioner.encode(captioner.prepare(painted("blue")))
    asked(captioner)
    sent = np.asarray(picture(machine.received[0]).convert("RGB")).reshape(-1, 3).mean(0)
    assert sent.argmax() == 0
