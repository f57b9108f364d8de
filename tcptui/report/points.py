"""Reads the captures of several points for a comparison: where there is a second processor, two
processes read them."""

import marshal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO, Final, NamedTuple

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.between.point import Point, new_point_engine
from tcptui.between.point_copy import add_block, add_flow, bytes_of_block, flow_rows
from tcptui.capture.source import Source
from tcptui.engine.wireshark.rules import Rules
from tcptui.report.processes import (
    PipeEnds,
    other_processes,
    processors,
    read_message,
    write_message,
)
from tcptui.session import analyse
from tcptui.shortage import give_back_freed

SMALLEST_SHARED: Final = 32 << 20
"""Bytes of all points; a second process does not pay for fewer."""


class PointToRead(NamedTuple):
    """A point that is to be read: its name, what opens its captures, and their bytes, 0 for
    streams."""

    name: str
    opened: Callable[[], AbstractContextManager[Source]]
    size: int


class PointRead(NamedTuple):
    """A point that was read, and what is odd about its captures."""

    point: Point
    warnings: list[str]


def read_points(
    asked: Sequence[PointToRead], rules: Rules, smallest_shared: int = SMALLEST_SHARED
) -> list[PointRead]:
    """Read all points; raises CaptureError where not one packet of a point can be read."""
    theirs = read_elsewhere(asked)
    if sum(one.size for one in asked) < smallest_shared or not theirs or processors() < 2:
        return [read_point(one, rules) for one in asked]

    def read_theirs(_: int, ends: PipeEnds) -> None:
        for number in theirs:
            send(read_point(asked[number], rules), ends.outgoing)

    with other_processes(1, read_theirs) as (ends,):
        ours = [number for number in range(len(asked)) if number not in theirs]
        read = {number: read_point(asked[number], rules) for number in ours}
        for number in theirs:
            point = receive(ends.incoming, asked[number].name, rules)
            if point is None:
                break
            read[number] = point
    return [read.get(number) or read_point(one, rules) for number, one in enumerate(asked)]


def read_elsewhere(asked: Sequence[PointToRead]) -> list[int]:
    """Return the points that a second process reads: the last ones that are files, with about half
    of all bytes."""
    half = sum(one.size for one in asked) / 2
    found: list[int] = []
    taken = 0
    for number in reversed(range(1, len(asked))):
        size = asked[number].size
        if size and taken + size / 2 < half:
            found.append(number)
            taken += size
    return found


def read_point(asked: PointToRead, rules: Rules) -> PointRead:
    """Read one point in this process."""
    engine = new_point_engine(rules)
    with asked.opened() as source:
        for _ in analyse(source, engine):
            pass
    engine.keep_headers()
    give_back_freed()
    return PointRead(Point(asked.name, engine), source.warnings)


def send(read: PointRead, out: BinaryIO) -> None:
    """Send what a comparison reads of a point to the first process."""
    engine, prints = read.point.engine, read.point.fingerprints
    times = (engine.frames, engine.first_time, engine.last_time)
    blocks = len(engine.packets.blocks)
    syns = list(prints.syn_row), list(prints.offers)
    head = (times, blocks, flow_rows(engine), syns, read.warnings)
    write_message(marshal.dumps(head), out)
    for number in range(blocks):
        write_message(bytes_of_block(engine, prints, number), out)


def receive(incoming: BinaryIO, name: str, rules: Rules) -> PointRead | None:
    """Receive a point; None where the second process was ended before."""
    head = read_message(incoming)
    if head is None:
        return None
    engine = new_point_engine(rules)
    prints = engine.fingerprints
    assert prints is not None
    times, blocks, flows, (syn_row, offers), warnings = marshal.loads(head)
    prints.syn_row, prints.offers = vec[i32](syn_row), vec[i64](offers)
    engine.frames, engine.first_time, engine.last_time = times
    for row in flows:
        add_flow(engine, row)
    for _ in range(blocks):
        rows = read_message(incoming)
        if rows is None:
            return None
        add_block(engine, prints, rows)
    return PointRead(Point(name, engine), warnings)
