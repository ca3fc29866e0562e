"""English."""

from __future__ import annotations

from earsight.language.catalogue import Catalogue
from earsight.language.english import phrasing as english
from earsight.language.english import safety
from earsight.language.language import CANT_TELL, PROBLEMS, Description, Phrasing
from earsight.message import Message
from earsight.scene import Scene


class English:
    """See language.Language."""

    code = "en"

    def __init__(self) -> None:
        self._catalogue = Catalogue(self.code)

    def text(self, message: Message) -> str:
        return self._catalogue.text(message)

    def describe(self, scene: Scene, phrasing: Phrasing, *, detail: bool = False) -> Description:
        if scene.problem is not None:
            return Description(self.text(PROBLEMS[scene.problem]), abstained=True)
        describe = english.long_description if detail else english.short_description
        text = describe(scene.captions, phrasing, self._catalogue)
        if text is None:
            return Description(self.text(CANT_TELL), abstained=True)
        return Description(text, abstained=False)

    def promises_safety(self, text: str) -> bool:
        return safety.promises_safety(text)
