"""Saves the graph as a file: an SVG picture, or text."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tcptui.drawing.cells import plain
from tcptui.drawing.graph import whose_graph
from tcptui.drawing.graph_svg import graph_svg
from tcptui.glyphs import to_ascii
from tcptui.graphs.series import Series
from tcptui.panes.graph.pictures import GraphPicture
from tcptui.panes.graph.span import Span
from tcptui.panes.graph.widget import GraphPane

ABOUT_GRAPH: Final = "Enter saves. The graph of the time that is seen now."
LEAST_SIZE: Final = (100, 30)
"""Cells of a picture at least, each as large as one of the terminal."""
LEVELS: Final = ("ack", "window_edge", "window", "rtt_floor")
"""Series that go on until their next point."""


class GraphFile(NamedTuple):
    """A form in which the graph can be saved."""

    name: str
    meaning: str
    file_name: str
    make: Callable[[GraphPane], str]


def graph_picture(graph: GraphPane) -> str:
    """Return the graph as an SVG picture."""
    picture = graph.in_full()
    series = seen_series(picture) if picture is not None else []
    width, height = (max(pair) for pair in zip(graph.size, LEAST_SIZE, strict=True))
    return graph_svg(title_of(graph), series, width, height, graph.doubts)


def graph_text(graph: GraphPane) -> str:
    """Return the graph as it is drawn on the screen."""
    rows = graph.rows(*graph.size)
    text = "".join(plain(row.line).rstrip() + "\n" for row in rows)
    return "\n".join(map(to_ascii, text.split("\n"))) if graph.look.ascii else text


def title_of(graph: GraphPane) -> str:
    """Return what the picture shows, in words."""
    flow = None if graph.of_capture or graph.under is None else graph.under.flow
    return f"{whose_graph(graph.engine, flow)}: {graph.kind_name}"


def seen_series(picture: GraphPicture) -> Sequence[Series]:
    """Return the series without what lies outside the time that is seen; levels begin and end with
    it."""
    return [clipped(one, picture.view.span) for one in picture.series]


def clipped(series: Series, span: Span) -> Series:
    """Return the points within a time span, and of a level what holds at its ends."""
    found = Series(series.name, series.unit)
    found.bin_length = series.bin_length
    is_level = series.own_name in LEVELS
    for number in range(len(series)):
        frame, time, value = series.point(number)
        if span.holds(time):
            found.add_point(frame, time, value)
        elif is_level and time < span.start:
            found.add_point(frame, span.start, value)
    return found


GRAPH_FILES: Final = (
    GraphFile("graph as picture", "of the time that is seen, SVG", "graph.svg", graph_picture),
    GraphFile("graph as text", "as it is seen", "graph.txt", graph_text),
)


def graph_files(graph: GraphPane) -> tuple[GraphFile, ...]:
    """Return what can be saved of the graph: nothing before there is one."""
    return GRAPH_FILES if graph.picture is not None else ()
