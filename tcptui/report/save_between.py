"""Saves what several points captured as one pcapng: an interface for each point, times on the first
point's clock, and comments on what did not pass."""

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import NamedTuple

from tcptui.between.clock import Clock
from tcptui.between.comparison import Comparison, FlowBetween
from tcptui.between.journeys import NOT_SEEN, followed
from tcptui.between.segment_told import told_of_segment
from tcptui.capture.formats.framer import NANOSECONDS, Interface
from tcptui.capture.source import Source
from tcptui.capture.writer import SaveError, is_pcapng, save
from tcptui.fields.view import View
from tcptui.filters.subjects import frames
from tcptui.text.durations import duration


def save_between(
    target: str,
    sources: Sequence[Source],
    comparison: Comparison,
    flows: Sequence[FlowBetween],
    overwrite: bool = False,
) -> int:
    """Save the packets of some flows, as all points captured them, in the order of the corrected
    times; return how many. ``sources`` are the points', in path order. Raises SaveError,
    CaptureError."""
    if not is_pcapng(target):
        raise SaveError("several points need interfaces: name a file that ends in .pcapng")
    packets = PointsPackets(sources, comparison, flows)
    return save(
        target,
        packets,
        packets.interfaces,
        lambda status: any(source.is_reading(status) for source in sources),
        overwrite,
    )


class PointsPackets:
    """The packets of some flows at all points, in the order of the corrected times: each is made
    when its turn comes."""

    def __init__(
        self, sources: Sequence[Source], comparison: Comparison, flows: Sequence[FlowBetween]
    ) -> None:
        self.sources = sources
        self.comparison = comparison
        self.views = [
            View(point.engine, source.read)
            for point, source in zip(comparison.points, sources, strict=True)
        ]
        self.comments = comments_of(comparison, flows)
        self.comments_captured = [source.comments for source in sources]
        self.rows = [self.rows_at(place, flows) for place in range(len(sources))]
        self.interfaces: list[Interface] = []
        self.numbers: dict[tuple[int, int], int] = {}
        for place, view in enumerate(self.views):
            for index in sorted({view.interface(row) for row in self.rows[place]}):
                self.numbers[place, index] = len(self.interfaces)
                self.interfaces.append(self.interface(place, index))

    def __len__(self) -> int:
        return sum(map(len, self.rows))

    def __iter__(self) -> Iterator["PointPacket"]:
        return merge(*map(self.packets_at, range(len(self.rows))), key=attrgetter("time"))

    def rows_at(self, place: int, flows: Sequence[FlowBetween]) -> list[int]:
        """Return the first row of each frame that some flows have at a point, in time order."""
        point = self.comparison.points[place]
        found: set[int] = set()
        for flow in flows:
            at = flow.seen.at[place]
            if at is not None:
                found.update(first for first, _ in frames(point.engine, point.rows_of(at.flow)))
        return sorted(sorted(found), key=lambda row: self.time(place, row))

    def time(self, place: int, row: int) -> int:
        """Return the time on the first point's clock."""
        packets = self.comparison.points[place].engine.packets
        return self.comparison.clocks[place].corrected(packets.time(row))

    def packets_at(self, place: int) -> Iterator["PointPacket"]:
        return (PointPacket(self, place, row, self.time(place, row)) for row in self.rows[place])

    def interface(self, place: int, index: int) -> Interface:
        """Return one of a point's interfaces, as the file that is written describes it."""
        read = self.sources[place].interfaces[index]
        made = Interface(0, read.linktype, read.snaplen)
        made.units = NANOSECONDS
        made.name = self.comparison.points[place].name
        made.description = " ".join(filter(None, (read.name, read.description)))
        made.comment = clock_comment(self.comparison, place)
        return made


class PointPacket(NamedTuple):
    """A packet as a point captured it, which is read when it is written."""

    packets: PointsPackets
    place: int
    row: int
    time: int

    @property
    def interface(self) -> int:
        return self.packets.numbers[self.place, self.packets.views[self.place].interface(self.row)]

    @property
    def original(self) -> int:
        return self.packets.comparison.points[self.place].engine.packets.original(self.row)

    @property
    def data(self) -> bytes:
        return self.packets.views[self.place].packet(self.row)

    @property
    def comments(self) -> tuple[str, ...]:
        """The packet's own comment, and what is said of its segment."""
        point = self.packets.comparison.points[self.place]
        own = self.packets.comments_captured[self.place].get(
            point.engine.packets.position(self.row)
        )
        happened = self.packets.comments.get((self.place, self.row))
        told = f"#{point.engine.packets.frame(self.row)} at {point.name}"
        told += f": {happened}" if happened is not None else ""
        return (told,) if own is None else (own, told)


def clock_comment(comparison: Comparison, place: int) -> str:
    """Return how the times of a point were corrected."""
    clock: Clock = comparison.clocks[place]
    first = comparison.points[0].name
    if place == 0:
        return "times as captured; those of the other points are corrected to this clock"
    if not clock.is_known:
        return f"how far this clock was from that of {first} is unknown: times put in order only"
    way = "ahead of" if clock.offset >= 0 else "behind"
    return (
        f"times corrected: this clock was {duration(abs(clock.offset))} {way} that of {first},"
        f" ± {duration(clock.error)}"
    )


def comments_of(comparison: Comparison, flows: Sequence[FlowBetween]) -> dict[tuple[int, int], str]:
    """Return what is said of the segments that did not just pass, by point and row."""
    comments: dict[tuple[int, int], str] = {}
    for flow in flows:
        if all(leg.is_uneventful for leg in flow.legs):
            continue
        journeys = followed(comparison, flow)
        for journey in range(journeys.count):
            if not journeys.fate(journey):
                continue
            told = " ".join(told_of_segment(journeys, journey))
            for index, place in enumerate(journeys.places):
                row = journeys.row(journey, index)
                if row != NOT_SEEN:
                    comments[place, row] = told
    return comments
