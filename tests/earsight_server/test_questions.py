"""Reading, finding and asking, by programs and on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw, ImageFont

from earsight.vision.describer import Describer
from earsight_server.app import create_app
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from tests.earsight_server.conftest import ASKABLE, HERE, Answers, tones
from tests.photo_examples import saved


@pytest.fixture(scope="module")
def sign() -> bytes:
    """A picture of two words."""
    picture = Image.new("RGB", (640, 240), "white")
    ImageDraw.Draw(picture).text((40, 80), "PLATFORM 7", "black", ImageFont.load_default(80))
    return saved(picture, "png")


def test_read(seeing: TestClient, sign: bytes) -> None:
    pytest.importorskip("rapidocr", reason="the package rapidocr is not installed")
    answer = seeing.post("/v1/read?sound=true", files={"image": sign}).json()
    expected = ["said", "sound", "problem", "lines", "hints", "unreadable", "cut_short", "timings_ms"]
    assert sorted(answer) == sorted(expected)
    assert [line["text"] for line in answer["lines"]] == ["PLATFORM 7"]
    assert "platform 7" in answer["said"].lower()
    assert answer["sound"]["type"] == "audio/wav"
    page = seeing.post("/answer", files={"image": sign}, data={"action": "read"}).text
    assert "platform 7" in page.lower()


def test_without_a_reader_it_says_what_to_install(client: TestClient, sign: bytes) -> None:
    answer = client.post("/v1/read", files={"image": sign})
    assert (answer.status_code, list(answer.json())) == (501, ["error"])
    page = client.post("/answer", files={"image": sign}, data={"action": "read", "language": "id"})
    assert page.status_code == 501
    assert "Server ini tidak bisa membaca tulisan" in page.text


@pytest.mark.parametrize(
    ("thing", "language", "said"),
    [
        ("motorbike", "en", "motorcycle"),
        ("sepeda motor", "id", "epeda motor"),
    ],
)
def test_find(seeing: TestClient, motorcycle: bytes, thing: str, language: str, said: str) -> None:
    wanted = {"thing": thing, "language": language}
    answer = seeing.post("/v1/find", files={"image": motorcycle}, data=wanted).json()
    assert list(answer) == ["said", "problem", "objects", "timings_ms"]
    assert said in answer["said"]
    assert {each["name"] for each in answer["objects"]} == {"motorcycle"}
    assert answer["objects"][0]["direction"] == "ahead"


def test_what_is_not_there_is_not_said_to_be(seeing: TestClient, motorcycle: bytes) -> None:
    answer = seeing.post("/v1/find?thing=elephant&sound=true", files={"image": motorcycle}).json()
    assert "elephant" in answer["said"]
    assert answer["objects"] == []
    assert answer["sound"]["type"] == "audio/wav"


@pytest.mark.parametrize("thing", ["flurb", "", "x" * 61])
def test_a_word_for_nothing(seeing: TestClient, motorcycle: bytes, thing: str) -> None:
    answer = seeing.post("/v1/find", files={"image": motorcycle}, data={"thing": thing})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("thing: ")


@pytest.mark.parametrize(
    ("question", "language", "answered"),
    [
        ("how many motorcycles are there?", "en", "motorcycle"),
        ("ada berapa sepeda motor?", "id", "sepeda motor"),
        ("what colour is the motorcycle", "en", "colour"),
        ("what colour is this", "en", "middle"),
    ],
)
def test_ask(seeing: TestClient, motorcycle: bytes, question: str, language: str, answered: str) -> None:
    wanted = {"question": question, "language": language}
    answer = seeing.post("/v1/ask", files={"image": motorcycle}, data=wanted).json()
    assert list(answer) == ["said", "understood", "answer", "confidence", "problem", "timings_ms"]
    assert answer["understood"]
    assert answered in answer["said"].lower()


def test_what_is_not_understood(seeing: TestClient, motorcycle: bytes) -> None:
    answer = seeing.post("/v1/ask", files={"image": motorcycle}, data={"question": "Why?"}).json()
    assert not answer["understood"]
    assert "how many" in answer["said"].lower()


@pytest.fixture(scope="module")
def asked() -> Iterator[TestClient]:
    """Of a server whose engine can be asked anything."""
    engine = LocalEngine(ASKABLE, Limits(), build=lambda _config: Describer(Answers()))
    app = create_app(ASKABLE, engine=engine, speech=tones(ASKABLE))
    with TestClient(app, base_url=HERE) as client:
        yield client


@pytest.mark.parametrize(
    ("question", "language", "said", "answered"),
    [
        ("What is on the table?", "en", "Probably: two cups.", "two cups"),
        ("Apa yang ada di meja?", "id", "Sepertinya: two cups.", "two cups"),
        ("Can I cross?", "en", "I can't answer that.", None),
        ("what colour is this", "en", "In the middle: probably red.", None),
    ],
)
def test_an_engine_that_can_be_asked_anything(
    asked: TestClient, wall: bytes, question: str, language: str, said: str, answered: str | None
) -> None:
    wanted = {"question": question, "language": language}
    answer = asked.post("/v1/ask", files={"image": wall}, data=wanted).json()
    assert (answer["said"], answer["answer"]) == (said, answered)
    assert answer["understood"] == (question != "Can I cross?")
    page = asked.post("/answer", files={"image": wall}, data={"action": "ask", "question": question}).text
    assert ("two cups" in page) == (answered is not None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"action": "find", "thing": "motorcycle"}, "A motorcycle"),
        ({"action": "ask", "question": "Is there a motorcycle?"}, "motorcycle"),
        ({"action": "find"}, "I don&#39;t know a thing of that name."),
        ({"action": "find", "thing": "flurb", "language": "id"}, "Saya tidak mengenal benda itu."),
        ({"action": "ask"}, "Write a question first."),
    ],
)
def test_the_page(seeing: TestClient, motorcycle: bytes, fields: dict[str, str], said: str) -> None:
    page = seeing.post("/answer", files={"image": motorcycle}, data=fields).text
    assert said in page.partition('id="said"')[2].partition("</p>")[0]
