"""Files that are handed to Earsight as photos: of every kind that it reads, and of those that it does not."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (64, 48)
LONG, SHORT = 4, 3  # types of a TIFF's tags
_REAL = ("astronaut.png", "chelsea.png", "motorcycle_left.png", "rocket.jpg", "coffee.png")


def real_photos() -> list[Path]:
    """Photos in scikit-image's wheel that look different from each other, whatever a model says of them."""
    spec = find_spec("skimage")
    assert spec is not None, "pip install scikit-image"
    assert spec.origin is not None
    return [Path(spec.origin).parent / "data" / name for name in _REAL]


def ramp(largest: float, dtype: type, size: tuple[int, int] = SIZE) -> np.ndarray:
    """From 0 to a value, left to right."""
    return np.tile(np.linspace(0, largest, size[0]), (size[1], 1)).astype(dtype)


def tiff(pixels: bytes, size: tuple[int, int], tags: dict[int, int], order: str = "<") -> bytes:
    """A TIFF of one strip, with these tags besides its size."""
    places = {256: size[0], 257: size[1], 259: 1, 262: 1, 273: 8, 277: 1, 278: size[1], 279: len(pixels)}
    entries = b"".join(
        struct.pack(f"{order}HHII", tag, LONG, 1, value) for tag, value in sorted((places | tags).items())
    )
    count = struct.pack(f"{order}H", len(places | tags))
    begin = b"II*\0" if order == "<" else b"MM\0*"
    return begin + struct.pack(f"{order}I", 8 + len(pixels)) + pixels + count + entries + bytes(4)


