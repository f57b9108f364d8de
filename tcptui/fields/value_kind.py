"""Lists the kinds of the values that fields have, and the types of these values.

Of what fields are this is the part that every report loads.
"""

from enum import Enum
from typing import Final

BILLION: Final = 1_000_000_000


class ValueKind(Enum):
    """The kind of a field's value, which says how it is written and compared."""

    NUMBER = "number"
    SIGNED = "signed"  # a number that may be below zero
    SECONDS = "seconds"  # the value is in nanoseconds
    TIME = "time"  # nanoseconds since the epoch, written as a date
    SHARE = "share"  # a part of one, in billionths
    HEX = "hex"  # a number written as tshark writes tcp.flags
    ETHER = "ether"  # the value is the hardware address as text
    BIT = "bit"  # 0 or 1
    PRESENCE = "presence"  # 1 or absent
    TEXT = "text"
    IPV4 = "ipv4"  # the value is the address as text
    IPV6 = "ipv6"
    NAMES = "names"  # a list of names
    BYTES = "bytes"  # read from the capture file


UNITS: Final = {ValueKind.SECONDS: "s"}
"""The unit in which a kind of value is written."""

One = int | str | bytes
Values = list[int] | list[str] | list[bytes] | list[One]
Value = One | Values | None
"""A field's value in a row: absent is None, several values are a list."""
