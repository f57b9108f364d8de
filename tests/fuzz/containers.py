"""Drafts written as capture files in parts, and mutators of those parts."""

import struct
from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from tests.capture import builders
from tests.fuzz.drafts import MASK32, Draft, near, patched

SECOND: Final = 1_000_000_000
MASK64: Final = (1 << 64) - 1
MASK16: Final = 0xFFFF
MOST_PARTS: Final = 200
TEXTS: Final = (
    b"eth0",
    b"\x1b]0;owned\x07",
    "\u202eevil".encode(),
    b"\xff\xfe",
    b"a\nb\x00c",
    b"x" * 300,
    b"",
)
"""What stands in comments and names."""


class Container(NamedTuple):
    """A capture file: its format, byte order and parts (header, records or blocks)."""

    form: str
    order: str
    parts: list[bytes]

    @property
    def data(self) -> bytes:
        return b"".join(self.parts)


def pcap(random: Random, draft: Draft) -> Container:
    order = random.choice("<<<>")
    magic = random.choice((builders.MICROSECONDS, builders.NANOSECONDS, builders.NANOSECONDS,
                           builders.MODIFIED))  # fmt: skip
    unit = 1 if magic == builders.NANOSECONDS else 1000
    extra = bytes(8) if magic == builders.MODIFIED else b""
    parts = [builders.pcap(order=order, magic=magic, linktype=draft[0].link_type)]
    for packet in draft:
        seconds, rest = divmod(packet.time, SECOND)
        parts.append(
            builders.record(
                seconds & MASK32, rest // unit, packet.data, order=order, extra=extra,
                original=packet.original,
            )
        )  # fmt: skip
    return Container("pcap", order, parts)


RESOLUTIONS: Final = ((b"\x09", SECOND), (b"\x06", 1_000_000), (b"\x09", SECOND), (b"\x00", 1),
                      (b"\x80", 1), (b"\x9e", 1 << 30), (b"\xbf", 1 << 63), (b"\x13", 10**19),
                      (b"\x7f", 10**127), (b"\xff", 1 << 127))  # fmt: skip
"""Values of if_tsresol, and what they mean: units in a second."""


def pcapng(random: Random, draft: Draft) -> Container:
    order = random.choice("<<<>")
    parts = [builders.section(order, opts=texts(random, order))]
    numbers: dict[int, int] = {}
    resolution, units = random.choice(RESOLUTIONS if random.random() < 0.3 else RESOLUTIONS[:2])
    for packet in draft:
        if packet.link_type not in numbers:
            numbers[packet.link_type] = len(numbers)
            opts = interface_options(random, resolution, order)
            parts.append(builders.interface(packet.link_type & MASK16, opts=opts, order=order))
        stamp = packet.time * units // SECOND & MASK64
        parts.append(
            builders.packet(
                stamp, packet.data, interface=numbers[packet.link_type], original=packet.original,
                opts=texts(random, order) if random.random() < 0.1 else b"", order=order,
            )
        )  # fmt: skip
        if random.random() < 0.05:
            parts.append(other_block(random, order))
        if random.random() < 0.02:
            order = random.choice("<>")
            numbers.clear()
            parts.append(builders.section(order))
    return Container("pcapng", order, parts)


def texts(random: Random, order: str) -> bytes:
    """Options that are texts, with a lie now and then."""
    chosen = [(random.choice((1, 2, 3, 4)), random.choice(TEXTS)) for _ in range(2)]
    made = builders.options(*chosen, order=order)
    if random.random() < 0.3:
        made = patched(random, made, random.choice((0, 2)), 2, order == ">")
    return made if random.random() < 0.5 else b""


def interface_options(random: Random, resolution: bytes, order: str) -> bytes:
    chosen = [(9, resolution), (2, random.choice(TEXTS))]
    if random.random() < 0.1:
        chosen.append((14, struct.pack(f"{order}Q", near(random, 0, 8))))
    if random.random() < 0.1:
        chosen.append((random.choice((3, 11, 12, 15, 9, 14)), random.choice(TEXTS)))
    return builders.options(*chosen, order=order)


