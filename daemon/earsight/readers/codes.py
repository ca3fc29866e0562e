"""Finds QR codes and barcodes, by zxing-cpp (extra `codes`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earsight.errors import EarsightError
from earsight.message import message
from earsight.scene import Box, Code, CodeKind

if TYPE_CHECKING:
    import zxingcpp


class CodesMissingError(EarsightError):
    """What reads codes is not installed."""

    spoken = message("error.codes_missing")


@dataclass(frozen=True, slots=True)
class CodesSeen:
    """The codes in a picture.

    Attributes:
        codes: Those that could be read, from left to right.
        unread: Whether there is one that could not be read. Of a code that is cut off nothing is known.
    """

    codes: tuple[Code, ...]
    unread: bool = False


def read_codes(pixels: np.ndarray) -> CodesSeen:
    """Read all codes in a picture, whichever way they are turned.

    Args:
        pixels: uint8 (height, width, 3), RGB.

    Raises:
        CodesMissingError: zxing-cpp is not installed.
    """
    try:
        import zxingcpp
    except ImportError as error:
        raise CodesMissingError(
            f"codes can't be read: {error}. Install zxing-cpp: pip install 'earsight[codes]'"
        ) from None
    grey = (pixels @ np.array([77, 150, 29], np.uint32) >> 8).astype(np.uint8)
    found = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain, return_errors=True)
    codes = [_code(each, pixels.shape) for each in found if each.valid]
    # In photos without codes, it takes a texture for a damaged Data Matrix or PDF417 now and then.
    unread = any(not each.valid and _kind(each) is not CodeKind.OTHER for each in found)
    return CodesSeen(tuple(sorted(codes, key=lambda code: code.box.left)), unread)


def _code(found: zxingcpp.Barcode, shape: tuple[int, ...]) -> Code:
    at = found.position
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    across, down = [each.x / shape[1] for each in corners], [each.y / shape[0] for each in corners]
    return Code(_kind(found), found.text, Box(min(across), min(down), max(across), max(down)))


def _kind(found: zxingcpp.Barcode) -> CodeKind:
    import zxingcpp

    symbology = found.format.symbology
    if symbology == zxingcpp.BarcodeFormat.QRCode:
        return CodeKind.QR_CODE
    if symbology == zxingcpp.BarcodeFormat.EANUPC:
        return CodeKind.PRODUCT
    linear = zxingcpp.barcode_formats_list(zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.AllLinear))
    return CodeKind.BARCODE if found.format in linear else CodeKind.OTHER
