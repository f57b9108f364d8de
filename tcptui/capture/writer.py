"""Writes a slice of a capture to a new file: pcap or pcapng, whole or not at all.

Packets keep their bytes, lengths, times and interfaces; pcapng also takes comments.
"""

import os
import stat
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from tcptui.capture.formats.framer import NANOSECONDS, Interface, max_captured
from tcptui.capture.whole_file import descriptor, status, write_whole
from tcptui.escapes import visible

SECTION: Final = 0x0A0D0D0A
INTERFACE: Final = 1
PACKET: Final = 6
BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D
MICROSECOND_MAGIC: Final = 0xA1B2C3D4
NANOSECOND_MAGIC: Final = 0xA1B23C4D

COMMENT: Final = 1
NAME: Final = 2
DESCRIPTION: Final = 3
APPLICATION: Final = 4
RESOLUTION: Final = 9
FILTER: Final = 11
SYSTEM: Final = 12
OFFSET: Final = 14
HARDWARE: Final = 15
END_OF_OPTIONS: Final = bytes(4)
MOST_OPTION: Final = 0xFFFF

MICROSECONDS: Final = 1_000_000

Reads = Callable[[os.stat_result], bool]
"""Whether a file is being read."""


class SliceError(Exception):
    """A slice that cannot be saved; the text says why and what to do."""


class Packet(NamedTuple):
    """A packet to write: ns since the epoch, index of its interface, bytes on the wire, data."""

    time: int
    interface: int
    original: int
    data: bytes
    comments: tuple[str, ...] = ()


def save(
    target: str,
    packets: Iterable[Packet],
    interfaces: Sequence[Interface],
    reads: Reads = lambda status: False,
    overwrite: bool = False,
) -> int:
    """Write ``packets`` to the file ``target``; how many there were. SliceError.

    ``interfaces`` are those that the packets' indices mean. A name that ends in ``.pcapng``
    makes pcapng, any other pcap, which has one link type and no comments. ``reads`` knows the
    files that are being read: none of them is ever the target, nor is, without ``overwrite``,
    any file that is there already.
    """
    check_target(target, reads, overwrite)
    chosen = list(packets)
    parts = pcapng(chosen, interfaces) if is_pcapng(target) else pcap(chosen, interfaces)
    write_new(target, parts)
    return len(chosen)


def is_pcapng(target: str) -> bool:
    return target.lower().endswith((".pcapng", ".ntar"))


def check_target(target: str, reads: Reads, overwrite: bool) -> None:
    """Refuse files that are being read, that are no files, or that are in the way."""
    try:
        there = status(target)
    except OSError as error:
        raise SliceError(f"{visible(target)}: {error.strerror}; name another file") from error
    if there is None:
        return
    if not stat.S_ISREG(there.st_mode) or descriptor(target) is not None:
        raise SliceError(f"{visible(target)} is no regular file; name another")
    if reads(there):
        raise SliceError(f"{visible(target)} is the capture that is read; name another file")
    if not overwrite:
        raise SliceError(f"{visible(target)} exists")


def write_new(target: str, parts: Iterable[bytes]) -> None:
    """Write a file of these parts, whole or not at all. SliceError."""
    try:
        write_whole(target, parts)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SliceError(f"{visible(target)}: {reason}; nothing was saved") from error


# -- pcap ----------------------------------------------------------------------------------------


def pcap(packets: Sequence[Packet], interfaces: Sequence[Interface]) -> Iterator[bytes]:
    """The parts of a classic file, with microseconds where these say all. SliceError."""
    used = used_interfaces(packets, interfaces)
    types = sorted({interface.linktype for interface in used.values()})
    if len(types) > 1:
        raise SliceError(
            f"these packets have {len(types)} link types ({', '.join(map(str, types))}), and pcap"
            f" holds one; save them as .pcapng"
        )
    if any(not 0 <= packet.time < NANOSECONDS << 32 for packet in packets):
        raise SliceError("pcap has no room for these times; save them as .pcapng")
    exact = all(packet.time % 1000 == 0 for packet in packets)
    units = MICROSECONDS if exact else NANOSECONDS
    return chain([pcap_header(types[0] if types else 1, units)], pcap_records(packets, units))


