"""Random segments that live near every threshold of the analysis rules.

Numbers stay within 50 of what the connection expects, initial ones lie around 0, 2**31 and
2**32, windows and lengths come from few values, times step by the rules' limits or one
nanosecond less: so each rule fires often, and each boundary is met.
"""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from random import Random
from struct import pack

from samples.packet_script import FLAG_BITS, MASK32, START, Host, Packet

FIN, SYN, RST, PSH, ACK = (FLAG_BITS[letter] for letter in "FSRPA")

INITIAL_NUMBERS = (0, 1, 49, 1 << 16, (1 << 31) - 100, 1 << 31, MASK32 - 200, MASK32)
LENGTHS = (0, 0, 0, 1, 1, 2, 10, 10, 50)
WINDOWS = (0, 0, 10, 50, 100, 1000, 1000, 1000, 2000)
GAPS = (0, 1_000, 100_000, 2_999_999, 3_000_000, 5_000_000, 19_999_999, 20_000_000, 50_000_000,
        300_000_000)  # fmt: skip
COMMON_FLAGS = (ACK, ACK, ACK, ACK, ACK, ACK | PSH, ACK | PSH, ACK | PSH)
OTHER_FLAGS = (SYN, SYN | ACK, FIN | ACK, RST, RST | ACK, FIN, 0, PSH, SYN | FIN, SYN | RST)
ADDRESSES = (
    (IPv4Address("10.0.0.1"), IPv4Address("10.0.0.2")),
    (IPv4Address("10.0.0.2"), IPv4Address("10.0.0.1")),
    (IPv6Address("2001:db8::1"), IPv6Address("2001:db8::2")),
)


class FuzzedSide:
    """One end: where its numbers stand."""

    def __init__(self, host: Host, initial: int) -> None:
        self.host = host
        self.next = initial
        self.last_ack = 0
        self.last_window = 1000


class FuzzedConnection:
    """Two ends that send whatever the dice say."""

    def __init__(self, random: Random, number: int) -> None:
        self.random = random
        one, other = random.choice(ADDRESSES)
        if random.random() < 0.05:
            other = one
        self.ends = (
            FuzzedSide(Host(one, 1024 + number), random.choice(INITIAL_NUMBERS)),
            FuzzedSide(Host(other, random.choice((80, 1024 + number))), self.initial()),
        )
        self.opening = [(0, SYN), (1, SYN | ACK), (0, ACK)] if random.random() < 0.7 else []

    def initial(self) -> int:
        return self.random.choice(INITIAL_NUMBERS)

    def near(self, number: int) -> int:
        """The number itself, its neighbour, or one within 50."""
        dice = self.random.random()
        if dice < 0.6:
            return number & MASK32
        if dice < 0.7:
            return (number - 1) & MASK32
        return (number + self.random.randint(-50, 50)) & MASK32

    def segment(self, time: int) -> Packet:
        random = self.random
        if self.opening:
            sender, flags = self.opening.pop(0)
            length = 0
        else:
            sender = random.randrange(2)
            flags = random.choice(COMMON_FLAGS if random.random() < 0.93 else OTHER_FLAGS)
            length = random.choice(LENGTHS)
        side, peer = self.ends[sender], self.ends[1 - sender]
        if flags & SYN and random.random() < 0.1:
            side.next = self.initial()
        seq = self.near(side.next)
        repeats = random.random() < 0.4
        ack = side.last_ack if repeats else self.near(peer.next)
        if not flags & ACK and random.random() < 0.7:
            ack = 0
        window = side.last_window if repeats else random.choice(WINDOWS)
        end = (seq + length + (1 if flags & (SYN | FIN) else 0)) & MASK32
        if (end - side.next) & MASK32 < 1 << 31:
            side.next = end
        side.last_ack, side.last_window = ack, window
        return Packet(
            time, side.host, peer.host, flags, seq, ack, window, b"x" * length,
            self.options(flags, peer.next), {"id": "0"}, "", None,
        )  # fmt: skip

    def options(self, flags: int, acked: int) -> bytes:
        random = self.random
        options = b""
        if random.random() < (0.6 if flags & SYN else 0.005):
            options += pack("!BBBB", 1, 3, 3, random.randrange(16))
        if random.random() < 0.1:
            edges = [self.near(acked + random.randint(0, 99)) for _ in range(random.randint(2, 8))]
            edges = edges[: len(edges) & ~1]
            options += pack(f"!BBBB{len(edges)}I", 1, 1, 5, 2 + 4 * len(edges), *edges)
        if random.random() < 0.02:
            options += random.choice(ODD_OPTIONS)
        return options[:40]


ODD_OPTIONS = (
    bytes([5, 2, 1, 1]),
    bytes([5, 6, 0, 0, 0, 1, 1, 1]),
    bytes([3, 2, 1, 1]),
    bytes([3, 4, 9, 9]),
    bytes([3, 1, 2, 2]),
    bytes([0, 3, 3, 5]),
    bytes([8, 200, 1, 1]),
    bytes([30, 4, 0x20, 0]),
    bytes([30, 4, 0x30, 0]),
    bytes([30, 2, 1, 1]),
    bytes([1, 1, 1, 1]),
)
"""Options that are too short, too long, out of place, or of Multipath TCP."""


def traffic(seed: int, connections: int, packets: int, first: int = 0) -> Iterator[Packet]:
    """Random packets in order of capture; ``first`` numbers the connections' ports."""
    random = Random(seed)
    open_ = [FuzzedConnection(random, first + number) for number in range(connections)]
    time = START
    for _ in range(packets):
        time += random.choice(GAPS) * (-1 if random.random() < 0.01 else 1)
        packet = random.choice(open_).segment(time)
        yield packet
        if random.random() < 0.02:
            yield replace(packet, window=random.choice(WINDOWS))


def mixture(seed: int, packets: int) -> list[Packet]:
    """Few busy connections, then many quiet ones."""
    shapes = (1, 1, 5, 20, 200)
    found: list[Packet] = []
    for number, connections in enumerate(shapes):
        count = packets // len(shapes)
        found += traffic(seed * 10 + number, connections, count, first=number * 1000)
    return found