def other_block(random: Random, order: str) -> bytes:
    """A block that is no enhanced packet: statistics, names, journal, custom, unknown, old."""
    kind = random.randrange(7)
    data = random.choice(TEXTS)
    if kind == 0:
        dropped = builders.options((5, struct.pack(f"{order}Q", near(random, 1, 8))), order=order)
        return builders.statistics(random.choice((0, 0, 1, MASK32)), dropped, order)
    if kind == 1:
        return builders.simple_packet(random.randbytes(random.randrange(80)), order=order)
    if kind == 2:
        return builders.obsolete_packet(near(random, 1, 7), data, order=order)
    if kind == 3:
        stamp = random.choice((b"1700000000000000", b"-1", b"9" * 16, b"\xb2"))
        return builders.block(9, b"__REALTIME_TIMESTAMP=" + stamp + b"\nMESSAGE=" + data, order)
    if kind == 4:
        return builders.block(random.choice((0xBAD, 0x40000BAD)), bytes(4) + data, order)
    if kind == 5:
        return builders.block(4, struct.pack(f"{order}HH", 1, 8) + bytes(4) + b"ab\0\0", order)
    return builders.block(random.getrandbits(32), data, order)


def snoop(random: Random, draft: Draft) -> Container:
    network = random.choice((4, 4, 4, 0, 8, 9, 22, 26))
    parts = [builders.snoop(network=network)]
    for packet in draft:
        seconds, rest = divmod(packet.time, SECOND)
        parts.append(
            builders.snoop_record(
                seconds & MASK32, rest // 1000, packet.data, original=packet.original,
                padding=random.choice((None, None, None, 0, 7)),
                dropped=random.choice((0, 0, 0, near(random, 0, 4))),
            )
        )  # fmt: skip
    return Container("snoop", ">", parts)


def netmon(random: Random, draft: Draft) -> Container:
    """The frames' table may list them in another order, twice, or be of random numbers."""
    minor = random.randrange(4)
    trailers = (b"", b"\x01\0", bytes(6), bytes(15))
    frames = []
    for packet in draft:
        delta = (packet.time - draft[0].time) // 1000
        frames.append(
            builders.netmon_frame(
                max(-(1 << 63), min(delta, (1 << 63) - 1)), packet.data,
                original=packet.original, trailer=trailers[minor],
            )
        )  # fmt: skip
    order = [random.randrange(len(frames)) for _ in frames] if random.random() < 0.2 else None
    table = random.randbytes(random.randrange(64)) if random.random() < 0.05 else None
    start = (2005, 7, 6, 16, 10, 29, 29, 800)
    if random.random() < 0.1:
        start = tuple(near(random, value, 2) for value in start)  # type: ignore[assignment]
    data = builders.netmon(*frames, version=(2, minor), order=order, table=table, start=start)
    return Container("netmon", "<", [data[:128], data[128:]])


Write = Callable[[Random, Draft], Container]
FORMS: Final[dict[str, tuple[int, Write]]] = {
    "pcap": (9, pcap),
    "pcapng": (9, pcapng),
    "snoop": (1, snoop),
    "netmon": (1, netmon),
}
"""With how often each is chosen."""


def write(random: Random, draft: Draft) -> Container:
    weights = [weight for weight, _ in FORMS.values()]
    name = random.choices(list(FORMS), weights)[0]
    return FORMS[name][1](random, draft)


PCAP_EXTRA: Final = {builders.MICROSECONDS: 0, builders.NANOSECONDS: 0, builders.MODIFIED: 8}
"""Bytes between a record's header and its packet, by magic number."""


def parts_of(data: bytes) -> Container:
    """The parts of a file; the whole file is one where its format is not cut up here."""
    for order in "<>":
        if data[:4] == b"\x0a\x0d\x0d\x0a" and data[8:12] == struct.pack(f"{order}I", 0x1A2B3C4D):
            return Container("pcapng", order, cut_up(data, 0, order, lambda at: at + 4, 0))
        magic = int.from_bytes(data[:4], "big" if order == ">" else "little")
        if magic in PCAP_EXTRA:
            more = 16 + PCAP_EXTRA[magic]
            return Container("pcap", order, cut_up(data, 24, order, lambda at: at + 8, more))
    if data[:8] == b"snoop\0\0\0":
        return Container("snoop", ">", cut_up(data, 16, ">", lambda at: at + 8, 0))
    return Container("file", "<", [data])


def cut_up(
    data: bytes, start: int, order: str, length_at: Callable[[int], int], more: int
) -> list[bytes]:
    """A header of ``start`` bytes, then parts that say how long they are, apart from ``more``."""
    parts = [data[:start]] if start else []
    at = start
    while at < len(data) and len(parts) < MOST_PARTS:
        place = length_at(at)
        size = more + int.from_bytes(data[place : place + 4], "big" if order == ">" else "little")
        stop = at + size if size >= 8 and at + size <= len(data) else len(data)
        parts.append(data[at:stop])
        at = stop
    return parts


