"""Addresses and endpoints as text: one form for outputs, filters and the screen."""

from functools import lru_cache

from tcptui.engine.flow import Endpoint


@lru_cache(maxsize=65536)
def address_text(address: bytes) -> str:
    """Return 4 or 16 bytes as IPv4 or IPv6 text, the latter shortened as in RFC 5952."""
    if len(address) == 4:
        return f"{address[0]}.{address[1]}.{address[2]}.{address[3]}"
    # Loading this takes as long as a small report, which mostly has no such address.
    from socket import AF_INET6, inet_ntop

    # As tshark does, and unlike ipaddress the same under each Python: ::ffff:192.0.2.1
    return inet_ntop(AF_INET6, address)


def with_port(address: str, port: int) -> str:
    """Return an address with its port: ``10.0.0.1:80`` or ``[2001:db8::1]:80``."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def endpoint_text(end: Endpoint) -> str:
    """Return address and port of one end of a flow: ``10.0.0.1:80`` or ``[2001:db8::1]:80``."""
    return with_port(address_text(end.address), end.port)
