"""Reads pcapng: sections, interfaces, and the blocks that hold packets.

Formats are those of draft-ietf-opsawg-pcapng; what is damage, and what is read in spite of it,
follows Wireshark's wiretap/pcapng.c. Compiled.
"""

from typing import Final, Literal

from librt.vecs import append, vec
from mypy_extensions import i64

from tcptui.capture.formats.framer import (
    MAX_ORIGINAL,
    MAX_TIME,
    NANOSECONDS,
    Framer,
    Interface,
    max_captured,
    u16,
    u32,
)
from tcptui.engine.names.owner_comment import may_tell_owner
from tcptui.engine.records import Records

MAGIC: Final[bytes] = b"\n\r\r\n"
BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D

SECTION: Final = 0x0A0D0D0A
INTERFACE: Final = 1
OBSOLETE_PACKET: Final = 2
SIMPLE_PACKET: Final = 3
NAME_RESOLUTION: Final = 4
STATISTICS: Final = 5
ENHANCED_PACKET: Final = 6
JOURNAL: Final = 9
CUSTOM: Final = 0x00000BAD
CUSTOM_NOT_COPIED: Final = 0x40000BAD

MINIMUM: Final = {
    SECTION: 28,
    INTERFACE: 20,
    OBSOLETE_PACKET: 32,
    SIMPLE_PACKET: 16,
    NAME_RESOLUTION: 12,
    STATISTICS: 24,
    ENHANCED_PACKET: 32,
    JOURNAL: 12,
    CUSTOM: 16,
    CUSTOM_NOT_COPIED: 16,
}
"""Shortest length of each kind of block that is read; others are skipped."""

SKIPPED: Final = 0
SMALLEST: Final = 12
UNEQUAL: Final = "the two lengths of a block do not agree"
MAX_EXTRA: Final = 1 << 24
"""Most bytes that a block may have besides its packet (Wireshark's MAX_BLOCK_SIZE)."""

PACKET_DATA: Final = 28
"""Where the packet begins in an enhanced (and an obsolete) packet block."""

NOT_A_PACKET: Final = 0x10000
"""Link type of journal entries and custom blocks: frames for Wireshark, but no packets."""

OPT_END: Final = 0
OPT_COMMENT: Final = 1
MAX_COMMENTS: Final = 10_000
LONGEST_COMMENT: Final = 1 << 12
"""Characters of all comments on one packet behind which no further one is kept."""
MAX_OWNER_COMMENTS: Final = 1 << 14
"""Four for each packet of a batch; where nobody takes them there are no more."""
MOST_OF_OWNER: Final = 1 << 10
"""Bytes that are kept of each."""
MAX_HOSTS: Final = 100_000
LONGEST_NAME_RESOLUTION: Final = 1 << 20
"""Bytes of a block with names; a longer one is skipped."""
ADDRESS_SIZES: Final = {1: 4, 2: 16}
"""Bytes of the address in a record of a name resolution block, by the record's type."""


