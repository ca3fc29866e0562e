"""What one check found, and how the findings are put for someone who can't see a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """FAILURE: a part of Earsight does not work. WARNING: it works, but not as well as it should."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """name: of the part. detail: what was found. advice: what to do about it, empty where there is nothing
    to do or where the detail says it."""

    name: str
    status: Status
    detail: str
    advice: str = ""


_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def spoken(findings: Sequence[Finding]) -> str:
    """A short paragraph: how many problems there are, then each with what to do; failures come first."""
    parts = []
    for status, noun in ((Status.FAILURE, "problem"), (Status.WARNING, "warning")):
        of_it = [finding for finding in findings if finding.status is status]
        if of_it:
            parts += [f"{_count(len(of_it))} {noun}{'s' if len(of_it) > 1 else ''}.", *_sentences(of_it)]
    return " ".join(parts) or "Everything works."


def _count(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _sentences(findings: Iterable[Finding]) -> Iterable[str]:
    for finding in findings:
        yield f"The {finding.name}: {_closed(finding.detail)}"
        if finding.advice:
            yield _closed(finding.advice[0].upper() + finding.advice[1:])


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
