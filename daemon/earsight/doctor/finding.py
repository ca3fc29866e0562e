"""What one check found, in English for the screen and in any language for the ear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from earsight.errors import EarsightError
from earsight.language.language import Language, capitalized
from earsight.language.languages import load_language, promises_safety
from earsight.message import Message, counted, message

SCREEN = "en"
"""The language of what is printed."""

PARTS = {
    "camera": message("doctor.part.camera"),
    "button": message("doctor.part.button"),
    "keys": message("doctor.part.keys"),
    "control socket": message("doctor.part.control_socket"),
    "sound": message("doctor.part.sound"),
    "voice": message("doctor.part.voice"),
    "microphone": message("doctor.part.microphone"),
    "model": message("doctor.part.model"),
    "text": message("doctor.part.text"),
    "codes": message("doctor.part.codes"),
    "other machine": message("doctor.part.other_machine"),
    "permissions": message("doctor.part.permissions"),
    "temperature": message("doctor.part.temperature"),
    "power": message("doctor.part.power"),
    "memory": message("doctor.part.memory"),
    "disk": message("doctor.part.disk"),
    "settings": message("doctor.part.settings"),
}
"""By the name of a finding."""


class Status(StrEnum):
    """FAILURE: a part of Earsight does not work. WARNING: it works, but not as well as it should."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        name: Of the part; a key of PARTS.
        status: Whether the part works.
        detail: What was found, in English.
        advice: What to do about it, in English; empty where there is nothing to do or the detail says it.
        spoken: The sentences for other languages. English listeners hear what is on the screen, which says
            most: it quotes programs and drivers.
    """

    name: str
    status: Status
    detail: str
    advice: str = ""
    spoken: tuple[Message, ...] = field(default=(), compare=False)


def line(finding: Finding) -> str:
    """A finding on a screen."""
    advice = f" -> {finding.advice}" if finding.advice else ""
    return f"{finding.status:8} {finding.name}: {finding.detail}{advice}"


def finding(name: str, status: Status, detail: Message, advice: Message | None = None) -> Finding:
    """What the doctor found out by itself."""
    text = load_language(SCREEN).text
    said = (detail,) if advice is None else (detail, advice)
    return Finding(name, status, text(detail), text(advice) if advice else "", said)


def failure(name: str, error: EarsightError) -> Finding:
    """What a part itself says of its failure."""
    return Finding(name, Status.FAILURE, str(error), spoken=(error.spoken,))


def spoken(findings: Sequence[Finding], language: Language) -> list[str]:
    """What there is to say, one utterance each: how many problems there are, then each problem with what to
    do about it. Failures come before warnings."""
    failures = [each for each in findings if each.status is Status.FAILURE]
    warnings = [each for each in findings if each.status is Status.WARNING]
    texts = []
    if failures:
        texts += [language.text(counted("doctor.problems", len(failures))), *_all_said(failures, language)]
    if warnings:
        texts += [language.text(counted("doctor.warnings", len(warnings))), *_all_said(warnings, language)]
    return texts or [language.text(message("doctor.all_well"))]


def _all_said(findings: Iterable[Finding], language: Language) -> Iterator[str]:
    for each in findings:
        said = _said(each, language)
        # A device may have the oddest name: the wearer hears at least which part does not work.
        broken = message("part.not_working", part=PARTS[each.name])
        yield language.text(broken) if promises_safety(said) else said


def _said(finding: Finding, language: Language) -> str:
    if language.code == SCREEN:
        sentences = [text for text in (finding.detail, finding.advice) if text]
    else:
        sentences = [language.text(each) for each in finding.spoken or (message("doctor.unchecked"),)]
    first = language.text(message("doctor.finding", part=PARTS[finding.name], detail=sentences[0]))
    return " ".join([_closed(first), *(_closed(capitalized(text)) for text in sentences[1:])])


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
