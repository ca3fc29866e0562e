"""Settings for all tests."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# A loaded board is not a wrong program: no deadlines, and a failing example is printed so that it can be
# run again.
settings.register_profile(
    "earsight", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("earsight")


def pytest_configure() -> None:
    """Started in the background, a shell has it ignore SIGINT, and all that it starts would as well."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
