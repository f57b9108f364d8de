"""Draws the small graph of a ticket: of the flow it tells of, the kind that shows its finding.

It is drawn in ASCII: a ticket is pasted into anything, and trackers, mails and chats show Braille
in fonts where its cells are not as wide as letters, or not at all; the letters, which say what
stands out, need no more. A finding of a kind that is not in the table has no graph, and neither has
a direction in which too little was seen: an empty picture would only ask what is wrong with it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from tcptui.drawing.doubts import doubts_of
from tcptui.drawing.graph import SHARES, GraphSize, graph_lines, panels_of
from tcptui.filters.command_lines import command
from tcptui.filters.subjects import OpenCapture
from tcptui.filters.ticket import code
from tcptui.findings.finding import Finding
from tcptui.findings.judgement import Judgement
from tcptui.graphs.kinds import FLOW_GRAPHS, flow_series
from tcptui.graphs.series import Series

SIZE: Final = GraphSize(76, 14)
"""Fits an unfolded mail."""
LEAST_POINTS: Final = 8
"""Of segments, round trips or bins; fewer are told in the ladder."""
LEAST_BIN: Final = 1_000_000
"""Nanoseconds."""
TIME: Final = "time"

KINDS: Final = {
    "time-sequence": (
        "loss_after_capture", "loss_before_capture", "not_lost", "reordered", "pmtu_black_hole",
        "hole_never_filled", "fragmentation_needed", "stall_rto", "tail_loss_probe",
        "spurious_timeout", "delay_spike", "stall_zero_window", "repeated_with_other_content",
        "bad_checksum",
    ),
    "window": ("stall_window_limited", "stall_send_buffer", "option_stripped", "silly_window"),
    "rtt": ("queue_delay",),
    "throughput": ("policed", "shaped"),
    TIME: (
        "stall_server_think", "stall_late_ack", "stall_delayed_ack_nagle", "write_write_read",
        "many_turns", "long_path",
    ),
}  # fmt: skip
"""The graphs, and the findings that each shows best."""
KIND_OF: Final = {finding: graph for graph, findings in KINDS.items() for finding in findings}
BY_SENDER: Final = set(KINDS["time-sequence"]) - {"stall_zero_window"}
"""Findings whose side sent the data that is drawn."""
SHOWN: Final = {
    "time-sequence": ("segment_start", "repeat_start"), "window": ("in_flight",),
    "rtt": ("rtt",), "throughput": ("throughput",),
}  # fmt: skip
"""The series without which there is nothing to see."""


def ticket_graph(capture: OpenCapture, judged: Judgement) -> Iterator[str]:
    """Yield the lines of a flow's graph in a fence, below the command that draws it larger; none
    where there is nothing to see."""
    finding = judged.leading()
    kind = KIND_OF.get(finding.kind, "") if finding is not None else ""
    if finding is None or not kind:
        return
    series = drawn_series(capture, judged, kind, finding)
    if not series:
        return
    words = f"tcptui graph {{file}} {judged.flow.index} --kind {kind}"
    yield f"\nThe graph `{kind}`; larger with `{code(command(capture, words, '').text)}`:\n"
    yield "\n```text\n"
    for line in graph_lines(kind, series, SIZE, True, doubts_of(judged.flow)):
        yield f"{line}\n"
    yield "```\n"


def drawn_series(
    capture: OpenCapture, judged: Judgement, kind: str, finding: Finding
) -> Sequence[Series]:
    """Return the series that are drawn: of the time all, else those of one direction. None where
    there is nothing to see."""
    flow = judged.flow
    if flow.first_time == flow.last_time:
        return []
    graph = next(one for one in FLOW_GRAPHS if one.name == kind)
    columns = SIZE.width
    length = max((int(flow.last_time) - int(flow.first_time)) // columns, LEAST_BIN)
    series = flow_series(graph, capture.engine, flow, length, None)
    if kind == TIME:
        return series if has_shares(series) else []
    shown = [part for _, part, _ in panels_of(series) if points_in(part, kind) >= LEAST_POINTS]
    if finding.side and finding.kind in BY_SENDER:
        shown = [part for part in shown if part[0].side == finding.side[0]]
    return max(shown, key=lambda part: points_in(part, kind), default=[])


def points_in(series: Sequence[Series], kind: str) -> int:
    """Return how many points a direction has of what is to be seen, and of bins those that are not
    empty."""
    seen = [one for one in series if one.own_name in SHOWN[kind]]
    if kind != "throughput":
        return sum(map(len, seen))
    return sum(one.point(number)[2] > 0 for one in seen for number in range(len(one)))


def has_shares(series: Sequence[Series]) -> bool:
    """Return whether the time is that of several users."""
    used = {SHARES[one.own_name] for one in series if one.largest() > 0}
    return len(used) > 1
