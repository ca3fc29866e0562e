"""Whichever test imports Ray first, all of them are to have the same token."""

from __future__ import annotations

import pytest

from tests.earsight_server.ray_serve.cluster import configure


@pytest.fixture(scope="session", autouse=True)
def _configured() -> None:
    configure()
