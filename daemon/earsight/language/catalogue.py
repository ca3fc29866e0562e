"""The catalogues: every message in every language, as gettext files that Babel extracts and compiles.

script/catalogues brings them up to date; a test fails for a message that is missing, unused, or has other
placeholders than its English.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

from earsight.message import Message, Number, Value

FOLDER = Path(__file__).with_name("locale")
DOMAIN = "earsight"


class Catalogue:
    """The messages of one language."""

    def __init__(
        self,
        code: str,
        shown: Callable[[Number], str],
        folder: Path | None = None,
        domain: str = DOMAIN,
    ) -> None:
        """Args:
            code: Of the language, such as "en".
            shown: Puts the numbers and times of messages as the language has them.
            folder: Of the catalogues; None: of those of everything that is said.
            domain: Their name.

        Raises:
            FileNotFoundError: There is no catalogue for it.
        """
        self._shown = shown
        self._entries = gettext.translation(domain, folder or FOLDER, [code])

    def text(self, message: Message) -> str:
        """Put a message into words.

        Raises:
            LookupError: The catalogue lacks the message, or the message a value.
        """
        if message.count is None:
            entry = self._entries.gettext(message.id)
        else:
            entry = self._entries.ngettext(message.id, message.id, message.count)
        if entry == message.id:
            raise LookupError(f"the catalogue has no message {message.id!r}")
        return entry.format(**{name: self._value(value) for name, value in message.values.items()})

    def _value(self, value: Value) -> str:
        if isinstance(value, Message):
            return self.text(value)
        return value if isinstance(value, str) else self._shown(value)
