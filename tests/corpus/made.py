"""Captures made to stand on the borders of the rules, for the tsharks of all releases to judge."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from samples.capture_files import Record, pcap

FIN, SYN, RST, PSH, ACK, ECE, CWR, AE = 1, 2, 4, 8, 16, 0x40, 0x80, 0x100
NS_PER_MS: Final = 1_000_000
BEGIN: Final = 1_700_000_000_000_000_000


class Sent(NamedTuple):
    """A segment: when (ms), by which side, its flags, raw numbers, window and payload."""

    time: float
    by_client: bool
    flags: int
    seq: int
    ack: int
    window: int
    length: int = 0
    options: bytes = b""
    port: int = 4000


def client(*values: float, options: bytes = b"", port: int = 4000) -> Sent:
    """What the client sends: time, flags, seq, ack, window, length."""
    return sent(True, values, options, port)


def server(*values: float, options: bytes = b"", port: int = 4000) -> Sent:
    return sent(False, values, options, port)


def sent(by_client: bool, values: tuple[float, ...], options: bytes, port: int) -> Sent:
    time, flags, seq, ack, window, *length = values
    numbers = (int(flags), int(seq), int(ack), int(window), int(length[0]) if length else 0)
    return Sent(time, by_client, *numbers, options=options, port=port)


def mss(value: int) -> bytes:
    return struct.pack(">BBH", 2, 4, value)


def sack(*blocks: tuple[int, int]) -> bytes:
    edges = b"".join(struct.pack(">II", *block) for block in blocks)
    return b"\1\1\5" + bytes([2 + len(edges)]) + edges


def fast_open(cookie: bytes) -> bytes:
    return bytes([34, 2 + len(cookie)]) + cookie


USUAL: Final = mss(1460) + b"\4\2" + b"\3\3\7"


def packet(one: Sent) -> bytes:
    """The Ethernet frame of a segment."""
    options = one.options + b"\1" * (-len(one.options) % 4)
    ends = [(b"\x0a\0\0\1", one.port), (b"\x0a\0\0\2", 80)]
    (source, source_port), (target, target_port) = ends if one.by_client else ends[::-1]
    header = struct.pack(
        ">HHIIBBHHH", source_port, target_port, one.seq & 0xFFFFFFFF, one.ack & 0xFFFFFFFF,
        5 + len(options) // 4 << 4 | one.flags >> 8, one.flags & 0xFF, one.window, 0, 0,
    ) + options  # fmt: skip
    total = 20 + len(header) + one.length
    ip = struct.pack(">BBHHHBBH", 0x45, 0, total, 0, 0, 64, 6, 0) + source + target
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + header + b"x" * one.length


def capture_of(segments: Iterator[Sent]) -> bytes:
    return pcap(Record(BEGIN + round(one.time * NS_PER_MS), packet(one)) for one in segments)


def handshake(
    at: float = 0, rtt: float = 20, options: bytes = USUAL, theirs: bytes | None = None,
    port: int = 4000, number: int = 1000,
) -> Iterator[Sent]:  # fmt: skip
    """Both sides' numbers begin at 1001 and 5001 then."""
    answer = options if theirs is None else theirs
    yield client(at, SYN, number, 0, 64000, options=options, port=port)
    yield server(at + rtt / 2, SYN | ACK, 5000, number + 1, 64000, options=answer, port=port)
    yield client(at + rtt, ACK, number + 1, 5001, 500, port=port)


def reneging() -> Iterator[Sent]:
    """The receiver drops what it had reported by SACK; all of it is sent again."""
    yield from handshake()
    for i in (0, 1, 3, 4, 5, 6, 7, 8, 9):
        yield server(30 + i, ACK, 5001 + 1000 * i, 1001, 500, 1000)
    for i in range(7):
        block = sack((8001, 9001 + 1000 * i))
        yield client(45 + i, ACK, 1001, 7001, 500, options=block)
    yield server(60, ACK, 7001, 1001, 500, 1000)
    for i in range(3):
        yield client(61 + i, ACK, 1001, 8001, 500)
    for i in range(7):
        yield server(300 + i, ACK, 8001 + 1000 * i, 1001, 500, 1000)
    yield client(320, ACK, 1001, 15001, 500)


