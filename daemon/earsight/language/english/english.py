"""English."""

from __future__ import annotations

from earsight.language import careful
from earsight.language.catalogue import Catalogue
from earsight.language.english import phrasing as english
from earsight.language.english import safety
from earsight.language.english.mentions import named
from earsight.language.english.numbers import shown
from earsight.language.language import CANT_TELL, PROBLEMS, Description, Phrasing, Style
from earsight.message import Message
from earsight.scene import Scene


class English:
    """See language.Language."""

    code = "en"

    def __init__(self) -> None:
        self._catalogue = Catalogue(self.code, shown)

    def text(self, message: Message) -> str:
        return self._catalogue.text(message)

    def describe(self, scene: Scene, phrasing: Phrasing, *, detail: bool = False) -> Description:
        if scene.problem is not None:
            return Description(self.text(PROBLEMS[scene.problem]), abstained=True)
        text = self._description(scene, phrasing, detail=detail)
        return Description(text or self.text(CANT_TELL), abstained=text is None)

    def _description(self, scene: Scene, phrasing: Phrasing, *, detail: bool) -> str | None:
        if phrasing.style is Style.CAREFUL:
            return careful.description(
                scene.captions, phrasing, named, english.phrase, self.text, detail=detail
            )
        describe = english.long_description if detail else english.short_description
        return describe(scene.captions, phrasing, self._catalogue)

    def promises_safety(self, text: str) -> bool:
        return safety.promises_safety(text)
