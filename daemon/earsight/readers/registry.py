"""Which reader the settings ask for.

The module that runs graphs is imported when it is needed: where ONNX Runtime crashes, there must still be a
voice to say so.
"""

from __future__ import annotations

from importlib.util import find_spec

from earsight.config.text import TextSection
from earsight.readers.none import NoReader
from earsight.readers.reader import Reader

_MISSING = (
    "text can't be read without the package {0}: script/install and script/run install it, or pip install {0}"
)
_SWITCHED_OFF = "text can't be read: text.engine is none in the settings; set it to auto"


def build_reader(section: TextSection, threads: int = 0) -> Reader:
    """Make the reader; its networks are loaded when it first reads.

    Args:
        section: The settings.
        threads: Of the processor; 0 takes what ONNX Runtime finds.

    Returns:
        A reader that only says what is missing, where nothing can read.
    """
    if section.engine == "none":
        return NoReader(_SWITCHED_OFF)
    for package, module in (("rapidocr", "rapidocr"), ("opencv-python-headless", "cv2")):
        if find_spec(module) is None:
            return NoReader(_MISSING.format(package))
    from earsight.readers.rapidocr import RapidReader

    return RapidReader(threads, section.keep_loaded)
