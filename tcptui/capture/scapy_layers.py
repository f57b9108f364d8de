"""Knows scapy's class for each link type, and keeps scapy quiet."""

from importlib import import_module
from typing import Any, Final

FIRST_LAYERS: Final = {
    0: ("scapy.layers.l2", "Loopback"),
    1: ("scapy.layers.l2", "Ether"),
    9: ("scapy.layers.ppp", "HDLC"),
    12: ("scapy.layers.inet", "IP"),
    14: ("scapy.layers.inet", "IP"),
    101: ("scapy.layers.inet", "IP"),
    113: ("scapy.layers.l2", "CookedLinux"),
    228: ("scapy.layers.inet", "IP"),
    229: ("scapy.layers.inet6", "IPv6"),
    276: ("scapy.layers.l2", "CookedLinuxV2"),
}
"""The module and the class that dissects each link type."""

RAW_IP: Final = (12, 14, 101)


def first_layer(link_type: int, data: bytes) -> Any:
    """Return the class of a packet's first layer, with those behind it loaded; KeyError where scapy
    has none for the link type."""
    quiet_scapy()
    module, name = FIRST_LAYERS[link_type]
    if link_type in RAW_IP and data[:1] and data[0] >> 4 == 6:
        module, name = "scapy.layers.inet6", "IPv6"
    import_module("scapy.layers.inet")
    import_module("scapy.layers.inet6")
    return getattr(import_module(module), name)


def quiet_scapy() -> None:
    """Load scapy so that it writes no warnings, which would stand in the middle of the screen."""
    from logging import CRITICAL

    from scapy.error import log_scapy

    log_scapy.setLevel(CRITICAL)
