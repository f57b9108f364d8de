"""Draws the list of flows that several points saw: who, how much, what happened between, and how
long it took."""

from collections.abc import Generator, Iterator, Sequence
from typing import Final, NamedTuple

from tcptui.between.comparison import Comparison, FlowBetween
from tcptui.between.leg import Leg
from tcptui.between.told import SEVERITIES, BetweenFinding, findings_of
from tcptui.drawing.cells import Line, Run, clean, cut, fit, line_width, width_of
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.flow import Endpoint, Flow
from tcptui.text.amounts import short_count, size
from tcptui.text.durations import brief_duration

ARROWS: Final = {"c": "→", "s": "←"}
SIZE_WIDTH: Final = 7
WAY_WIDTH: Final = 17
MOST_ENDS: Final = 0.55
"""The part of the line that both ends may take."""
WIDE: Final = 100
"""Cells from which on there is room for the times on the way."""
SAMPLE: Final = 500


class ListedFlow(NamedTuple):
    """A flow of the list with what was found of it, the gravest first."""

    flow: FlowBetween
    found: list[BetweenFinding]

    @property
    def severity(self) -> str:
        """The style of what happened."""
        return self.found[0].severity if self.found else "dim"

    @property
    def rank(self) -> tuple[int, int, int]:
        """What puts it in order: the gravest first, then those of which most was lost."""
        grave = SEVERITIES.index(self.found[0].severity) if self.found else len(SEVERITIES)
        lost = sum(len(leg.lost.rows) for leg in self.flow.legs)
        others = sum(
            len(leg.beyond.rows) + leg.duplicated.segments + leg.reordered.segments
            for leg in self.flow.legs
        )
        return grave, -lost, -others


def listing(comparison: Comparison) -> Generator[float, None, list[ListedFlow]]:
    """List the flows in the order of what happened between; yield how far that is, 0 to 1."""
    flows: list[ListedFlow] = []
    for number, flow in enumerate(comparison.flows):
        flows.append(ListedFlow(flow, findings_of(comparison, flow)))
        yield (number + 1) / len(comparison.flows)
    flows.sort(key=lambda one: one.rank)
    return flows


class ListWidths(NamedTuple):
    """The cells of the columns; 0 for one that is not shown."""

    number: int
    ends: int
    way: int


def measure(flows: Sequence[ListedFlow], width: int) -> ListWidths:
    """Return the columns' widths for a line of ``width`` cells."""
    step = max(1, len(flows) // SAMPLE)
    sample = flows[::step]
    number = max((len(number_text(one.flow)) for one in sample), default=1)
    ends = max((width_of(ends_text(one.flow)) for one in sample), default=0)
    most = int(width * MOST_ENDS) - number
    return ListWidths(number, min(ends, most), WAY_WIDTH if width >= WIDE else 0)


def measure_read(flows: Sequence[Flow], width: int) -> ListWidths:
    """Return the widths for flows that one point saw and that are not compared yet."""
    sample = flows[:: max(1, len(flows) // SAMPLE)]
    number = len(str(len(flows)))
    ends = max((width_of(ends_of(one.client, one.server)) for one in sample), default=0)
    return ListWidths(number, min(ends, int(width * MOST_ENDS) - number), 0)


def number_text(flow: FlowBetween) -> str:
    """Return a flow's number at each point: ``0/3``, ``-`` where it was not seen."""
    return "/".join("-" if at is None else str(at.flow.index) for at in flow.seen.at)


def ends_text(flow: FlowBetween) -> str:
    first = flow.first_seen()
    return ends_of(first.client, first.server)


def ends_of(client: Endpoint, server: Endpoint) -> str:
    return f"{endpoint_text(client)} → {endpoint_text(server)}"


def header(widths: ListWidths, width: int) -> Line:
    """Return the titles above the list."""
    text = f"{'#':>{widths.number}} {fit('client → server', widths.ends)} {'paired':>{SIZE_WIDTH}} "
    if widths.way:
        text += f"{fit('way →', widths.way // 2)} {fit('way ←', widths.way // 2)} "
    return [Run(fit(text + "what happened between", width), "head")]


def read_row(flow: Flow, widths: ListWidths, width: int) -> Line:
    """Return the line of a flow that one point saw and that is not compared yet."""
    line: Line = [
        Run(f"{flow.index:>{widths.number}} ", "dim"),
        Run(fit(ends_of(flow.client, flow.server), widths.ends) + " ", "text"),
    ]
    return [*line, Run(cut("not compared yet", width - line_width(line)), "dim")]


def row(comparison: Comparison, one: ListedFlow, widths: ListWidths, width: int) -> Line:
    """Return a flow's line."""
    flow = one.flow
    line: Line = [
        Run(f"{number_text(flow):>{widths.number}} ", "dim"),
        Run(fit(ends_text(flow), widths.ends) + " ", "text"),
        Run(f"{size(flow.paired_bytes):>{SIZE_WIDTH}} ", "text"),
    ]
    if widths.way:
        half = widths.way // 2
        ways = [fit(way_text(comparison, flow, direction), half) for direction in ARROWS]
        line.append(Run(f"{ways[0]} {ways[1]} ", "dim"))
    room = width - line_width(line)
    return [*line, Run(cut(happened(comparison, one), room), one.severity)]


def way_text(comparison: Comparison, flow: FlowBetween, direction: str) -> str:
    """Return how long the fastest segment of one direction took on all legs."""
    delays = [leg.delays for leg in flow.legs if leg.direction == direction]
    known = [delay.least for delay in delays if delay is not None]
    return brief_duration(sum(known)) if known and len(known) == len(delays) else ""


def happened(comparison: Comparison, one: ListedFlow) -> str:
    """Return what happened to a flow between the points, in a few words."""
    words = [word for leg in one.flow.legs for word in leg_words(comparison, leg)]
    for finding in one.found:
        if finding.kind in ("queue_between", "rewritten_between", "mtu_between"):
            words.append(finding.text.partition(" between ")[0])
    return " · ".join(words) or "all passed"


def leg_words(comparison: Comparison, leg: Leg) -> Iterator[str]:
    """Yield what happened on a leg: ``3 lost ←``, with its points where there are several legs."""
    arrow = ARROWS[leg.direction]
    names = [clean(comparison.points[place].name) for place in (leg.near, leg.far)]
    where = f" {names[0]} to {names[1]}" if len(comparison.points) > 2 else f" {arrow}"
    for number, word in (
        (len(leg.lost.rows), "lost"),
        (leg.duplicated.segments, "twice"),
        (leg.reordered.segments, "overtaken"),
    ):
        if number:
            yield f"{short_count(number)} {word}{where}"
    if leg.beyond.rows:
        yield f"{short_count(len(leg.beyond.rows))} again {arrow}"
    missed = leg.uncaptured_far.segments + leg.uncaptured_near.segments
    if missed:
        yield f"{short_count(missed)} not in a file"
