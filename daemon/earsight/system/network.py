"""Which addresses lie in a network of the owner's own."""

from __future__ import annotations

import ipaddress

_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Of carriers and of overlay networks (RFC 6598): not reachable from the internet."""
_LOCAL_DOMAINS = ("localhost", "local", "internal", "home.arpa")
"""Names under these mean nothing outside a network of one's own (RFC 6761, 6762 and 8375, ICANN 2024)."""


def numeric(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is written as; None for a name."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_private(host: str) -> bool:
    """Whether an address belongs to this machine or to a private network.

    Args:
        host: A number, such as 192.168.1.20 or fd00::1; a name is none of these.
    """
    address = numeric(host)
    if address is None or address.is_unspecified or address.is_multicast:
        return False
    shared = address.version == _SHARED.version and address in _SHARED
    return shared or address.is_private


def may_be_private(host: str) -> bool:
    """Whether a host is a private address, or a name that may be one.

    Args:
        host: A number or a name. A name without a dot is one of the local network, as are those of domains
            that are reserved for it.
    """
    if numeric(host) is not None:
        return is_private(host)
    labels = host.rstrip(".").lower().split(".")
    return len(labels) == 1 or any(".".join(labels[-n:]) in _LOCAL_DOMAINS for n in (1, 2))
