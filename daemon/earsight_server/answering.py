"""From a photo and a question to an answer: all that the API, the published one and the page share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from earsight.commands.described_rows import described_row
from earsight.config.schema import Config
from earsight.language.language import Description, Phrasing, Style
from earsight.service.builders import build_policy
from earsight.vision.describer import LookRequest
from earsight_server.answers import DescribeAnswer, SpokenAnswer, spoken
from earsight_server.engine import Engine, Seen
from earsight_server.speech import Speech, checked
from earsight_server.wishes import DescribeWishes


@dataclass(frozen=True, slots=True)
class Described:
    """A photo that was described.

    Attributes:
        answer: What is sent.
        seen: What was found.
        phrasing: How it was worded.
    """

    answer: DescribeAnswer
    seen: Seen
    phrasing: Phrasing


class Answering:
    """Asks the engine, words what it has found, and has it spoken."""

    def __init__(self, config: Config, engine: Engine, speech: Speech) -> None:
        self._config, self._engine, self._speech = config, engine, speech

    async def describe(self, photo: bytes, wishes: DescribeWishes, gone: threading.Event) -> Described:
        """Describe a photo as the device would.

        Args:
            photo: The content of its file.
            wishes: How.
            gone: Set when nobody waits for it any more.

        Raises:
            As Engine.look(), and RefusedError: There is no voice.
        """
        wording = self._config.wording.model_copy(update={"style": wishes.style})
        policy = build_policy(
            self._config.model_copy(update={"language": wishes.language, "wording": wording})
        )
        request = LookRequest(policy.limits, language=wishes.language)
        seen = await self._engine.look(photo, request, wishes.language, gone)
        said = policy.language.describe(seen.look.scene, policy.phrasing, detail=wishes.detail)
        said = Description(checked(said.text, wishes.language), said.abstained)
        answer = DescribeAnswer.model_validate(described_row(said, seen.look, seen.loading))
        if wishes.sound:
            answer.sound = await self._spoken(said.text, wishes.language)
        return Described(answer, seen, replace(policy.phrasing, style=Style.HEDGED))

    async def _spoken(self, text: str, language: str) -> SpokenAnswer:
        return spoken(await self._speech.say(text, language))
