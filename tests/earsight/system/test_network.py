"""Which addresses lie in a network of the owner's own."""

from __future__ import annotations

import pytest

from earsight.system.network import is_private, may_be_private

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.1.20",
    "172.16.0.1",
    "169.254.1.1",
    "100.100.1.1",
    "::1",
    "fd00::1",
]
PRIVATE += ["fe80::1%eth0", "[fd00::1]", "::ffff:192.168.1.1"]
PUBLIC = [
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "0.0.0.0",
    "224.0.0.1",
    "::",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses(host: str) -> None:
    assert is_private(host)
    assert may_be_private(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses(host: str) -> None:
    assert not is_private(host)
    assert not may_be_private(host)


@pytest.mark.parametrize(
    "host", ["localhost", "gpu", "gpu.local", "a.b.home.arpa", "GPU.Local.", "x.internal"]
)
def test_names_of_a_local_network(host: str) -> None:
    assert may_be_private(host)
    assert not is_private(host), "a name is no address"


@pytest.mark.parametrize(
    "host", ["example.com", "local.example.com", "home.example", "localhost.example.com"]
)
def test_other_names(host: str) -> None:
    assert not may_be_private(host)
