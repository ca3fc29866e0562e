"""Another machine, and the captioner that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from earsight.captioners.remote.breaker import BreakerLimits
from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.chat import ChatModel
from earsight.captioners.remote.transport import Transport
from tests.earsight.captioners.remote.other_machine import OtherMachine, says
from tests.earsight.stand_ins import ColourCaptioner

NEVER_OPENS = BreakerLimits(failures=1000, pause=1.0, longest=1.0, steady=1.0)

Asking = Callable[..., RemoteCaptioner]


@pytest.fixture
def machine() -> Iterator[OtherMachine]:
    found = OtherMachine(says("A cat."))
    yield found
    found.close()


@pytest.fixture
def asking(machine: OtherMachine) -> Iterator[Asking]:
    """Makes captioners that ask the machine by OpenAI's chat API."""
    made = []

    def make(time_limit: float = 20.0, url: str | None = None, **options: Any) -> RemoteCaptioner:
        own = options.pop("own", None) or ColourCaptioner()
        transport = options.pop("transport", None) or Transport(url or machine.url)
        options.setdefault("limits", NEVER_OPENS)
        made.append(RemoteCaptioner(own, ChatModel(transport, "tiny"), time_limit, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()
