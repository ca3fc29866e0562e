"""The states of a service, and what the service manager is told of them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from earsight.service.lifecycle import Lifecycle, State
from tests.earsight.init_system import InitSystem


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InitSystem]:
    manager = InitSystem(tmp_path, monkeypatch)
    yield manager
    manager.close()


def test_from_its_start_to_its_end(manager: InitSystem) -> None:
    async def trial() -> None:
        lifecycle = Lifecycle()
        assert (lifecycle.state, lifecycle.was_ready) == (State.STARTING, False)
        lifecycle.become_ready()
        assert (lifecycle.state, lifecycle.was_ready) == (State.READY, True)
        await asyncio.wait_for(lifecycle.ready(), 1)
        with lifecycle.reloading():
            assert lifecycle.state is State.RELOADING
        assert lifecycle.state is State.READY
        lifecycle.stop()
        lifecycle.stop()
        await asyncio.wait_for(lifecycle.stopping(), 1)

    asyncio.run(trial())
    assert [line.partition("=")[0] for line in manager.messages] == [
        "READY",
        "RELOADING",
        "MONOTONIC_USEC",
        "READY",
        "STOPPING",
    ]


def test_a_stop_in_the_middle_of_a_reload_is_not_followed_by_readiness(manager: InitSystem) -> None:
    lifecycle = Lifecycle()
    lifecycle.become_ready()
    with lifecycle.reloading():
        lifecycle.stop()
    assert lifecycle.state is State.STOPPING
    assert manager.messages[-1] == "STOPPING=1"


def test_a_reload_that_fails_is_over() -> None:
    lifecycle = Lifecycle()
    lifecycle.become_ready()
    with pytest.raises(OSError, match="gone"), lifecycle.reloading():
        raise OSError("gone")
    assert lifecycle.state is State.READY


@contextmanager
def in_state(state: State) -> Iterator[Lifecycle]:
    lifecycle = Lifecycle()
    if state is not State.STARTING:
        lifecycle.become_ready()
    if state is State.STOPPING:
        lifecycle.stop()
    with lifecycle.reloading() if state is State.RELOADING else nullcontext():
        yield lifecycle


def reload(lifecycle: Lifecycle) -> None:
    with lifecycle.reloading():
        pass


IMPOSSIBLE = [
    (State.READY, Lifecycle.become_ready),
    (State.STARTING, reload),
    (State.RELOADING, reload),
]


@pytest.mark.parametrize(("state", "step"), IMPOSSIBLE)
def test_what_can_not_follow_is_refused(state: State, step: Callable[[Lifecycle], None]) -> None:
    with in_state(state) as lifecycle:
        with pytest.raises(AssertionError, match="a service does not go from"):
            step(lifecycle)
        assert lifecycle.state is state


@pytest.mark.parametrize("step", [Lifecycle.become_ready, reload])
def test_nothing_follows_the_end(manager: InitSystem, step: Callable[[Lifecycle], None]) -> None:
    """A model that is loaded, or settings that are read, while the service ends."""
    with in_state(State.STOPPING) as lifecycle:
        told, was_ready = list(manager.messages), lifecycle.was_ready
        step(lifecycle)
        assert lifecycle.state is State.STOPPING
        assert manager.messages == told
        assert lifecycle.was_ready is was_ready


def test_a_start_that_is_stopped_is_never_ready(manager: InitSystem) -> None:
    lifecycle = Lifecycle()
    lifecycle.stop()
    lifecycle.become_ready()
    assert not lifecycle.was_ready
    assert manager.messages == ["STOPPING=1"]


def test_every_state_can_be_stopped() -> None:
    for state, times in itertools.product(State, (1, 2)):
        with in_state(state) as lifecycle:
            for _ in range(times):
                lifecycle.stop()
            assert lifecycle.state is State.STOPPING
