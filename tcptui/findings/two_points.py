"""Tells that files that are opened together hold the same packets, captured at two points.

mergecap's order puts each packet twice into the flow then, and every second one looks as if it had
been sent again. Files of one point that were rotated follow each other, and never take turns.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.packets import Packets
from tcptui.engine.records import FILE_SHIFT
from tcptui.engine.timing.lookback import rows_of_flow
from tcptui.findings.finding import Finding, FindingKind, Read, frames_of_flow

TWO_POINTS: Final = "captured_at_two_points"
"""The name of the finding's kind."""
LOOKED_AT: Final = 64
"""Segments of a flow's beginning."""
MOST_SEARCHED: Final = 16_384
"""Frames of the capture among which they are looked for."""
FEWEST_TURNS: Final = 3
"""So often the files take turns in a flow; rotated ones do once."""
FEWEST_PAIRS: Final = 2
"""Segments that are in both files."""
MOST_FLOWS: Final = 1000
"""Flows that are asked whether a capture is of two points."""
ADVICE: Final = (
    "files hold the same packets, captured at two points: what looks lost or sent again in such "
    "flows is not told; `tcptui between` compares the points"
)


def seen_at_two_points(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find that a flow's packets were captured at two points, each into a file of its own."""
    pairs = pairs_of(engine, flow)
    if pairs < FEWEST_PAIRS:
        return None
    text = (
        "its packets are in two files, captured at two points: what looks lost or sent again is "
        "not told; `tcptui between` compares the points"
    )
    return kind.finding(pairs, frames_of_flow(engine, flow), None, None, text)


def pairs_of(engine: Engine, flow: Flow) -> int:
    """Return how many of a flow's first segments are in two files that take turns; 0 where there is
    one file."""
    if not engine.has_several_files:
        return 0
    packets = engine.packets
    first = max(i64(flow.first_row), packets.first)
    stop = i64(flow.last_row) + 1
    if first < stop:
        stop = min(stop, packets.row_of(packets.frame(first) + MOST_SEARCHED))
    files: dict[tuple[int, int, int, int, bool], int] = {}
    before: i64 = -1
    turns = 0
    pairs = 0
    for looked, one in enumerate(rows_of_flow(packets, i64(flow.index), first, stop)):
        if looked == LOOKED_AT:
            break
        row = i64(one)
        file = packets.position(row) >> FILE_SHIFT
        turns += 1 if file != before else 0
        before = file
        if files.setdefault(key_of(packets, row), int(file)) != file:
            pairs += 1
    return pairs if turns > FEWEST_TURNS else 0


def key_of(packets: Packets, row: i64) -> tuple[int, int, int, int, bool]:
    """Return what a segment has in common with itself at another point."""
    return (
        int(packets.seq(row)),
        int(packets.ack(row)),
        int(packets.length(row)),
        int(packets.flags(row)),
        packets.is_from_server(row),
    )


def holds_two_points(engine: Engine) -> bool:
    """Return whether files of the capture hold the same packets, as far as its first flows say."""
    if not engine.has_several_files:
        return False
    if engine.at_two_points:
        return True
    return any(pairs_of(engine, flow) >= FEWEST_PAIRS for flow in engine.flows[:MOST_FLOWS])


def two_point_warnings(engine: Engine) -> list[str]:
    """Return the warning that files hold the same packets, or nothing."""
    return [ADVICE] if holds_two_points(engine) else []
