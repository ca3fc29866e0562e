"""Which reader the settings ask for."""

from __future__ import annotations

from earsight.config.text import TextSection
from earsight.readers.none import NoReader
from earsight.readers.reader import Reader


def build_reader(section: TextSection) -> Reader:
    """Make the reader; its networks are loaded when it first reads.

    Args:
        section: The settings.
    """
    if section.engine == "none":
        return NoReader("text.engine is none in the settings: set it to auto to have text read")
    return NoReader("the package rapidocr is missing: pip install rapidocr")
