"""Words of notices that no catalogue has."""

from __future__ import annotations

import asyncio

from earsight.language.english.english import English
from earsight.message import Message


class Verbatim(English):
    """Says the id of a message."""

    def text(self, message: Message) -> str:
        return message.id


BROKEN, MENDED = "It does not work.", "It works again."


def tried(trial):
    asyncio.run(asyncio.wait_for(trial(), 60))
