"""A way with two capture points, and a download that passes it: what each point captured, and what
is known to have happened.

    client ── A ══ B ── server

``Way`` says what the way does to every segment; a fate, what happens to one of the server's.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from struct import pack
from typing import NamedTuple

from samples.capture_files import Record, pcap
from samples.frames import checksum

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
SYN, ACK, PUSH = 0x02, 0x10, 0x08
MASK32 = 0xFFFFFFFF
SIZE = 1000
"""Bytes of payload in each of the server's segments."""
CLIENT_NUMBER, SERVER_NUMBER = 1_000_000, 4_294_900_000
REPAIR = 150 * MILLISECOND
"""Ns after which the server sends again what was not acknowledged."""
NEAR = MILLISECOND // 2
"""Ns between a point and the host beside it."""


@dataclass
class Way:
    """What the way and the two captures do; times in ns."""

    to_server: int = 8 * MILLISECOND
    to_client: int = 8 * MILLISECOND
    offset: int = 0
    """How far B's clock is ahead of A's at the start."""
    drift: float = 0.0
    """By how many ns it gains in one ns."""
    step_after: int = 0
    """When B's clock is set, after the start; 0 for never."""
    step: int = 0
    nat: bool = False
    shift: int = 0
    """By how much the server's sequence numbers are larger at A than at B."""
    stamps: bool = True
    identifications: bool = True
    snaplen: int = 65_535
    resolution: int = 1
    port: int = 40_000
    """The client's, without NAT."""
    seed: int = 0
    """Other payloads for another connection."""
    repair_size: int = SIZE
    """What is sent again is cut into segments of this size."""
    mss: int = 0
    """What the way makes of the MSS in the client's SYN; 0 leaves it."""

    def time_at_b(self, time: int) -> int:
        """Return what B's clock shows at a time of A's."""
        since = time - START
        moved = self.step if self.step_after and since >= self.step_after else 0
        return time + self.offset + moved + round(self.drift * since)


@dataclass
class Fates:
    """What happens to the server's segments with these numbers, counted from 0."""

    lost: Iterable[int] = ()
    beyond: Iterable[int] = ()
    """They pass A and do not reach the client."""
    twice: Iterable[int] = ()
    echoed: Iterable[int] = ()
    """They come twice, the second time so late that five others came between."""
    late: Iterable[int] = ()
    """They take so long that five later ones overtake them."""
    missed_at_a: Iterable[int] = ()
    missed_at_b: Iterable[int] = ()


class Segment(NamedTuple):
    """A segment as its sender makes it; numbers are relative."""

    from_server: bool
    time: int
    seq: int
    ack: int
    flags: int
    size: int
    stamp: int
    identification: int


@dataclass
class Play:
    """A download over a way: both captures as files."""

    way: Way
    at_a: list[Record] = field(default_factory=list)
    at_b: list[Record] = field(default_factory=list)
    identifications: Iterator[int] = field(default_factory=lambda: count(100))

    def files(self) -> tuple[bytes, bytes]:
        """Return the captures of A and B."""
        by_time = [sorted(records, key=lambda one: one.time) for records in (self.at_a, self.at_b)]
        return pcap(by_time[0]), pcap(by_time[1])

    def segment(
        self, from_server: bool, time: int, seq: int, ack: int, flags: int, size: int = 0
    ) -> Segment:
        return Segment(
            from_server,
            time,
            seq,
            ack,
            flags,
            size,
            time // MILLISECOND & MASK32,
            next(self.identifications) & 0xFFFF,
        )

    def capture_a(self, sent: Segment, time: int) -> None:
        self.at_a.append(self.record(sent, time, True))

    def capture_b(self, sent: Segment, time: int) -> None:
        self.at_b.append(self.record(sent, self.way.time_at_b(time), False))

    def record(self, sent: Segment, time: int, at_a: bool) -> Record:
        return Record(
            time // self.way.resolution * self.way.resolution,
            self.frame(sent, at_a)[: self.way.snaplen],
        )

    def frame(self, sent: Segment, at_a: bool) -> bytes:
        """Return the segment as it is at A or at B."""
        way = self.way
        client = (
            (bytes((10, 0, 0, 1)), way.port)
            if at_a or not way.nat
            else (bytes((192, 0, 2, 7)), 61_234)
        )
        server = (bytes((10, 9, 9, 9)), 80)
        shift = way.shift if at_a else 0
        mine, theirs = (server, client) if sent.from_server else (client, server)
        base, peer = CLIENT_NUMBER, SERVER_NUMBER + shift
        if sent.from_server:
            base, peer = peer, base
        options = b""
        if sent.flags & SYN:
            mss = way.mss if way.mss and not at_a and not sent.from_server else 1460
            options += pack("!BBH", 2, 4, mss)
        if way.stamps:
            options += pack("!BBBBII", 1, 1, 8, 10, sent.stamp, 0)
        words = 5 + len(options) // 4
        ack = sent.ack + peer & MASK32 if sent.flags & ACK else 0
        seq = sent.seq + base & MASK32
        payload = bytes((sent.seq + n + way.seed) * 7 & 0xFF for n in range(sent.size))
        body = pack("!HHIIHHHH", mine[1], theirs[1], seq, ack, words << 12 | sent.flags, 5000, 0, 0)
        ends = mine[0] + theirs[0]
        number = sent.identification if way.identifications else 0
        ttl = 64 if at_a != sent.from_server else 60
        length = 20 + len(body) + len(options) + sent.size
        head = pack("!BBHHHBB", 0x45, 0, length, number, 0x4000, ttl, 6)
        link = bytes(12) + b"\x08\x00"
        return link + head + pack("!H", checksum(head + ends)) + ends + body + options + payload


