"""Captures of hostile shapes: each is one thing that a capture can be full of.

A shape is a function of the number of packets that gives their frames in order, 10 µs apart unless
it says otherwise; :data:`SHAPES` names all. The first is what an ordinary packet costs: short
requests and answers of connections that open and close.
"""

import random
import struct
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP = 6
A, B = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
HTTP: Final = 80
PORT: Final = 40_000
MORE: Final = 0x2000
"""More fragments, in IPv4's flags."""
STEP: Final = 10_000
"""ns between two packets."""
BEGIN: Final = 1_700_000_000_000_000_000
ETHERNET_LINK: Final = 1
WLAN_LINK: Final = 105


def file_header(link: int) -> bytes:
    """A pcap file's, with nanoseconds."""
    return struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, link)


FILE_HEADER: Final = file_header(ETHERNET_LINK)
ETHERNET: Final = bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0])
MASK32: Final = 0xFFFFFFFF

Frames = Iterator[bytes]


def ip(
    payload: bytes, source: bytes = A, target: bytes = B, protocol: int = TCP,
    number: int = 0, fragment: int = 0,
) -> bytes:  # fmt: skip
    """An Ethernet frame with IPv4; ``fragment`` is the field of flags and offset."""
    head = struct.pack(
        ">BBHHHBBH", 0x45, 0, 20 + len(payload), number & 0xFFFF, fragment, 64, protocol, 0
    )
    return ETHERNET + head + source + target + payload


def tcp(
    flags: int, seq: int, ack: int, payload: bytes = b"",
    ports: tuple[int, int] = (PORT, HTTP), window: int = 0xFFFF, options: bytes = b"",
) -> bytes:  # fmt: skip
    words = 5 + len(options) // 4
    head = struct.pack(
        ">HHIIHHI", *ports, seq & MASK32, ack & MASK32, words << 12 | flags, window, 0
    )
    return head + options + payload


def ask(
    flags: int, seq: int, ack: int, payload: bytes = b"", window: int = 0xFFFF,
    options: bytes = b"",
) -> bytes:  # fmt: skip
    """A segment of the client of the one flow."""
    return ip(tcp(flags, seq, ack, payload, (PORT, HTTP), window, options))


def say(
    flags: int, seq: int, ack: int, payload: bytes = b"", window: int = 0xFFFF,
    options: bytes = b"",
) -> bytes:  # fmt: skip
    """A segment of its server."""
    return ip(tcp(flags, seq, ack, payload, (HTTP, PORT), window, options), B, A)


def handshake() -> Frames:
    """Client's numbers from 1, server's from 1,000,001."""
    yield ask(SYN, 0, 0)
    yield say(SYN | ACK, 1_000_000, 1)
    yield ask(ACK, 1, 1_000_001)


