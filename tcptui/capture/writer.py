"""Writes a slice of a capture to a new file: pcap or pcapng, whole or not at all.

Packets keep their bytes, lengths, times and interfaces; pcapng also takes comments. The file
appears under its name when it is complete: until then it is a temporary one beside it, which
goes away again when the disk is full or the work is interrupted.
"""

import os
import stat
import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from tcptui.capture.errors import visible
from tcptui.capture.records import NANOSECONDS, Interface

SECTION: Final = 0x0A0D0D0A
INTERFACE: Final = 1
PACKET: Final = 6
BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D
MICROSECOND_MAGIC: Final = 0xA1B2C3D4
NANOSECOND_MAGIC: Final = 0xA1B23C4D
SNAPLEN: Final = 262_144

COMMENT: Final = 1
NAME: Final = 2
DESCRIPTION: Final = 3
APPLICATION: Final = 4
RESOLUTION: Final = 9
FILTER: Final = 11
SYSTEM: Final = 12
HARDWARE: Final = 15
END_OF_OPTIONS: Final = bytes(4)
MOST_OPTION: Final = 0xFFFF

MICROSECONDS: Final = 1_000_000

NO_ROOM_IN_PCAP: Final = "pcap has no room for these times"
NO_ROOM_AT_ALL: Final = "these times lie before 1970, and no format has room for that"


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
    sources: Sequence[str] = (),
    overwrite: bool = False,
) -> int:
    """Write ``packets`` to the file ``target``; how many there were. SliceError.

    ``interfaces`` are those that the packets' indices mean. A name that ends in ``.pcapng``
    makes pcapng, any other pcap, which has one link type and no comments. ``sources`` are the
    files that are being read: none of them is ever the target, nor is, without ``overwrite``,
    any file that is there already.
    """
    check_target(target, sources, overwrite)
    chosen = list(packets)
    parts = pcapng(chosen, interfaces) if is_pcapng(target) else pcap(chosen, interfaces)
    try:
        write_whole(target, parts)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise SliceError(f"{visible(target)}: {reason}; nothing was saved") from error
    return len(chosen)


def is_pcapng(target: str) -> bool:
    return target.lower().endswith((".pcapng", ".ntar"))


def check_target(target: str, sources: Sequence[str], overwrite: bool) -> None:
    """Refuse files that are being read, that are no files, or that are in the way."""
    try:
        there = Path(target).stat()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise SliceError(f"{visible(target)}: {error}") from error
    if not stat.S_ISREG(there.st_mode):
        raise SliceError(f"{visible(target)} is no regular file; name another")
    for source in sources:
        if is_same(source, there):
            raise SliceError(f"{visible(target)} is the capture that is read; name another file")
    if not overwrite:
        raise SliceError(f"{visible(target)} exists")


def is_same(source: str, there: os.stat_result) -> bool:
    try:
        return os.path.samestat(Path(source).stat(), there)
    except (OSError, ValueError):
        return False


def write_whole(target: str, parts: Iterable[bytes]) -> None:
    """Write a file that appears complete under its name, or not at all. OSError."""
    goal = Path(target).resolve()
    handle, path = tempfile.mkstemp(prefix=f".{goal.name[:100]}.", dir=goal.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            copy(parts, file)
            file.flush()
            belong(file.fileno())
            os.fsync(file.fileno())
        Path(path).replace(goal)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise


def copy(parts: Iterable[bytes], file: BinaryIO) -> None:
    for part in parts:
        file.write(part)


def belong(descriptor: int) -> None:
    """Permissions as of any new file; under sudo it belongs to the invoking user."""
    mask = os.umask(0)
    os.umask(mask)
    os.fchmod(descriptor, 0o666 & ~mask)
    user, group = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
    if os.geteuid() == 0 and user.isdigit() and group.isdigit():
        os.fchown(descriptor, int(user), int(group))


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
    if not pcap_has_room(packets):
        raise SliceError(f"{NO_ROOM_IN_PCAP}; save them as .pcapng")
    exact = all(packet.time % 1000 == 0 for packet in packets)
    return pcap_parts(packets, types[0] if types else 1, MICROSECONDS if exact else NANOSECONDS)


def pcap_has_room(packets: Sequence[Packet]) -> bool:
    """Whether the times of all packets fit: 1970 to 2106."""
    return all(0 <= packet.time < NANOSECONDS << 32 for packet in packets)


def pcap_parts(packets: Sequence[Packet], link_type: int, units: int) -> Iterator[bytes]:
    magic = MICROSECOND_MAGIC if units == MICROSECONDS else NANOSECOND_MAGIC
    longest = max((len(packet.data) for packet in packets), default=0)
    yield struct.pack("<IHHiIII", magic, 2, 4, 0, 0, max(SNAPLEN, longest), link_type)
    for packet in packets:
        second, rest = divmod(packet.time, NANOSECONDS)
        fraction = rest // (NANOSECONDS // units)
        yield struct.pack("<IIII", second, fraction, len(packet.data), packet.original)
        yield packet.data


# -- pcapng --------------------------------------------------------------------------------------


def pcapng(packets: Sequence[Packet], interfaces: Sequence[Interface]) -> Iterator[bytes]:
    """The parts of a pcapng file with the interfaces that the packets need. SliceError."""
    used = used_interfaces(packets, interfaces)
    if not pcapng_has_room(packets):
        raise SliceError(NO_ROOM_AT_ALL)
    exact = all(packet.time % 1000 == 0 for packet in packets)
    units = {
        index: MICROSECONDS if exact and interface.units <= MICROSECONDS else NANOSECONDS
        for index, interface in used.items()
    }
    return pcapng_parts(packets, used, units)


def pcapng_has_room(packets: Sequence[Packet]) -> bool:
    """Whether the times of all packets fit: not before 1970."""
    return all(0 <= packet.time < 1 << 64 for packet in packets)


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


def interface_block(interface: Interface, units: int) -> bytes:
    """A description with all that the original said of itself."""
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
