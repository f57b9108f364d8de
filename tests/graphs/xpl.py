"""Reads the time–sequence graphs of tcptrace, and what we draw in the same form.

`tcptrace -S` writes a file for each direction of a connection. Its numbers are raw, ours count from
the initial one; its times have six decimals.
"""

import re
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.sequence import MASK32
from tcptui.findings.finding import Read
from tcptui.graphs.kinds import FLOW_GRAPHS, flow_series
from tcptui.graphs.series import Series
from tcptui.text.digits import seconds_text

TITLE: Final = re.compile(r"(\S+):(\d+)_==>_(\S+):(\d+) ")
CONNECTION: Final = re.compile(r" *\d+: \S+ - \S+ \((\w+)2(\w+)\) +(\d+)> +(\d+)<")
LABEL: Final = re.compile("[a-z]text ")
"""Its text stands in the next line; another word alone is a colour."""
SENT: Final = ("white", "red", "blue")
"""What passed for the first time, what was sent again, and what a device has doubled."""
TIME_SEQUENCE: Final = next(kind for kind in FLOW_GRAPHS if kind.name == "time-sequence")
BIN: Final = 100_000_000

Moment = str
"""Epoch seconds with six decimals: tcptrace cuts off the rest."""
Bar = tuple[Moment, int, int]
Point = tuple[Moment, int]
Direction = tuple[str, str, str, str]
"""Address and port of the sender, then of the receiver."""


class Drawn(NamedTuple):
    """What one direction shows."""

    bars: set[Bar]
    acks: set[Point]
    edges: set[Point]
    sacks: set[Bar]


class Traced(NamedTuple):
    """A direction of a connection as tcptrace has it: with the packets of both directions, the
    number of the SYN where there is one, and raw numbers."""

    direction: Direction
    packets: int
    begin: int | None
    drawn: Drawn

    def relative(self, flow: Flow) -> Drawn:
        """What is drawn, in numbers that count from the SYN; from where ours count without one."""
        ends = {direction_of(end): end for end in (flow.client, flow.server)}
        begin = ends[self.direction].base & MASK32 if self.begin is None else self.begin

        def relative(number: int) -> int:
            return number - begin & MASK32

        return Drawn(
            {(time, relative(start), relative(end)) for time, start, end in self.drawn.bars},
            {(time, relative(value)) for time, value in self.drawn.acks},
            {(time, relative(value)) for time, value in self.drawn.edges},
            {(time, relative(start), relative(end)) for time, start, end in self.drawn.sacks},
        )


def traced(capture: Path, folder: Path) -> list[Traced]:
    """Run tcptrace over a capture, with its files in an empty folder; nothing where it fails."""
    ended = subprocess.run(
        ["tcptrace", "-Sn", capture], cwd=folder, capture_output=True, encoding="latin-1"
    )
    if ended.returncode:
        return []
    packets = {}
    for match in filter(None, map(CONNECTION.match, ended.stdout.splitlines())):
        one, other = match[1], match[2]
        packets[f"{one}2{other}"] = packets[f"{other}2{one}"] = int(match[3]) + int(match[4])
    files = sorted(folder.glob("*_tsg.xpl"))
    return [read_xpl(path, packets[path.name.removesuffix("_tsg.xpl")]) for path in files]


def read_xpl(path: Path, packets: int) -> Traced:
    """Read one direction."""
    lines = path.read_text("latin-1").splitlines()
    title = TITLE.match(lines[2])
    assert title is not None
    source, source_port, target, target_port = title.groups()
    direction = shortened(source), source_port, shortened(target), target_port
    return Traced(direction, packets, syn_in(lines), drawn_in(lines))


def shortened(address: str) -> str:
    """Return an IPv6 address as others write it; tcptrace cuts the first colon off `::1`."""
    return str(ip_address(f":{address}" if address.startswith(":") else address))


def syn_in(lines: list[str]) -> int | None:
    """The number of the SYN; its label stands where its one number ends."""
    labels = (before for before, line in pairwise(lines) if line == "SYN")
    label = next(labels, None)
    return int(label.split()[2]) - 1 if label is not None else None


def drawn_in(lines: list[str]) -> Drawn:
    """What the lines of a file draw."""
    color, drawn = "", Drawn(set(), set(), set(), set())
    for before, line in pairwise(["", *lines]):
        words = line.split()
        if LABEL.match(before):
            continue
        if len(words) == 1:
            color = line
        elif words[0] == "line" and words[1] == words[3]:
            start, end = int(words[2]), int(words[4])
            if color in SENT:
                drawn.bars.add((words[1], start, end))
            elif color == "purple":
                drawn.sacks.add((words[1], start, end))
            elif color == "green":
                drawn.acks.add((words[1], end))
            elif color == "yellow":
                drawn.edges.add((words[1], end))
        elif words[0] == "dtick":
            drawn.acks.add((words[1], int(words[2])))
        elif words[0] == "utick":
            drawn.edges.add((words[1], int(words[2])))
    return drawn


def drawn_by_us(engine: Engine, flow: Flow, read: Read | None) -> dict[str, Drawn]:
    """What each direction of a flow shows, by the letter of its side."""
    graph = flow_series(TIME_SEQUENCE, engine, flow, BIN, read)
    points = {one.name: list(points_of(one)) for one in graph}
    found = {}
    for side in "cs":
        starts = points[f"{side}.segment_start"] + points[f"{side}.repeat_start"]
        ends = points[f"{side}.segment_end"] + points[f"{side}.repeat_end"]
        found[side] = Drawn(
            bars(starts, ends),
            set(points[f"{side}.ack"]),
            set(points[f"{side}.window_edge"]),
            bars(points[f"{side}.sack_start"], points[f"{side}.sack_end"]),
        )
    return found


def bars(starts: list[Point], ends: list[Point]) -> set[Bar]:
    return {(time, start, end) for (time, start), (_, end) in zip(starts, ends, strict=True)}


def points_of(one: Series) -> Iterator[Point]:
    for number in range(len(one)):
        _, time, value = one.point(number)
        yield seconds_text(i64(time))[:-3], value


def direction_of(sender: Endpoint) -> Direction:
    """The ends of what this one sends."""
    source, target = ((address_text(end.address), str(end.port)) for end in (sender, sender.peer))
    return *source, *target


def only_theirs(theirs: Drawn, ours: Drawn) -> Drawn:
    """What tcptrace alone draws; it draws the number of a SYN and of a FIN as a byte."""
    return Drawn(
        theirs.bars - ours.bars - numbered(theirs.bars, ours.bars),
        theirs.acks - ours.acks,
        theirs.edges - ours.edges,
        theirs.sacks - ours.sacks,
    )


def only_ours(ours: Drawn, theirs: Drawn) -> Drawn:
    """What we alone draw; tcptrace has no line to the first ACK, and no bar for what a SYN brings.
    The edges belong to the ACKs."""
    first = min(ours.acks, default=None)
    of_syn = {bar for bar in ours.bars if bar[1] == 0}
    return Drawn(
        ours.bars - theirs.bars - numbered(ours.bars, theirs.bars) - of_syn,
        {ack for ack in ours.acks - theirs.acks if ack != first},
        set(),
        ours.sacks - theirs.sacks,
    )


def numbered(some: set[Bar], others: set[Bar]) -> set[Bar]:
    """Those bars that others lack, and that are a byte long, or a byte longer or shorter than one
    of theirs: a SYN or a FIN has a number."""
    return {
        (time, start, end)
        for time, start, end in some
        if end - start == 1 or (time, start, end - 1) in others or (time, start, end + 1) in others
    }
