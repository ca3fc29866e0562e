"""English."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from earsight.language import description
from earsight.language.catalogue import Catalogue
from earsight.language.changes import worded
from earsight.language.english import content, printed, safety, things
from earsight.language.english.numbers import shown
from earsight.language.grammar import Found
from earsight.language.groups import Changes, Group
from earsight.language.language import Description, Phrasing
from earsight.language.printed import read_aloud, spelled
from earsight.message import Message
from earsight.scene import Scene


class English:
    """See language.Language and grammar.Grammar."""

    code = "en"

    def __init__(self) -> None:
        self._catalogue = Catalogue(self.code, shown)

    def text(self, message: Message) -> str:
        return self._catalogue.text(message)

    def describe(self, scene: Scene, phrasing: Phrasing, *, detail: bool = False) -> Description:
        return description.describe(scene, phrasing, self, detail=detail)

    def changes(self, changes: Changes, words: int) -> tuple[str, Changes]:
        return worded(changes, words, self)

    def read_aloud(self, text: str) -> str:
        return read_aloud(text, printed.CONVENTIONS)

    def spelled(self, text: str, *, exact: bool = False) -> str:
        return spelled(text, printed.CONVENTIONS, exact=exact)

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
