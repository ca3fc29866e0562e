"""English."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from earsight.language.catalogue_language import CatalogueLanguage
from earsight.language.english import content, printed, safety, things
from earsight.language.english.numbers import shown
from earsight.language.grammar import Found
from earsight.language.groups import Group


class English(CatalogueLanguage):
    """See language.Language and grammar.Grammar."""

    def __init__(self) -> None:
        super().__init__("en", shown, printed.CONVENTIONS)

    def promises_safety(self, text: str) -> bool:
        return safety.promises_safety(text)

    def things(self, groups: Sequence[Group]) -> str:
        return things.things(groups)

    def heading(self, place: str) -> str:
        return things.heading(place)

    def summary(self, found: Collection[Found]) -> str:
        return things.summary(found)

    def content(self, text: str) -> set[str]:
        return content.content(text)

    def is_unfit(self, text: str) -> bool:
        return safety.unfit_for_description(text)
