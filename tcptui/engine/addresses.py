"""Addresses as text."""

from ipaddress import IPv6Address

from tcptui.engine.flow import Endpoint


def address_text(address: bytes) -> str:
    """4 or 16 bytes as IPv4 or IPv6 text, the latter shortened as in RFC 5952."""
    if len(address) == 4:
        return f"{address[0]}.{address[1]}.{address[2]}.{address[3]}"
    return str(IPv6Address(address))


def endpoint_text(end: Endpoint) -> str:
    """``10.0.0.1:80`` or ``[2001:db8::1]:80``."""
    text = address_text(end.address)
    return f"[{text}]:{end.port}" if ":" in text else f"{text}:{end.port}"