class PcapngFramer(Framer):
    """Finds the records of a pcapng file."""

    def __init__(self, file: int, interfaces: list[Interface]) -> None:
        super().__init__(file, interfaces)
        self.need = SMALLEST
        self.format = "pcapng"
        self.big: bool = False
        self.trailer: i64 = 0  # length that must end the block that was skipped
        self.other: i64 = -1  # interface of what is not a packet
        self.enter_section()

    def enter_section(self) -> None:
        """Begin a section, in which interfaces are numbered anew: these columns have an entry for
        each."""
        self.index: vec[i64] = vec[i64]()  # in the source's list
        self.limit: vec[i64] = vec[i64]()  # longest packet, bytes
        self.unit: vec[i64] = vec[i64]()  # ns for each time stamp unit
        self.shift: vec[i64] = vec[i64]()  # ns to add
        self.simple: vec[i64] = vec[i64]()  # largest time stamp that these two are good for

    def frame(self, chunk: bytes, start: i64, base: i64, records: Records) -> i64:
        records.count = 0
        at = start
        while records.count < records.room:
            following = self.read_block(chunk, at, base, records)
            if following == at:
                break
            at = following
        return at

    def read_block(self, chunk: bytes, at: i64, base: i64, records: Records) -> i64:
        """Read the block at `at`; return where the next one begins, or `at` if that fails."""
        left = i64(len(chunk)) - at
        if self.trailer:
            return self.end_skipped_block(chunk, at, left)
        if left < SMALLEST:
            self.need = SMALLEST
            return at
        kind = u32(chunk, at, self.big)
        if kind == SECTION and not self.read_byte_order(chunk, at):
            return at
        stated = u32(chunk, at + 4, self.big)
        least: i64 = 32 if kind == ENHANCED_PACKET else MINIMUM.get(kind, SKIPPED)
        if stated < least or stated < SMALLEST:
            self.damage = f"a block of type {kind} claims {stated} bytes, too few for its contents"
            return at
        length = stated + 3 & ~3
        if least == SKIPPED or (kind == NAME_RESOLUTION and length > LONGEST_NAME_RESOLUTION):
            self.trailer = stated
            return at + length - 4
        self.need = min(length, PACKET_DATA)
        if left < self.need or not self.is_believable(chunk, at, kind, length):
            return at
        self.need = length
        if left < length:
            return at
        if u32(chunk, at + length - 4, self.big) != stated:
            self.damage = UNEQUAL
            return at
        if kind == ENHANCED_PACKET:
            self.read_packet(chunk, at, length, base, records)
        else:
            self.read_other(chunk, at, kind, length, base, records)
        return at if self.damage else at + length

    def end_skipped_block(self, chunk: bytes, at: i64, left: i64) -> i64:
        """Check the length at the end of a block that was skipped; nothing else is left of it."""
        if left < 4:
            self.need = 4
        elif u32(chunk, at, self.big) != self.trailer:
            self.damage = UNEQUAL
        else:
            self.trailer = 0
            return at + 4
        return at

    def read_byte_order(self, chunk: bytes, at: i64) -> bool:
        """Read the byte order of the section that begins here."""
        if u32(chunk, at + 8, False) == BYTE_ORDER_MAGIC:
            self.big = False
        elif u32(chunk, at + 8, True) == BYTE_ORDER_MAGIC:
            self.big = True
        else:
            self.damage = "a section header has no byte-order magic"
            return False
        return True

    def is_believable(self, chunk: bytes, at: i64, kind: i64, length: i64) -> bool:
        """Return whether a block can be as long as it says, by its first 28 bytes; if not, note the
        damage.

        This is checked before the block's end is, so that the verdict does not depend on how much
        of it is there.
        """
        captured: i64 = 0
        if kind in (ENHANCED_PACKET, OBSOLETE_PACKET):
            captured = u32(chunk, at + 20, self.big)
            if not self.is_packet_sound(self.interface_of(chunk, at, kind), captured, length):
                return False
        if length - captured > MAX_EXTRA:
            self.damage = f"a block of {length} bytes, which is impossibly long"
            return False
        return True

    def interface_of(self, chunk: bytes, at: i64, kind: i64) -> i64:
        """Return the section's number of the interface that took this packet."""
        if kind == OBSOLETE_PACKET:
            return u16(chunk, at + 8, self.big)
        return u32(chunk, at + 8, self.big)

    def is_packet_sound(self, local: i64, captured: i64, length: i64) -> bool:
        """Return whether a packet's interface and length are possible; if not, note the damage."""
        if local >= i64(len(self.index)):
            self.damage = f"a packet of interface {local}, which no block before it describes"
        elif captured > self.limit[local]:
            self.damage = (
                f"a packet of {captured} bytes, but at most {self.limit[local]} are possible"
            )
        elif captured > length - PACKET_DATA - 4:
            self.damage = f"a packet of {captured} bytes in a block of {length}"
        else:
            return True
        return False

    def read_packet(self, chunk: bytes, at: i64, length: i64, base: i64, records: Records) -> None:
        """Read an enhanced packet block."""
        local = u32(chunk, at + 8, self.big)
        captured = u32(chunk, at + 20, self.big)
        data = at + PACKET_DATA
        options = data + (captured + 3 & ~3)
        if options < at + length - 4 and not self.check_options(
            chunk, options, at + length - 4, base + data
        ):
            return
        time = self.time(local, u32(chunk, at + 12, self.big), u32(chunk, at + 16, self.big))
        original = u32(chunk, at + 24, self.big)
        self.add(records, time, base, data, captured, original, self.index[local])

    def add(
        self,
        records: Records,
        time: i64,
        base: i64,
        data: i64,
        captured: i64,
        original: i64,
        interface: i64,
    ) -> None:
        """Append a record."""
        count = records.count
        records.time[count] = time
        records.position[count] = base + data
        records.offset[count] = data
        records.captured[count] = captured
        records.original[count] = max(captured, min(original, MAX_ORIGINAL))
        records.interface[count] = interface
        records.count = count + 1

    def time(self, local: i64, high: i64, low: i64) -> i64:
        """Return a time stamp in ns since the epoch, or the nearest time that fits into 64 bits."""
        if high < 0x80000000:
            stamp = high << 32 | low
            if stamp <= self.simple[local]:
                return stamp * self.unit[local] + self.shift[local]
        return self.unusual_time(self.interfaces[self.index[local]], high, low)

    def unusual_time(self, interface: Interface, high: int, low: int) -> i64:
        """Return a time stamp like `time`, but in unbounded numbers: for binary fractions and
        far-off times.

        A stamp too late for 64 bits of ns (2262) is taken as a negative one.
        """
        shift = interface.offset * NANOSECONDS
        stamp = (high << 32) + low
        time = stamp * NANOSECONDS // interface.units + shift
        if time >= MAX_TIME:
            time = (stamp - (1 << 64)) * NANOSECONDS // interface.units + shift
        return max(-MAX_TIME, min(time, MAX_TIME - 1))

    # -- blocks that are rare ------------------------------------------------------------------

    def read_other(
        self, chunk: bytes, at: i64, kind: i64, length: i64, base: i64, records: Records
    ) -> None:
        """Read any kind of block other than the enhanced packet block."""
        if kind == SECTION:
            self.read_section(chunk, at, length)
        elif kind == INTERFACE:
            self.read_interface(chunk, at, length)
        elif kind == STATISTICS:
            self.read_statistics(chunk, at, length)
        elif kind == NAME_RESOLUTION:
            self.read_resolution(chunk, at + 8, at + length - 4)
        elif kind == SIMPLE_PACKET:
            self.read_simple_packet(chunk, at, length, base, records)
        elif kind == OBSOLETE_PACKET:
            self.read_obsolete_packet(chunk, at, base, records)
        else:
            self.read_no_packet(chunk, at, kind, length, base, records)

    def read_section(self, chunk: bytes, at: i64, length: i64) -> None:
        major, minor = u16(chunk, at + 12, self.big), u16(chunk, at + 14, self.big)
        if major != 1 or (minor != 0 and minor != 2):
            self.damage = f"pcapng version {major}.{minor} is not supported"
            return
        self.enter_section()
        for code, value in self.options(chunk, at + 24, at + length - 4):
            if code in SECTION_NOTES:
                self.notes.append(f"{SECTION_NOTES[code]}: {text(value)}")

    def read_interface(self, chunk: bytes, at: i64, length: i64) -> None:
        linktype = u16(chunk, at + 8, self.big)
        interface = Interface(self.file, linktype, u32(chunk, at + 12, self.big))
        interface.number = len(self.index)
        for code, value in self.options(chunk, at + 16, at + length - 4):
            self.set_option(interface, code, value)
        self.index = append(self.index, i64(len(self.interfaces)))
        self.limit = append(self.limit, i64(max_captured(linktype)))
        self.set_clock(interface)
        self.interfaces.append(interface)

    def set_option(self, interface: Interface, code: int, value: bytes) -> None:
        """Store one option of an interface description."""
        if code == OPT_COMMENT:
            interface.comment = text(value)
        elif code == 2:
            interface.name = text(value)
        elif code == 3:
            interface.description = text(value)
        elif code == 9 and len(value) == 1:
            interface.units = units(value[0])
        elif code == 11:
            interface.filter = text(value[1:])
        elif code == 12:
            interface.system = text(value)
        elif code == 14 and len(value) == 8:
            interface.offset = int.from_bytes(value, self.byte_order(), signed=True)
        elif code == 15:
            interface.hardware = text(value)

    def set_clock(self, interface: Interface) -> None:
        """Prepare the fast conversion of time stamps to ns, where it is exact and in range."""
        shift = interface.offset * NANOSECONDS
        unit = NANOSECONDS // interface.units
        exact = unit * interface.units == NANOSECONDS and abs(shift) < MAX_TIME // 2
        self.unit = append(self.unit, i64(unit))
        self.shift = append(self.shift, i64(shift if exact else 0))
        self.simple = append(self.simple, i64(MAX_TIME // 2 // unit if exact else -1))

    def read_statistics(self, chunk: bytes, at: i64, length: i64) -> None:
        local = u32(chunk, at + 8, self.big)
        dropped: int | None = None
        for code, value in self.options(chunk, at + 20, at + length - 4):
            if code in (5, 7) and len(value) == 8:  # by the interface, by the operating system
                dropped = (dropped or 0) + int.from_bytes(value, self.byte_order())
        if dropped is not None and local < i64(len(self.index)):
            self.interfaces[self.index[local]].dropped = dropped

    def read_resolution(self, chunk: bytes, at: i64, end: i64) -> None:
        """Read the names of addresses, the first of each, as far as the block makes sense."""
        while end - at >= 4:
            size = u16(chunk, at + 2, self.big)
            width: i64 = ADDRESS_SIZES.get(u16(chunk, at, self.big), 0)
            if size == 0 or size > end - at - 4:
                return
            if 0 < width < size and len(self.hosts) < MAX_HOSTS:
                name = chunk[at + 4 + width : at + 4 + size].partition(b"\0")[0]
                if len(name) > 0:
                    self.hosts.setdefault(chunk[at + 4 : at + 4 + width], name)
            at += 4 + (size + 3 & ~3)

    def read_simple_packet(
        self, chunk: bytes, at: i64, length: i64, base: i64, records: Records
    ) -> None:
        """Read a packet of the first interface, which has no time stamp."""
        if not len(self.index):
            self.damage = "a packet comes before the description of any interface"
            return
        original = u32(chunk, at + 8, self.big)
        snaplen: i64 = self.interfaces[self.index[0]].snaplen
        captured = min(original, snaplen) if snaplen else original
        if captured > self.limit[0] or length != 16 + (captured + 3 & ~3):
            self.damage = f"a packet of {captured} bytes in a block of {length}"
            return
        self.add(records, 0, base, at + 12, captured, original, self.index[0])

    def read_obsolete_packet(self, chunk: bytes, at: i64, base: i64, records: Records) -> None:
        local = u16(chunk, at + 8, self.big)
        captured = u32(chunk, at + 20, self.big)
        time = self.time(local, u32(chunk, at + 12, self.big), u32(chunk, at + 16, self.big))
        original = u32(chunk, at + 24, self.big)
        data = at + PACKET_DATA
        self.add(records, time, base, data, captured, original, self.index[local])

    def read_no_packet(
        self, chunk: bytes, at: i64, kind: i64, length: i64, base: i64, records: Records
    ) -> None:
        """Read a journal entry or a custom block: Wireshark counts it as a frame, so it is one."""
        if self.other < 0:
            self.other = len(self.interfaces)
            self.interfaces.append(Interface(self.file, NOT_A_PACKET, 0))
        data = at + (8 if kind == JOURNAL else 12)
        size = at + length - 4 - data
        time: i64 = 0
        if kind == JOURNAL:
            time = journal_time(chunk[data : data + size])
        self.add(records, time, base, data, size, size, self.other)

    # -- options -------------------------------------------------------------------------------

    def byte_order(self) -> Literal["big", "little"]:
        return "big" if self.big else "little"

    def options(self, chunk: bytes, at: i64, end: i64) -> list[tuple[int, bytes]]:
        """Yield the code and value of each option between these offsets; note the damage where one
        is cut."""
        found: list[tuple[int, bytes]] = []
        while end - at >= 4:
            code, size = u16(chunk, at, self.big), u16(chunk, at + 2, self.big)
            if code == OPT_END:
                break
            at += 4
            if size > end - at:
                self.damage = f"an option claims {size} bytes where {end - at} are left"
                break
            found.append((code, chunk[at : at + size]))
            at += size + 3 & ~3
        return found

    def check_options(self, chunk: bytes, at: i64, end: i64, position: i64) -> bool:
        """Walk over a packet's options and keep its comment; note the damage where one is cut."""
        while end - at >= 4:
            code, size = u16(chunk, at, self.big), u16(chunk, at + 2, self.big)
            if code == OPT_END:
                break
            at += 4
            if size > end - at:
                self.damage = f"an option claims {size} bytes where {end - at} are left"
                return False
            if code == OPT_COMMENT:
                self.keep_comment(chunk[at : at + size], position)
            at += size + 3 & ~3
        return True

    def keep_comment(self, comment: bytes, position: i64) -> None:
        """Keep a comment on a packet; several are one, each behind a line end."""
        before = self.comments.get(position)
        if before is None:
            if len(self.comments) < MAX_COMMENTS:
                self.comments[position] = text(comment)
        elif len(before) < LONGEST_COMMENT:
            self.comments[position] = f"{before}\n{text(comment)}"
        if len(self.owner_comments) < MAX_OWNER_COMMENTS and may_tell_owner(comment):
            self.owner_comments.append((position, text(comment[:MOST_OF_OWNER])))


SECTION_NOTES: Final = {1: "comment", 2: "hardware", 3: "system", 4: "application"}
"""The options of a section header that are kept."""


def text(value: bytes) -> str:
    """Return an option's text as it is in the file; it may hold control characters."""
    return value.rstrip(b"\0").decode("utf-8", "replace")


POWERS_OF_TEN: Final = [10**exponent for exponent in range(128)]


def units(resolution: int) -> int:
    """Return the time stamp units in a second, from if_tsresol: a power of ten, or of two with bit
    7."""
    exponent = resolution & 0x7F
    return 1 << exponent if resolution & 0x80 else POWERS_OF_TEN[exponent]


def journal_time(entry: bytes) -> int:
    """Return the time of a journal entry in ns since the epoch: at most the latest that fits, 0 if
    it has none."""
    _, found, rest = entry.partition(b"__REALTIME_TIMESTAMP=")
    digits = rest.split(b"\n")[0]
    if not found or not digits.isdigit() or len(digits) > 16:
        return 0
    return min(int(digits) * 1000, MAX_TIME - 1)