def windows() -> Iterator[Sent]:
    """Full and closed windows; probes whose byte is taken, and whose byte is not."""
    yield from handshake(options=mss(1460))
    yield client(30, ACK, 1001, 5001, 3000)
    for i in range(3):
        yield server(31 + i, ACK, 5001 + 1000 * i, 1001, 500, 1000)
    yield client(40, ACK, 1001, 8001, 0)
    for at, seq, ack, window in (
        (240, 8001, 8001, 0), (640, 8001, 8002, 0), (1400, 8002, 8003, 3000),
    ):  # fmt: skip
        yield server(at, ACK, seq, 1001, 500, 1)
        yield client(at + 1, ACK, 1001, ack, window)
    yield server(1402, ACK, 8003, 1001, 500, 1000)
    for at, window in ((1403, 3000), (1404, 4000), (1410, 0)):
        yield client(at, ACK, 1001, 9003, window)
    yield server(1610, ACK, 9003, 1001, 500, 1)
    yield server(1611, ACK, 9003, 1001, 500, 1)
    for at, window in ((1612, 0), (1613, 0), (1620, 5000)):
        yield client(at, ACK, 1001, 9003, window)
    yield server(1621, ACK, 9003, 1001, 500, 5000)


def keep_alives() -> Iterator[Sent]:
    """With no byte, with one, with two; answered, repeated, answered by SACK."""
    yield from handshake()
    yield client(30, PSH | ACK, 1001, 5001, 500, 100)
    yield server(31, ACK, 5001, 1101, 500)
    yield client(10000, ACK, 1100, 5001, 500)
    yield server(10001, ACK, 5001, 1101, 500)
    yield client(20000, ACK, 1100, 5001, 500, 1)
    yield server(20001, ACK, 5001, 1101, 500, options=sack((1100, 1101)))
    yield client(30000, ACK, 1100, 5001, 500, 1)
    yield client(31000, ACK, 1100, 5001, 500, 1)
    yield server(31001, ACK, 5001, 1101, 499)
    yield client(32000, ACK, 1100, 5001, 500, 2)
    yield server(33000, ACK, 5000, 1101, 500)
    yield client(33001, ACK, 1101, 5001, 500)
    yield client(33002, ACK, 1101, 5001, 500)


def reused_ports() -> Iterator[Sent]:
    """Behind FINs with the same numbers, behind a RST, a SYN+ACK with other ones."""
    yield from handshake()
    yield client(30, FIN | ACK, 1001, 5001, 500)
    yield server(31, FIN | ACK, 5001, 1002, 500)
    yield client(32, ACK, 1002, 5002, 500)
    yield from handshake(at=100)
    yield client(203, RST, 1001, 0, 0)
    yield server(300, SYN | ACK, 5000, 1001, 64000)
    yield client(301, RST, 1001, 0, 0)
    yield client(302, SYN, 90000, 0, 64000)
    yield client(303, SYN, 90000, 0, 64000)
    yield server(304, SYN | ACK, 80000, 90001, 64000)
    yield server(305, SYN | ACK, 80001, 90001, 64000)
    yield client(306, ACK, 90001, 80002, 500, 10)


def late() -> Iterator[Sent]:
    """A hole filled just before, at and just behind the limits of 3 ms, 20 ms and the RTT."""
    for n, since in enumerate((2.9, 3, 3.1, 19.9, 19.999999, 20, 20.000001, 20.1)):
        begin, port = n * 1000.0, 4100 + n
        yield from handshake(at=begin, port=port)
        yield server(begin + 100, ACK, 5001, 1001, 500, 1000, port=port)
        yield server(begin + 102, ACK, 7001, 1001, 500, 1000, port=port)
        if n % 2:
            block = sack((7001, 8001))
            yield client(begin + 102, ACK, 1001, 6001, 500, options=block, port=port)
        yield server(begin + 102 + since, ACK, 6001, 1001, 500, 1000, port=port)
        yield server(begin + 500, ACK, 5001, 1001, 500, 1000, port=port + 100)
        yield server(begin + 502, ACK, 7001, 1001, 500, 1000, port=port + 100)
        yield server(begin + 502 + since, ACK, 6001, 1001, 500, 1000, port=port + 100)
        yield server(begin + 501, ACK, 6501, 1001, 500, 2500, port=port + 100)


