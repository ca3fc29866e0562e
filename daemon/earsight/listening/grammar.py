"""What the recogniser listens for, and what a sentence that it has heard means."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from earsight.language.english.questions import FORMS
from earsight.listening.phrases import FIND, PHRASES, QUESTIONS, politely, slots, ways_to_say


@dataclass(frozen=True, slots=True)
class Command:
    """What a sentence asks for.

    Attributes:
        action: The name of an action.
        argument: What it is asked for with; None without.
    """

    action: str
    argument: str | None = None


class Grammar:
    """The sentences that are commands.

    Attributes:
        commands: What each of them asks for.
        meanings: For each a number; two have the same where it makes no difference which one was said.
    """

    def __init__(self, actions: Iterable[str]) -> None:
        """Args:
        actions: The names of those that can be asked for.
        """
        templates = {action: phrases for action, phrases in _TEMPLATES.items() if action in set(actions)}
        self.commands: dict[str, Command] = {}
        self.meanings: dict[str, int] = {}
        numbers: dict[Hashable, int] = {}
        for action, phrases in templates.items():
            for phrase in phrases:
                for sentence, name in _sentences(phrase):
                    command = Command(action, {"find": name or "person", "ask": sentence}.get(action))
                    # "Is there a bus" and "do you see a bus" ask for the same.
                    meaning = (_KINDS.get(phrase), name) if action == "ask" else command
                    number = numbers.setdefault(meaning, len(numbers))
                    for way in ways_to_say(sentence):
                        for said in [way] if action == "ask" else politely(way):
                            self.commands[said], self.meanings[said] = command, number

    def command(self, text: str) -> Command | None:
        """What a sentence asks for; None for one that is no command."""
        return self.commands.get(text)


_TEMPLATES = {**PHRASES, "find": FIND, "ask": QUESTIONS}
_KINDS = {template: kind for kind, templates in FORMS.templates.items() for template in templates}


def _sentences(template: str) -> Iterator[tuple[str, str | None]]:
    """A template with each thing in its slot, and the name of that; None in one without a slot."""
    slot = next((slot for slot in slots() if f"{{{slot}}}" in template), None)
    if slot is None:
        yield template, None
    else:
        for word, name in slots()[slot].items():
            yield template.format(**{slot: word}), name
