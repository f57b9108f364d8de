"""Says what a field is: its name, the kind of its value, and how it is got from a row."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tcptui.engine.wireshark.releases import has_come
from tcptui.fields.columns.segment_values import RowValue
from tcptui.fields.value_kind import BILLION, UNITS, Value, ValueKind, Values
from tcptui.fields.view import View
from tcptui.text.digits import seconds_text


def one_or_all(found: Values) -> Value:
    """Return a field's value: several as a list, a single one by itself, None without any."""
    return found if len(found) > 1 else found[0] if found else None


class Field(NamedTuple):
    """A named value: tshark's name (or one under ``flow.``), its kind, how it is got from a row.

    ``doc`` is for completion and the tables of the documentation. ``column`` reads the value
    straight from the packet columns, compiled, and ``get`` is made from it (:func:`in_column`).
    Rows with the same number of ``key`` have the same value, which is then made once for them.
    ``unit`` is that of a number, ``bits`` bounds it, ``choices`` are all texts that can occur,
    ``aliases`` are other names of the same field. A field ``of_flow`` says something about the
    whole flow, so it is known when the capture has ended. ``exists`` tells whether the row has
    the field where ``get`` would have to read the file. ``since`` is the first Wireshark release
    that has it, of those whose rules there are; empty where all have it. A field ``from_packet`` is
    read from the packet's bytes. ``digits`` are those of a hexadecimal number, ``labels`` are
    Wireshark's words for some numbers. A field that a filter computes has the fields that it is
    computed from as ``sources``. Where it ``is_moment``, its seconds count from 1970; one that is
    ``single`` has one value at most, though it is read by a function.
    """

    name: str
    kind: ValueKind
    get: Callable[[View, int], Value]
    doc: str = ""
    column: RowValue | None = None
    key: RowValue | None = None
    unit: str = ""
    bits: int = 32
    choices: Collection[str] = ()
    aliases: tuple[str, ...] = ()
    of_flow: bool = False
    exists: Callable[[View, int], bool] | None = None
    since: str = ""
    from_packet: bool = False
    digits: int = 4
    labels: Mapping[str, int] = MappingProxyType({})
    sources: tuple["Field", ...] = ()
    is_moment: bool = False
    single: bool = False

    @property
    def is_of_rows(self) -> bool:
        """Whether its value needs nothing but the rows of a flow and their packets."""
        is_known = self.column is not None or self.key is not None or self.from_packet
        return is_known and not self.of_flow

    def text(self, value: Value) -> str:
        """Return a value of this field as tshark's `-T fields` writes it; an absent one is
        empty."""
        return value_text(self.kind, value, self.digits)

    def is_in(self, release: str) -> bool:
        """Return whether a Wireshark release has the field; our own are in all."""
        return has_come(self.since, by=release)


def in_column(
    name: str,
    kind: ValueKind,
    column: RowValue,
    doc: str = "",
    *,
    unit: str = "",
    bits: int = 32,
    since: str = "",
    is_moment: bool = False,
) -> Field:
    """Return a field whose number is read from the packet columns."""
    return Field(
        name,
        kind,
        lambda view, row: column.value_of_row(view.row_reader, row),
        doc,
        column=column,
        unit=unit or UNITS.get(kind, ""),
        bits=bits,
        since=since,
        is_moment=is_moment,
    )


def by_key(
    name: str,
    kind: ValueKind,
    key: RowValue,
    value_of: Callable[[int], Value],
    doc: str = "",
    choices: Collection[str] = (),
    since: str = "",
) -> Field:
    """Return a field whose value depends on one number of the row alone; absent where that is."""

    def get(view: View, row: int) -> Value:
        number = key.value_of_row(view.row_reader, row)
        return None if number is None else value_of(number)

    return Field(name, kind, get, doc, key=key, choices=choices, since=since, single=True)


def value_text(kind: ValueKind, value: Value, digits: int = 4) -> str:
    """Return a value as tshark's `-T fields` writes it; an absent one is empty. ``digits`` are
    those of a hexadecimal number."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(value_text(kind, one, digits) for one in value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int):
        if kind in (ValueKind.SECONDS, ValueKind.SHARE):
            return seconds_text(value)
        if kind is ValueKind.TIME:
            return date_text(value)
        if kind is ValueKind.HEX:
            return f"0x{value:0{digits}x}"
    return str(value)


def date_text(ns: int) -> str:
    """Return nanoseconds since the epoch as tshark writes `frame.time`, in local time."""
    second, rest = divmod(ns, BILLION)
    when = time.localtime(second)
    return time.strftime("%b %e, %Y %H:%M:%S", when) + f".{rest:09d} " + time.strftime("%Z", when)


def json_object(fields: Iterable[Field], view: View, row: int) -> str:
    """Return the fields of a row as a JSON object in one line."""
    pairs = (
        f"{json.dumps(field.name)}: {json_value(field.kind, field.get(view, row))}"
        for field in fields
    )
    return "{" + ", ".join(pairs) + "}"


def json_value(kind: ValueKind, value: Value) -> str:
    """Return numbers as JSON numbers (seconds with nine decimals), and absent values as null."""
    if isinstance(value, list):
        return "[" + ", ".join(json_value(kind, one) for one in value) + "]"
    if isinstance(value, bytes) or kind is ValueKind.TIME:
        return json.dumps(value_text(kind, value) or None)
    if kind in (ValueKind.SECONDS, ValueKind.SHARE) and value is not None:
        return value_text(kind, value)
    return json.dumps(value)
