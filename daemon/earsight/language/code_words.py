"""What a QR code or barcode holds, in words. In any language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from earsight.language.code_contents import (
    Contact,
    Content,
    Data,
    Mail,
    Network,
    PlainText,
    ProductNumber,
    Telephone,
    WebAddress,
    content_of,
)
from earsight.language.language import Language
from earsight.language.utterance import Quotation, Words
from earsight.message import Message, counted, message
from earsight.scene import Code, CodeKind

_KINDS = {
    CodeKind.QR_CODE: message("code.qr_code"),
    CodeKind.PRODUCT: message("code.barcode"),
    CodeKind.BARCODE: message("code.barcode"),
    CodeKind.OTHER: message("code.other"),
}
_UNREADABLE = message("code.unreadable")
_LONGEST = 300
"""Characters of a text that are read: some twenty seconds."""
_LONGEST_PATH = 60
"""Characters that are read of what comes after the host in an address."""


@dataclass(frozen=True, slots=True)
class CodeWords:
    """What is said of a code.

    Attributes:
        words: With a quotation of what it holds at the end.
        password: That of a network, which is only said if the wearer asks for it; empty: there is none.
    """

    words: tuple[Words, ...]
    password: str = ""


def code_words(code: Code, language: Language) -> CodeWords:
    """Put a code into words.

    Args:
        code: As it was read.
        language: The wearer's.
    """
    content = content_of(code)
    kind = _KINDS[code.kind]
    told = _told(content, language)
    if code.kind is CodeKind.BARCODE and told.text and isinstance(content, PlainText):
        told = replace(
            told, text=language.spelled(_cut(content.text)[0])
        )  # a number or a mark of somebody's own
    words: tuple[Words, ...] = (kind, *told.notes)
    if told.text:
        words = (*words, *_quoted(told, language))
    return CodeWords(words, content.password if isinstance(content, Network) else "")


def spelled_password(password: str, language: Language) -> tuple[Words, ...]:
    """A network's password, sign by sign."""
    return (message("code.password"), Quotation(language.spelled(password, exact=True), language.code))


@dataclass(frozen=True, slots=True)
class _Told:
    """Of a content.

    Attributes:
        frame: What it is, which its text comes after.
        text: As it is read aloud; empty: only the notes are said.
        notes: What is said before it.
        left_out: Characters that the text leaves out at its end.
    """

    frame: Message | None
    text: str
    notes: tuple[Message, ...] = ()
    left_out: int = 0


def _told(content: Content, language: Language) -> _Told:
    match content:
        case WebAddress():
            return _web_address(content, language)
        case Network(name=name, password=password):
            note = message("code.has_password") if password else message("code.has_no_password")
            return _Told(message("code.network"), _cut(name)[0], (note,))
        case Contact(lines=lines):
            return _Told(message("code.contact"), ". ".join(_line(line, language) for line in lines))
        case Telephone(number=number):
            return _Told(message("code.telephone"), _digits(_cut(number)[0]))
        case Mail(address=address):
            return _Told(message("code.mail"), _signs(_cut(address)[0], language))
        case ProductNumber(digits=digits):
            frame = message("code.book") if content.is_book else message("code.product")
            return _Told(frame, _digits(digits))
        case PlainText(text=text):
            said, left_out = _cut(text)
            if not text:
                return _Told(None, "", (message("code.empty"),))
            return _Told(message("code.text"), language.read_aloud(said), left_out=left_out)
        case Data():
            return _Told(None, "", (message("code.data"),))


def _web_address(content: WebAddress, language: Language) -> _Told:
    if any(map(_is_foreign, content.host)):  # without these letters it would be another address
        return _Told(None, "", (message("code.odd_address"), _UNREADABLE))
    rest, left_out = content.rest[:_LONGEST_PATH], len(content.rest[_LONGEST_PATH:])
    notes = (message("code.odd_address"),) if content.is_odd else ()
    spoken = " ".join(filter(None, (_signs(content.host, language), _signs(rest, language))))
    return _Told(message("code.web_address"), spoken, notes, left_out)


def _quoted(told: _Told, language: Language) -> tuple[Words, ...]:
    """The text with what comes before it. Letters that no voice can say are left out, and that is said."""
    letters = [letter for letter in told.text if letter.isalpha()]
    foreign = [letter for letter in letters if _is_foreign(letter)]
    said = " ".join("".join(letter for letter in told.text if letter not in set(foreign)).split())
    notes: list[Message] = []
    if foreign and (len(foreign) > len(letters) / 2 or not said):
        return (_UNREADABLE,)
    if foreign:
        notes.append(message("code.partly_unreadable"))
    if told.left_out:
        notes.append(counted("code.left_out", told.left_out))
    frame = () if told.frame is None else (told.frame,)
    return (*notes, *frame, Quotation(said, language.code))


def _is_foreign(letter: str) -> bool:
    return letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN")


def _cut(text: str) -> tuple[str, int]:
    """The beginning of a long text, up to the end of a word, and how many characters are left."""
    if len(text) <= _LONGEST:
        return text, 0
    end = text.rfind(" ", _LONGEST // 2, _LONGEST)
    end = _LONGEST if end < 0 else end
    return text[:end], len(text) - end


def _line(line: str, language: Language) -> str:
    """Of a contact: a number, a mail address, or a name."""
    said, _ = _cut(line)
    if re.fullmatch(r"\+?[\d\s()/.-]{5,}", said):
        return _digits(said)
    return _signs(said, language) if "@" in said else said


def _digits(number: str) -> str:
    """Each digit for itself, with a pause where the number has a gap, or else after three or four."""
    groups = re.findall(r"\d+", number)
    if not groups:
        return number
    if len(groups) == 1:
        digits = groups[0]
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        if len(groups) > 1 and len(groups[-1]) == 1:
            groups[-2:] = ["".join(groups[-2:])]
    apart = ", ".join(" ".join(group) for group in groups)
    return f"+ {apart}" if number.strip().startswith("+") else apart


def _signs(address: str, language: Language) -> str:
    """An address with its signs as words."""
    pieces = re.findall(r"[^\W_]+|.", address)
    return " ".join(
        piece if piece[0].isalnum() else language.spelled(piece) for piece in pieces if piece.strip()
    )
