"""What the languages have in common: words from a catalogue, and descriptions put together by a grammar."""

from __future__ import annotations

from collections.abc import Callable

from earsight.language import description
from earsight.language.catalogue import Catalogue
from earsight.language.changes import worded
from earsight.language.groups import Changes
from earsight.language.language import Description, Language, Phrasing
from earsight.language.printed import Conventions, read_aloud, spelled
from earsight.message import Message, Number
from earsight.scene import Scene


class CatalogueLanguage(Language):
    """A language but for its grammar, which each adds."""

    def __init__(self, code: str, shown: Callable[[Number], str], conventions: Conventions) -> None:
        """Load the catalogue.

        Args:
            code: As the setting `language` names it.
            shown: Puts the numbers and times of messages as the language has them.
            conventions: How printed text is read aloud.

        Raises:
            FileNotFoundError: There is no catalogue for it.
        """
        self.code = code
        self._catalogue = Catalogue(code, shown)
        self._conventions = conventions

    def text(self, message: Message) -> str:
        return self._catalogue.text(message)

    def describe(self, scene: Scene, phrasing: Phrasing, *, detail: bool = False) -> Description:
        return description.describe(scene, phrasing, self, detail=detail)

    def changes(self, changes: Changes, words: int) -> tuple[str, Changes]:
        return worded(changes, words, self)

    def read_aloud(self, text: str) -> str:
        return read_aloud(text, self._conventions)

    def spelled(self, text: str, *, exact: bool = False) -> str:
        return spelled(text, self._conventions, exact=exact)
