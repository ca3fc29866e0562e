"""What another machine is asked, what becomes of its answer, and when it is not asked."""

from __future__ import annotations

import base64
import io
import threading

import numpy as np
import pytest
from PIL import Image

from earsight.captioners.remote.breaker import BreakerLimits
from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.chat import ChatModel
from earsight.captioners.remote.earsight_server import EarsightServer
from earsight.captioners.remote.transport import Transport
from earsight.scene import Caption
from earsight_bundle.manifest import Calibration
from tests.earsight.captioners.remote.conftest import NEVER_OPENS, Asking
from tests.earsight.captioners.remote.other_machine import (
    Line,
    OtherMachine,
    Received,
    answering,
    completion,
    http,
    says,
    silent,
)
from tests.earsight.stand_ins import ColourCaptioner, painted

SPARING = BreakerLimits(failures=2, pause=3600.0, longest=7200.0, steady=1.0)


def captions(captioner: RemoteCaptioner, pixels: np.ndarray | None = None, **options) -> list[Caption]:
    pixels = painted("red") if pixels is None else pixels
    return captioner.describe(captioner.encode(captioner.prepare(pixels)), **options)


def picture(request: Received) -> Image.Image:
    (message,) = request.json["messages"]
    url = message["content"][1]["image_url"]["url"]
    assert url.startswith("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def words(request: Received) -> str:
    return str(request.json["messages"][0]["content"][0]["text"])


@pytest.mark.parametrize(
    ("shape", "sent"), [((480, 640), (320, 240)), ((640, 480), (240, 320)), ((9, 7), (7, 9))]
)
def test_the_picture_is_sent_smaller_and_upright(machine, asking, shape, sent) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    pixels[: shape[0] // 2] = (200, 30, 30)
    captions(asking(side=320), pixels)
    image = picture(machine.received[0])
    assert image.size == sent
    assert image.format == "JPEG"
    top = image.convert("RGB").getpixel((image.width // 2, 1))
    assert top[0] > 120 > top[1]


def test_the_request_is_one_of_openais_api(machine: OtherMachine, asking: Asking) -> None:
    captions(asking())
    (request,) = machine.received
    assert request.path == "/chat/completions"
    body = request.json
    assert (body["model"], body["max_tokens"], body["temperature"], body["logprobs"]) == ("tiny", 60, 0, True)
    assert "authorization" not in request.headers


@pytest.mark.parametrize("own", [None, {"en": "What is this?"}])
def test_each_language_has_its_words_and_a_warning(machine, asking, own) -> None:
    captioner = asking()
    captioner._model = ChatModel(Transport(machine.url), "tiny", own)
    captions(captioner, language="en")
    captions(captioner, language="id")
    english, indonesian = map(words, machine.received)
    assert english.startswith("What is this?" if own else "Describe this photo")
    assert "Never say that a way" in english
    assert indonesian.startswith("Jelaskan")
    assert "Jangan pernah mengatakan bahwa jalan" in indonesian


def test_an_answer_is_a_caption_with_its_evidence(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = says("**A cat** sits on a mat. It sleeps.", [-0.5, -1.5, 0.1])
    (caption,) = captions(asking(), support=lambda text, language: 2.5 if (text, language) == SAID else 0.0)
    assert (caption.text, caption.language) == SAID
    assert caption.mean_log_prob == pytest.approx(-2 / 3)
    assert caption.lowest_log_prob == -1.5
    assert caption.evidence == {"support": 2.5, "tokens": 3.0, "finished": 1.0}
    assert caption.confidence == pytest.approx(0.3), "nothing is known of this model"


SAID = ("a cat sits on a mat", "en")


def test_a_calibration_turns_evidence_into_confidence(machine: OtherMachine, asking: Asking) -> None:
    sure = {"en": Calibration(bias=1.0, weights={"mean_log_prob": 2.0}, words={"cat": 0.5})}
    machine.behaviour = says("A cat.", [-0.25])
    (caption,) = captions(asking(calibrations=sure))
    assert caption.confidence == pytest.approx(1 / (1 + np.exp(-1.0)))
    machine.behaviour = says("A cat.")
    (caption,) = captions(asking(calibrations=sure))
    assert caption.confidence == pytest.approx(0.3), "what it goes by is missing"
    (caption,) = captions(asking(calibrations={"id": sure["en"]}), language="en")
    assert caption.confidence == pytest.approx(0.3), "it is of another language"


def test_what_is_cut_off_is_no_sentence(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = says("A cat sits on the", finish="length")
    (caption,) = captions(asking())
    assert caption.text == "a cat sits"
    assert caption.evidence["finished"] == 0.0


def test_a_server_without_log_probabilities_is_asked_once_more_and_then_without(machine, asking) -> None:
    def behaviour(line: Line, request: Received) -> None:
        refused = http(b'{"detail": "logprobs"}', "422 Unprocessable")
        line.send(refused if "logprobs" in request.json else http(completion("A cat.")))

    machine.behaviour = behaviour
    captioner = asking()
    assert [captions(captioner)[0].text for _ in range(2)] == ["a cat", "a cat"]
    assert ["logprobs" in request.json for request in machine.received] == [True, False, False]


@pytest.mark.parametrize(
    ("second", "agreement"), [("A dog on a mat.", 0.5), ("A cat on a mat!", 1.0), ("", 0.0), (None, None)]
)
def test_the_middle_of_the_picture_has_a_say(machine, asking, second, agreement) -> None:
    def behaviour(line: Line, request: Received) -> None:
        if picture(request).size == (80, 60):
            line.send(http(completion("A cat on a mat.")))
        else:
            line.send(http(completion(second)))

    machine.behaviour = behaviour
    (caption,) = captions(asking(second_crop=True))
    assert caption.text == "a cat on a mat"
    assert caption.evidence.get("agreement") == agreement
    assert sorted(picture(each).size for each in machine.received) == [(56, 42), (80, 60)]


def test_what_has_failed_is_not_waited_for(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = answering(http(b"", "500 No"))
    captioner = asking(limits=SPARING)
    assert captioner.on_its_own is None
    for asked in (1, 2, 2, 2):
        assert captions(captioner)[0].text == "a red wall"
        assert len(machine.received) == asked
    assert captioner.on_its_own is not None
    assert "500" in captioner.on_its_own


def test_a_pause_that_is_asked_for_begins_at_once(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = answering(http(b"", "429 No", Retry_After=3000))
    captioner = asking(limits=BreakerLimits(failures=1000, pause=0.0, longest=7200.0, steady=1.0))
    for _ in range(3):
        captions(captioner)
    assert len(machine.received) == 1


def test_a_probe_makes_nobody_wait_and_brings_help_back(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = answering(http(b"", "500 No"))
    captioner = asking(limits=BreakerLimits(failures=2, pause=0.0, longest=0.0, steady=1.0))
    for _ in range(2):
        captions(captioner)
    answer = threading.Event()

    def slowly(line: Line, _request: Received) -> None:
        assert answer.wait(30)
        line.send(http(completion("A cat.")))

    machine.behaviour = slowly
    assert captions(captioner)[0].text == "a red wall"  # while the machine has not answered
    assert captioner.on_its_own is not None
    answer.set()
    captioner._probe._future.result(30)
    assert captioner.on_its_own is None
    assert captions(captioner)[0].text == "a cat"


def test_a_press_ends_the_probe_before_it(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = answering(http(b"", "500 No"))
    captioner = asking(limits=BreakerLimits(failures=2, pause=0.0, longest=0.0, steady=1.0), time_limit=60.0)
    for _ in range(2):
        captions(captioner)
    machine.behaviour = silent
    machine.came.clear()
    machine.gone.clear()
    captions(captioner)
    assert machine.came.wait(20)
    machine.behaviour = says("A cat.")
    captions(captioner)
    assert machine.gone.wait(20)


def test_everything_but_captions_is_of_this_device(machine: OtherMachine, asking: Asking) -> None:
    own = ColourCaptioner()
    captioner = asking(own=own)
    captioner.warm_up()
    encoding = captioner.encode(captioner.prepare(painted("blue")))
    assert np.array_equal(encoding.embedding, own.encode(painted("blue")).embedding)
    assert captioner.languages == ("en",)
    assert machine.received == [], "a look that needs no captions sends no picture"


# An Earsight server


def of_server(machine: OtherMachine, **described: object) -> list[Caption]:
    import json

    body = {
        "caption": "a cat",
        "confidence": 0.8,
        "language": "en",
        "said": "A cat.",
        "objects": [],
    } | described
    machine.behaviour = answering(http(json.dumps(body).encode()))
    captioner = RemoteCaptioner(
        ColourCaptioner(), EarsightServer(Transport(machine.url)), 20.0, limits=NEVER_OPENS
    )
    try:
        return captions(captioner)
    finally:
        captioner.close()


def test_an_earsight_server_is_believed_as_far_as_it_believes_itself(machine: OtherMachine) -> None:
    (caption,) = of_server(machine)
    assert (caption.text, caption.confidence, caption.language) == ("a cat", 0.8, "en")
    (request,) = machine.received
    assert request.path == "/v1/describe"
    assert request.headers["content-type"].startswith("multipart/form-data")
    assert b'name="image"' in request.body
    assert b'name="language"\r\n\r\nen' in request.body


@pytest.mark.parametrize(
    "described",
    [
        {"caption": None, "confidence": None, "language": None, "problem": "dark"},
        {"confidence": 1.5},
        {"confidence": "sure"},
        {"caption": 3},
        {"caption": "seekor kucing", "language": "id"},
        {"caption": "a clear road"},
    ],
)
def test_what_an_earsight_server_can_not_say_is_said_here(machine: OtherMachine, described) -> None:
    assert of_server(machine, **described)[0].text == "a red wall"
