"""What the recogniser listens for, and what a sentence that it has heard means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from earsight.listening.phrases import FIND, OTHERS, PHRASES, QUESTIONS, contracted, slots


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
        jsgf: For the recogniser, in the Java Speech Grammar Format: the same sentences, and some that are no
            commands.
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
            for said in contracted(sentence)
        }
        phrases = [said for each in templates.values() for phrase in each for said in contracted(phrase)]
        self.jsgf = _jsgf([*phrases, *OTHERS])

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


def _jsgf(phrases: list[str]) -> str:
    rules = [f"<{slot}> = {' | '.join(words)};" for slot, words in slots().items()]
    named = {slot: f"<{slot}>" for slot in slots()}
    spoken = " | ".join(phrase.format(**named) for phrase in phrases)
    return "\n".join(["#JSGF V1.0;", "grammar commands;", *rules, f"public <command> = {spoken};", ""])