def fast() -> Iterator[Sent]:
    """One to three duplicate ACKs, 20 ms more or less, for what they ask for and for what not."""
    port = 4300
    for duplicates in (1, 2, 3):
        for since in (19.9, 20, 20.1):
            for number in (6001, 6501, 8001, 9001):
                port += 1
                begin = port * 1000.0
                yield from handshake(at=begin, rtt=1, port=port)
                yield server(begin + 10, ACK, 5001, 1001, 500, 1000, port=port)
                yield client(begin + 11, ACK, 1001, 6001, 500, port=port)
                for i in (0, 2, 3, 4):
                    at = begin + 12 + i / 10
                    yield server(at, ACK, 7001 + 1000 * i, 1001, 500, 1000, port=port)
                for i in range(duplicates):
                    block = sack((7001, 8001), (9001, 10001 + 1000 * i))
                    yield client(begin + 13, ACK, 1001, 6001, 500, options=block, port=port)
                yield server(begin + 13 + since, ACK, number, 1001, 500, 500, port=port)


def duplicate_sacks() -> Iterator[Sent]:
    """D-SACKs with and without a further block, and with another window."""
    yield from handshake()
    yield server(30, ACK, 5001, 1001, 500, 1000)
    yield client(31, ACK, 1001, 6001, 500)
    yield server(32, ACK, 6001, 1001, 500, 1000)
    yield server(250, ACK, 6001, 1001, 500, 1000)
    yield client(251, ACK, 1001, 7001, 500)
    yield client(252, ACK, 1001, 7001, 500, options=sack((6001, 7001)))
    yield client(253, ACK, 1001, 7001, 500, options=sack((6001, 7001), (8001, 9001)))
    yield client(254, ACK, 1001, 7001, 600, options=sack((6001, 7001)))
    yield server(255, ACK, 6001, 1001, 500, 1000)
    yield client(256, ACK, 1001, 7001, 600, options=sack((6001, 7001)))


def large_payload() -> Iterator[Sent]:
    """Up to and beyond a small MSS, and that of a loopback interface."""
    yield from handshake(options=mss(500), theirs=mss(65495))
    yield client(30, ACK, 1001, 5001, 500, 501)
    yield client(31, ACK, 1502, 5001, 500, 500)
    yield server(32, ACK, 5001, 2002, 500, 501)
    yield server(33, ACK, 5502, 2002, 500, 40000)


def fast_opens() -> Iterator[Sent]:
    """A cookie asked for; one that the server takes, one that it refuses, and one lost."""
    yield from handshake(options=mss(1460) + fast_open(b""))
    for port, taken in ((4001, 300), (4002, 0)):
        begin = (port - 4000) * 1000.0
        asked = mss(1460) + fast_open(b"abcdefgh")
        yield client(begin, SYN, 1000, 0, 64000, 300, options=asked, port=port)
        yield server(begin + 9, SYN | ACK, 5000, 1001 + taken, 64000, options=USUAL, port=port)
        if taken:
            yield server(begin + 10, PSH | ACK, 5001, 1301, 500, 1000, port=port)
        else:
            yield client(begin + 20, ACK, 1001, 5001, 500, 300, port=port)
        yield client(begin + 30, ACK, 1301, 5001 + 1000 * (taken > 0), 500, port=port)
    yield client(9000, SYN, 1000, 0, 64000, 300, options=asked, port=4003)
    yield client(9900, SYN, 1000, 0, 64000, options=USUAL, port=4003)
    yield server(9910, SYN | ACK, 5000, 1001, 64000, options=USUAL, port=4003)
    yield client(9920, ACK, 1001, 5001, 500, 300, port=4003)


