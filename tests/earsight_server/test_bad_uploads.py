"""What is no photo: each gets a 4xx with {"error"}, the server lives on, and its memory stays as it is."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from earsight_server.settings import MEGABYTE
from tests.earsight_server.bad_uploads import END, FIELDS, FORM, FORMS, PICTURE, PICTURES, TYPES, part, photo

PATHS = ["/v1/describe", "/translation"]


def refused(client: TestClient, body: bytes, headers: Mapping[str, str], path: str) -> str:
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = client.post(path, content=body, headers=encoded)  # type: ignore[arg-type]
    assert 400 <= answer.status_code < 500, answer.text
    assert list(answer.json()) == ["error"]
    return str(answer.json()["error"])


def test_there_are_many() -> None:
    assert len(FORMS) + len(PICTURES) + len(TYPES) >= 30


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", FORMS)
def test_forms(client: TestClient, name: str, path: str) -> None:
    refused(client, FORMS[name](), FORM, path)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(client: TestClient, name: str) -> None:
    body = PICTURES[name]()
    error = refused(client, body, PICTURE, "/v1/describe")
    assert error.startswith(("The picture ", "No image file"))
    assert refused(client, part(body) + END, FORM, "/").startswith("The picture ")


@pytest.mark.parametrize("name", FIELDS)
def test_fields(client: TestClient, name: str) -> None:
    refused(client, FIELDS[name](), FORM, "/v1/describe")


@pytest.mark.parametrize("name", TYPES)
def test_types(client: TestClient, name: str) -> None:
    refused(client, part(photo()) + END, TYPES[name], "/v1/describe")


def test_the_page_says_it_in_its_language(client: TestClient) -> None:
    answer = client.post("/answer?language=id", files={"image": b"This is not a photo."})
    assert answer.status_code == 422
    assert "Ini tidak bisa dibaca sebagai foto" in answer.text


def test_the_server_lives_on_and_its_memory_stays(client: TestClient) -> None:
    bodies = [(body(), PICTURE) for body in PICTURES.values()] + [(body(), FORM) for body in FORMS.values()]

    def all_of_them() -> int:
        for body, headers in bodies:
            refused(client, body, headers, "/v1/describe")
        return resident()

    all_of_them()
    before = all_of_them()
    assert all_of_them() - before < 20 * MEGABYTE
    assert client.post("/v1/describe", content=photo(), headers=PICTURE).status_code == 200
    assert "earsight_buffered_bytes 0.0" in client.get("/metrics").text


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
