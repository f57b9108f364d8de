"""Tells the format of a capture file by its first bytes."""

from collections.abc import Iterator

from tcptui.capture.errors import CaptureError, Damage
from tcptui.capture.formats import netmon, snoop
from tcptui.capture.formats.framer import Framer, Interface
from tcptui.capture.formats.pcap import PcapFramer, is_pcap
from tcptui.capture.formats.pcapng import MAGIC as PCAPNG_MAGIC
from tcptui.capture.formats.pcapng import PcapngFramer

MAGIC_LENGTH = 8
PCAP_MAGIC_LENGTH = 4

CONVERT = "convert it with: editcap -F pcapng IN OUT"
NAMES = "name a pcap or pcapng file"

LONGEST_TO_GATHER = 1 << 27
"""Most bytes of a Network Monitor file that are held in memory at once; larger files are read in
order."""

OTHERS: dict[bytes, tuple[str, str]] = {
    b"XCP\0": ("a Sniffer file", CONVERT),
    b"TRSNIFF": ("a Sniffer file", CONVERT),
    b"BZh": ("bzip2 data", "decompress it first with: bunzip2"),
    b"PK\x03\x04": ("a zip archive", "unpack it first"),
    b"7z\xbc\xaf\x27\x1c": ("a 7-Zip archive", "unpack it first"),
    b"\x0a\x0a\x0a\x1c": ("a pcapng file with its line ends rewritten", "copy it again, in binary"),
}
"""Files that people try to open, by their first bytes: what it is, and what to do."""


def framer(head: bytes, file: int, interfaces: list[Interface], where: str) -> Framer:
    """Return the framer of a file that begins with `head` (8 bytes or more, or all there is)."""
    if head[:4] == PCAPNG_MAGIC:
        return PcapngFramer(file, interfaces)
    if len(head) >= PCAP_MAGIC_LENGTH and is_pcap(head):
        return PcapFramer(file, interfaces)
    if head.startswith(snoop.MAGIC):
        return snoop.SnoopFramer(file, interfaces)
    if head.startswith(netmon.MAGICS):
        return netmon.NetmonFramer(file, interfaces)
    raise not_a_capture(head, where)


def with_table(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the blocks with those of a Network Monitor file joined up to the end of its frame
    table."""
    held = bytearray()
    try:
        for block in blocks:
            held += block
            if len(held) >= wanted(held):
                break
    except Damage:
        if held:
            yield bytes(held)
        raise
    together = wanted(held) or len(held)
    for part in (held[:together], held[together:]):
        if part:
            yield bytes(part)
    yield from blocks


def wanted(held: bytearray) -> int:
    """Return how many bytes of a file must be read together, or 0 where it does not matter."""
    if not held.startswith(netmon.MAGICS):
        return 0
    if len(held) < netmon.TABLE_FIELDS:
        return netmon.TABLE_FIELDS
    end = netmon.table_end(bytes(held[: netmon.TABLE_FIELDS]))
    return end if end <= LONGEST_TO_GATHER else 0


def not_a_capture(head: bytes, where: str) -> CaptureError:
    """Return the error that says what the file seems to be instead."""
    if not head:
        return CaptureError("the file is empty", where, "capture again, or " + NAMES)
    for magic, (what, what_to_do) in OTHERS.items():
        if head.startswith(magic):
            return CaptureError(
                f"this is not a pcap or pcapng capture but {what}", where, what_to_do
            )
    if not any(head[:MAGIC_LENGTH]):
        return CaptureError("this is not a capture: it begins with zeros", where, NAMES)
    kind = "text" if all(32 <= b < 127 or b in b"\t\r\n" for b in head[:64]) else "unknown"
    return CaptureError(
        f"this is not a capture ({kind} content, byte 0: {head[:4].hex(' ')})", where, NAMES
    )