def open_connection(play: Play) -> int:
    """Play the handshake and the request; return when the server has it."""
    way = play.way
    time = START
    for from_server, seq, ack, flags, size in (
        (False, 0, 0, SYN, 0),
        (True, 0, 1, SYN | ACK, 0),
        (False, 1, 1, ACK, 0),
        (False, 1, 1, ACK | PUSH, 100),
    ):
        sent = play.segment(from_server, time, seq, ack, flags, size)
        passes_a = time + NEAR if not from_server else time + NEAR + way.to_client
        passes_b = time + NEAR if from_server else time + NEAR + way.to_server
        play.capture_a(sent, passes_a)
        play.capture_b(sent, passes_b)
        time = max(passes_a, passes_b) + NEAR if seq == 0 else time + MILLISECOND
    return time + way.to_server + 2 * NEAR


def download(way: Way, segments: int, fates: Fates | None = None, pace: int = MILLISECOND) -> Play:
    """Play a download of so many segments, one sent every ``pace`` ns."""
    play = Play(way)
    fate = fates or Fates()
    ready = open_connection(play)
    arrivals: list[tuple[int, int]] = []
    sends: list[tuple[int, int, bool]] = [(ready + n * pace, n, False) for n in range(segments)]
    heapq.heapify(sends)
    while sends:
        time, n, again = heapq.heappop(sends)
        size = way.repair_size if again else SIZE
        for at in range(0, SIZE, size):
            sent = play.segment(True, time, 1 + n * SIZE + at, 101, ACK, size)
            arrived = pass_points(play, fate if not again else Fates(), sent, n, pace)
        if not again and (n in fate.lost or n in fate.beyond):
            heapq.heappush(sends, (time + REPAIR, n, True))
        else:
            arrivals.append((arrived + NEAR, n))
    acknowledge(play, arrivals)
    return play


def pass_points(play: Play, fate: Fates, sent: Segment, n: int, pace: int) -> int:
    """Let one of the server's segments pass, with its fate; return when it is at A."""
    if n not in fate.missed_at_b:
        play.capture_b(sent, sent.time + NEAR)
    at_a = sent.time + NEAR + play.way.to_client + (6 * pace if n in fate.late else 0)
    if n not in fate.missed_at_a and n not in fate.lost:
        play.capture_a(sent, at_a)
    if n in fate.twice:
        play.capture_a(sent, at_a + 1000)
    if n in fate.echoed:
        play.capture_a(sent, at_a + 6 * pace)
    return at_a


def acknowledge(play: Play, arrivals: list[tuple[int, int]]) -> None:
    """Play the client's ACKs, one for each arrival."""
    there: set[int] = set()
    edge = 0
    for time, n in sorted(arrivals):
        there.add(n)
        while edge in there:
            edge += 1
        sent = play.segment(False, time, 101, 1 + edge * SIZE, ACK)
        play.capture_a(sent, time + NEAR)
        play.capture_b(sent, time + NEAR + play.way.to_server)
