"""Tells the format of a capture file by its first bytes."""

from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.capture.errors import CaptureError
from tcptui.capture.formats import netmon, pcap, pcapng, snoop
from tcptui.capture.formats.framer import Framer, Interface

MAGIC_LENGTH = 8
HEAD_LENGTH: Final = 128
"""Bytes of a file's beginning that may tell how much of it belongs together."""

CONVERT = "convert it with: editcap -F pcapng IN OUT"
NAMES = "name a pcap or pcapng file"


def nothing_together(head: bytes) -> int:
    """Return 0: most files can be framed whatever their blocks are."""
    return 0


class CaptureFormat(NamedTuple):
    """One format is one row."""

    magics: tuple[bytes, ...]
    """What its files begin with, at most MAGIC_LENGTH bytes each."""
    endings: tuple[str, ...]
    """How their names end, for who looks for captures in a folder."""
    framer: Callable[[int, list[Interface]], Framer]
    """Makes what finds the records; it is told the number of the file in the source, and the
    source's interfaces, to which it adds the file's."""
    together: Callable[[bytes], int] = nothing_together
    """How many bytes must be framed together, by the first ones of a file; more bytes may tell
    more. 0 where it does not matter."""


FORMATS: Final = (
    CaptureFormat((pcapng.MAGIC,), (".pcapng",), pcapng.PcapngFramer),
    CaptureFormat(pcap.MAGICS, (".pcap", ".cap", ".dmp"), pcap.PcapFramer),
    CaptureFormat((snoop.MAGIC,), (".snoop",), snoop.SnoopFramer),
    CaptureFormat(netmon.MAGICS, (".cap",), netmon.NetmonFramer, netmon.together),
)

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
    found = format_of(head)
    if found is None:
        raise not_a_capture(head, where)
    return found.framer(file, interfaces)


def format_of(head: bytes) -> CaptureFormat | None:
    """Return the format of a file that begins like this."""
    for one in FORMATS:
        if head.startswith(one.magics):
            return one
    return None


def together(head: bytes) -> int:
    """Return how many bytes of a file that begins like this must be framed together."""
    found = format_of(head)
    return found.together(head[:HEAD_LENGTH]) if found else 0


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
