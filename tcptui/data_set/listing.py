"""Says what the list tells of a flow, and how the list sorts."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tcptui.data_set.parts import FlowPart
from tcptui.data_set.swept import SweptCapture
from tcptui.data_set.swept_rows import SweptRows

SHOWN: Final = (
    "index", "client_address", "client_port", "server_address", "server_port", "client_packets",
    "server_packets", "client_bytes", "server_bytes", "first", "verdict", "cost_ns", "sentence",
)  # fmt: skip


class SweptLine(NamedTuple):
    """Holds what a line of the list tells of a flow; times in ns, None where a value is absent."""

    host: str
    day: str
    capture: SweptCapture
    number: int
    client: tuple[str, int]
    server: tuple[str, int]
    verdict: str
    sentence: str
    cost: int
    packets: int
    bytes: int
    first: int | None


def read_line(rows: SweptRows, row: int) -> SweptLine:
    """Return what a line tells of the flow in a row."""
    part, told = rows.part_of(row), rows.values(row, SHOWN)

    def number(name: str) -> int:
        return told[name] or 0

    return SweptLine(
        part.file.host,
        part.file.day,
        part.capture,
        number("index"),
        (told["client_address"] or "", number("client_port")),
        (told["server_address"] or "", number("server_port")),
        told["verdict"] or "",
        told["sentence"] or "",
        number("cost_ns"),
        number("client_packets") + number("server_packets"),
        number("client_bytes") + number("server_bytes"),
        told["first"],
    )


class Sorting(NamedTuple):
    """A way to sort: its name, what it means, the value of each row, whether the largest comes
    first when it is chosen."""

    id: str
    meaning: str
    values: Callable[[SweptRows], Any]
    descending: bool


def of_part(value: Callable[[FlowPart], str]) -> Callable[[SweptRows], Any]:
    """Return what sorts by a text of the flow's part."""

    def ranks(rows: SweptRows) -> Any:
        texts = sorted({value(part) for part in rows.parts})
        places = {text: place for place, text in enumerate(texts)}
        return rows.of_parts(lambda part: places[value(part)], pa.int64())

    return ranks


def of_column(name: str) -> Callable[[SweptRows], Any]:
    """Return what sorts by a column."""
    return lambda rows: rows.column(name)


def of_sum(*names: str) -> Callable[[SweptRows], Any]:
    """Return what sorts by the sum of two columns; one that no number has stands as its first."""

    def added(rows: SweptRows) -> Any:
        first, second = (pc.fill_null(rows.column(name), 0) for name in names)
        return pc.add(first, second)

    return added


SORTINGS: Final = (
    Sorting("trouble", "cut or unanswered first, then by lost time",
            lambda rows: rows.standing, True),
    Sorting("waited", "waited in vain, or too long", of_column("cost_ns"), True),
    Sorting("host", "whose capture it is in", of_part(lambda part: part.file.host), False),
    Sorting("day", "the capture's day (UTC)", of_part(lambda part: part.file.day), False),
    Sorting("file", "the capture", of_part(lambda part: part.capture.name), False),
    Sorting("client", "who opened the connection", of_column("client_address"), False),
    Sorting("server", "who answered", of_column("server_address"), False),
    Sorting("packets", "segments both ways", of_sum("client_packets", "server_packets"), True),
    Sorting("bytes", "payload both ways", of_sum("client_bytes", "server_bytes"), True),
    Sorting("began", "when the first segment came", of_column("first"), False),
)  # fmt: skip
SORT_BY: Final = {one.id: one for one in SORTINGS}
SORT_DEFAULT: Final = "trouble"


def sorted_rows(rows: SweptRows, by: str, descending: bool) -> Any:
    """Return all rows in an order; the worst first where they have the same there."""
    order = rows.worst_first()
    if by == SORT_DEFAULT and descending:
        return order
    values = pc.take(SORT_BY[by].values(rows).combine_chunks(), order)
    way = "descending" if descending else "ascending"
    return order.take(pc.sort_indices(values, sort_keys=[("", way)]))
