"""The files of the page, read once: what a client asks for by name is looked up, never opened."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from earsight.voice.earcons import Earcon, render
from earsight_server.speech import wav

_FOLDER = Path(__file__).with_name("page")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wav": "audio/wav",
}


def static_files() -> dict[str, tuple[bytes, str]]:
    """Content and type of each file that the page loads, by its name."""
    files = {path.name: path.read_bytes() for path in (_FOLDER / "static").iterdir()}
    files["working.wav"] = wav(render(Earcon.LOOK))
    return {name: (content, _TYPES[Path(name).suffix]) for name, content in files.items()}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )


def rendered(template: str, **values: object) -> str:
    """A page as HTML; all values are escaped."""
    return _templates().get_template(template).render(**values)
