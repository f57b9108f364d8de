"""Saves what several points captured as one pcapng: an interface for each point, times on the first
point's clock, and comments on what did not pass."""

from collections.abc import Iterator, Sequence

from tcptui.between.clock import Clock
from tcptui.between.comparison import Comparison, FlowBetween
from tcptui.between.journeys import NOT_SEEN, Journeys, followed
from tcptui.between.segment_told import told_of_segment
from tcptui.capture.formats.framer import Interface
from tcptui.capture.source import Source
from tcptui.capture.writer import Packet, SliceError, is_pcapng, save
from tcptui.fields.view import View
from tcptui.report.save_packets import frames
from tcptui.text.durations import duration


def save_between(
    target: str,
    sources: Sequence[Source],
    comparison: Comparison,
    flows: Sequence[FlowBetween],
    overwrite: bool = False,
) -> int:
    """Save the packets of some flows, as all points captured them, in the order of the corrected
    times; return how many. ``sources`` are the points', in path order. Raises SliceError,
    CaptureError."""
    if not is_pcapng(target):
        raise SliceError("several points need interfaces: name a file that ends in .pcapng")
    writer = PointsWriter(sources, comparison)
    packets = [packet for flow in flows for packet in writer.packets_of(flow)]
    packets.sort(key=lambda packet: packet.time)
    return save(
        target,
        packets,
        writer.interfaces,
        lambda status: any(source.is_reading(status) for source in sources),
        overwrite,
    )


class PointsWriter:
    """Makes the packets and interfaces of a file with several points."""

    def __init__(self, sources: Sequence[Source], comparison: Comparison) -> None:
        self.sources = sources
        self.comparison = comparison
        self.views = [
            View(point.engine, source.read)
            for point, source in zip(comparison.points, sources, strict=True)
        ]
        self.interfaces: list[Interface] = []
        self.numbers: dict[tuple[int, int], int] = {}

    def packets_of(self, flow: FlowBetween) -> Iterator[Packet]:
        """Yield a flow's packets, point by point."""
        comments = comments_of(followed(self.comparison, flow))
        for place, at in enumerate(flow.seen.at):
            if at is None:
                continue
            point, source = self.comparison.points[place], self.sources[place]
            packets = point.engine.packets
            for first, _ in frames(point.engine, point.rows_of(at.flow)):
                position = packets.position(first)
                told = [source.comments[position]] if position in source.comments else []
                told.append(f"#{packets.frame(first)} at {point.name}")
                told[-1] += f": {comments[place, first]}" if (place, first) in comments else ""
                yield Packet(
                    self.comparison.clocks[place].corrected(packets.time(first)),
                    self.interface(place, self.views[place].interface(first)),
                    packets.original(first),
                    source.read(position, packets.captured(first)),
                    tuple(told),
                )

    def interface(self, place: int, index: int) -> int:
        """Return the number, in the file that is written, of one of a point's interfaces."""
        number = self.numbers.get((place, index))
        if number is None:
            number = self.numbers[place, index] = len(self.interfaces)
            read = self.sources[place].interfaces[index]
            made = Interface(0, read.linktype, read.snaplen)
            made.units = 1_000_000_000
            made.name = self.comparison.points[place].name
            made.description = " ".join(filter(None, (read.name, read.description)))
            made.comment = clock_comment(self.comparison, place)
            self.interfaces.append(made)
        return number


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


def comments_of(journeys: Journeys) -> dict[tuple[int, int], str]:
    """Return what is said of the segments that did not just pass, by point and row."""
    comments: dict[tuple[int, int], str] = {}
    for journey in range(journeys.count):
        if not journeys.fate(journey):
            continue
        told = " ".join(told_of_segment(journeys, journey))
        for index, place in enumerate(journeys.places):
            row = journeys.row(journey, index)
            if row != NOT_SEEN:
                comments[place, row] = told
    return comments
