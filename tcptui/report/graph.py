"""Prints a graph: as a picture of characters, as SVG, or as the table of its points."""

from collections.abc import Iterator, Sequence
from heapq import merge
from typing import BinaryIO, Final, NamedTuple

from mypy_extensions import i64

from tcptui.drawing.doubts import ALL_KNOWN, Doubts
from tcptui.drawing.graph import GraphSize, graph_lines
from tcptui.drawing.graph_svg import graph_svg
from tcptui.graphs.series import Series, value_text
from tcptui.text.digits import seconds_text

HEADER: Final = "frame\ttime\tseries\tvalue\n"


class Graph(NamedTuple):
    """A graph to be printed: the kind, its series, a title, the size in cells, and what is not
    known of each direction."""

    kind: str
    series: Sequence[Series]
    title: str
    size: GraphSize
    is_ascii: bool = False
    doubts: Doubts = ALL_KNOWN


def print_text(out: BinaryIO, graph: Graph) -> None:
    """Print the picture of characters."""
    out.write(f"{graph.title}\n".encode())
    lines = graph_lines(graph.kind, graph.series, graph.size, graph.is_ascii, graph.doubts)
    for line in lines:
        out.write(f"{line}\n".encode())


def print_svg(out: BinaryIO, graph: Graph) -> None:
    """Print the picture as SVG."""
    out.write(graph_svg(graph.title, graph.series, *graph.size, graph.doubts).encode())


def print_points(out: BinaryIO, graph: Graph) -> None:
    """Print a row for each point, in the order of time, tab-separated below a header."""
    out.write(HEADER.encode())
    for _, _, row in merge(*map(rows_of, range(len(graph.series)), graph.series)):
        out.write(row.encode())


def rows_of(number: int, one: Series) -> Iterator[tuple[int, int, str]]:
    """Yield the rows of a series behind their times and its number."""
    for n in range(len(one)):
        frame, time, value = one.point(n)
        shown = value_text(value, one.unit)
        yield time, number, f"{frame}\t{seconds_text(i64(time))}\t{one.name}\t{shown}\n"
