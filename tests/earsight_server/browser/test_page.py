"""The page in a real browser: by mouse, by keyboard, without a script, in both languages."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.earsight_server.browser.conftest import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FileChooser, Page

pytestmark = pytest.mark.browser

SAID = "motorcycle"
"""What comes of the rest depends on the model."""


def answer(page: Page, text: str) -> None:
    """Wait for an answer."""
    page.locator("#said", has_text=text).wait_for()


def hear(page: Page) -> None:
    """Wait until the sound has been played to its end."""
    page.locator("audio").evaluate(
        """(audio, patience) => audio.ended || new Promise((done, fail) => {
            audio.addEventListener("ended", done, {once: true});
            audio.addEventListener("error", () => fail(audio.error.message), {once: true});
            setTimeout(() => fail(`it has played ${audio.currentTime} of ${audio.duration} s`), patience);
        })""",
        PATIENCE,
    )


def test_describe_and_hear(page: Page, motorcycle: Path) -> None:
    page.set_input_files("#image", motorcycle)
    page.get_by_role("button", name="Describe").click()
    answer(page, SAID)
    hear(page)
    assert page.evaluate("document.querySelector('audio').duration") > 0.5
    rows = page.locator("tbody tr").first.locator("th, td").all_inner_texts()
    assert rows[0] == "A motorcycle"
    assert "ahead" in rows[1].lower()
    assert rows[2].endswith(" %")


def test_ask_again_with_more_detail(page: Page, motorcycle: Path) -> None:
    page.set_input_files("#camera", motorcycle)
    page.uncheck("#sound")
    page.get_by_role("button", name="Describe").click()
    answer(page, SAID)
    assert page.locator("#listening").is_hidden()
    page.get_by_role("button", name="More detail").click()
    page.locator("#things table").wait_for()
    answer(page, SAID)


def test_find_and_ask_by_enter(page: Page, motorcycle: Path) -> None:
    """Enter in a text field asks what stands beside it."""
    page.set_input_files("#image", motorcycle)
    page.get_by_label("Something to find").fill("motorbike")
    page.keyboard.press("Enter")
    answer(page, "A motorcycle")
    page.get_by_label("A question").fill("What colour is the motorcycle?")
    page.keyboard.press("Enter")
    answer(page, "colour")


def test_in_indonesian(page: Page, motorcycle: Path) -> None:
    page.get_by_role("link", name="Bahasa Indonesia").click()
    page.get_by_role("heading", name="Jelaskan foto").wait_for()
    assert page.locator("html").get_attribute("lang") == "id"
    page.set_input_files("#image", motorcycle)
    page.get_by_role("button", name="Jelaskan").click()
    answer(page, "epeda motor")
    hear(page)


@pytest.mark.parametrize("context", [{"locale": "id-ID"}], indirect=True)
def test_it_begins_in_the_language_of_the_browser(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/")
    assert page.title() == "Jelaskan foto"


def test_by_keyboard_alone(page: Page, motorcycle: Path) -> None:
    def tab_to(selector: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"no way to {selector}")

    choosers: list[FileChooser] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    tab_to("#image")
    for _ in range(20):  # on a busy machine, chromium sometimes doesn't take the first press
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        if choosers:
            break
    choosers[0].set_files(motorcycle)
    tab_to("button[value=describe]")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    answer(page, SAID)
    tab_to("audio")


def test_dropped_and_pasted_photos(page: Page, motorcycle: Path) -> None:
    send = """([kind, base64]) => {
        const data = new DataTransfer();
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], "a.png", {type: "image/png"}));
        document.dispatchEvent(kind === "drop"
            ? new DragEvent("drop", {dataTransfer: data, cancelable: true})
            : new ClipboardEvent("paste", {clipboardData: data}));
    }"""
    for kind in ("drop", "paste"):
        page.reload()
        page.evaluate(send, [kind, b64encode(motorcycle.read_bytes()).decode()])
        page.locator("#preview").wait_for()
        page.get_by_role("button", name="Describe").click()
        answer(page, SAID)


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script(page: Page, motorcycle: Path) -> None:
    page.set_input_files("#image", motorcycle)
    page.get_by_role("button", name="Describe").click()
    answer(page, SAID)
    source = page.locator("audio").get_attribute("src")
    assert source is not None
    assert source.startswith("data:audio/wav;base64,UklGR")


def test_what_goes_wrong_is_said(page: Page, tmp_path: Path, motorcycle: Path) -> None:
    page.get_by_role("button", name="Describe").click()
    answer(page, "Take or choose a photo first.")
    (tmp_path / "text.jpg").write_text("This is not a photo.")
    page.set_input_files("#image", tmp_path / "text.jpg")
    page.get_by_role("button", name="Describe").click()
    answer(page, "This can't be read as a photo: choose another one.")
    page.route("**/answer", lambda route: route.abort())
    page.set_input_files("#image", motorcycle)
    page.get_by_role("button", name="Describe").click()
    answer(page, "The server does not answer. Try again.")


def test_answers_are_kept_only_if_asked_for(page: Page, motorcycle: Path) -> None:
    page.set_input_files("#image", motorcycle)
    page.get_by_role("button", name="Describe").click()
    answer(page, SAID)
    assert page.evaluate("localStorage.length") == 0
    page.check("#keep")
    page.get_by_role("button", name="Describe").click()
    page.locator("#kept li", has_text=SAID).wait_for()
    page.reload()
    assert SAID in page.locator("#kept li").inner_text()
    page.get_by_role("button", name="Delete all").click()
    page.uncheck("#keep")
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []


def test_nothing_comes_from_elsewhere(context: BrowserContext, address: str, motorcycle: Path) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text))
    page.goto("/")
    page.set_input_files("#image", motorcycle)
    page.get_by_role("button", name="Describe").click()
    answer(page, SAID)
    hear(page)
    places = {urlsplit(url)[:2] for url in asked if not url.startswith(("data:", "blob:"))}
    assert places == {urlsplit(address)[:2]}
    assert complaints == []


PUBLISHED = """<!DOCTYPE html><form><input type="file" name="image"></form><div></div><script>
const form = document.querySelector("form"), result = document.querySelector("div");
form.addEventListener("change", async () => {
    const data = new FormData();
    data.append("image", form.image.files[0]);
    const answer = await (await fetch(PATH, {method: "POST", body: data})).json();
    result.innerText = answer[WORDS];
    const bytes = Uint8Array.from(atob(answer[SOUND]), (letter) => letter.charCodeAt(0));
    const audio = new Audio();
    audio.src = URL.createObjectURL(new Blob([bytes], {type: "audio/mpeg"}));
    audio.controls = true;
    result.appendChild(audio);
});
</script>"""
"""A page that asks and shows as the published one does, at the server's own address."""


@pytest.mark.parametrize(
    ("path", "words", "sound", "said"),
    [
        ("/", "caption", "audio_data", SAID),
        ("/translation", "translation", "audio_id_data", "epeda motor"),
    ],
)
def test_the_published_page(
    context: BrowserContext, motorcycle: Path, path: str, words: str, sound: str, said: str
) -> None:
    html = PUBLISHED
    for name, value in {"PATH": path, "WORDS": words, "SOUND": sound}.items():
        html = html.replace(name, f'"{value}"')
    page = context.new_page()
    page.route("**/published", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/published")
    page.set_input_files("input", motorcycle)
    page.locator("div", has_text=said).wait_for()
    page.locator("audio").evaluate("audio => audio.play()")
    hear(page)
