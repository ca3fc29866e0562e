"""Indonesian."""

from __future__ import annotations

from earsight.language import careful
from earsight.language.catalogue import Catalogue
from earsight.language.english.mentions import named
from earsight.language.indonesian import safety
from earsight.language.indonesian.numbers import shown
from earsight.language.indonesian.phrasing import phrase
from earsight.language.language import CANT_TELL, PROBLEMS, Description, Phrasing
from earsight.message import Message
from earsight.scene import Scene


class Indonesian:
    """See language.Language.

    Captions are in English, and are not spoken: of what they name, the likely things are said in Indonesian,
    in the hedged style too.
    """

    code = "id"

    def __init__(self) -> None:
        self._catalogue = Catalogue(self.code, shown)

    def text(self, message: Message) -> str:
        return self._catalogue.text(message)

    def describe(self, scene: Scene, phrasing: Phrasing, *, detail: bool = False) -> Description:
        if scene.problem is not None:
            return Description(self.text(PROBLEMS[scene.problem]), abstained=True)
        text = careful.description(scene.captions, phrasing, named, phrase, self.text, detail=detail)
        return Description(text or self.text(CANT_TELL), abstained=text is None)

    def promises_safety(self, text: str) -> bool:
        return safety.promises_safety(text)
