"""What the recogniser listens for, and what a sentence that it has heard means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from earsight.listening.phrases import FIND, PHRASES, QUESTIONS, contracted, in_full, things

PRONUNCIATIONS = {
    "frisbees": "F R IH Z B IY Z",
    "manholes": "M AE N HH OW L Z",
    "skateboards": "S K EY T B AO R D Z",
    "streetlight": "S T R IY T L AY T",
    "streetlights": "S T R IY T L AY T S",
}
"""Of words that the recogniser's dictionary lacks, in its phones (those of the CMU dictionary)."""


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
        jsgf: The same for the recogniser, in the Java Speech Grammar Format.
        words: Its words with a pronunciation that the recogniser does not know.
    """

    def __init__(self, actions: Iterable[str]) -> None:
        """Args:
        actions: The names of those that can be asked for.
        """
        wanted = frozenset(actions)
        self._fixed = {
            phrase.lower(): Command(action)
            for action, phrases in PHRASES.items()
            if action in wanted
            for phrase in phrases
        }
        self._names = {word: name for name, words in things().items() for word in words if word}
        self._templates = [("find", each) for each in FIND if "find" in wanted]
        self._templates += [("ask", each) for each in QUESTIONS if "ask" in wanted]
        self.jsgf = self._jsgf()
        used = set(re.findall(r"[a-z']+", self.jsgf))
        self.words = {word: phones for word, phones in PRONUNCIATIONS.items() if word in used}

    def command(self, text: str) -> Command | None:
        """What a sentence of the grammar asks for; None for any other."""
        said = in_full(text)
        if said in self._fixed:
            return self._fixed[said]
        for action, template in self._templates:
            pattern = template.replace("{one}", "(?P<name>.+)").replace("{many}", "(?P<name>.+)")
            if found := re.fullmatch(pattern, said):
                name = self._names.get(found.groupdict().get("name", "people"))
                if action == "ask":
                    return Command("ask", said)
                if name is not None:
                    return Command("find", name)
        return None

    def sentences(self) -> list[str]:
        """Every sentence of the grammar."""
        said = [spoken for phrase in self._fixed for spoken in contracted(phrase)]
        words = {
            "{one}": [one for one, _ in things().values()],
            "{many}": [m for _, m in things().values() if m],
        }
        for _, template in self._templates:
            for spoken in contracted(template):
                slot = next((slot for slot in words if slot in spoken), None)
                said += [spoken.replace(slot, word) for word in words[slot]] if slot else [spoken]
        return said

    def _jsgf(self) -> str:
        ones = sorted({one for one, _ in things().values()})
        manys = sorted({many for _, many in things().values() if many})
        phrases = [*self._fixed, *(each.format(one="<one>", many="<many>") for _, each in self._templates)]
        spoken = [said for phrase in phrases for said in contracted(phrase)]
        return "\n".join(
            [
                "#JSGF V1.0;",
                "grammar commands;",
                f"<one> = {' | '.join(ones)};",
                f"<many> = {' | '.join(manys)};",
                f"public <command> = {' | '.join(sorted(spoken))};",
                "",
            ]
        )
