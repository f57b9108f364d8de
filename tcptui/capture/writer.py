"""Writes packets to a new file: pcap, pcapng or scapy code, whole or not at all.

Packets keep their bytes, lengths, times and interfaces; pcapng and code also take comments.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple, Protocol

from tcptui.capture import pcapng_writer as ng
from tcptui.capture.formats.framer import NANOSECONDS, Interface, max_captured
from tcptui.capture.pcap_writer import MICROSECONDS, TimedPacket, file_header, records
from tcptui.capture.whole_file import descriptor, status, write_whole
from tcptui.escapes import visible

MOST_CODE: Final = 5000
"""Packets that are written as code: each takes scapy about 2 ms."""
MOST_CODE_BYTES: Final = 8_000_000
"""Their bytes together."""
TOO_MUCH_CODE: Final = (
    f"scapy code is made of at most {MOST_CODE:,} packets and {MOST_CODE_BYTES // 1_000_000} MB; "
    "choose fewer, by a filter or a time span, or save .pcapng, which scapy's rdpcap reads"
)

Reads = Callable[[os.stat_result], bool]
"""Tells whether a file is being read."""


class SaveError(Exception):
    """The packets cannot be saved; the text says why and what to do."""


class TargetExists(SaveError):
    """The file that was to be written is there already."""


class PacketToWrite(TimedPacket, Protocol):
    """A packet to write; its bytes are asked for once, when it is written."""

    @property
    def interface(self) -> int: ...

    @property
    def comments(self) -> tuple[str, ...]: ...


class PacketsToWrite(Protocol):
    """Packets in the order of the file, which can be gone through several times."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[PacketToWrite]: ...


class Packet(NamedTuple):
    """A packet to write: ns since the epoch, index of its interface, bytes on the wire, data."""

    time: int
    interface: int
    original: int
    data: bytes
    comments: tuple[str, ...] = ()


def save(
    target: str,
    packets: PacketsToWrite,
    interfaces: Sequence[Interface],
    reads: Reads = lambda status: False,
    overwrite: bool = False,
) -> int:
    """Write ``packets`` to the file ``target``; return how many there were. Raises SaveError.

    ``interfaces`` are those that the packets' indices mean. A name that ends in ``.pcapng``
    makes pcapng, ``.py`` scapy code, any other pcap, which has one link type and no comments.
    ``reads`` knows the files that are being read: none of them is ever the target, nor is, without
    ``overwrite``, any file that is there already.
    """
    check_target(target, reads, overwrite)
    write_new(target, maker_of(target)(packets, interfaces))
    return len(packets)


def maker_of(target: str) -> Callable[[PacketsToWrite, Sequence[Interface]], Iterator[bytes]]:
    """Return what makes the parts of a file with this name."""
    if is_pcapng(target):
        return pcapng
    return code if is_code(target) else pcap


def is_pcapng(target: str) -> bool:
    return target.lower().endswith((".pcapng", ".ntar"))


def is_code(target: str) -> bool:
    return target.lower().endswith(".py")


def check_target(target: str, reads: Reads, overwrite: bool) -> None:
    """Refuse targets that are being read, that are not files, or that exist already."""
    try:
        there = status(target)
    except OSError as error:
        raise SaveError(f"{visible(target)}: {error.strerror}; name another file") from error
    if there is None:
        return
    if not stat.S_ISREG(there.st_mode) or descriptor(target) is not None:
        raise SaveError(f"{visible(target)} is not a regular file; name another")
    if reads(there):
        raise SaveError(f"{visible(target)} is the capture being read; name another file")
    if not overwrite:
        raise TargetExists(f"{visible(target)} exists")


def write_new(target: str, parts: Iterable[bytes]) -> None:
    """Write a file of these parts, whole or not at all. Raises SaveError."""
    try:
        write_whole(target, parts)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SaveError(f"{visible(target)}: {reason}; nothing was saved") from error


# -- pcap ----------------------------------------------------------------------------------------


def pcap(packets: PacketsToWrite, interfaces: Sequence[Interface]) -> Iterator[bytes]:
    """Return the parts of a classic file, with microseconds where these are enough. Raises
    SaveError."""
    link_type = pcap_link_type(packets, interfaces)
    exact = all(packet.time % 1000 == 0 for packet in packets)
    units = MICROSECONDS if exact else NANOSECONDS
    return chain([pcap_header(link_type, units)], records(packets, units))


