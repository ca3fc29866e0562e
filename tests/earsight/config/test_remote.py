"""The section captioner.remote: where pictures may go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from earsight.config.captioner import ChatCaptionerSection
from earsight.config.loader import ConfigError, load_config
from earsight.config.remote import RemoteSection

GOOD = "url: http://192.168.1.20:11434/v1, model: qwen3-vl"


def problem(folder: Path, text: str) -> str:
    file = folder / "earsight.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_config(file)
    (line,) = refused.value.problems
    return line.removeprefix(f"{file}:1: ")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/v1",
        "https://example.com",
        "http://localhost:8000",
        "http://[fd00::1]:8080/v1",
        "http://gpu.local/v1/",
        "http://10.0.0.1",
    ],
)
def test_addresses_that_pictures_may_go_to(url: str) -> None:
    assert RemoteSection(url=url).host


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://8.8.8.8:80/v1",
        "ftp://10.0.0.1",
        "https://user:secret@example.com",
        "https://example.com/v1?key=secret",
        "https://example.com:99999",
        "https://[::1",
        "https://",
        "example.com",
        "http://10.0.0.1@8.8.8.8/",
        "http://127.0.0.1#.example.com",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        RemoteSection(url=url)


def test_plain_http_through_public_networks_has_to_be_allowed() -> None:
    assert RemoteSection(url="http://example.com", allow_public_http=True).host == "example.com"


@given(st.text(max_size=60))
def test_any_address_has_a_host_or_is_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://{text}"):
        try:
            section = RemoteSection(url=url)
        except ValidationError:
            continue
        assert section.host
        assert "@" not in url


def test_mistakes_name_their_key(tmp_path: Path) -> None:
    def said(captioner: str) -> str:
        return problem(tmp_path, f"captioner: {{{captioner}}}\n")

    assert said(f"engine: openai, remote: {{{GOOD}, sides: 3}}").startswith(
        "captioner.remote.sides: unknown key"
    )
    plain = "engine: server, remote: {url: http://example.com}"
    assert said(plain).startswith(
        'captioner.remote.url: got "http://example.com"; expected https://, or http://'
    )
    assert said("engine: server").startswith(
        "captioner.remote: missing; expected a section with the keys url"
    )
    assert said(f"remote: {{{GOOD}}}").startswith("captioner.")
    assert said("engine: openai, remote: {url: 'https://a'}").startswith("captioner.remote.model: missing")
    assert said("calibration: ./file").startswith('captioner.calibration: got "./file"; expected null')
    assert said(f"engine: openai, model: x, remote: {{{GOOD}}}").startswith("captioner.model: got")
    assert said("engine: huggingface, model: x, remote: {url: 'https://a'}").startswith("captioner.engine")


def test_a_calibration_is_of_a_model_and_what_it_is_asked() -> None:
    def named(**remote: object) -> str:
        section = {"url": "https://a", "model": "m"} | remote
        return ChatCaptionerSection.model_validate({"engine": "openai", "remote": section}).calibrated_as

    assert named() == named(time_limit=1.0) == named(url="https://b")
    others = [named(model="n"), named(prompt={"en": "What?"}), named(side=100), named(second_crop=True)]
    assert len({named(), *others}) == 5
