"""A framer, the base of all capture formats, finds the records in chunks of a file's bytes.

Nothing here is allocated per packet.
"""

from typing import Final

from librt.strings import read_i16_be, read_i16_le, read_i32_be, read_i32_le
from mypy_extensions import i64

from tcptui.engine.interface_names import InterfaceName
from tcptui.engine.records import Records

NANOSECONDS: Final = 1_000_000_000
MAX_TIME: Final = (1 << 63) - 1

MAX_ORIGINAL: Final = (1 << 31) - 1
"""Longest packet on the wire, in bytes; a larger length is read as this one, as Wireshark does."""

MAX_CAPTURED: Final = 262_144
"""Longest captured packet that is accepted (Wireshark's WTAP_MAX_PACKET_SIZE_STANDARD)."""

MAX_CAPTURED_OF_LINKTYPE: Final = {231: 1 << 27, 249: 1 << 27, 279: 1 << 23}
"""D-Bus, USBPcap and EBHSCR have longer packets (wtap_max_snaplen_for_encap)."""


class Interface:
    """An interface that packets were captured on; texts are as in the file, control characters
    too."""

    def __init__(self, file: int, linktype: int, snaplen: int) -> None:
        self.file: int = file
        self.linktype: int = linktype
        self.snaplen: int = snaplen
        self.units: int = 1_000_000  # time stamp units in a second (if_tsresol)
        self.offset: int = 0  # seconds to add to each time stamp (if_tsoffset)
        self.number: int = -1  # in its section, as packets name it; other formats have none
        self.name: str = ""
        self.description: str = ""
        self.filter: str = ""
        self.hardware: str = ""
        self.system: str = ""
        self.comment: str = ""
        self.dropped: int | None = None  # packets, by the last interface statistics

    def in_engine(self) -> InterfaceName:
        """Return what the engine keeps of it."""
        return InterfaceName(self.number, self.name, self.description)


class Framer:
    """Finds the records of one capture file in the chunks of its bytes."""

    def __init__(self, file: int, interfaces: list[Interface]) -> None:
        self.file: int = file
        self.interfaces: list[Interface] = interfaces  # of the whole source; framers append
        self.format: str = ""
        self.notes: list[str] = []  # hardware, system, application, comments of the file
        self.comments: dict[int, str] = {}  # of packets, by position
        self.owner_comments: list[tuple[int, str]] = []  # that may tell processes, by position
        self.hosts: dict[bytes, bytes] = {}  # names that the file has of addresses
        self.need: i64 = 0  # bytes wanted from the place where the last call stopped
        self.damage: str = ""  # what is wrong at that place; nothing more can be read then

    def take_owner_comments(self) -> list[tuple[int, str]]:
        """Return the comments that may tell processes since the last call."""
        taken = self.owner_comments
        self.owner_comments = []
        return taken

    def frame(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        """Fill `records` from `chunk[start:]`; returns where the next record begins.

        base: the position of the chunk's first byte. Stops at a full batch, at a record that
        the chunk does not hold completely (then `need` says how many bytes it takes at least)
        or at damage. The place may lie behind the chunk's end: what is between is skipped.
        """
        raise NotImplementedError


def max_captured(linktype: int) -> int:
    """Return the longest packet of this link type that is accepted, in bytes."""
    return MAX_CAPTURED_OF_LINKTYPE.get(linktype, MAX_CAPTURED)


def u16(chunk: bytes, at: i64, big: bool) -> i64:
    """Return the unsigned 16 bits at `at`, in either byte order."""
    return i64(read_i16_be(chunk, at) if big else read_i16_le(chunk, at)) & 0xFFFF


def u32(chunk: bytes, at: i64, big: bool) -> i64:
    """Return the unsigned 32 bits at `at`, in either byte order."""
    return i64(read_i32_be(chunk, at) if big else read_i32_le(chunk, at)) & 0xFFFFFFFF
