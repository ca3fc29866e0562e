"""Fonts to draw text with: those of the system, in two halves that share no family, and Pillow's own."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from functools import cache
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

FOLDER = Path("/usr/share/fonts")
_OTHER_SCRIPTS = re.compile(
    r"noto|droid|amiri|asana|symbol|dingbat|d05|cjk|emoji|math|opens___|d050000l|z003|libertine_[ik]|junicode.*(cond|exp)",
    re.I,
)
_LATIN_NOTO = re.compile(r"^Noto(Sans|Serif|SansMono|SansDisplay|SerifDisplay)-(Regular|Bold|Italic|Light)")


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
    return tuple(sorted(path for path in latin if half_of(family(path)) is half))


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
