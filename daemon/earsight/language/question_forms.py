"""The forms of questions and nouns of one language: from them questions are understood, and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class QuestionKind(StrEnum):
    """What is asked of a thing."""

    HOW_MANY = "how_many"
    IS_THERE = "is_there"
    WHERE = "where"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True)
class NounForms:
    """The words for a thing, in small letters.

    Attributes:
        a: One of it, with its article or classifier.
        one: One of it, without.
        many: Several, as they follow a number; where it is not counted, the same as `one`.
        others: All other words by which it is asked for.
    """

    a: str
    one: str
    many: str
    others: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Every form."""
        return (self.a, self.one, self.many, *self.others)


@dataclass(frozen=True, slots=True)
class Forms:
    """How a language asks.

    Attributes:
        templates: Sentences with one slot each, {a}, {one} or {many}: a form of a noun.
        about_this: Sentences that ask for the colour of what is in the middle.
        written: Other ways to write words, and how the templates have them.
        fillers: Words at either end that mean nothing here.
        before_noun: Words before a noun that mean nothing here.
        after_noun: Words after a noun that mean nothing here.
        endings: What may be written onto a noun and means nothing here.
        speakers: Words for who asks, which may stand between "can" and "cross".
        affirming: Words with which an answer begins that only says yes.
        denying: Words of an answer that says no, or that there is none.
    """

    templates: Mapping[QuestionKind, tuple[str, ...]]
    about_this: tuple[str, ...]
    written: Mapping[str, str]
    fillers: tuple[str, ...]
    before_noun: frozenset[str]
    after_noun: frozenset[str]
    speakers: frozenset[str]
    affirming: frozenset[str]
    denying: frozenset[str]
    endings: tuple[str, ...] = ()