def grey_tiff(values: np.ndarray, **tags: int) -> bytes:
    kinds = {"u": 1, "i": 2, "f": 3}
    size = (values.shape[1], values.shape[0])
    numbers = {258: 8 * values.dtype.itemsize, 339: kinds[values.dtype.kind]}
    return tiff(values.tobytes(), size, numbers | {int(tag[1:]): value for tag, value in tags.items()})


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def colours() -> Image.Image:
    """Red, green, blue and white quarters."""
    picture = Image.new("RGB", SIZE, (255, 0, 0))
    width, height = SIZE
    picture.paste((0, 255, 0), (width // 2, 0, width, height // 2))
    picture.paste((0, 0, 255), (0, height // 2, width // 2, height))
    picture.paste((255, 255, 255), (width // 2, height // 2, width, height))
    return picture


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))


def half_transparent() -> Image.Image:
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    picture.paste((250, 250, 250, 255), (0, 0, SIZE[0] // 2, SIZE[1]))
    return picture


def sideways() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(colours().transpose(Image.Transpose.ROTATE_90), "jpeg", exif=exif, quality=95)


def box(brand: bytes, *compatible: bytes) -> bytes:
    body = brand + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + bytes(400)


def _damaged(data: bytes) -> bytes:
    """Its end is there, and its beginning; not what is between."""
    at = len(data) // 2
    return data[:at] + b"\xff\x00\xff\xc4\x00\x01\x80\x80" * 8 + data[at + 64 :]


PHOTOS: dict[str, Callable[[], bytes]] = {
    **{f"colours.{kind}": lambda kind=kind: saved(colours(), kind) for kind in ("png", "bmp", "gif", "webp")},
    "colours.jpg": lambda: saved(colours(), "jpeg", quality=95),
    "progressive.jpg": lambda: saved(colours(), "jpeg", progressive=True),
    "cmyk.jpg": lambda: saved(colours().convert("CMYK"), "jpeg", quality=95),
    "cmyk.tif": lambda: saved(colours().convert("CMYK"), "tiff"),
    "sideways.jpg": sideways,
    "palette.png": lambda: saved(colours().convert("P"), "png"),
    "two levels.png": lambda: saved(colours().convert("1"), "png"),
    "grey8.png": lambda: saved(colours().convert("L"), "png"),
    "grey16.png": lambda: saved(Image.fromarray(ramp(65535, np.uint16)), "png"),
    "grey16.tif": lambda: grey_tiff(ramp(65535, np.uint16)),
    "grey16, white is zero.tif": lambda: grey_tiff(ramp(65535, np.uint16), t262=0),
    "grey32.tif": lambda: grey_tiff(ramp(2**32 - 1, np.uint32)),
    "grey32, dark.tif": lambda: grey_tiff(ramp(2**30, np.uint32)),
    "grey32, signed.tif": lambda: grey_tiff(ramp(2**31 - 1, np.int32)),
    "float, to 1.tif": lambda: grey_tiff(ramp(1, np.float32)),
    "float, to 255.tif": lambda: grey_tiff(ramp(255, np.float32)),
    "transparent.png": lambda: saved(half_transparent(), "png"),
    "transparent.webp": lambda: saved(half_transparent(), "webp", lossless=True),
    "transparent grey.png": lambda: saved(half_transparent().convert("LA"), "png"),
    "large.jpg": lambda: saved(colours().resize((2200, 1650)), "jpeg"),
    "large grey16.png": lambda: saved(Image.fromarray(ramp(65535, np.uint16, (1500, 1500))), "png"),
}
"""What is read, by file name."""

CUT_OFF = {
    f"half.{kind}": lambda kind=kind: saved(noise(), kind)[: len(saved(noise(), kind)) // 2]
    for kind in ("jpeg", "png", "webp", "bmp", "tiff")
}
DAMAGED = {
    "damaged.png": lambda: _damaged(saved(noise(), "png")),
    "damaged.tif": lambda: _damaged(saved(noise(), "tiff", compression="tiff_lzw")),
}
NOT_DOWNLOADED = {
    "pointer.jpg": lambda: (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
        "Git LFS pointer",
        "git lfs pull",
    ),
    "annex.jpg": lambda: (b"/annex/objects/MD5E-s12--0a1b.jpg\n", "git-annex pointer", "git annex get"),
    "page.jpg": lambda: (b"\n<!DOCTYPE html>\n<html><body>Log in", "web page (HTML)", "download it again"),
    "page2.jpg": lambda: (b"\xef\xbb\xbf<!-- x --><HTML>", "web page (HTML)", "download it again"),
    "error.jpg": lambda: (b'<?xml version="1.0"?><Error><Code>AccessDenied', "XML text", "download it again"),
    "error2.jpg": lambda: (b'{"error": "quota"}', "JSON text", "download it again"),
    "zeros.jpg": lambda: (bytes(5000), "file of zeros", "not downloaded or copied whole"),
    "empty.jpg": lambda: (b"", "empty", "copy it again"),
}
UNSUPPORTED = {
    **{
        f"{brand.decode().strip()}.heic": lambda brand=brand, said=said: (box(brand, b"mif1"), said)
        for brand, said in (
            *((brand, "a HEIC photo") for brand in (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis")),
            *((brand, "a HEIF photo") for brand in (b"mif1", b"msf1", b"mif2", b"avci", b"1pic", b"MiHB")),
            *((brand, "an AVIF photo") for brand in (b"avif", b"avis")),
        )
    },
    "camera.heif": lambda: (box(b"xyz ", b"mif1", b"heic"), "a HEIC photo of the brand xyz"),
    "film.mp4": lambda: (box(b"isom", b"mp41"), "a video, or a file of the brand isom"),
    "canon.cr3": lambda: (box(b"crx ", b"isom"), "a camera's raw file (Canon CR3)"),
    "canon.cr2": lambda: (b"II*\0\x10\0\0\0CR\x02\0" + bytes(400), "a camera's raw file (Canon CR2)"),
    "fuji.raf": lambda: (b"FUJIFILMCCD-RAW 0201" + bytes(400), "a camera's raw file (Fujifilm RAF)"),
    "panasonic.rw2": lambda: (b"IIU\0\x18\0\0\0" + bytes(400), "a camera's raw file (Panasonic RW2)"),
    "olympus.orf": lambda: (b"IIRO\x08\0\0\0" + bytes(400), "a camera's raw file (Olympus ORF)"),
    "adobe.dng": lambda: (grey_tiff(ramp(65535, np.uint16), t50706=0x0401), "a camera's raw file (DNG)"),
    "sensor.tif": lambda: (grey_tiff(ramp(65535, np.uint16), t262=32803), "a camera's raw file"),
    "nikon.nef": lambda: (grey_tiff(ramp(255, np.uint8), t254=1, t271=1, t330=8), "a camera's raw file"),
    "jxl.tif": lambda: (grey_tiff(ramp(255, np.uint8), t259=50002), "a TIFF with JPEG XL compression"),
    "jp2.tif": lambda: (grey_tiff(ramp(255, np.uint8), t259=34712), "a TIFF with JPEG 2000 compression"),
    "odd.tif": lambda: (
        grey_tiff(ramp(255, np.uint8), t259=61234),
        "a TIFF with unknown (61234)",
    ),
    "float16.tif": lambda: (grey_tiff(ramp(1, np.float16)), "a TIFF of 1 floating-point number of 16 bits"),
    "float64.tif": lambda: (grey_tiff(ramp(1, np.float64)), "a TIFF of 1 floating-point number of 64 bits"),
    "float colours.tif": lambda: (
        tiff(np.ones((48, 64, 3), np.float32).tobytes(), SIZE, {258: 32, 262: 2, 277: 3, 339: 3}),
        "a TIFF of 3 floating-point numbers of 32 bits",
    ),
    "photo.jxl": lambda: (b"\xff\x0a" + bytes(400), "a JPEG XL photo"),
    "container.jxl": lambda: (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(400), "a JPEG XL photo"),
    "photo.jp2": lambda: (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(400), "a JPEG 2000 photo"),
    "lossless.jpg": lambda: (
        b"\xff\xd8\xff\xc3\x00\x0b\x08\x00\x30\x00\x40\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x01\x00\x00"
        + bytes(100)
        + b"\xff\xd9",
        "a JPEG of a rare kind (lossless)",
    ),
    "layers.psd": lambda: (b"8BPS\0\x01" + bytes(400), "a Photoshop document"),
    "drawing.svg": lambda: (b'<?xml version="1.0"?>\n<svg width="9">', "an SVG drawing"),
    "report.pdf": lambda: (b"%PDF-1.7\n", "a PDF document"),
    "photos.zip": lambda: (b"PK\x03\x04" + bytes(400), "a ZIP archive"),
    "picture.ppm": lambda: (b"P6\n64 48\n255\n" + bytes(9216), "a Netpbm picture"),
}


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
