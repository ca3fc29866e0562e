"""No violation that axe-core knows, in any state of the page, and no scrolling sideways at 320 pixels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from earsight_server.page_files import rendered
from earsight_server.words import page_words

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "high contrast": {"forced_colors": "active"},
    "more contrast": {"contrast": "more", "color_scheme": "dark"},
}


def violations(page: Page) -> list[str]:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="script/test --browser installs it"
    )
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]


def check(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("context", LOOKS.values(), ids=LOOKS, indirect=True)
def test_every_state(context: BrowserContext, motorcycle: Path, tmp_path: Path, language: str) -> None:
    page = context.new_page()
    page.goto(f"/?language={language}")
    check(page)
    page.set_input_files("#image", motorcycle)
    page.check("#keep")
    page.locator("button[value=detail]").click()
    page.locator("#things table").wait_for()
    check(page)
    (tmp_path / "text.jpg").write_text("This is not a photo.")
    page.set_input_files("#image", tmp_path / "text.jpg")
    page.locator("button[value=describe]").click()
    page.locator("#things table").wait_for(state="detached")
    check(page)


@pytest.mark.parametrize("wrong", [False, True])
@pytest.mark.parametrize("context", LOOKS.values(), ids=LOOKS, indirect=True)
def test_login(context: BrowserContext, wrong: bool) -> None:
    html = rendered("login.html", language="id", words=page_words("id"), wrong=wrong)
    page = context.new_page()
    page.route("**/login", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/login")
    check(page)


def test_nothing_moves() -> None:
    style = Path(__file__).parents[3] / "daemon/earsight_server/page/static/page.css"
    assert not {"animation", "transition", "@keyframes"} & set(style.read_text().replace(":", " ").split())


def test_a_violation_is_found(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content('<html lang="en"><title>A</title><main><h1>A</h1><input></main></html>')
    assert [each for each in violations(page) if each.startswith("label:")]
