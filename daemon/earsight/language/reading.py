"""A reading in words: verbatim, in reading order, with its doubt, in passages that can be stopped.

In any language. Nothing is left out without a word, and nothing is guessed: what is not likely to be right is
said after "Unclear:", and what is probably wrong is only counted.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from earsight.language.language import PROBLEMS, Language, capitalized
from earsight.language.languages import LANGUAGES, load_language, promises_safety
from earsight.language.utterance import QUOTES, Priority, Quotation, Words, utterance
from earsight.message import Message, counted, message
from earsight.scene import AimingHint, Reading, Scene, TextLine

PLAIN_ABOVE = 0.6
"""Confidence from which a line is read as it is."""
UNCLEAR_ABOVE = 0.25
"""From here on it is read after "Unclear:"; below, it is only said that there is a line."""

LONGEST = 160
"""Characters of a passage at most: some ten seconds of speech. The voice never gets more at once, so that it
begins soon, and a press loses little."""

_BETWEEN_SENTENCES = re.compile(r"(?<=\w{3}[.!?])\s+")
"""Not after short words: "No. 5", "Jl. Merdeka"."""

_OPEN_END = re.compile(
    r"(?:,|\b(?:a|an|and|as|at|before|by|for|from|in|is|of|on|or|than|that|the|to|was|with|your"
    r"|dan|atau|di|dari|dengan|hari|ke|oleh|pada|sebesar|untuk|yang))$"
)
"""Words, English and Indonesian, with which no sentence ends."""

_PAGE_LINE = 40
"""Characters from which a line is one of a page, where a number at its end may be cut from what it is of."""

SIGN_WORDS = 6
"""Words of text at most that a detailed description mentions."""

_NO_TEXT = message("reading.none")
_UNREADABLE = message("reading.unreadable")
_CUT_SHORT = message("reading.cut_short")
_UNCLEAR = message("reading.unclear")
_SIGN = message("reading.sign")
_HINTS = {
    AimingHint.UPSIDE_DOWN: message("reading.upside_down"),
    AimingHint.CUT_OFF_LEFT: message("reading.cut_off_left"),
    AimingHint.CUT_OFF_RIGHT: message("reading.cut_off_right"),
    AimingHint.CUT_OFF_TOP: message("reading.cut_off_top"),
    AimingHint.CUT_OFF_BOTTOM: message("reading.cut_off_bottom"),
    AimingHint.TOO_SMALL: message("reading.too_small"),
    AimingHint.BLURRED: message("reading.blurred"),
}
"""In the order in which they are said."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is said at once.

    Attributes:
        words: See utterance().
        verbatim: What is printed, if something is read.
    """

    words: tuple[Words, ...]
    verbatim: str = ""


def passages(scene: Scene, language: Language) -> tuple[Passage, ...]:
    """Put what was read into words.

    Args:
        scene: Of a look for text.
        language: The wearer's, in which lines are read whose language is not known.

    Returns:
        At least one passage: text first, then what would make it easier to read. A part of a text, which has
        a rest, is told to be cut short.
    """
    if scene.text is None:
        return (Passage((PROBLEMS[scene.problem] if scene.problem else _NO_TEXT,)),)
    told = [*_lines(scene.text.lines, language)]
    if scene.text.cut_short:
        told.append(Passage((_CUT_SHORT,)))
    told += _hints(scene.text)
    return tuple(told or [Passage((_NO_TEXT,))])


def further_passages(before: Sequence[Passage], reading: Reading, language: Language) -> tuple[Passage, ...]:
    """Put a further part of a text into words.

    Args:
        before: What was told of the parts before it.
        reading: The part.
        language: The wearer's.

    Returns:
        Perhaps none; together with those before, at least one, unless the part has a rest.
    """
    lines = _lines(reading.lines, language)
    if lines and _completes_promise(before, lines):
        lines[0] = Passage((QUOTES, *lines[0].words), lines[0].verbatim)
    told = (*lines, *_hints(reading))
    return told if told or before or reading.rest else (Passage((_NO_TEXT,)),)


def _hints(reading: Reading) -> list[Passage]:
    told = [Passage((words,)) for hint, words in _HINTS.items() if hint in reading.hints]
    return [*told, Passage((_UNREADABLE,))] if reading.unreadable else told


def said(told: Iterable[Passage], language: Language) -> str:
    """Passages as one text: exactly what a wearer hears.

    Args:
        told: At least one.
        language: The wearer's.
    """
    return " ".join(utterance(each.words, language, Priority.ANSWER).whole for each in told)


def spelled(verbatim: str, language: Language) -> tuple[Passage, ...]:
    """Spell printed text, in the wearer's language."""
    pieces = textwrap.wrap(verbatim, LONGEST // 4, break_on_hyphens=False)
    return tuple(Passage((Quotation(language.spelled(piece), language.code),), piece) for piece in pieces)


def plain_lines(reading: Reading) -> tuple[TextLine, ...]:
    """The lines that are read as they are."""
    return tuple(line for line in reading.lines if line.confidence >= PLAIN_ABOVE)


def sign(reading: Reading, language: Language) -> tuple[Words, ...]:
    """What a detailed description mentions of text: the largest lines that are likely, in a few words.

    Returns:
        Nothing where there are none.
    """
    by_size = sorted(plain_lines(reading), key=lambda line: line.box.top - line.box.bottom)
    chosen: list[TextLine] = []
    for line in by_size:
        if len(" ".join(each.text for each in [*chosen, line]).split()) > SIGN_WORDS:
            break
        if not chosen or line.block == chosen[0].block:
            chosen.append(line)
    if not chosen:
        return ()
    in_order = [line for line in reading.lines if line in chosen]
    return (_SIGN, _quotation(" ".join(line.text for line in in_order), in_order[0].language, language))


def _lines(lines: Sequence[TextLine], language: Language) -> list[Passage]:
    told: list[Passage] = []
    for level, run in groupby(lines, key=_certainty):
        if level is None:
            told.append(Passage((counted("reading.unclear_lines", len(tuple(run))),)))
            continue
        for text, code in _flowing(run):
            pieces = _pieces(text)
            told += [
                Passage((*level, _quotation(piece, code, language, goes_on=number < len(pieces))), piece)
                for number, piece in enumerate(pieces, 1)
            ]
    return [_marked(told[at:]) for at in range(len(told))]


def _certainty(line: TextLine) -> tuple[Message, ...] | None:
    """What comes before the line; None for one that is not read."""
    if line.confidence >= PLAIN_ABOVE:
        return ()
    return (_UNCLEAR,) if line.confidence >= UNCLEAR_ABOVE else None


def _flowing(lines: Iterable[TextLine]) -> Iterator[tuple[str, str | None]]:
    """Text with its language: a line that begins with a small letter goes on with the sentence before it."""
    text, last = "", None
    for line in lines:
        if last is not None and _goes_on(text, last, line):
            text = text[:-1] + line.text if text.endswith("-") else f"{text} {line.text}"
        else:
            if last is not None:
                yield text, last.language
            text = line.text
        last = line
    if last is not None:
        yield text, last.language


def _pieces(text: str) -> list[str]:
    """Text in passages: of whole sentences, and only a longer sentence is cut."""
    pieces: list[str] = []
    for sentence in _BETWEEN_SENTENCES.split(text):
        if pieces and len(pieces[-1]) + len(sentence) < LONGEST:
            pieces[-1] += f" {sentence}"
        else:
            pieces += textwrap.wrap(sentence, LONGEST, break_on_hyphens=False)
    return pieces


def _goes_on(text: str, last: TextLine, line: TextLine) -> bool:
    return (
        line.block == last.block
        and line.language in (last.language, None)
        and not text.endswith((".", "!", "?", ":"))
        and (line.text[:1].islower() or _is_open(last.text))
    )


def _is_open(printed: str) -> bool:
    """Whether a line can't be the end of a sentence, whatever the next one begins with."""
    return _OPEN_END.search(printed) is not None or (len(printed) >= _PAGE_LINE and printed[-1:].isdigit())


def _quotation(text: str, code: str | None, language: Language, *, goes_on: bool = False) -> Quotation:
    spoken = load_language(code) if code in LANGUAGES else language
    words = spoken.read_aloud(text)
    return Quotation(capitalized(words) if text[:1].isupper() else words, spoken.code, goes_on)


def _completes_promise(before: Sequence[Passage], further: Sequence[Passage]) -> bool:
    """Whether what may be taken for a promise begins in one part of a text and ends in the next one."""
    said, later = ([each.verbatim for each in part] for part in (before[-2:], further[:2]))
    return promises_safety(" ".join([*said, *later])) and not any(
        promises_safety(" ".join(part)) for part in (said, later)
    )


def _marked(rest: Sequence[Passage]) -> Passage:
    """The first passage, marked as somebody else's words if it begins what may be taken for a promise: "No"
    on one line, "cars" on the next. What promises by itself is marked when it is said."""
    first = rest[0]
    later = " ".join(passage.verbatim for passage in rest[1:3])
    begins = promises_safety(f"{first.verbatim} {later}") and not promises_safety(later)
    if len(first.words) > 1 or not first.verbatim or not begins:
        return first
    return Passage((QUOTES, *first.words), first.verbatim)
