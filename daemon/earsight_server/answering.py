"""From a photo and a question to an answer: all that the API, the published one and the page share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from earsight.commands.described_rows import described_row, object_row, reading_row, timings
from earsight.config.schema import Config
from earsight.interaction.asking import Asked, understood
from earsight.interaction.context import Policy
from earsight.language.colours import middle_text
from earsight.language.finding import found_text, named, target
from earsight.language.language import PROBLEMS, Description, Style
from earsight.language.languages import load_language
from earsight.language.reading import passages, said
from earsight.language.utterance import Priority, utterance
from earsight.service.builders import build_policy
from earsight.vision.describer import TEXT, LookRequest
from earsight_server.answers import Answer, AskAnswer, DescribeAnswer, FindAnswer, ReadAnswer, spoken
from earsight_server.engine import Engine, Seen
from earsight_server.page_things import Row, rows
from earsight_server.refusal import RefusedError
from earsight_server.speech import Speech, checked
from earsight_server.wishes import AskWishes, DescribeWishes, FindWishes, Wishes

_READING = 20.0
"""Seconds of reading after which what was read of a photo is the answer."""


class UnknownThingError(RefusedError):
    """Something is looked for that Earsight has no word for."""


@dataclass(frozen=True, slots=True)
class Described:
    """A photo that was described.

    Attributes:
        answer: What is sent.
        things: What was found, as a table.
    """

    answer: DescribeAnswer
    things: list[Row]


class Answering:
    """Asks the engine, words what it has found, and has it spoken.

    Every method takes the content of a photo's file, what is asked of it, and an event that is set when
    nobody waits for the answer any more. Each raises what Engine.look() raises, and RefusedError: There is no
    voice.
    """

    def __init__(self, config: Config, engine: Engine, speech: Speech) -> None:
        self._config, self._engine, self._speech = config, engine, speech

    async def describe(self, photo: bytes, wanted: DescribeWishes, gone: threading.Event) -> Described:
        """Describe a photo as the device would."""
        policy = self._policy(wanted, wanted.style)
        seen = await self._look(photo, LookRequest(policy.limits, language=wanted.language), wanted, gone)
        described = policy.language.describe(seen.look.scene, policy.phrasing, detail=wanted.detail)
        described = Description(checked(described.text, wanted.language), described.abstained)
        told = DescribeAnswer.model_validate(described_row(described, seen.look, seen.loading))
        await self._add_sound(told, wanted)
        hedged = replace(policy.phrasing, style=Style.HEDGED)
        return Described(told, rows(seen.look.scene, hedged, wanted.language))

    async def read(self, photo: bytes, wanted: Wishes, gone: threading.Event) -> ReadAnswer:
        """Read the text in a photo aloud, each passage in its own language.

        Raises:
            ReaderError: There is no reader.
        """
        seen = await self._look(photo, replace(TEXT, patience=_READING), wanted, gone)
        language = load_language(wanted.language)
        told = passages(seen.look.scene, language)
        row = reading_row(seen.look.scene)
        times = timings(seen.look, seen.loading)
        answer = ReadAnswer.model_validate({"said": said(told, language), **row, "timings_ms": times})
        if wanted.sound:
            parts = [part for each in told for part in utterance(each.words, language, Priority.ANSWER).parts]
            answer.sound = spoken(await self._speech.read(parts))
        return answer

    async def find(self, photo: bytes, wanted: FindWishes, gone: threading.Event) -> FindAnswer:
        """Say where in a photo a thing is.

        Raises:
            UnknownThingError: It is no word for a thing.
        """
        try:
            name = named(wanted.thing)
        except ValueError as error:
            text = f"thing: Earsight looks for {error}."
            raise UnknownThingError(HTTPStatus.UNPROCESSABLE_ENTITY, text) from None
        policy = self._policy(wanted)
        seen = await self._look(photo, LookRequest(policy.limits, captions=False), wanted, gone)
        scene = seen.look.scene
        looked_for = target(name, scene.findable)
        if looked_for is None and scene.problem is None:
            text = f"thing: This model does not know anything like {wanted.thing!r}."
            raise UnknownThingError(HTTPStatus.UNPROCESSABLE_ENTITY, text)

        def words() -> str:
            assert looked_for is not None
            return found_text(looked_for, scene, policy.phrasing, policy.finding.limits, policy.language)

        objects = [] if looked_for is None else looked_for.among(scene.objects)
        told = FindAnswer.model_validate(
            {
                "said": _said(seen, policy, words),
                "problem": scene.problem,
                "objects": [object_row(each) for each in objects],
                "timings_ms": timings(seen.look, seen.loading),
            }
        )
        await self._add_sound(told, wanted)
        return told

    async def ask(self, photo: bytes, wanted: AskWishes, gone: threading.Event) -> AskAnswer:
        """Answer a question in words; one that nobody here can answer, with examples of those that are."""
        policy = self._policy(wanted)
        asked = understood(wanted.question, policy.language, has_model=policy.has_model)
        seen = await self._middle(photo, asked, policy, wanted, gone)
        if seen is None:
            request = replace(asked.request(policy.phrasing), limits=policy.limits, language=wanted.language)
            seen = await self._look(photo, request, wanted, gone)
        scene = seen.look.scene
        told = AskAnswer(
            said=_said(seen, policy, lambda: _answered(asked, seen, policy)),
            understood=asked.question is not None or scene.answer is not None,
            answer=scene.answer.text if scene.answer else None,
            confidence=scene.answer.confidence if scene.answer else None,
            problem=scene.problem,
            timings_ms=timings(seen.look, seen.loading),
        )
        await self._add_sound(told, wanted)
        return told

    async def _middle(
        self, photo: bytes, asked: Asked, policy: Policy, wanted: Wishes, gone: threading.Event
    ) -> Seen | None:
        """The colour in the middle, if that is the question; None where more has to be seen."""
        if not asked.is_about_middle:
            return None
        request = LookRequest(policy.limits, captions=False, objects=False, colours=True, embedding=False)
        seen = await self._look(photo, request, wanted, gone)
        is_done = seen.look.scene.problem is not None or asked.by_middle(seen.middle) is not None
        return seen if is_done else None

    async def _look(self, photo: bytes, request: LookRequest, wanted: Wishes, gone: threading.Event) -> Seen:
        return await self._engine.look(photo, request, wanted.language, gone)

    def _policy(self, wanted: Wishes, style: str = Style.HEDGED) -> Policy:
        wording = self._config.wording.model_copy(update={"style": style})
        settings = {"language": wanted.language, "wording": wording}
        return build_policy(self._config.model_copy(update=settings))

    async def _add_sound(self, told: Answer, wanted: Wishes) -> None:
        if wanted.sound:
            told.sound = spoken(await self._speech.say(told.said, wanted.language))


def _said(seen: Seen, policy: Policy, words: Callable[[], str]) -> str:
    """Why the picture is too bad, or the words."""
    problem = seen.look.scene.problem
    text = words() if problem is None else policy.language.text(PROBLEMS[problem])
    return checked(text, policy.language.code)


def _answered(asked: Asked, seen: Seen, policy: Policy) -> str:
    if asked.is_about_middle and seen.middle is not None:
        return policy.language.text(middle_text(seen.middle))
    words = asked.words(seen.look.scene, policy.phrasing, policy.language, policy.finding.limits)
    return utterance(words, policy.language, Priority.ANSWER).whole