def offers() -> Iterator[Sent]:
    """What SYN and SYN+ACK say of TCP Fast Open, SCPS and window scale, each in its own flow."""
    cookie, request = fast_open(b"abcdefgh"), fast_open(b"")
    experiment = b"\xfe\x0c\xf9\x89abcdefgh"
    scps = b"\x14\4\xf8\1"
    scaled, by_one = mss(1460) + b"\3\3\7", mss(1460) + b"\3\3\0"
    for n, (syn, payload, answers) in enumerate((
        (cookie, 100, ((1101, b""), (1001, b""))),
        (cookie, 0, ((1001, b""),)),
        (request, 100, ((1101, b""), (1001, cookie))),
        (b"", 100, ((1101, b""), (1001, cookie))),
        (experiment, 100, ((1101, experiment), (1001, b""))),
        (scps, 0, ((1001, scps),)),
        (scps, 0, ((1001, b""), (1001, scps))),
        (b"", 0, ((1001, scps),)),
        (scaled, 0, ((1001, scaled),)),
        (scaled, 0, ((1001, b""),)),
        (b"", 0, ((1001, scaled),)),
        (scaled, 0, ((1001, by_one),)),
    )):  # fmt: skip
        begin, port = 1000.0 * n, 4400 + n
        yield client(begin, SYN, 1000, 0, 64000, payload, options=syn, port=port)
        for i, (taken, answer) in enumerate(answers):
            yield server(begin + 10 + i, SYN | ACK, 5000, taken, 64000, options=answer, port=port)
        yield client(begin + 20, ACK, 1001 + payload, 5001, 500, port=port)
        yield server(begin + 30, ACK, 5001, 1001 + payload, 500, port=port)
    yield client(20000, SYN, 1000, 0, 64000, options=scaled, port=4500)
    yield client(20020, ACK, 1001, 5001, 500, port=4500)
    yield server(20030, ACK, 5001, 1001, 500, port=4500)
    yield server(21010, SYN | ACK, 5000, 1101, 64000, options=scaled, port=4501)
    yield client(21020, ACK, 1001, 5001, 500, port=4501)
    yield server(21030, ACK, 5001, 1001, 500, port=4501)


def closings() -> Iterator[Sent]:
    """FINs of both sides, sent again, with a SYN, with a RST, and behind a SYN on the ports."""
    yield from handshake()
    yield server(30, FIN | ACK, 5001, 1001, 500)
    yield client(31, FIN | ACK, 1001, 5001, 500)
    yield server(230, FIN | ACK, 5001, 1001, 500)
    yield client(231, FIN | ACK, 1001, 5002, 500)
    yield client(300, SYN, 1000, 0, 64000)
    yield client(400, FIN | ACK, 1001, 5001, 500)
    yield server(401, FIN | ACK, 5001, 1001, 500)
    yield client(500, SYN | FIN, 1000, 0, 64000, port=4001)
    yield server(501, RST | FIN, 5000, 0, 0, port=4001)
    yield client(502, RST | FIN, 1001, 0, 0, port=4001)


def odds() -> Iterator[Sent]:
    """Parts acknowledged, repetitions acknowledged, unseen data, numbers that wrap, payload in a
    reset."""
    first = 0xFFFFF000
    yield from handshake(number=first - 1)
    for i, flags in enumerate((ACK, PSH | ACK, ACK)):
        yield client(30 + i, flags, first + 1000 * i, 5001, 500, 1000)
    yield server(33, ACK, 5001, first + 500, 500)
    yield server(34, ACK, 5001, first + 1500, 500)
    yield client(240, ACK, first + 1500, 5001, 500, 1500)
    yield client(245, ACK, first + 2000, 5001, 500, 1000)
    yield server(250, ACK, 5001, first + 3000, 500)
    yield client(251, ACK, first + 4000, 5001, 500, 1000)
    for at, number in ((252, 5000), (253, 7000), (254, 7000), (255, 7000)):
        yield server(at, ACK, 5001, first + number, 500)
    for at, number in ((256, 5000), (257, 6000), (258, 3000)):
        yield client(at, ACK, first + number, 5001, 500, 1000)
    yield server(259, ACK, 5001, first + 9000, 500, 100)
    yield client(260, FIN | ACK, first + 9000, 5101, 500)
    yield server(261, FIN | ACK, 5101, first + 9000, 500)
    yield client(262, ACK, first + 9001, 5102, 500)
    yield server(263, ACK, 5102, first + 9001, 500)
    yield client(264, FIN | ACK, first + 9000, 5101, 500)
    yield client(265, RST | ACK, first + 9001, 5102, 0, 20)
    yield server(266, ACK, 5102, first + 9001, 500)
    yield client(267, RST, first + 9101, 0, 0)


def clock_back() -> Iterator[Sent]:
    """Each packet earlier than the one before."""
    yield from handshake()
    yield server(30, ACK, 5001, 1001, 500, 1000)
    yield client(31, ACK, 1001, 6001, 500)
    yield server(29, ACK, 6001, 1001, 500, 1000)
    yield client(28, ACK, 1001, 6001, 500)
    yield client(27, ACK, 1001, 6001, 500)
    yield server(26, ACK, 6001, 1001, 500, 1000)
    yield server(20, ACK, 8001, 1001, 500, 1000)
    yield client(19, ACK, 1001, 7001, 500)
    yield server(10, ACK, 7001, 1001, 500, 1000)
    yield server(9, ACK, 7001, 1001, 500, 1000)


