"""A server with the built-in model and the real voice, and Debian's chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from earsight.config.schema import Config
from earsight.config.voice import AutoVoice
from earsight_server.app import create_app
from earsight_server.settings import Limits
from tests.earsight_server.live import served_app
from tests.photo_examples import real_photos

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE = 60_000
"""Milliseconds for what takes a second, on a machine that may be busy."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="script/test --browser installs playwright"
    )
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed: script/test --browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    app = create_app(Config(voice=AutoVoice(rate=400)))
    with served_app(app, Limits()) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def context(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A new profile; a test may parametrize it with options of Playwright's."""
    context = browser.new_context(base_url=address, **getattr(request, "param", {}))
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The English page. Any error of its script fails the test."""
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/?language=en")
    yield page
    assert errors == []


@pytest.fixture(scope="session")
def motorcycle() -> Path:
    return real_photos()[2]
