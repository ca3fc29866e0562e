"""The catalogues: every message in every language, as gettext files that Babel extracts and compiles.

script/catalogues brings them up to date; a test fails for a message that is missing, unused, or has other
placeholders than its English.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from earsight.message import Message

FOLDER = Path(__file__).with_name("locale")
DOMAIN = "earsight"


class Catalogue:
    """The messages of one language."""

    def __init__(self, code: str) -> None:
        """Args:
            code: Of the language, such as "en".

        Raises:
            FileNotFoundError: There is no catalogue for it.
        """
        self._entries = gettext.translation(DOMAIN, FOLDER, [code])

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
        values = {
            name: self.text(value) if isinstance(value, Message) else value
            for name, value in message.values.items()
        }
        return entry.format(**values)
