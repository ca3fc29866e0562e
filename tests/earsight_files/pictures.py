"""Pictures that look different from every side, and what a reader says of photos."""

from pathlib import Path

import pytest
from PIL import Image

from earsight_files.photos import PhotoFileError, read_photo

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red and green over blue and white: every turn and flip of it looks different."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    picture.paste(WHITE, (width // 2, height // 2, width, height))
    return picture


def refusal(path: Path) -> str:
    with pytest.raises(PhotoFileError) as caught:
        read_photo(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.encode()
    return message
