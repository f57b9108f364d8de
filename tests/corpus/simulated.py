"""Captures of connections as networks and hosts make them, from a seed: bulk data and questions,
with loss, reordering and copies, resent and repacketised segments, SACK, closed windows and probes,
keep-alives, resets, Fast Open, and ports that are used again.

They are made for the tsharks of all releases to judge: held out, as no corpus has them.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from tests.corpus.made import ACK, FIN, PSH, RST, SYN, Sent, fast_open, mss, sack

INITIAL: Final = (0, 1, 1 << 31, 0xFFFF0000, 0xFFFFFF00, 0xFFFFFFFF)
"""Initial numbers at the borders; half of the connections have any other."""
SEGMENTS: Final = (1, 7, 100, 536, 1220, 1448, 1460, 2896)
WINDOWS: Final = (0, 1, 500, 502, 2048, 8192, 64000, 65535)
RTTS: Final = (0.05, 0.4, 1.5, 3, 12, 19, 21, 80, 250)
PORTS: Final = 12
"""So few that connections soon come upon ports used before."""


class Side:
    """One end of a connection: what it has sent, and what it has of its peer's."""

    def __init__(self, random: Random, by_client: bool) -> None:
        half = random.random() < 0.5
        self.by_client = by_client
        self.initial = random.choice(INITIAL) if half else random.getrandbits(32)
        self.next = self.initial
        self.acked = 0
        self.window = random.choice(WINDOWS[2:])
        self.segment = random.choice(SEGMENTS)


