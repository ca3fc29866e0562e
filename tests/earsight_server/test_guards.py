"""Who may use the server, under which name, and what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from earsight.config.schema import Config
from earsight.errors import EarsightError
from earsight.vision.describer import Describer
from earsight_server.app import Exposure, create_app
from earsight_server.guards.access import COOKIE, Token
from earsight_server.guards.loopback import LoopbackGuard
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from earsight_server.token_file import known_token, load_token, token_path
from tests.earsight_server.conftest import HERE, Colours, tones

SECRET = "a-token"
OUTSIDE = "https://camera.local"


@pytest.fixture(scope="module")
def outside() -> Iterator[TestClient]:
    """A server that others can reach, over TLS."""
    config = Config()
    exposure = Exposure(frozenset({"camera.local"}), Token(sha256(SECRET.encode()).digest()), secure=True)
    engine = LocalEngine(config, Limits(), build=lambda _config: Describer(Colours()))
    app = create_app(config, exposure, engine=engine, speech=tones(config))
    with TestClient(app, base_url=OUTSIDE, follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:8000", "[::1]:8000"])
def test_own_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "localhost@evil.example", "[", "a/b"]
)
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    """DNS rebinding: a name of somebody else's that points here."""
    answer = client.get("/", headers={"Host": host})
    assert (answer.status_code, list(answer.json())) == (421, ["error"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/answer", "/v1/describe", "/v1/speak"])
def test_other_pages_may_send_nothing(
    client: TestClient, wall: bytes, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, files={"image": wall}, headers=headers)
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


def test_its_own_page_may(client: TestClient, wall: bytes) -> None:
    headers = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/", files={"image": wall}, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/static/page.js", "/openapi.json"])
def test_every_answer_says_what_a_browser_may_do_with_it(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_pages_have_no_script_or_style_of_their_own(client: TestClient, wall: bytes) -> None:
    for page in (client.get("/").text, client.post("/answer", files={"image": wall}).text):
        assert "<style" not in page
        assert " style=" not in page
        assert not re.search(r"\son\w+=", page)
        assert page.count("<script") == page.count('<script src="/static/page.js" defer></script>') == 1
        assert "http" not in page  # nothing from elsewhere


# Others than this machine's own programs


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {SECRET}"}]
)
@pytest.mark.parametrize("path", ["/v1/describe", "/", "/metrics", "/openapi.json"])
def test_without_the_token_there_is_nothing(outside: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = outside.get(path, headers=headers)
    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert answer.headers["www-authenticate"] == "Bearer"


def test_programs_show_the_token(outside: TestClient, wall: bytes) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"}
    assert outside.post("/v1/describe", files={"image": wall}, headers=headers).status_code == 200
    assert outside.get("/healthz").status_code == 200


def test_browsers_are_asked_for_it(outside: TestClient) -> None:
    sent_on = outside.get("/", headers={"Accept": "text/html"})
    assert (sent_on.status_code, sent_on.headers["location"]) == (303, "/login")
    assert 'type="password"' in outside.get("/login").text
    wrong = outside.post("/login", data={"token": "guessed"})
    assert wrong.status_code == 403
    assert "This is not the token" in wrong.text
    entered = outside.post("/login", data={"token": SECRET})
    cookie = entered.headers["set-cookie"]
    assert SECRET not in cookie
    for kept in ("HttpOnly", "Secure", "SameSite=strict"):
        assert kept in cookie
    outside.cookies.clear()
    shown = entered.cookies[COOKIE]
    page = outside.get("/", headers={"Accept": "text/html", "Cookie": f"{COOKIE}={shown}"})
    assert page.status_code == 200
    other = outside.get("/", headers={"Cookie": f"{COOKIE}={shown[:-1]}0"})
    assert other.status_code == 401


def test_no_page_without_tls() -> None:
    """The token would cross the network in a browser's hands."""
    exposure = Exposure(token=Token(sha256(b"x").digest()), pages=False)
    client = TestClient(create_app(Config(), exposure), base_url=HERE, follow_redirects=False)
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 401
    assert client.get("/login").status_code == 404


def test_the_token_is_shown_once_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state" / "server-token"
    token, text = load_token(path, anew=False)
    assert text is not None
    assert token.is_shown(text)
    assert text not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    again, nothing = load_token(path, anew=False)
    assert nothing is None
    assert again.is_shown(text)
    other, new = load_token(path, anew=True)
    assert new not in (None, text)
    assert not other.is_shown(text)


def test_a_token_that_is_there_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "server-token"
    with pytest.raises(EarsightError, match="there is no token"):
        known_token(path)
    _, text = load_token(path, anew=False)
    assert text is not None
    assert known_token(path).is_shown(text)


@pytest.mark.parametrize(
    ("client", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403), ("", 403)]
)
def test_without_a_token_other_machines_are_refused(client: str, status: int) -> None:
    """Where others have chosen the address to listen at."""
    app = LoopbackGuard(create_app(Config()))
    asked = TestClient(app, base_url=HERE, client=(client, 50_000))
    assert asked.get("/healthz").status_code == status


@pytest.mark.parametrize("content", ["", "no hash", "ab" * 31])
def test_a_damaged_token_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "server-token"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(EarsightError, match="--new-token"):
        load_token(path, anew=False)


def test_a_token_that_others_can_read_is_an_error(tmp_path: Path) -> None:
    load_token(tmp_path / "t", anew=False)
    (tmp_path / "t").chmod(0o644)
    with pytest.raises(EarsightError, match="chmod 600"):
        load_token(tmp_path / "t", anew=False)


def test_where_the_token_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/earsight-server")
    assert token_path() == Path("/var/lib/earsight-server/server-token")
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", "/home/ayu/state")
    assert token_path() == Path("/home/ayu/state/earsight/server-token")
