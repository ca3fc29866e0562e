"""What the recogniser listens for, and what a sentence that it has heard means."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from earsight.language.questions import parse
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
        self.commands = {
            said: command
            for action, phrases in templates.items()
            for phrase in phrases
            for sentence, command in _sentences(action, phrase)
            for way in ways_to_say(sentence)
            for said in ([way] if action == "ask" else politely(way))
        }
        numbers: dict[Hashable, int] = {}
        self.meanings = {
            said: numbers.setdefault(_meaning(command), len(numbers))
            for said, command in self.commands.items()
        }

    def command(self, text: str) -> Command | None:
        """What a sentence asks for; None for one that is no command."""
        return self.commands.get(text)


_TEMPLATES = {**PHRASES, "find": FIND, "ask": QUESTIONS}


def _sentences(action: str, template: str) -> Iterator[tuple[str, Command]]:
    """A template with each thing in its slot, and what that asks for."""
    slot = next((slot for slot in slots() if f"{{{slot}}}" in template), None)
    for word, name in slots()[slot].items() if slot else [("", "person")]:
        sentence = template.format(**{slot: word}) if slot else template
        yield sentence, Command(action, {"find": name, "ask": sentence}.get(action))


def _meaning(command: Command) -> Hashable:
    """The same of all commands that ask for the same: "is there a bus" and "do you see a bus"."""
    question = parse(command.argument, "en") if command.action == "ask" and command.argument else None
    return (question.kind, question.name) if question else command
