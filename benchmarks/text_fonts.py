"""Fonts to draw text with: those of the system, in two halves that share no family, and Pillow's own."""

from __future__ import annotations

import hashlib
import re
import string
from enum import StrEnum
from functools import cache
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

FOLDER = Path("/usr/share/fonts")
_OTHER_SCRIPTS = re.compile(
    r"noto|droid|amiri|asana|symbol|dingbat|d05|cjk|emoji|math|smallcaps|opens___|d050000l|z003|libertine_[ik]|junicode.*(cond|exp)",
    re.I,
)
_LATIN_NOTO = re.compile(r"^Noto(Sans|Serif|SansMono|SansDisplay|SerifDisplay)-(Regular|Bold|Italic|Light)")

_NEEDED = string.ascii_letters + string.digits + ".,:;-/%&'()+$£"


class Half(StrEnum):
    """TRAINING: what constants are fitted on. TEST: what they are judged on."""

    TRAINING = "training"
    TEST = "test"


def half_of(name: str) -> Half:
    """The half that a family, or a photo, belongs to, by the hash of its name."""
    return Half.TEST if hashlib.sha256(name.encode()).digest()[0] % 2 else Half.TRAINING


@cache
def fonts(half: Half) -> tuple[Path, ...]:
    """Files of Latin fonts that are installed, of a half of the families; none where there are none."""
    found = [path for path in FOLDER.rglob("*") if path.suffix.lower() in (".ttf", ".otf")]
    latin = (path for path in found if _LATIN_NOTO.match(path.name) or not _OTHER_SCRIPTS.search(path.name))
    return tuple(sorted(path for path in latin if half_of(family(path)) is half and _is_complete(path)))


def _is_complete(path: Path) -> bool:
    """Whether it has every character of text_samples.py: fonts of traffic signs lack some."""
    font = loaded(path, 40)
    missing = _drawn(font, "\uffff")
    return all(_drawn(font, each) not in (missing, b"") for each in _NEEDED)


@cache
def has_only_capitals(path: Path | None) -> bool:
    """Whether it draws small letters as capitals, so that nobody can read the small ones."""
    font = loaded(path, 40)
    return all(font.getbbox(each) == font.getbbox(each.upper()) for each in "age")


def _drawn(font: FreeTypeFont, text: str) -> bytes:
    return bytes(font.getmask(text))


def family(path: Path) -> str:
    """The family of a font's file, or several of one maker: the folder below truetype/ or opentype/."""
    return path.relative_to(FOLDER).parts[1]


def loaded(path: Path | None, size: int) -> FreeTypeFont:
    """A font at a size in pixels; None: Pillow's own."""
    if path is None:
        font = ImageFont.load_default(size)
        assert isinstance(font, FreeTypeFont)
        return font
    return ImageFont.truetype(str(path), size)