def ordinary(count: int) -> Frames:
    """Connections of 20 packets: handshake, six requests with answers, close."""
    for n in range(count // 20 + 1):
        ends = struct.pack(">I", 0x0A010000 + n), B
        up, down = (1024 + n % 60_000, HTTP), (HTTP, 1024 + n % 60_000)
        yield ip(tcp(SYN, 0, 0, b"", up), *ends, number=1)
        yield ip(tcp(SYN | ACK, 0, 1, b"", down), ends[1], ends[0], number=1)
        yield ip(tcp(ACK, 1, 1, b"", up), *ends, number=2)
        for k in range(7):
            yield ip(tcp(ACK | PSH, 1 + 100 * k, 1 + 900 * k, bytes(100), up), *ends, number=3 + k)
            answer = tcp(ACK | PSH, 1 + 900 * k, 101 + 100 * k, bytes(900), down)
            yield ip(answer, ends[1], ends[0], number=2 + k)
        yield ip(tcp(FIN | ACK, 701, 6301, b"", up), *ends, number=10)
        yield ip(tcp(FIN | ACK, 6301, 702, b"", down), ends[1], ends[0], number=9)
        yield ip(tcp(ACK, 702, 6302, b"", up), *ends, number=11)


def bulk(count: int) -> Frames:
    """One transfer, an acknowledgment for every second segment."""
    yield from handshake()
    for n in range(count):
        if n % 3 < 2:
            yield say(ACK, 1_000_001 + 1000 * (n - n // 3), 1, bytes(1000))
        else:
            yield ask(ACK, 1, 1_000_001 + 1000 * (n - n // 3))


def several_transfers(count: int) -> Frames:
    """Four transfers side by side, an acknowledgment for every second segment."""
    for n in range(count):
        way, turn = (PORT + n % 4, HTTP), n // 4
        seq = 1_000_001 + 1000 * (turn - turn // 3)
        if turn % 3 < 2:
            yield ip(tcp(ACK, seq, 1, bytes(1000), (HTTP, way[0])), B, A)
        else:
            yield ip(tcp(ACK, 1, seq, b"", way))


def lossy_pipe(count: int) -> Frames:
    """A transfer that keeps a thousand segments on their way and loses one in a hundred: duplicate
    ACKs with SACK tell it, and it comes again a round trip later."""
    yield from handshake()
    missing: deque[int] = deque()
    sent = 0
    for _ in range(count // 2):
        if missing and sent - missing[0] >= 1000:
            yield say(ACK, 1_000_001 + 1000 * missing.popleft(), 1, bytes(1000))
        else:
            if sent % 100 == 99:
                missing.append(sent)
                sent += 1
            yield say(ACK, 1_000_001 + 1000 * sent, 1, bytes(1000))
            sent += 1
        first, end = (missing[0] if missing else sent), 1_000_001 + 1000 * sent
        block = sack_block((1_000_001 + 1000 * (first + 1), end)) if missing else b""
        yield ask(ACK, 1, 1_000_001 + 1000 * first, b"", 0xFFFF, block)


def first_fragments(count: int) -> Frames:
    """First fragments of datagrams that never become whole."""
    for n in range(count):
        sender = struct.pack(">I", 0x0A010000 + (n >> 16))
        yield ip(bytes(64), sender, B, TCP, n, MORE)


def one_datagram(count: int) -> Frames:
    """Fragments of one datagram in order, the last of them never."""
    for n in range(count):
        yield ip(bytes(8), A, B, TCP, 7, MORE | n % 8191)


def one_datagram_reversed(count: int) -> Frames:
    """The same from its end; the first never."""
    yield ip(bytes(8), A, B, TCP, 7, 8190)
    for n in range(count):
        yield ip(bytes(8), A, B, TCP, 7, MORE | 8190 - n % 8189)


def overlapping_fragments(count: int) -> Frames:
    """Fragments of one datagram at random places, overlapping each other."""
    chance = random.Random(1)
    for _ in range(count):
        yield ip(bytes(48), A, B, TCP, 7, MORE | chance.randrange(1, 8000))


def empty_fragments(count: int) -> Frames:
    """Fragments without a byte, of many datagrams in turn."""
    for n in range(count):
        yield ip(b"", A, B, TCP, n % 60_000, MORE | 1)


def reused_ports(count: int) -> Frames:
    """SYN, FIN and RST on one four-tuple, a new connection each time."""
    for n in range(0, count, 3):
        seq = n * 1000
        yield ask(SYN, seq, 0)
        yield ask(FIN | ACK, seq + 1, 0)
        yield ask(RST, seq + 2, 0)


def syn_acks_moving(count: int) -> Frames:
    """SYN+ACKs with another number each: since Wireshark 4.4 each begins a flow."""
    yield ask(SYN, 0, 0)
    for n in range(count):
        yield say(SYN | ACK, n * 100_000, 1)


def resets(count: int) -> Frames:
    """RSTs in one flow, each with another number."""
    yield from handshake()
    for n in range(count):
        yield ask(RST, 1 + n, 0)


def fins(count: int) -> Frames:
    """FINs in one flow, each with another number."""
    yield from handshake()
    for n in range(count):
        yield ask(FIN | ACK, 1 + n, 1_000_001)


def same_fin(count: int) -> Frames:
    """One FIN, again and again."""
    yield from handshake()
    for _ in range(count):
        yield ask(FIN | ACK, 1, 1_000_001)


def zero_window_probes(count: int) -> Frames:
    """A closed window, probed without an answer."""
    yield from handshake()
    yield say(ACK, 1_000_001, 1, b"", 0)
    for _ in range(count):
        yield ask(ACK, 1, 1_000_001, b"x")


def answered_probes(count: int) -> Frames:
    """A closed window, probed, each probe answered."""
    yield from handshake()
    yield say(ACK, 1_000_001, 1, b"", 0)
    for _ in range(count // 2):
        yield ask(ACK, 1, 1_000_001, b"x")
        yield say(ACK, 1_000_001, 1, b"", 0)


def keep_alives(count: int) -> Frames:
    """Keep-alives of one byte, without an answer."""
    yield from handshake()
    yield ask(ACK, 1, 1_000_001, bytes(100))
    for _ in range(count):
        yield ask(ACK, 100, 1_000_001, b"x")


def duplicate_acks(count: int) -> Frames:
    """One segment, then its acknowledgment over and over."""
    yield from handshake()
    yield say(ACK, 1_000_001, 1, bytes(1000))
    for _ in range(count):
        yield ask(ACK, 1, 1_001_001)


def window_updates(count: int) -> Frames:
    """The same acknowledgment with another window each time."""
    yield from handshake()
    for n in range(count):
        yield ask(ACK, 1, 1_000_001, b"", 1 + n % 60_000)


def sack_block(*blocks: tuple[int, int]) -> bytes:
    edges = b"".join(struct.pack(">II", left & MASK32, right & MASK32) for left, right in blocks)
    return bytes([1, 1, 5, 2 + len(edges)]) + edges


def random_sacks(count: int) -> Frames:
    """Segments of a transfer with holes, between them SACK blocks that mean nothing."""
    chance = random.Random(1)
    yield from handshake()
    for n in range(count // 2):
        yield say(ACK, 1_000_001 + 3000 * n, 1, bytes(1000))
        left = 1_000_001 + chance.randrange(MASK32)
        yield ask(ACK, 1, 1_000_001, b"", 0xFFFF, sack_block((left, left + 1000)))


def duplicate_sacks(count: int) -> Frames:
    """Each segment twice, each second one reported by a D-SACK."""
    yield from handshake()
    for n in range(count // 4):
        seq = 1_000_001 + 100 * n
        yield say(ACK, seq, 1, bytes(100))
        yield ask(ACK, 1, seq + 100)
        yield say(ACK, seq, 1, bytes(100))
        yield ask(ACK, 1, seq + 100, b"", 0xFFFF, sack_block((seq, seq + 100)))


def never_acknowledged(count: int) -> Frames:
    """Data in order, one segment missing at the beginning, nothing acknowledged."""
    yield from handshake()
    for n in range(count):
        yield ask(ACK, 1001 + 100 * n, 1_000_001, bytes(100))


def holes(count: int) -> Frames:
    """Every second segment missing, the acknowledgments standing still."""
    yield from handshake()
    for n in range(count // 2):
        yield say(ACK, 1_000_001 + 200 * n, 1, bytes(100))
        yield ask(ACK, 1, 1_000_001)


def holes_filled(count: int) -> Frames:
    """4,000 holes at a time, filled from the last to the first."""
    yield from handshake()
    for start in range(0, count, 8000):
        for n in range(4000):
            yield ask(ACK, 1 + (start + 2 * n) * 100, 1_000_001, bytes(100))
        for n in reversed(range(4000)):
            yield ask(ACK, 101 + (start + 2 * n) * 100, 1_000_001, bytes(100))


def reversed_order(count: int) -> Frames:
    """Blocks of 1,000 segments, each block from its end."""
    yield from handshake()
    for n in range(count):
        seq = n // 1000 * 1000 + 999 - n % 1000
        yield ask(ACK, 1 + seq * 100, 1_000_001, bytes(100))


def acknowledged_late(count: int) -> Frames:
    """9,000 segments in reverse, then acknowledged one by one."""
    yield from handshake()
    for start in range(0, count, 18_000):
        for n in reversed(range(start // 2, start // 2 + 9000)):
            yield ask(ACK, 1 + n * 100, 1_000_001, bytes(100))
        for n in range(start // 2, start // 2 + 9000):
            yield say(ACK, 1_000_001, 101 + n * 100)


def creeping_acks(count: int) -> Frames:
    """9,000 segments that begin at the same place and end apart, acknowledged byte by byte."""
    yield from handshake()
    for n in range(9000):
        yield ask(ACK, 1, 1_000_001, bytes(900 + n * 7 % 500))
    for n in range(count - 9000):
        if n % 2:
            yield say(ACK, 1_000_001, 1 + n // 2 % 900)
        else:
            yield ask(ACK, 1, 1_000_001, bytes(900))


def full_list(count: int) -> Frames:
    """10,000 segments in a row that nobody acknowledges, any of which is sent again."""
    yield from handshake()
    for n in range(10_000):
        yield ask(ACK, 1 + n * 100, 1_000_001, bytes(100))
    for n in range(count - 10_000):
        yield ask(ACK, 1 + n * 7919 % 10_000 * 100, 1_000_001, bytes(100))


def overlapping_segments(count: int) -> Frames:
    """What was sent again begins and ends anywhere in the last 64 kB."""
    chance = random.Random(1)
    yield from handshake()
    yield ask(ACK, 60_001, 1_000_001, bytes(1000))
    for _ in range(count):
        yield ask(ACK, 1 + chance.randrange(60_000), 1_000_001, bytes(chance.randrange(1, 1000)))


def random_numbers(count: int) -> Frames:
    """Sequence numbers and acknowledgments at random, from both sides."""
    chance = random.Random(1)
    for _ in range(count // 2):
        yield ask(ACK, chance.randrange(MASK32), chance.randrange(MASK32), bytes(100))
        yield say(ACK, chance.randrange(MASK32), chance.randrange(MASK32), bytes(100))


def same_retransmission(count: int) -> Frames:
    """One segment, again and again, never acknowledged."""
    yield from handshake()
    for _ in range(count):
        yield ask(ACK, 1, 1_000_001, bytes(100))


def crowd(count: int) -> Frames:
    """As many flows as packets: SYNs from distinct addresses and ports."""
    for n in range(count):
        ends = struct.pack(">I", 0x0A010000 + n // 1000), B
        yield ip(tcp(SYN, n * 64_007, 0, b"", (1024 + n % 60_000, HTTP)), *ends)


def crowd_reset(count: int) -> Frames:
    """SYNs to distinct ports, then all of them refused, in the same order."""
    half = count // 2
    ends = [(1024 + n % 60_000, 80 + n // 60_000) for n in range(half)]
    for up in ends:
        yield ip(tcp(SYN, 0, 0, b"", up))
    for up in ends:
        yield ip(tcp(RST | ACK, 0, 1, b"", (up[1], up[0])), B, A)


def crowd_retries(count: int) -> Frames:
    """Half as many flows as packets, each SYN sent twice, far apart."""
    half = count // 2
    for n in range(2 * half):
        ends = struct.pack(">I", 0x0A010000 + n % half), B
        yield ip(tcp(SYN, 0, 0), *ends)


def interleaved_losses(count: int) -> Frames:
    """A thousand flows in turn; each sends everything twice."""
    flows = [(1024 + n, HTTP) for n in range(1000)]
    for n in range(count):
        seq = 1 + n // 2000 * 100
        yield ip(tcp(ACK, seq, 1, bytes(100), flows[n % 1000]))


def repaired_late(count: int) -> Frames:
    """Flows that send four segments each, and all of them again half a capture later."""
    flows = count // 8 + 1
    for n in range(count):
        flow, turn = n % flows, n // flows
        ports = (1024 + flow % 60_000, 80 + flow // 60_000)
        yield ip(tcp(ACK, 1 + turn % 4 * 100, 1, bytes(100), ports))


def unreachable(count: int) -> Frames:
    """ICMP errors that quote one flow."""
    yield from handshake()
    quoted = ask(ACK, 1, 1_000_001)[14:]
    for _ in range(count):
        yield ip(bytes([3, 1, 0, 0, 0, 0, 0, 0]) + quoted, B, A, 1)


def unreachable_crowd(count: int) -> Frames:
    """ICMP errors, each quoting another flow."""
    for n in range(count):
        quoted = ip(tcp(SYN, 0, 0, b"", (1024 + n % 60_000, 80 + n // 60_000)))[14:]
        yield ip(bytes([3, 1, 0, 0, 0, 0, 0, 0]) + quoted, B, A, 1)


def vlans(count: int) -> Frames:
    """One flow with another pair of 802.1Q tags on each packet."""
    plain = ask(ACK, 1, 1_000_001)
    for n in range(count):
        tags = struct.pack(">HHHH", 0x8100, n >> 12 & 0xFFF, 0x8100, n & 0xFFF)
        yield plain[:12] + tags + plain[12:]


def tunnels(count: int) -> Frames:
    """IP in IP, four times."""
    inner = ask(ACK, 1, 1_000_001)[14:]
    for _ in range(4):
        inner = ip(inner, A, B, 4)[14:]
    for _ in range(count):
        yield ETHERNET + inner


def mptcp_tokens(count: int) -> Frames:
    """One flow that names another key of Multipath TCP in each SYN."""
    for n in range(count):
        option = bytes([30, 12, 0, 1]) + struct.pack(">Q", n)
        yield ask(SYN, 0, 0, b"", 0xFFFF, option)


def mptcp_joins(count: int) -> Frames:
    """Flows that join each other's connections, in turn."""
    for n in range(count):
        flow = n // 2
        ports = (1024 + flow % 60_000, 80 + flow // 60_000)
        if n % 2:
            option = bytes([30, 12, 0x10, 0]) + struct.pack(">II", flow % 1000, 0)
        else:
            option = bytes([30, 12, 0, 1]) + struct.pack(">Q", flow)
        yield ip(tcp(SYN, 0, 0, b"", ports, 0xFFFF, option))


def wlan_fragments(count: int) -> Frames:
    """First fragments of 802.11 frames that never become whole, of many senders."""
    for n in range(count):
        sender = bytes([2, 0]) + struct.pack(">I", n >> 12)
        head = b"\x08\x05\0\0" + bytes([2, 0, 0, 0, 0, 1]) + sender + bytes([2, 0, 0, 0, 0, 9])
        yield head + struct.pack("<H", (n & 0xFFF) << 4) + bytes(64)


def wlan_one_frame(count: int) -> Frames:
    """Fragments of one 802.11 frame, their numbers going round."""
    head = b"\x08\x05\0\0" + bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 9])
    for n in range(count):
        yield head + struct.pack("<H", 7 << 4 | n % 16) + bytes(64)


def small_windows(count: int) -> Frames:
    """A window of four segments, filled, and opened 5 ms later (5 ms between packets)."""
    yield from handshake()
    for n in range(count // 2):
        yield ask(ACK, 1 + 100 * n, 1_000_001, bytes(100), 400)
        yield say(ACK, 1_000_001, 101 + 100 * n, b"", 400)


def turns(count: int) -> Frames:
    """A byte there, a byte back, each after 300 ms."""
    yield from handshake()
    for n in range(count // 2):
        yield ask(ACK, 1 + n, 1_000_001 + n, b"x")
        yield say(ACK, 1_000_001 + n, 2 + n, b"y")


@dataclass(frozen=True)
class Shape:
    """What a capture is full of.

    ``step`` is the time between two packets in ns; ``connection`` is how many packets a flow has,
    where there are the more flows the more packets.
    """

    name: str
    frames: Callable[[int], Frames]
    step: int = STEP
    connection: int | None = None
    link: int = ETHERNET_LINK

    def packets(self, count: int) -> Iterator[tuple[int, bytes]]:
        """``count`` packets: time (ns since the epoch) and frame."""
        for n, frame in enumerate(islice(self.frames(count), count)):
            yield BEGIN + n * self.step, frame

    def files(self, folder: Path, count: int) -> list[Path]:
        """A capture file of ``count`` packets in a folder."""
        path = folder / "shape.pcap"
        self.write(path, count)
        return [path]

    def write(self, path: Path, count: int, cut: int = 262_144) -> None:
        """A capture file of ``count`` packets, of each at most so many bytes."""
        with path.open("wb") as file:
            file.write(file_header(self.link))
            for time, frame in self.packets(count):
                kept = frame[:cut]
                file.write(struct.pack("<IIII", *divmod(time, 10**9), len(kept), len(frame)) + kept)


MILLISECOND: Final = 1_000_000

ORDINARY: Final = Shape("ordinary packets", ordinary, connection=20)
SHAPES: Final = (
    Shape("one transfer", bulk),
    Shape("one transfer, time going back", bulk, -STEP),
    Shape("one transfer, all at one time", bulk, 0),
    Shape("four transfers", several_transfers),
    Shape("a lossy long fat pipe", lossy_pipe),
    Shape("first fragments", first_fragments),
    Shape("fragments of one datagram", one_datagram),
    Shape("fragments from the last on", one_datagram_reversed),
    Shape("overlapping fragments", overlapping_fragments),
    Shape("empty fragments", empty_fragments),
    Shape("SYN, FIN, RST on the same ports", reused_ports, connection=3),
    Shape("SYN+ACKs with other numbers", syn_acks_moving, connection=1),
    Shape("RSTs with other numbers", resets),
    Shape("FINs with other numbers", fins),
    Shape("the same FIN", same_fin),
    Shape("zero-window probes", zero_window_probes),
    Shape("zero-window probes, answered", answered_probes),
    Shape("keep-alives", keep_alives),
    Shape("duplicate ACKs", duplicate_acks),
    Shape("window updates", window_updates),
    Shape("random SACK blocks", random_sacks),
    Shape("D-SACKs", duplicate_sacks),
    Shape("never acknowledged", never_acknowledged),
    Shape("holes", holes),
    Shape("holes, filled from the last", holes_filled),
    Shape("segments in reverse", reversed_order),
    Shape("segments in reverse, acknowledged late", acknowledged_late),
    Shape("acknowledged byte by byte", creeping_acks),
    Shape("a full list, sent again", full_list),
    Shape("overlapping segments", overlapping_segments),
    Shape("random numbers", random_numbers),
    Shape("the same retransmission", same_retransmission),
    Shape("one retransmission, all at one time", same_retransmission, 0),
    Shape("as many flows as packets", crowd, connection=1),
    Shape("flows refused late", crowd_reset, connection=2),
    Shape("SYNs sent again late", crowd_retries, connection=2),
    Shape("losses of many flows", interleaved_losses),
    Shape("losses repaired late", repaired_late, connection=8),
    Shape("losses of many flows, all at one time", interleaved_losses, 0),
    Shape("ICMP errors on one flow", unreachable),
    Shape("ICMP errors on many flows", unreachable_crowd, connection=1),
    Shape("pairs of 802.1Q tags", vlans),
    Shape("four tunnels", tunnels),
    Shape("Multipath TCP keys", mptcp_tokens),
    Shape("Multipath TCP joins", mptcp_joins, connection=2),
    Shape("first 802.11 fragments", wlan_fragments, link=WLAN_LINK),
    Shape("fragments of one 802.11 frame", wlan_one_frame, link=WLAN_LINK),
    Shape("small windows", small_windows, 5 * MILLISECOND),
    Shape("turns after a stall", turns, 300 * MILLISECOND),
)