# -- mutators ------------------------------------------------------------------------------------

Mutate = Callable[[Random, Container], list[bytes]]


def set_field(random: Random, container: Container) -> list[bytes]:
    """A number in the first words of a part, or its last one."""
    parts = list(container.parts)
    at = random.randrange(len(parts)) if random.random() < 0.8 else 0
    part = parts[at]
    size = random.choice((4, 4, 4, 2, 2, 1, 8))
    place = size * random.randrange(max(1, min(len(part), 40) // size))
    if random.random() < 0.15:
        place = len(part) - 4
    parts[at] = patched(random, part, place, size, container.order == ">")
    return parts


def delete(random: Random, container: Container) -> list[bytes]:
    at = random.randrange(len(container.parts))
    return container.parts[:at] + container.parts[at + 1 :]


def duplicate(random: Random, container: Container) -> list[bytes]:
    parts = container.parts
    at, place = random.randrange(len(parts)), random.randrange(len(parts) + 1)
    return parts[:place] + [parts[at]] * random.choice((1, 1, 3, 50)) + parts[place:]


def swap(random: Random, container: Container) -> list[bytes]:
    parts = list(container.parts)
    a, b = random.randrange(len(parts)), random.randrange(len(parts))
    parts[a], parts[b] = parts[b], parts[a]
    return parts


def cut(random: Random, container: Container) -> list[bytes]:
    """The file ends here."""
    parts = container.parts
    at = random.randrange(len(parts))
    return [*parts[:at], parts[at][: random.randrange(len(parts[at]) + 1)]]


def shorten(random: Random, container: Container) -> list[bytes]:
    """A part lacks its end; what follows stands where it was."""
    parts = list(container.parts)
    at = random.randrange(len(parts))
    parts[at] = parts[at][: random.randrange(len(parts[at]) + 1)]
    return parts


def insert_block(random: Random, container: Container) -> list[bytes]:
    parts = container.parts
    place = random.randrange(len(parts) + 1)
    order = container.order if random.random() < 0.9 else random.choice("<>")
    kind = random.randrange(4)
    if kind == 0:
        block = builders.section(order, opts=texts(random, order))
    elif kind == 1:
        block = builders.interface(random.choice((1, 101, 113, 65535)), near(random, 65535, 4),
                                   interface_options(random, b"\x09", order), order)  # fmt: skip
    else:
        block = other_block(random, order)
    return [*parts[:place], block, *parts[place:]]


def add_options(random: Random, container: Container) -> list[bytes]:
    """Options before the last word of a block, whose lengths are made right again."""
    parts = list(container.parts)
    at = random.randrange(len(parts))
    block, big = parts[at], container.order == ">"
    if container.form != "pcapng" or len(block) < 12:
        return parts
    kind = int.from_bytes(block[:4], "big" if big else "little")
    more = texts(random, container.order) or random.randbytes(4 * random.randrange(9))
    parts[at] = builders.block(kind, block[8:-4] + more, container.order)
    return parts


def damage(random: Random, container: Container) -> list[bytes]:
    parts = list(container.parts)
    at = random.randrange(len(parts))
    part = parts[at]
    place = random.randrange(len(part) + 1)
    parts[at] = part[:place] + random.randbytes(random.choice((1, 4, 16))) + part[place + 4 :]
    return parts


MUTATORS: Final[dict[str, tuple[int, Mutate]]] = {
    "part field": (10, set_field),
    "delete part": (2, delete),
    "duplicate part": (2, duplicate),
    "swap parts": (2, swap),
    "cut file": (2, cut),
    "shorten part": (1, shorten),
    "insert block": (2, insert_block),
    "block options": (3, add_options),
    "damaged part": (1, damage),
}


def mutate(random: Random, container: Container, applied: list[str]) -> Container:
    """Some of the mutators; their names join ``applied``."""
    weights = [weight for weight, _ in MUTATORS.values()]
    for name in random.choices(list(MUTATORS), weights, k=random.choice((0, 0, 1, 1, 2, 4))):
        if container.parts:
            parts = MUTATORS[name][1](random, container)[:MOST_PARTS]
            container = container._replace(parts=parts)
            applied.append(name)
    return container
