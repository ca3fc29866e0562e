"""What QR codes and barcodes hold: addresses, networks, people, numbers, text. In no language yet.

Whoever printed a code may have meant harm. Nothing here opens, calls or joins anything; and what comes out
holds no character that can't be seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from earsight.scene import Code, CodeKind


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address in the web.

    Attributes:
        host: In small letters, without "www.": whose site it is.
        rest: What comes after it, from the slash on; may be empty.
        is_odd: Whether the host has letters that may imitate others.
    """

    host: str
    rest: str
    is_odd: bool


@dataclass(frozen=True, slots=True)
class Network:
    """A wireless network.

    Attributes:
        name: Of the network.
        password: Empty: it has none.
    """

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or a firm: names, telephone numbers and addresses, the name first."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone number."""

    number: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail address."""

    address: str


@dataclass(frozen=True, slots=True)
class ProductNumber:
    """The number of goods, or of a book (ISBN)."""

    digits: str

    @property
    def is_book(self) -> bool:
        return len(self.digits) == 13 and self.digits.startswith(("978", "979"))


@dataclass(frozen=True, slots=True)
class PlainText:
    """Anything else that is text."""

    text: str


@dataclass(frozen=True, slots=True)
class Data:
    """No text."""


Content = WebAddress | Network | Contact | Telephone | Mail | ProductNumber | PlainText | Data

_HOST = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(?:\.[\w-]{1,63})+")
_BARE_ADDRESS = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}(?:/\S*)?", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,253}")
_CONTACT_LINES = 6
_SAID_OF_A_CONTACT = ("ORG", "TEL", "EMAIL")


def content_of(code: Code) -> Content:
    """Find out what a code holds. Whatever is no good example of its format is text."""
    text = code.text.strip("\0\r\n\t ")
    plain = visible(text)
    if not plain or _is_data(text):
        return Data() if text else PlainText("")
    if code.kind is CodeKind.PRODUCT and plain.isdecimal():
        # UPC-A is EAN-13 with a zero before it, which is not printed.
        return ProductNumber(plain[1:] if len(plain) == 13 and plain.startswith("0") else plain)
    scheme, _, after = text.partition(":")
    match scheme.strip().lower():
        case "wifi":
            found: Content | None = _network(after)
        case "mecard":
            found = _mecard(after)
        case "begin" if after.strip().lower().startswith("vcard"):
            found = _vcard(text)
        case "tel":
            found = Telephone(visible(after)) if after.strip() else None
        case "mailto":
            address = unquote(after.partition("?")[0]).strip()
            found = Mail(visible(address)) if _MAIL.fullmatch(address) else None
        case "http" | "https":
            found = _address(text)
        case _:
            found = _address(f"//{text}") if _BARE_ADDRESS.fullmatch(text) else None
    return found or PlainText(plain)


def visible(text: str) -> str:
    """The text on one line, with no characters but those that can be seen.

    Control characters become spaces. Left out are what changes the direction of writing or has no width,
    marks that are piled on letters, and what is no character.
    """
    kept = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif category[0] not in "CM":
            kept.append(letter)
    return " ".join("".join(kept).split())


def _is_data(text: str) -> bool:
    """Whether so many characters are no text that the rest is none either: of all 256 bytes, a quarter."""
    odd = sum(
        unicodedata.category(letter) in ("Cc", "Cn", "Co") and letter not in "\r\n\t" for letter in text
    )
    return odd > len(text) / 10


def _address(text: str) -> WebAddress | None:
    """Of an address with its scheme. Whatever stands before an @ is no part of where it leads."""
    if any(letter.isspace() for letter in text):
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = visible(host).lower().rstrip(".")
    if not _HOST.fullmatch(host):
        return None
    is_odd = not host.isascii() or "xn--" in host
    rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    shown = host.removeprefix("www.") + (f":{port}" if port else "")
    return WebAddress(shown, visible(unquote(rest)), is_odd)


def _network(fields: str) -> Network | None:
    """Of "T:WPA;S:name;P:password;;" (zxing's format, which phones read)."""
    values = dict(_fields(fields))
    if not values.get("S"):
        return None
    is_open = values.get("T", "").lower() in ("", "nopass") and not values.get("P")
    return Network(visible(values["S"]), "" if is_open else visible(values.get("P", "")))


def _mecard(fields: str) -> Contact | None:
    values = list(_fields(fields))
    names = [" ".join(reversed(value.split(","))) for key, value in values if key == "N"]
    others = [value for key in _SAID_OF_A_CONTACT for name, value in values if name == key]
    return _contact([*names, *others])


def _fields(fields: str) -> Iterator[tuple[str, str]]:
    """The fields "KEY:value;", in which a backslash takes the next character as it is."""
    for field in re.findall(r"((?:\\.|[^;\\])+)(?:;|$)", fields, re.DOTALL):
        key, colon, value = field.partition(":")
        if colon:
            yield key.strip().upper(), re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)


def _vcard(text: str) -> Contact | None:
    """RFC 6350, as far as names, telephone numbers and mail addresses go."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    values: list[tuple[str, str]] = []
    for line in unfolded.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            plain = re.sub(r"\\(.)", r"\1", value.removeprefix("tel:"))
            values.append((key.partition(";")[0].rpartition(".")[2].strip().upper(), plain))
    names = [value for key, value in values if key == "FN"]
    if not names:
        names = [" ".join(reversed(value.split(";")[:2])) for key, value in values if key == "N"]
    others = [value for key in _SAID_OF_A_CONTACT for name, value in values if name == key]
    return _contact([*names[:1], *others])


def _contact(lines: list[str]) -> Contact | None:
    said = [line for line in map(visible, lines) if line][:_CONTACT_LINES]
    return Contact(tuple(said)) if said else None
