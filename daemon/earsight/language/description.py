"""A scene in words: what matters first, with its doubt, and nothing twice.

In any language, by its grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from earsight.language import careful
from earsight.language.caption_choice import Said, beside, certain, presences, usable
from earsight.language.grammar import Found, Grammar
from earsight.language.groups import WALKING, Doubt, Group, Rank, rank_of
from earsight.language.language import (
    CANT_TELL,
    NO_MORE,
    PROBLEMS,
    Description,
    Phrasing,
    Style,
    capitalized,
)
from earsight.language.readers import named_in
from earsight.language.scene_plan import groups, place_to_say
from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from earsight.message import message
from earsight.scene import Scene

_DETAIL_WORDS = 45
"""Words of a detailed description at most, before what is doubtful."""


def describe(scene: Scene, phrasing: Phrasing, grammar: Grammar, *, detail: bool) -> Description:
    """Put a scene into words; see language.Language.describe."""
    if scene.problem is not None:
        return Description(grammar.text(PROBLEMS[scene.problem]), abstained=True)
    wording = _Wording(scene, phrasing, grammar)
    text = wording.long() if detail else wording.short()
    return Description(text or grammar.text(CANT_TELL), abstained=not text)


class _Wording:
    """Puts one scene into words."""

    def __init__(self, scene: Scene, phrasing: Phrasing, grammar: Grammar) -> None:
        self._scene, self._phrasing, self._grammar = scene, phrasing, grammar
        self._groups = groups(scene, phrasing)
        self._place = place_to_say(scene, phrasing)
        self._has_detector = bool(scene.presence or scene.objects)

    def short(self) -> str:
        """The short description; "" where nothing can be said."""
        if not self._has_detector:
            return self._with_heading(self._from_captions(detail=False))
        found = self._likely_groups()
        return next((text for text in self._attempts(found) if self._fits(text, self._phrasing.words)), "")

    def long(self) -> str:
        """The detailed description; "" where nothing can be said."""
        if not self._has_detector:
            return self._with_heading(self._from_captions(detail=True))
        found = self._likely_groups(detail=True)
        least = self._phrasing.probably if found else self._phrasing.maybe
        said = self._caption(least, found)
        attempts = (self._composed(found[:count], said) for count in range(len(found), -1, -1))
        text = next((text for text in attempts if self._fits(text, _DETAIL_WORDS)), "")
        doubtful = [
            group for group in self._groups if group.doubt is Doubt.DOUBTFUL and not self._must_be_told(group)
        ]
        more = ""
        if doubtful and self._phrasing.style is Style.HEDGED:
            more = self._grammar.text(message("description.not_sure", things=self._grammar.things(doubtful)))
        if more and not self._grammar.is_unfit(f"{text} {more}"):
            return f"{text} {more}".strip()
        return f"{text} {self._grammar.text(NO_MORE)}" if text and text == self.short() else text

    # With a detector

    def _likely_groups(self, *, detail: bool = False) -> list[Group]:
        """What is said of the detector's things, and of those that captions in other languages name."""
        careful_style = self._phrasing.style is Style.CAREFUL
        worst = Doubt.PLAIN if careful_style and not detail else Doubt.PROBABLE
        found = [group for group in self._groups if group.doubt <= worst]
        if not careful_style:
            found += [group for group in self._groups if group.doubt > worst and self._must_be_told(group)]
        return sorted([*found, *self._named_only(found)], key=lambda group: group.rank)

    def _must_be_told(self, group: Group) -> bool:
        """Whether it is told however doubtful it is: to miss stairs does more harm than to look for them."""
        return group.name in WALKING and group.confidence >= self._phrasing.walking

    def _named_only(self, found: Sequence[Group]) -> Iterator[Group]:
        """Things of captions that are not spoken themselves, where no group is about the same."""
        captions = self._scene.captions
        if self._phrasing.style is Style.HEDGED:
            captions = tuple(each for each in captions if each.language != self._grammar.code)
        for thing in careful.likely(captions, self._phrasing, named_in):
            kinds = {kind for kind in with_kinds(thing.name) if not THINGS[kind].place}
            if kinds and not any(kinds & with_kinds(group.name) for group in found) and self._is_there(thing):
                yield Group(thing.name, thing.number, (), Doubt.PLAIN, rank_of(thing.name))

    def _is_there(self, thing: Found) -> bool:
        seen = presences(with_kinds(thing.name), self._scene)
        return all(each >= self._phrasing.presence for each in seen.values())

    def _attempts(self, found: Sequence[Group]) -> Iterator[str]:
        """Short descriptions, best first; the first one that fits is said."""
        said = self._caption(self._phrasing.caption, found, urgent=True)
        if said is not None:
            rest = [group for group in found if not said.covers(group)]
            least = sum(group.rank <= Rank.MOVING for group in rest)
            for count in range(len(rest), least - 1, -1):
                yield self._composed(rest[:count], said)
        for count in range(len(found), 0, -1):
            yield self._composed(found[:count], None)
        yield self._composed((), self._caption(self._phrasing.maybe, found) if not found else None)
        yield self._composed((), None)

    def _caption(self, least: float, found: Sequence[Group], *, urgent: bool = False) -> Said | None:
        """The first caption that may be said beside these groups.

        Args:
            least: Confidence that it needs.
            found: What is said as well.
            urgent: Whether what is close or underfoot is to be said by the groups alone, and the others are
                said by the caption or by them, but not by both.
        """
        if self._phrasing.style is Style.CAREFUL:
            return None
        for caption in usable(self._scene.captions, least, self._grammar):
            said = certain(caption, self._scene, self._phrasing)
            if said is None or not beside(said, found, self._place, self._grammar):
                continue
            twice = [group for group in found if said.speaks_of(group)]
            if urgent and any(group.rank <= Rank.UNDERFOOT or not said.covers(group) for group in twice):
                continue
            return said
        return None

    def _composed(self, found: Sequence[Group], said: Said | None) -> str:
        """The place, the things with the most important sentence first, the caption."""
        sentences = []
        if self._place and not (said and self._place in said.mentions):
            sentences.append(f"{capitalized(self._grammar.heading(self._place))}.")
        for level in dict.fromkeys(group.doubt for group in found):
            things = self._grammar.things([group for group in found if group.doubt is level])
            sentences.append(self._hedged(things, level))
        if said is not None:
            sentences.append(self._hedged(said.caption.text, said.doubt))
        return " ".join(sentences)

    def _fits(self, text: str, words: int) -> bool:
        return len(text.split()) <= words and not self._grammar.is_unfit(text)

    def _hedged(self, text: str, level: Doubt) -> str:
        if level is Doubt.PLAIN:
            return f"{capitalized(text)}."
        if level is Doubt.PROBABLE:
            return self._grammar.text(message("description.probably", caption=text))
        return self._grammar.text(message("description.maybe", caption=text))

    # Without one

    def _with_heading(self, text: str) -> str:
        """The place before a description from captions, unless one of them names it."""
        place = self._place
        if place is None or any(place in named_in(caption) for caption in self._scene.captions[:1]):
            return text
        return f"{capitalized(self._grammar.heading(place))}. {text}".strip()

    def _from_captions(self, *, detail: bool) -> str:
        captions, phrasing = self._scene.captions, self._phrasing
        spoken = usable(captions, phrasing.maybe, self._grammar)
        is_foreign = any(each.language != self._grammar.code for each in captions[:1])
        if phrasing.style is Style.CAREFUL or is_foreign:
            return careful.description(captions, phrasing, named_in, self._grammar, detail=detail) or ""
        if not spoken:
            return ""
        said = certain(spoken[0], self._scene, phrasing)
        assert said is not None  # nobody is known to be absent
        first = self._hedged(said.caption.text, said.doubt)
        return f"{first} {self._also(said)}" if detail else first

    def _also(self, said: Said) -> str:
        """What else is probable, that is no other guess of what the caption names."""
        more = [
            each
            for each in careful.found(self._scene.captions, self._phrasing.probably, named_in)
            if not THINGS[each.name].place and not self._is_about(each, said)
        ]
        things = self._grammar.summary(more)
        if not things or self._grammar.is_unfit(things):
            return self._grammar.text(NO_MORE)
        return self._grammar.text(message("description.probably_also", things=things))

    def _is_about(self, thing: Found, said: Said) -> bool:
        kinds = {kind for kind in with_kinds(thing.name) if not THINGS[kind].place}
        return bool(kinds & said.mentions.keys()) or bool(kinds & MOVING)
