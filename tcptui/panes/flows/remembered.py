"""A remembered list is the flow list as it was when a capture had been analysed to its end."""

import json
from array import array
from collections.abc import Generator, Sequence
from typing import Any, Final, NamedTuple

from librt.vecs import vec
from mypy_extensions import i32

from tcptui.drawing.cells import Line, Run, clean
from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import drawing
from tcptui.panes.sealed import sealed, unsealed
from tcptui.theme import PALETTES

MOST_ROWS: Final = 200
"""Lines that are remembered; of the others their place in the order."""
MOST_FLOWS: Final = 2_000_000
MOST_TIME: Final = 1 << 63
STYLES: Final = PALETTES["dark"].styles.keys()


class RememberedRow(NamedTuple):
    """A flow's line: what stands in each column, the client's address and the first time (ns)."""

    cells: dict[str, Line]
    host: str
    first_time: int

    def cell(self, item: drawing.Placed, utc: bool) -> Line:
        """Return what stands in a column, with times of day in UTC or local ones."""
        if item.column.id == "start":
            return [Run(drawing.time_of_day(self.first_time, utc))]
        if item.brief and item.column.id == "client":
            return [Run(self.host)]
        return self.cells.get(item.column.id, [])


class Remembered(NamedTuple):
    """The flows in their order, the lines of the first ones by flow, and the columns' widths."""

    order: vec[i32]
    rows: dict[int, RememberedRow]
    widths: drawing.Widths


def remember_rows(
    engine: Engine, judge: Judge, order: Sequence[int], columns: Sequence[str]
) -> Generator[float, None, dict[int, RememberedRow]]:
    """Return the lines of the first flows of an order. Yields its progress after each."""
    rows = {}
    for index in order[:MOST_ROWS]:
        flow = engine.flows[index]
        cells = {id: drawing.BY_ID[id].draw(flow, judge) for id in columns if id != "start"}
        host = address_text(flow.client.address)
        rows[index] = RememberedRow(cells, host, int(flow.first_time))
        yield len(rows) / MOST_ROWS
    return rows


def to_bytes(
    made_of: bytes, order: Sequence[int], rows: dict[int, RememberedRow], widths: drawing.Widths
) -> bytes:
    """Return a list as bytes; ``made_of`` are 32 bytes that tell of what."""
    numbers = array("i", order).tobytes()
    told = json.dumps([widths, list(rows.items())]).encode()
    return sealed(len(order).to_bytes(4) + numbers + told, made_of)


def from_bytes(data: bytes, made_of: bytes) -> Remembered | None:
    """Return the list that was made of the same; None where the bytes are no such list."""
    body = unsealed(data, made_of)
    if body is None:
        return None
    try:
        return checked(body)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def checked(body: bytes) -> Remembered:
    """Return the list that lay under the seal. Raises ValueError, TypeError, KeyError
    where it is none."""
    count = int.from_bytes(body[:4])
    end = 4 + 4 * count
    if not 0 < count <= MOST_FLOWS or end > len(body):
        raise ValueError("the order is cut")
    numbers = array("i", body[4:end])
    if set(numbers) != set(range(count)):
        raise ValueError("the order lacks flows")
    widths, rows = json.loads(body[end:])
    found = {whole(index, count): checked_row(row) for index, row in rows}
    return Remembered(
        vec[i32](numbers.tolist()), found, drawing.Widths(*(whole(width, 1000) for width in widths))
    )


def checked_row(row: Any) -> RememberedRow:
    """Return a line. Raises ValueError, TypeError, KeyError where it is none."""
    cells, host, first_time = row
    if not isinstance(cells, dict):
        raise ValueError("there are no cells")
    drawn = {
        drawing.BY_ID[id].id: [checked_run(*run) for run in line] for id, line in cells.items()
    }
    return RememberedRow(drawn, words(host), whole(first_time, MOST_TIME, -MOST_TIME))


def checked_run(text: Any, style: Any) -> Run:
    """Return a text with its style. Raises ValueError, TypeError where it is none."""
    if style not in STYLES:
        raise ValueError("there is no such style")
    return Run(words(text), style)


def words(value: Any) -> str:
    """Return a text made harmless. Raises ValueError where the value is none."""
    if not isinstance(value, str):
        raise ValueError("it is no text")
    return clean(value)


def whole(value: Any, below: int, least: int = 0) -> int:
    """Return a whole number of a range. Raises ValueError where the value is none."""
    if type(value) is not int or not least <= value < below:
        raise ValueError("it is no such number")
    return value