def many_holes() -> Iterator[Sent]:
    """More ranges than are counted, many of them joined later."""
    yield from handshake()
    for i in range(130):
        yield server(30 + i, ACK, 5001 + 20 * i, 1001, 500, 10)
    for i in range(40):
        yield server(200 + i, ACK, 5011 + 20 * i, 1001, 500, 10)
    yield server(300, ACK, 5001, 1001, 500, 2000)


def far_apart() -> Iterator[Sent]:
    """Ranges of a side that lie 2**31 apart, more and less, each case in its own flow."""
    half = 1 << 31
    for n, ranges in enumerate((
        ((1, 1000), (2001, 1000), (half - 500, 1000), (half + 500, 1000), (half + 1500, 1000)),
        ((1, 1000), (2 * 10**9, 1000), (half + 1000, 1000), (half + 2000, 1000), (1001, 1000)),
        ((half - 500, 1000), (half + 500, 1000), (half + 1500, 1000)),
        ((half + 1, 6), (half - 9, 18), (half - 18, 9)),
        ((half, 18), (half + 12, 16)),
        ((half - 3, 14), (half + 1, 5), (-4, 9), (-3, 14), (half - 21, 13)),
        ((22, 7), (half + 7, 7), (half - 9, 16), (half - 24, 19), (half * 3 // 2, 15)),
    )):  # fmt: skip
        begin, port = 1000.0 * n, 4600 + n
        yield from handshake(at=begin, port=port)
        for i, (first, length) in enumerate(ranges):
            yield server(begin + 30 + i, ACK, 5000 + first, 1001, 500, length, port=port)


def accurate_ecn() -> Iterator[Sent]:
    """Handshakes with all bits that ask for accurate ECN and agree to it, SYNs that come again, and
    options with counters, of right sizes and wrong ones."""
    port = 5000
    for asked in range(8):
        for agreed in range(8):
            yield client(port, SYN | asked << 6, 1000, 0, 64000, options=USUAL, port=port)
            yield server(port, SYN | ACK | agreed << 6, 9000, 1001, 64000, options=USUAL, port=port)
            yield client(port, ACK | ECE, 1001, 9001, 500, port=port)
            yield server(port, ACK | CWR | AE, 9001, 1001, 500, 100, port=port)
            port += 1
    asking, agreeing = SYN | AE | CWR | ECE, SYN | ACK | CWR
    for openings in (
        (asking, SYN, agreeing), (SYN, asking, agreeing), (agreeing,), (agreeing, asking),
        (asking, agreeing, SYN | ACK), (asking, SYN | ACK, agreeing), (asking | RST, agreeing),
        (asking | FIN, agreeing | FIN), (asking, agreeing, SYN),
    ):  # fmt: skip
        for flags in openings:
            seq, ack = (9000, 1001) if flags & ACK else (1000, 0)
            yield sent(not flags & ACK, (port, flags, seq, ack, 64000), USUAL, port)
        for flags in (ACK | ECE, RST | AE, FIN | ACK | ECE):
            yield client(port, flags, 1001, 9001, 500, port=port)
        port += 1
    heads = [bytes([kind]) for kind in (172, 173, 174)]
    heads += [
        bytes([kind]) + magic.to_bytes(2) for kind in (253, 254) for magic in (0xACC0, 0xACC2)
    ]
    for head in heads:
        for size in range(13):
            option = head[:1] + bytes([len(head) + 1 + size]) + head[1:] + bytes(size)
            yield client(port, ACK | ECE, 1001, 9001, 500, options=option, port=port)
            yield client(port, ACK | ECE, 1001, 9001, 500, 10, port=port)
            yield server(port, ACK | ECE, 9001, 1011, 500, port=port)
            port += 1


MADE: Final = (
    reneging, windows, keep_alives, reused_ports, late, fast, duplicate_sacks, large_payload,
    fast_opens, offers, closings, odds, clock_back, many_holes,
    far_apart, accurate_ecn,
)  # fmt: skip