def pcap_link_type(packets: PacketsToWrite, interfaces: Sequence[Interface]) -> int:
    """Return the link type of packets that pcap can hold. Raises SaveError for others."""
    used = used_interfaces(packets, interfaces)
    types = sorted({interface.linktype for interface in used.values()})
    if len(types) > 1:
        raise SaveError(
            f"these packets have {len(types)} link types ({', '.join(map(str, types))}), and pcap"
            f" holds one; save them as .pcapng"
        )
    if any(not 0 <= packet.time < NANOSECONDS << 32 for packet in packets):
        raise SaveError("pcap has no room for these times; save them as .pcapng")
    return types[0] if types else 1


def pcap_header(link_type: int, units: int) -> bytes:
    """Return the file header for packets of this link type, with the largest snap length that it
    may have."""
    return file_header(link_type, units, max_captured(link_type))


# -- scapy code ----------------------------------------------------------------------------------


def code(packets: PacketsToWrite, interfaces: Sequence[Interface]) -> Iterator[bytes]:
    """Return the parts of a script that writes the packets to a pcap file; scapy is loaded for it.
    Raises SaveError."""
    check_code(len(packets), sum(len(packet.data) for packet in packets))
    link_type = pcap_link_type(packets, interfaces)
    from tcptui.capture.scapy_script import scapy_script

    return scapy_script(packets, link_type)


def check_code(number: int, size: int = 0) -> None:
    """Refuse more packets, or bytes of them, than are written as code. Raises SaveError."""
    if number > MOST_CODE or size > MOST_CODE_BYTES:
        raise SaveError(TOO_MUCH_CODE)


# -- pcapng --------------------------------------------------------------------------------------


def pcapng(packets: PacketsToWrite, interfaces: Sequence[Interface]) -> Iterator[bytes]:
    """Return the parts of a pcapng file with the interfaces that the packets need. Raises
    SaveError."""
    used = used_interfaces(packets, interfaces)
    if any(not 0 <= packet.time < 1 << 64 for packet in packets):
        raise SaveError("these times lie before 1970, which no format has room for")
    exact = all(packet.time % 1000 == 0 for packet in packets)
    units = {
        index: MICROSECONDS if exact and interface.units <= MICROSECONDS else NANOSECONDS
        for index, interface in used.items()
    }
    return pcapng_parts(packets, used, units)


def pcapng_parts(
    packets: PacketsToWrite, used: dict[int, Interface], units: dict[int, int]
) -> Iterator[bytes]:
    yield ng.section_block()
    numbers = {index: number for number, index in enumerate(used)}
    for index, interface in used.items():
        yield interface_block(interface, units[index])
    for packet in packets:
        yield packet_block(packet, numbers[packet.interface], units[packet.interface])


def interface_block(interface: Interface, units: int, offset: int = 0) -> bytes:
    """Return a description with all that the original said about itself.

    offset: seconds to add to each time stamp.
    """
    texts = (
        (ng.NAME, interface.name),
        (ng.DESCRIPTION, interface.description),
        (ng.SYSTEM, interface.system),
        (ng.HARDWARE, interface.hardware),
        (ng.COMMENT, interface.comment),
    )
    options = b"".join(ng.text_option(code, text) for code, text in texts if text)
    if interface.filter:
        options += ng.text_option(ng.FILTER, interface.filter, ng.TEXT_FILTER)
    return ng.interface_block(interface.linktype, interface.snaplen, units, options, offset)


def packet_block(packet: PacketToWrite, interface: int, units: int) -> bytes:
    """Return a packet with its comments, on the interface with this number in the file."""
    stamp = packet.time // (NANOSECONDS // units)
    comments = b"".join(ng.text_option(ng.COMMENT, text) for text in packet.comments if text)
    return ng.packet_block(interface, stamp, packet.original, packet.data, comments)


def used_interfaces(
    packets: PacketsToWrite, interfaces: Sequence[Interface]
) -> dict[int, Interface]:
    """Return the interfaces that packets name, in their order."""
    return {index: interfaces[index] for index in sorted({packet.interface for packet in packets})}