class Connection:
    """One connection, packet by packet, as a capture point might see it."""

    def __init__(self, random: Random, begin: float, port: int) -> None:
        self.random = random
        self.time = begin
        self.port = port
        self.rtt = random.choice(RTTS)
        self.client, self.server = Side(random, True), Side(random, False)
        self.sent: list[Sent] = []
        self.lossy = random.choice((0, 0, 0.01, 0.05, 0.2))
        self.has_sack = random.random() < 0.7

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def wait(self, *choices: float) -> None:
        """Let time go on, by one of these many ms, more or less."""
        self.time += self.random.choice(choices) * self.random.uniform(0.7, 1.3)

    def send(
        self, side: Side, flags: int, seq: int, ack: int, length: int = 0, options: bytes = b"",
        window: int | None = None,
    ) -> None:  # fmt: skip
        """Let a segment pass the capture point, or get lost before it."""
        if self.chance(self.lossy):
            return
        shown = side.window if window is None else window
        at = self.time
        if self.chance(self.lossy / 2):
            at += self.rtt * self.random.uniform(0, 2)
        one = Sent(at, side.by_client, flags, seq, ack, shown, length, options, self.port)
        self.sent.append(one)
        if self.chance(self.lossy / 4):
            self.sent.append(one._replace(time=at + self.random.uniform(0, self.rtt)))

    def peer(self, side: Side) -> Side:
        return self.server if side is self.client else self.client

    def open(self) -> None:
        """Shake hands, in one of the ways that are not always right."""
        random, client, server = self.random, self.client, self.server
        scale = b"\1\3\3" + bytes([random.randrange(15)])
        offer = mss(random.choice((536, 1220, 1460, 65495)))
        offer += b"\4\2" * self.has_sack + scale * self.chance(0.7)
        cookie, data = b"", 0
        if self.chance(0.1):
            cookie = fast_open(random.choice((b"", b"cookies!")))
            data = random.choice((0, 0, 100))
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            self.send(client, SYN, client.initial, 0, data, offer + cookie)
            if self.chance(0.05):
                client.initial = random.getrandbits(32)
            self.wait(0.1, 20, 1000)
        taken = client.initial + 1 + data * self.chance(0.5)
        self.wait(self.rtt)
        for _ in range(random.choice((1, 1, 1, 1, 2))):
            answer = mss(1460) + b"\4\2" * self.has_sack + scale * self.chance(0.8)
            self.send(server, SYN | ACK, server.initial, taken, options=answer)
            if self.chance(0.05):
                server.initial += random.choice((1, 77777))
            self.wait(0.1, 1000)
        client.next, server.next = taken, server.initial + 1
        client.acked, server.acked = server.next, client.next
        if self.chance(0.05):
            self.send(server, RST | ACK, 0, client.next)
        else:
            self.acknowledge(client)

    def acknowledge(self, side: Side, options: bytes = b"") -> None:
        self.send(side, ACK, side.next, side.acked, options=options)

    def talk(self) -> None:
        acts = (self.burst, self.burst, self.burst, self.hole, self.keep_alive, self.closed_window,
                self.both_at_once, self.window_full, self.resend, self.silence)  # fmt: skip
        for _ in range(self.random.randrange(1, 12)):
            self.random.choice(acts)()

    def one_side(self) -> Side:
        return self.random.choice((self.client, self.server))

    def burst(self) -> None:
        """Several segments, and an ACK for every other one, or for a part of one."""
        side = self.one_side()
        peer = self.peer(side)
        for n in range(self.random.randrange(1, 12)):
            flags = ACK | PSH * self.chance(0.2)
            self.send(side, flags, side.next, side.acked, side.segment)
            side.next += side.segment
            if n % 2 or self.chance(0.1):
                self.wait(0.001, self.rtt)
                peer.acked = side.next - self.random.choice((0, 0, 0, side.segment, 1))
                self.acknowledge(peer)
            self.wait(0, 0.01, 0.2)
        peer.acked = side.next
        self.acknowledge(peer)

    def hole(self) -> None:
        """A segment that is missing, ACKs that say so, and the segment again, sooner or later."""
        side = self.one_side()
        peer = self.peer(side)
        begin, size = side.next, side.segment
        count = self.random.randrange(2, 8)
        passed = self.chance(0.4)
        if passed:
            self.send(side, ACK, begin, side.acked, size)
        for n in range(1, count):
            self.wait(0.01, 0.2)
            self.send(side, ACK, begin + n * size, side.acked, size)
            self.wait(0.01, self.rtt / 2)
            self.acknowledge(peer, self.blocks((begin + size, begin + (n + 1) * size)))
        side.next = begin + count * size
        self.wait(0.5, 2.9, 3.1, 19, 21, self.rtt, 200 + self.rtt)
        parts = self.random.choice(((size,), (size,), (size, size), (size // 2, size - size // 2)))
        at = begin
        for part in parts:
            self.send(side, ACK, at, side.acked, part)
            at += part
        self.wait(self.rtt)
        peer.acked = side.next
        self.acknowledge(peer, self.blocks((begin, begin + size)) if passed else b"")

    def blocks(self, *edges: tuple[int, int]) -> bytes:
        """A SACK option, if both sides know it."""
        if not self.has_sack:
            return b""
        return sack(*((left & 0xFFFFFFFF, right & 0xFFFFFFFF) for left, right in edges))

    def resend(self) -> None:
        """What has been acknowledged, or a part of it, comes again."""
        side = self.one_side()
        back = self.random.choice((1, side.segment, 3 * side.segment))
        self.wait(0.1, 5, 200)
        length = self.random.choice((1, side.segment, back))
        self.send(side, ACK, side.next - back, side.acked, length)
        self.acknowledge(self.peer(side))

    def keep_alive(self) -> None:
        side = self.one_side()
        self.wait(1000, 45_000)
        for _ in range(self.random.randrange(1, 4)):
            self.send(side, ACK, side.next - 1, side.acked, self.random.choice((0, 1)))
            self.wait(self.rtt)
            if self.chance(0.7):
                self.acknowledge(self.peer(side))
            self.wait(1000)

    def closed_window(self) -> None:
        """The window shuts; probes ask, with a byte that is taken or not; it opens."""
        side = self.one_side()
        peer = self.peer(side)
        before, peer.window = peer.window, 0
        self.acknowledge(peer)
        for _ in range(self.random.randrange(1, 4)):
            self.wait(200, 400)
            self.send(side, ACK, side.next, side.acked, 1)
            self.wait(self.rtt)
            if self.chance(0.3):
                side.next += 1
                peer.acked = side.next
            self.acknowledge(peer)
        peer.window = self.random.choice((before, 0, 1, 4096))
        self.wait(1, 300)
        self.acknowledge(peer)
        self.burst()

    def window_full(self) -> None:
        """Data up to the very edge of a window without a scale; then an update."""
        side = self.one_side()
        peer = self.peer(side)
        peer.window = self.random.choice((100, 1460))
        self.acknowledge(peer)
        length = peer.window - (side.next - peer.acked)
        if 0 < length <= 1460:
            self.send(side, ACK | PSH, side.next, side.acked, length)
            side.next += length
        self.wait(self.rtt)
        peer.acked, peer.window = side.next, 8192
        self.acknowledge(peer)
        peer.window += 1
        self.acknowledge(peer)

    def both_at_once(self) -> None:
        for side in (self.client, self.server) * self.random.randrange(1, 4):
            self.send(side, ACK | PSH, side.next, side.acked, side.segment)
            side.next += side.segment
        for side in (self.client, self.server):
            side.acked = self.peer(side).next
            self.acknowledge(side)

    def silence(self) -> None:
        self.wait(50, 1000, 10_000)

    def close(self) -> None:
        """FINs of both sides or of one, again and again, or a reset, or nothing."""
        random = self.random
        first = self.one_side()
        other = self.peer(first)
        end = random.choice(("fin", "fin", "fin", "reset", "reset with data", "none"))
        if end == "none":
            return
        self.wait(0.1, 100)
        if end != "fin":
            flags = random.choice((RST, RST | ACK))
            self.send(first, flags, first.next, first.acked, 20 * (end != "reset"))
            return
        for side in (first, other):
            length = random.choice((0, 0, side.segment))
            for _ in range(random.choice((1, 1, 2))):
                self.send(side, FIN | ACK, side.next, side.acked, length)
                self.wait(0.1, 200)
            side.next += length + 1
            self.peer(side).acked = side.next
            if self.chance(0.8):
                self.wait(self.rtt)
                self.acknowledge(self.peer(side))

    def all(self) -> list[Sent]:
        if self.chance(0.85):
            self.open()
        else:
            self.client.acked, self.server.acked = self.server.next, self.client.next
        self.talk()
        self.close()
        return self.sent


def simulated(seed: int, packets: int) -> Iterator[Sent]:
    """Packets in the order of the capture, of connections that follow each other on few ports."""
    random = Random(seed)
    found: list[Sent] = []
    free = [0.0] * PORTS
    while len(found) < packets:
        number = min(range(PORTS), key=free.__getitem__)
        connection = Connection(random, free[number], 4000 + number)
        found += connection.all()
        pause = random.choice((0.01, 1, 500, 5000))
        free[number] = connection.time + pause - connection.rtt * (random.random() < 0.1)
    found.sort(key=lambda one: one.time)
    return iter(found[:packets])
