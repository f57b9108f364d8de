"""What a field is: its name, the kind of its value, and how it is got from a row."""

import json
import time
from collections.abc import Callable, Collection, Iterable
from enum import Enum
from typing import Final, NamedTuple

from tcptui.filters.scan import RowValue
from tcptui.filters.view import View


class ValueKind(Enum):
    """What a field's value is, and so how it is written and compared."""

    NUMBER = "number"
    SECONDS = "seconds"  # the value is in nanoseconds
    TIME = "time"  # nanoseconds since the epoch, written as a date
    SHARE = "share"  # a part of one, in billionths
    HEX = "hex"  # a number written as tshark writes tcp.flags
    BIT = "bit"  # 0 or 1
    PRESENCE = "presence"  # 1 or absent
    TEXT = "text"
    IPV4 = "ipv4"  # the value is the address as text
    IPV6 = "ipv6"
    NAMES = "names"  # a list of names
    BYTES = "bytes"  # read from the capture file


Value = int | str | bytes | list[int] | list[str] | None
"""A field's value in a row: absent is None, several values are a list."""


class Field(NamedTuple):
    """One field: tshark's name (or one under ``flow.``), its kind, how to get it from a row.

    ``column`` reads the same value faster, straight from the packet columns; where the value
    depends on nothing else than some column, that is ``key``. ``bits`` bounds numbers,
    ``choices`` are all texts that can occur. A field ``of_flow`` says something about the whole
    flow, so it is known when the capture has ended. ``meaning`` is for completion. ``exists``
    tells whether the row has the field where :attr:`get` would have to read the file.
    """

    name: str
    kind: ValueKind
    get: Callable[[View, int], Value]
    column: RowValue | None = None
    bits: int = 32
    choices: Collection[str] = ()
    of_flow: bool = False
    meaning: str = ""
    exists: Callable[[View, int], bool] | None = None
    key: RowValue | None = None


BILLION: Final = 1_000_000_000


def value_text(kind: ValueKind, value: Value) -> str:
    """A value as tshark's `-T fields` writes it; absent is empty."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(value_text(kind, one) for one in value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int):
        if kind in (ValueKind.SECONDS, ValueKind.SHARE):
            return seconds_text(value)
        if kind is ValueKind.TIME:
            return date_text(value)
        if kind is ValueKind.HEX:
            return f"0x{value:04x}"
    return str(value)


def seconds_text(ns: int) -> str:
    """Nanoseconds as seconds with nine decimals."""
    sign = "-" if ns < 0 else ""
    return f"{sign}{abs(ns) // BILLION}.{abs(ns) % BILLION:09d}"


def date_text(ns: int) -> str:
    """Nanoseconds since the epoch as tshark writes `frame.time`, in local time."""
    second, rest = divmod(ns, BILLION)
    when = time.localtime(second)
    return time.strftime("%b %e, %Y %H:%M:%S", when) + f".{rest:09d} " + time.strftime("%Z", when)


def json_object(fields: Iterable[Field], view: View, row: int) -> str:
    """The fields of a row as a JSON object in one line."""
    pairs = (
        f"{json.dumps(field.name)}: {json_value(field.kind, field.get(view, row))}"
        for field in fields
    )
    return "{" + ", ".join(pairs) + "}"


def json_value(kind: ValueKind, value: Value) -> str:
    """Numbers as numbers (seconds with nine decimals), absent as null."""
    if isinstance(value, bytes) or kind is ValueKind.TIME:
        return json.dumps(value_text(kind, value) or None)
    if kind in (ValueKind.SECONDS, ValueKind.SHARE) and value is not None:
        return value_text(kind, value)
    return json.dumps(value)
