"""Pictures of QR codes and barcodes, made by the library that reads them."""

from __future__ import annotations

import numpy as np
import zxingcpp

QR, EAN = zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.EAN13


def code(text: str | bytes, kind: zxingcpp.BarcodeFormat = QR, scale: int = 4) -> np.ndarray:
    """uint8 (height, width), black on white, with the quiet zone around it."""
    made = zxingcpp.create_barcode(text, kind)
    return np.array(zxingcpp.write_barcode_to_image(made, scale=scale, add_quiet_zones=True))


def placed(
    *codes: np.ndarray, width: int = 640, height: int = 480, left: int = 20, top: int = 40
) -> np.ndarray:
    """Codes side by side on a grey table, uint8 (height, width, 3)."""
    table = np.full((height, width), 150, np.uint8)
    for each in codes:
        rows, columns = each.shape[0], each.shape[1]
        part = table[top : top + rows, left : left + columns]
        part[:] = each[: part.shape[0], : part.shape[1]]
        left += columns + 20
    return np.repeat(table[..., None], 3, axis=2)
