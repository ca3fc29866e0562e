"""What a file is, told by its first bytes, where it is something else than was asked for.

Downloads and version control leave other things in a file's place: a page that asks for a password, a Git LFS
pointer. To call these "damaged" would send people looking for the wrong thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = 4096
"""Bytes that are looked at; fewer will do, but tell less."""


@dataclass(frozen=True)
class Signature:
    """What a file is, and what to do about it.

    Attributes:
        what: Such as "a Git LFS pointer".
        remedy: Such as "run `git lfs pull`"; empty where there is none in particular.
    """

    what: str
    remedy: str = ""


_AGAIN = "download it again"
_AS_JPEG = "save it as JPEG"
_LFS = re.compile(rb"version https://(git-lfs\.github\.com|hawser\.github\.com)/spec/")
_ANNEX = re.compile(rb"(/annex/objects/|(\.\./)*\.git/annex/objects/)")
_PAGE = re.compile(rb"(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|script|title|meta|h1)\b", re.I | re.S)
_MARKUP = re.compile(rb"<(\?xml|[a-z]+[ />])", re.I)


def not_downloaded(head: bytes) -> Signature | None:
    """Whether a file, by its first bytes, only stands in for one that was not downloaded, or not whole.

    Args:
        head: The first HEAD bytes, or all of a smaller file.

    Returns:
        What it is; None where it may be what it should be.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        return Signature("an empty file", "download or copy it again")
    if not head.strip(b"\0"):
        return Signature("a file of zeros", "it was not downloaded or copied whole: do so again")
    if _LFS.match(text):
        return Signature("a Git LFS pointer, not the file itself", "run `git lfs pull`")
    if _ANNEX.match(text):
        return Signature("a git-annex pointer, not the file itself", "run `git annex get`")
    if _PAGE.match(text):
        return Signature("a web page (HTML)", f"{_AGAIN}: the server sent a page in its place")
    return None


def server_message(head: bytes) -> Signature | None:
    """As not_downloaded(), for files that are no text: markup and JSON are a server's message, too."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.match(text) and b"<svg" not in text[:HEAD].lower():
        return Signature("XML text", f"{_AGAIN}: this may be a server's error message")
    if text.startswith((b'{"', b"{'")):
        return Signature("JSON text", f"{_AGAIN}: this may be a server's error message")
    return None


_RAW = "a camera's raw file"
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"FUJIFILMCCD-RAW", f"{_RAW} (Fujifilm RAF)"),
    (0, b"FOVb", f"{_RAW} (Sigma X3F)"),
    (0, b"\0MRM", f"{_RAW} (Minolta MRW)"),
    (0, b"IIU\0", f"{_RAW} (Panasonic RW2)"),
    (0, b"IIRO", f"{_RAW} (Olympus ORF)"),
    (0, b"IIRS", f"{_RAW} (Olympus ORF)"),
    (0, b"MMOR", f"{_RAW} (Olympus ORF)"),
    (6, b"HEAPCCDR", f"{_RAW} (Canon CRW)"),
    (8, b"CR\x02", f"{_RAW} (Canon CR2)"),
    (8, b"IIII", f"{_RAW} (Phase One IIQ)"),
    (0, b"\xff\x0a", "a JPEG XL photo"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL photo"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 photo"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 photo"),
    (0, b"\xff\xd8\xff\xf7", "a JPEG-LS photo"),
    (0, b"II\xbc", "a JPEG XR photo"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"gimp xcf", "a GIMP document"),
    (0, b"\0\0\1\0", "an icon (ICO)"),
    (0, b"\0\0\2\0", "a cursor (CUR)"),
    (0, b"v/1\x01", "an OpenEXR picture"),
    (0, b"#?RADIANCE", "a Radiance HDR picture"),
    (0, b"#?RGBE", "a Radiance HDR picture"),
    (0, b"qoif", "a QOI picture"),
    (0, b"FLIF", "a FLIF picture"),
    (0, b"BPG\xfb", "a BPG picture"),
    (0, b"DDS ", "a DDS texture"),
    (0, b"SIMPLE  =", "a FITS picture"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"<svg", "an SVG drawing"),
    (128, b"DICM", "a DICOM picture"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x1aE\xdf\xa3", "a video (Matroska)"),
    (8, b"AVI ", "a video (AVI)"),
    (0, b"\0\0\1\xba", "a video (MPEG)"),
)
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
_AVIF = frozenset({b"avif", b"avis"})
_HEIF = frozenset(
    {b"mif1", b"mif2", b"mif3", b"msf1", b"miaf", b"avci", b"avcs", b"j2ki", b"j2is", b"jpeg", b"jpgs"}
    | {b"MiHB", b"MiHA", b"MiHE", b"MiPr", b"MA1A", b"MA1B", b"1pic", b"unif", b"vvic", b"vvis", b"evbi"}
)
_PORTABLE = re.compile(rb"P[1-7][\s#]")


def foreign_picture(head: bytes) -> Signature | None:
    """What else than a photo for Earsight a file is, such as a camera's raw file; None: nothing is known."""
    if head[4:8] == b"ftyp":
        return _container(head)
    for at, magic, what in _MAGIC:
        if head[at : at + len(magic)] == magic:
            return Signature(what, _AS_JPEG if "archive" not in what and "video" not in what else "")
    if _PORTABLE.match(head):
        return Signature("a Netpbm picture", _AS_JPEG)
    if b"<svg" in head.lower() and head.lstrip().startswith(b"<"):
        return Signature("an SVG drawing", _AS_JPEG)
    return None


def _container(head: bytes) -> Signature:
    """A file of boxes (ISO 14496-12): photos, videos and raw files, told apart by their brands."""
    size = int.from_bytes(head[:4], "big")
    box = head[8 : min(size, len(head))] if size >= 12 else head[8:12]
    brands = [box[:4], *(box[at : at + 4] for at in range(8, len(box) - 3, 4))]
    major = brands[0].decode("ascii", "replace").strip()
    shown = "".join(letter if letter.isprintable() else "?" for letter in major)
    for known, what in ((_AVIF, "AVIF"), (_HEIC, "HEIC"), (_HEIF, "HEIF")):
        if brands[0] in known:
            return Signature(f"a {what} photo".replace("a A", "an A"), _AS_JPEG)
    if brands[0] == b"crx ":
        return Signature(f"{_RAW} (Canon CR3)", _AS_JPEG)
    for known, what in ((_AVIF, "AVIF"), (_HEIC, "HEIC"), (_HEIF, "HEIF")):
        if known.intersection(brands[1:]):
            return Signature(f"a {what} photo of the brand {shown}".replace("a A", "an A"), _AS_JPEG)
    return Signature(f"a video, or a file of the brand {shown}")
