"""Whatever the other machine does, the captions of this device are there in its place."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading

import pytest
import trustme

from earsight.captioners.captioner import DecodingCancelledError
from earsight.captioners.remote import transport as transport_module
from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.transport import Transport
from tests.earsight.captioners.remote.conftest import Asking
from tests.earsight.captioners.remote.other_machine import (
    Behaviour,
    Line,
    OtherMachine,
    Received,
    answering,
    completion,
    http,
    says,
    silent,
)
from tests.earsight.stand_ins import painted

OWN = "a red wall"
SOON = 0.3
"""A time limit for what never answers."""


def described(captioner: RemoteCaptioner, **options) -> str:
    encoding = captioner.encode(captioner.prepare(painted("red")))
    return captioner.describe(encoding, **options)[0].text


def half(line: Line, _request: Received) -> None:
    line.send(http(completion("A cat."))[:-20])


def half_and_no_more(line: Line, request: Received) -> None:
    half(line, request)
    line.until_gone()


def drop_by_drop(line: Line, _request: Received) -> None:
    """Always a little more, so that no single wait is long."""
    line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    pause = threading.Event()
    while not pause.wait(0.01):
        line.send(b"1\r\n \r\n")


def endless(line: Line, _request: Received) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1600):  # 100 MB
        line.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    line.send(b"0\r\n\r\n")


def endless_head(line: Line, _request: Received) -> None:
    line.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(20_000):
        line.send(b"X-%d: %s\r\n" % (number, b"y" * 5000))


def hangs_up(_line: Line, _request: Received) -> None:
    pass


NAN = completion("A cat.", [-0.1]).replace(b"-0.1", b"NaN")
FAILURES: dict[str, Behaviour] = {
    "silent": silent,
    "hangs up": hangs_up,
    "half an answer": half,
    "half an answer and no more": half_and_no_more,
    "drop by drop": drop_by_drop,
    "100 MB": endless,
    "a head without end": endless_head,
    "no HTTP": answering(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "no JSON": answering(http(b"<html>It works!</html>")),
    "nothing": answering(http(b"")),
    "other JSON": answering(http(b'{"error": {"message": "no"}}')),
    "no choice": answering(http(b'{"choices": []}')),
    "deep JSON": answering(http(b"[" * 100_000)),
    "no number": answering(http(NAN)),
    "no text": says(None),
    "a number as text": says(17),
    "not UTF-8": answering(http(b'{"choices": "\xff\xfe"}')),
    "429": answering(http(b"{}", "429 Too Many Requests", Retry_After=5)),
    "429 with a date": answering(http(b"", "429 No", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")),
    "500": answering(http(b"oh", "500 Internal Server Error")),
    "503": answering(http(b"", "503 Service Unavailable")),
    "401": answering(http(b"", "401 Unauthorized")),
    "400": answering(http(b"", "400 Bad Request")),
    "204": answering(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "redirect": answering(http(b"", "307 Temporary Redirect", Location="http://127.0.0.1:1/")),
    "gzip": answering(http(gzip.compress(completion("A cat.")), Content_Encoding="gzip")),
    "two lengths": answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
}


@pytest.mark.parametrize("behaviour", FAILURES.values(), ids=FAILURES)
def test_captions_of_this_device_stand_in(
    machine: OtherMachine, asking: Asking, behaviour: Behaviour
) -> None:
    machine.behaviour = behaviour
    limit = SOON if behaviour in (silent, half_and_no_more, drop_by_drop) else 20.0
    assert described(asking(time_limit=limit)) == OWN
    machine.behaviour = says("A cat.")
    assert described(asking()) == "a cat", "the machine was not asked at all"


def test_nobody_listens(asking: Asking) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert described(asking(url=f"http://127.0.0.1:{port}")) == OWN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "**",
        "The road is clear, you can cross.",
        "Jalannya aman, silakan menyeberang.",
        "I'm sorry, but I can't help with that.",
        "a " * 200,
        "<think>a cat, I think",
        "12345",
    ],
)
def test_what_may_not_be_said_is_not(machine: OtherMachine, asking: Asking, text: str) -> None:
    machine.behaviour = says(text)
    assert described(asking()) == OWN
    assert len(machine.received) == 1


def test_a_press_ends_the_request(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = silent
    with pytest.raises(DecodingCancelledError):
        described(asking(time_limit=60.0), cancelled=machine.came.is_set)
    assert machine.gone.wait(20), "the request goes on"


def test_the_end_of_the_time_ends_the_request(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = silent
    assert described(asking(time_limit=SOON)) == OWN
    assert machine.gone.wait(20), "the request goes on"


def test_a_fault_of_this_device_ends_the_request(machine: OtherMachine, asking: Asking) -> None:
    machine.behaviour = silent
    captioner = asking(time_limit=60.0)
    captioner._own.fault = OSError("of its own")
    with pytest.raises(OSError, match="of its own"):
        described(captioner)
    if machine.came.is_set():
        assert machine.gone.wait(20)


# Who is asked


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def serving(authority: trustme.CA, *names: str) -> OtherMachine:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return OtherMachine(says("A cat."), context)


def test_a_certificate_that_the_settings_name_is_trusted(authority, asking, tmp_path) -> None:
    machine = serving(authority, "127.0.0.1")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    trusting = Transport(machine.url, certificate=tmp_path / "ca.pem")
    assert described(asking(transport=trusting)) == "a cat"
    machine.close()


@pytest.mark.parametrize("known", [False, True])
def test_others_get_no_picture(authority, asking, tmp_path, known: bool) -> None:
    """Of an unknown authority, or for another name."""
    machine = serving(authority, "elsewhere.example")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    transport = Transport(machine.url, certificate=tmp_path / "ca.pem" if known else None)
    captioner = asking(transport=transport)
    assert described(captioner) == OWN
    assert machine.received == []
    assert "its certificate is not trusted" in str(captioner._reason)
    machine.close()


def test_a_name_that_leads_to_a_public_address_gets_no_picture(machine, asking, monkeypatch) -> None:
    monkeypatch.setattr(transport_module, "is_private", lambda _address: False)
    captioner = asking()
    assert described(captioner) == OWN
    assert machine.received == []
    assert "without TLS" in str(captioner._reason)
    assert described(asking(transport=Transport(machine.url, allow_public_http=True))) == "a cat"


def test_no_proxy_of_the_environment_is_asked(asking, monkeypatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert described(asking()) == "a cat"


def test_a_key_is_sent_and_told_nobody(machine, asking, caplog) -> None:
    caplog.set_level("DEBUG")
    captioner = asking(transport=Transport(machine.url, key="SECRET-KEY"))
    assert described(captioner) == "a cat"
    assert machine.received[0].headers["authorization"] == "Bearer SECRET-KEY"
    machine.behaviour = answering(http(json.dumps({"you sent": "SECRET-KEY"}).encode(), "401 No"))
    assert described(captioner) == OWN
    assert "SECRET-KEY" not in caplog.text + str(captioner._reason)
