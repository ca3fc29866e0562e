"""The API: a photo or a text in, JSON or sound out."""

from __future__ import annotations

import io
import json
import wave
from base64 import b64decode
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from earsight import cli
from earsight.config.schema import Config
from earsight.vision.describer import Describer
from earsight_server.app import create_app
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from tests.earsight_server.conftest import HERE, Colours
from tests.photo_examples import real_photos


def seconds(data: bytes) -> float:
    with wave.open(io.BytesIO(data)) as file:
        return file.getnframes() / file.getframerate()


@pytest.mark.parametrize("language", ["en", "id"])
def test_describe_answers_what_describe_prints(
    seeing: TestClient, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = real_photos()[2]
    assert cli.main(["describe", "--json", "--language", language, str(path)]) == 0
    printed = json.loads(capsys.readouterr().out)
    answer = seeing.post(f"/v1/describe?language={language}", files={"image": path.read_bytes()}).json()
    assert list(answer) == [key for key in printed if key != "image"]
    for timed in (printed, answer):
        assert list(timed.pop("timings_ms"))[-1] == "total"
    assert answer == {key: value for key, value in printed.items() if key != "image"}


def test_the_picture_comes_as_a_form_or_as_it_is(client: TestClient, wall: bytes) -> None:
    as_it_is = client.post("/v1/describe", content=wall, headers={"Content-Type": "image/png"})
    of_no_type = client.post(
        "/v1/describe", content=wall, headers={"Content-Type": "application/octet-stream"}
    )
    form = client.post("/v1/describe", files={"image": ("../../etc/passwd", wall, "text/html")})
    assert as_it_is.json()["said"] == of_no_type.json()["said"] == form.json()["said"]


def test_wishes_come_as_fields_or_in_the_query(client: TestClient, wall: bytes) -> None:
    wanted = {"language": "id", "detail": "true", "style": "careful"}
    fields = client.post("/v1/describe", files={"image": wall}, data=wanted).json()
    query = client.post("/v1/describe", params=wanted, files={"image": wall}).json()
    plain = client.post("/v1/describe", files={"image": wall}).json()
    assert fields["said"] == query["said"] != plain["said"]


def test_sound_comes_along_if_it_is_asked_for(client: TestClient, wall: bytes) -> None:
    answer = client.post("/v1/describe?sound=true", files={"image": wall}).json()
    assert answer["sound"]["type"] == "audio/wav"
    assert seconds(b64decode(answer["sound"]["data"])) == pytest.approx(0.2)


def test_what_is_too_bad_to_be_described_says_so(client: TestClient) -> None:
    dark = io.BytesIO()
    Image.new("RGB", (160, 120), (5, 5, 5)).save(dark, "png")
    answer = client.post("/v1/describe?language=id", files={"image": dark.getvalue()}).json()
    assert (answer["said"], answer["problem"]) == ("Gambarnya terlalu gelap.", "dark")
    assert answer["abstained"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("language=fr", "language"),
        ("detail=maybe", "detail"),
        ("colour=red", "colour"),
        ("detail=1", "detail"),
    ],
)
def test_wrong_wishes_are_named(client: TestClient, wall: bytes, query: str, named: str) -> None:
    answer = client.post(f"/v1/describe?{query}", files={"image": wall})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(f"{named}: ")


def test_a_value_given_twice(client: TestClient, wall: bytes) -> None:
    answer = client.post("/v1/describe?detail=true&detail=false", files={"image": wall})
    assert answer.status_code == 422


def test_speak(client: TestClient) -> None:
    answer = client.post("/v1/speak", json={"text": "A car ahead.", "language": "en"})
    assert answer.headers["content-type"] == "audio/wav"
    assert seconds(answer.content) == pytest.approx(0.2)


@pytest.mark.parametrize("text", ["The way is clear.", "Jalannya aman."])
def test_no_promise_of_safety_is_spoken(client: TestClient, text: str) -> None:
    answer = client.post("/v1/speak", json={"text": text})
    assert answer.status_code == 422
    assert "not said" in answer.json()["error"]


@pytest.mark.parametrize("text", ["", " \n", "a" * 1001])
def test_texts_are_bounded(client: TestClient, text: str) -> None:
    assert client.post("/v1/speak", json={"text": text}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/v1/describe", 405), ("PUT", "/", 405), ("GET", "/docs", 404)],
)
def test_other_addresses_and_methods(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_health_and_metrics(client: TestClient, wall: bytes) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    client.post("/v1/describe?language=fr", files={"image": wall})
    client.get("/a/secret/path")
    text = client.get("/metrics").text
    assert 'earsight_requests_total{method="POST",route="/v1/describe",status="422"}' in text
    assert "earsight_photos_waiting 0.0" in text
    assert "secret" not in text


def test_published_page(seeing: TestClient, motorcycle: bytes) -> None:
    """What its script sends, and all that it reads: a form with one file, and JSON with words and MP3."""
    caption = seeing.post("/", files={"image": ("photo.png", motorcycle, "image/png")}).json()
    translation = seeing.post("/translation", files={"image": ("photo.png", motorcycle, "image/png")}).json()
    assert list(caption) == ["caption", "audio_data"]
    assert "motorcycle" in caption["caption"]
    assert list(translation) == ["translation", "audio_id_data"]
    assert "epeda motor" in translation["translation"]
    for sound in (caption["audio_data"], translation["audio_id_data"]):
        assert b64decode(sound)[:2] in (b"\xff\xf3", b"\xff\xf2"), "no MPEG-2 audio, layer III"


@pytest.mark.parametrize("path", ["/", "/translation"])
def test_published_page_without_a_photo(client: TestClient, path: str) -> None:
    """Its script makes the text "undefined" of a missing file; a form sends an empty name."""
    undefined = client.post(path, files={"image": (None, "undefined")})
    assert (undefined.status_code, undefined.json()) == (400, {"error": "No image file provided."})
    boundary = "----WebKitFormBoundary"
    nothing = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename=""\r\n'
        f"Content-Type: application/octet-stream\r\n\r\n\r\n--{boundary}--\r\n"
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    unchosen = client.post(path, content=nothing, headers=headers)
    assert (unchosen.status_code, unchosen.json()) == (400, {"error": "No selected file."})


def test_nothing_is_written(client: TestClient, wall: bytes, tmp_path: Path) -> None:
    """Not even while a large picture is taken apart: Starlette would write it into a temporary file."""
    import os
    import tempfile

    large = io.BytesIO()
    Image.open(io.BytesIO(wall)).resize((2400, 1600)).save(large, "bmp")
    opened: list[str] = []
    real = os.open

    def watched(path: str, flags: int, *args: int, **more: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            opened.append(str(path))
        return real(path, flags, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", watched)
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        answer = client.post("/v1/describe", files={"image": large.getvalue()})
    assert answer.status_code == 200
    assert opened == []


def test_no_collector_is_told_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI would look for what sends to it, and end without that."""
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    config = Config()
    engine = LocalEngine(config, Limits(), build=lambda _config: Describer(Colours()))
    with TestClient(create_app(config, engine=engine), base_url=HERE) as client:
        assert client.get("/healthz").status_code == 200
