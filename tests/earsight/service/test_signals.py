"""Signals of the service."""

from __future__ import annotations

import asyncio
import os
import signal

from earsight.service.signals import handled_signals, hold_reload_signal


async def heard(*numbers: int) -> list[str]:
    """What is called while signals are heeded, which are sent one after the other."""
    calls: list[str] = []
    with handled_signals(lambda: calls.append("stop"), lambda: calls.append("reload")):
        for number in numbers:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.01)
    return calls


def test_what_each_signal_means() -> None:
    numbers = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
    assert asyncio.run(heard(*numbers)) == ["reload", "stop", "stop"]


def test_a_reload_that_was_asked_for_too_early_comes_as_soon_as_it_can_be_taken() -> None:
    hold_reload_signal()
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGHUP)  # would end the process
    assert asyncio.run(heard()) == ["reload"]
    assert asyncio.run(heard()) == []


def test_afterwards_signals_mean_what_they_did_before() -> None:
    asyncio.run(heard())
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
