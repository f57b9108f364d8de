"""Divides a flow's time into pieces that come to what its report says of each part.

The report counts segment by segment what each part took; when it was is not kept of short waits.
So pieces are first cut where the packets show whose the time was, and then as many of the parts
that got too much are given to those that got too little, that the sums are the report's.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

from tcptui.engine.flow import Flow
from tcptui.findings.sides import SIDES
from tcptui.findings.time_split import TimeSplit, time_split

SERVER: Final = "s.server"
CLIENT: Final = "c.client"
CLIENTS_TCP: Final = "c.tcp"
SERVERS_TCP: Final = "s.tcp"
NETWORK: Final = "c.network"
IDLE: Final = "c.idle"
NAMES: Final = (SERVER, CLIENT, CLIENTS_TCP, SERVERS_TCP, NETWORK, IDLE)
"""The time of the network and idle time belong to neither side: they stand with the client's."""
TCP: Final = "tcp"
"""The report has one part for the timers and windows of both sides."""
GIVING: Final = (NETWORK, IDLE, TCP, CLIENT, SERVER)
"""Who gives time first: the network's is only what is left."""


class TimeSpan(NamedTuple):
    """From when to when (ns since 1970) the time was that of a series."""

    start: int
    end: int
    name: str


def part_of(name: str) -> str:
    """Return the part of the report that the time of a series counts in."""
    return TCP if name in (CLIENTS_TCP, SERVERS_TCP) else name


def reported_parts(flow: Flow, split: TimeSplit) -> dict[str, int]:
    """Return how long (ns) each part is in the report: what nobody used is idle time, with that
    which the capture's clock jumped over."""
    client, server, tcp, network, _ = split.parts()
    whole = max(int(flow.last_time) - int(flow.first_time), 0)
    idle = whole - client - server - tcp - network
    return {SERVER: server, CLIENT: client, TCP: tcp, NETWORK: network, IDLE: idle}


def series_of_part(split: TimeSplit, part: str) -> str:
    """Return the series that time given to a part counts in: of TCP's that of the side for which
    TCP waited longer."""
    if part != TCP:
        return part
    sides = {"client": 0, "server": 0}
    for entry in split.tcp_waits():
        sides[SIDES[entry.side]] += int(entry.cost)
    return SERVERS_TCP if sides["server"] > sides["client"] else CLIENTS_TCP


def as_reported(flow: Flow, pieces: Sequence[TimeSpan]) -> list[TimeSpan]:
    """Return the pieces of the whole time of a flow in order, divided so that each part comes to
    what the report says."""
    split = time_split(flow)
    wanted = reported_parts(flow, split)
    series = {part: series_of_part(split, part) for part in wanted}
    return agreeing(pieces, wanted, series)


def without_overlap(spans: Sequence[TimeSpan], first: int, last: int) -> Iterator[TimeSpan]:
    """Yield pieces of the time from ``first`` to ``last`` in order, each with the first of the
    spans that cover it."""
    edges = {edge for span in spans for edge in span[:2] if first <= edge <= last}
    waiting = sorted((span.start, order) for order, span in enumerate(spans))
    waiting.reverse()
    covering: list[int] = []
    start = first
    for end in sorted(edges | {last}):
        while waiting and waiting[-1][0] <= start:
            heappush(covering, waiting.pop()[1])
        while covering and spans[covering[0]].end <= start:
            heappop(covering)
        if covering and end > start:
            yield TimeSpan(start, end, spans[covering[0]].name)
        start = end


def agreeing(
    pieces: Sequence[TimeSpan], wanted: Mapping[str, int], series: Mapping[str, str]
) -> list[TimeSpan]:
    """Return the pieces, in order, with so many of them given to other parts, under the names in
    ``series``, that each part comes to what is ``wanted``."""
    surplus = {part: -length for part, length in wanted.items()}
    for piece in pieces:
        surplus[part_of(piece.name)] += piece.end - piece.start
    if not any(surplus.values()):
        return list(pieces)
    kept = [piece for piece in pieces if surplus[part_of(piece.name)] <= 0]
    given: list[TimeSpan] = []
    takers = [part for part in wanted if surplus[part] < 0]
    for giver in (part for part in GIVING if surplus[part] > 0):
        own = sorted(
            (piece.end - piece.start, piece) for piece in pieces if part_of(piece.name) == giver
        )
        for taker in takers:
            moved = min(surplus[giver], -surplus[taker])
            given += taken_from(own, moved, series[taker])
            surplus[giver] -= moved
            surplus[taker] += moved
        kept += [piece for _, piece in own]
    return sorted(kept + given)


def taken_from(own: list[tuple[int, TimeSpan]], wanted: int, name: str) -> list[TimeSpan]:
    """Take pieces of ``wanted`` ns out of ``own``, which are in order of their lengths, and return
    them under another name.

    Each time the shortest that is long enough, of which the end is taken, as a wait ends with the
    segment that it waited for; where none is, the longest one.
    """
    found: list[TimeSpan] = []
    while wanted > 0 and own:
        at = bisect_left(own, (wanted,))
        length, piece = own.pop(min(at, len(own) - 1))
        taken = min(length, wanted)
        found.append(TimeSpan(piece.end - taken, piece.end, name))
        if taken < length:
            left = TimeSpan(piece.start, piece.end - taken, piece.name)
            insort(own, (length - taken, left))
        wanted -= taken
    return found