def pcap_header(link_type: int, units: int) -> bytes:
    magic = MICROSECOND_MAGIC if units == MICROSECONDS else NANOSECOND_MAGIC
    return struct.pack("<IHHiIII", magic, 2, 4, 0, 0, max_captured(link_type), link_type)


def pcap_records(packets: Iterable[Packet], units: int) -> Iterator[bytes]:
    for packet in packets:
        second, rest = divmod(packet.time, NANOSECONDS)
        fraction = rest // (NANOSECONDS // units)
        yield struct.pack("<IIII", second, fraction, len(packet.data), packet.original)
        yield packet.data


# -- pcapng --------------------------------------------------------------------------------------


def pcapng(packets: Sequence[Packet], interfaces: Sequence[Interface]) -> Iterator[bytes]:
    """The parts of a pcapng file with the interfaces that the packets need. SliceError."""
    used = used_interfaces(packets, interfaces)
    if any(not 0 <= packet.time < 1 << 64 for packet in packets):
        raise SliceError("these times lie before 1970, and no format has room for that")
    exact = all(packet.time % 1000 == 0 for packet in packets)
    units = {
        index: MICROSECONDS if exact and interface.units <= MICROSECONDS else NANOSECONDS
        for index, interface in used.items()
    }
    return pcapng_parts(packets, used, units)


def pcapng_parts(
    packets: Sequence[Packet], used: dict[int, Interface], units: dict[int, int]
) -> Iterator[bytes]:
    yield section_block()
    numbers = {index: number for number, index in enumerate(used)}
    for index, interface in used.items():
        yield interface_block(interface, units[index])
    for packet in packets:
        yield packet_block(packet, numbers[packet.interface], units[packet.interface])


def section_block() -> bytes:
    application = option(APPLICATION, b"tcptui") + END_OF_OPTIONS
    return block(SECTION, struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, -1) + application)


def interface_block(interface: Interface, units: int, offset: int = 0) -> bytes:
    """A description with all that the original said of itself.

    offset: seconds to add to each time stamp.
    """
    body = struct.pack("<HHI", interface.linktype, 0, interface.snaplen)
    texts = (
        (NAME, interface.name),
        (DESCRIPTION, interface.description),
        (SYSTEM, interface.system),
        (HARDWARE, interface.hardware),
        (COMMENT, interface.comment),
    )
    body += b"".join(option(code, encoded(text)) for code, text in texts if text)
    if interface.filter:
        body += option(FILTER, b"\0" + encoded(interface.filter))
    body += option(RESOLUTION, b"\x06" if units == MICROSECONDS else b"\x09")
    if offset:
        body += option(OFFSET, struct.pack("<q", offset))
    return block(INTERFACE, body + END_OF_OPTIONS)


def packet_block(packet: Packet, interface: int, units: int) -> bytes:
    stamp = packet.time // (NANOSECONDS // units)
    size = len(packet.data)
    head = struct.pack("<IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF, size, packet.original)
    comments = b"".join(option(COMMENT, encoded(text)) for text in packet.comments if text)
    return block(
        PACKET, head + padded(packet.data) + (comments + END_OF_OPTIONS if comments else b"")
    )


def used_interfaces(
    packets: Sequence[Packet], interfaces: Sequence[Interface]
) -> dict[int, Interface]:
    """The interfaces that packets name, in their order."""
    return {index: interfaces[index] for index in sorted({packet.interface for packet in packets})}


def encoded(text: str) -> bytes:
    """Text as an option has it, cut where it is longer than one can be."""
    return text.encode("utf-8", "replace")[:MOST_OPTION].decode("utf-8", "ignore").encode()


def option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + padded(value)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length
