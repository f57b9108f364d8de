"""How long the graph pane takes: until something is seen, until all is, and the longest call.

    python benchmarks/graph_speed.py CAPTURE [FLOW]

Each graph of a flow (by default 0) and of the capture, of all of its time and of its middle tenth,
over 180 cells. Times are of the processor, in ms: the terminal and the screen's pauses between the
slices come on top.
"""

import sys
from time import process_time_ns

from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.graphs.kinds import CAPTURE_GRAPHS, FLOW_GRAPHS
from tcptui.panes.graph.drawing import Areas, CursorColumns, GraphFrame, panels_of, share_lines
from tcptui.panes.graph.model.flow_rows import FlowRows
from tcptui.panes.graph.pictures import (
    CapturePicture,
    GraphPicture,
    GraphView,
    Work,
    find_rows,
    flow_picture,
)
from tcptui.panes.graph.span import Span
from tcptui.session import analyse

CELLS, LINES = 180, 44


def loaded(capture: str) -> Engine:
    """The engine after all of a capture."""
    engine = new_engine(WIRESHARK_4_0)
    source = open_source([capture])
    for _ in analyse(source, engine):
        pass
    source.close()
    return engine


def milliseconds(since: int) -> float:
    return (process_time_ns() - since) / 1e6


def longest_call(work: Work) -> float:
    """The longest of all slices."""
    longest = 0.0
    while True:
        began = process_time_ns()
        if next(work, None) is None:
            return max(longest, milliseconds(began))
        longest = max(longest, milliseconds(began))


def measure(name: str, picture: GraphPicture) -> None:
    """Print a line for a picture."""
    began = process_time_ns()
    work, seen, longest = picture.work(), 0.0, 0.0
    while True:
        call = process_time_ns()
        more = next(work, None)
        longest = max(longest, milliseconds(call))
        if picture.series and not seen:
            seen = milliseconds(began)
        if more is None:
            break
    complete, began = milliseconds(began), process_time_ns()
    frame = GraphFrame(CELLS, LINES, picture.view.span, CursorColumns())
    draw = share_lines if picture.kind_name == "time" else panels_of
    draw(picture.series, frame, Areas())
    drawn = milliseconds(began)
    points = sum(map(len, picture.series))
    print(
        f"{name:<24} seen {seen + drawn:7.1f}  complete {complete + drawn:7.1f}  "
        f"longest call {longest:5.1f}  drawing {drawn:5.1f}  {points:7,} points"
    )


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    engine = loaded(sys.argv[1])
    rows = FlowRows(engine.packets, engine.flows[int(sys.argv[2]) if len(sys.argv) > 2 else 0])
    began = process_time_ns()
    longest = longest_call(find_rows(rows))
    print(f"{len(rows):,} rows found in {milliseconds(began):.1f}, longest call {longest:.1f}")
    whole = Span(rows.earliest, rows.latest)
    tenth = whole.scaled(0.1, whole.start + whole.length // 2, whole)
    for span, part in ((whole, "all"), (tenth, "a tenth")):
        view = GraphView(span, CELLS)
        for kind in FLOW_GRAPHS:
            measure(f"{kind.name}, {part}", flow_picture(engine, rows, kind, view, None))
        for counted in CAPTURE_GRAPHS:
            measure(f"{counted.name}, {part}", CapturePicture(engine, counted, view))
    return 0


if __name__ == "__main__":
    sys.exit(main())
