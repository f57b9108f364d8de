"""pcapng: sections, interfaces, clocks, the blocks with packets and those without."""

import re
import struct
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tests.capture.builders import (
    block,
    interface,
    obsolete_packet,
    options,
    packet,
    section,
    simple_packet,
    statistics,
    write,
)
from tests.capture.reading import read, times

A, B = b"first packet", b"the second one!"
SECOND = 10**9
EPOCH = 1_700_000_000
STAMP = EPOCH * 1_000_000


@pytest.mark.parametrize("order", ["<", ">"])
def test_all_blocks_with_packets(tmp_path: Path, order: str) -> None:
    capture = [
        section(order),
        interface(order=order),
        packet(STAMP + 1, A, original=1500, order=order),
        simple_packet(B, order=order),
        obsolete_packet(STAMP + 2, B, order=order),
    ]
    found, source = read(write(tmp_path, "x", capture))
    assert times(found) == [EPOCH * SECOND + 1000, 0, EPOCH * SECOND + 2000]
    assert [row.data for row in found] == [A, B, B]
    assert [row.original for row in found] == [1500, 15, 15]
    assert source.format == "pcapng"


CLOCKS = [
    # if_tsresol, if_tsoffset, stamp, nanoseconds since the epoch
    (None, 0, STAMP, EPOCH * SECOND),
    (9, 0, EPOCH * SECOND + 7, EPOCH * SECOND + 7),
    (0, 0, EPOCH, EPOCH * SECOND),
    (3, 0, EPOCH * 1000 + 1, EPOCH * SECOND + 1_000_000),
    (12, 0, EPOCH * 10**12 // 1000 + 2999, EPOCH * SECOND // 1000 + 2),
    (0x80 | 20, 0, 5 << 20 | 1 << 19, 5_500_000_000),
    (0x80 | 30, 0, 3 << 30 | 1, 3_000_000_000),
    (0x80 | 127, 0, 1 << 63, 0),
    (127, 0, 1 << 63, 0),
    (6, -100, STAMP, (EPOCH - 100) * SECOND),
    (6, 100, 5_000_000, 105 * SECOND),
    (0x80 | 1, 100, 3, 101_500_000_000),
    (6, 1 << 62, STAMP, (1 << 63) - 2),
    (6, -(1 << 62), STAMP, -((1 << 63) - 1)),
    (6, 0, (1 << 64) - 5, -5000),
    (0, 0, 1 << 62, -((1 << 63) - 1)),
]


@pytest.mark.parametrize(("resolution", "offset", "stamp", "time"), CLOCKS)
def test_clocks(tmp_path: Path, resolution: int | None, offset: int, stamp: int, time: int) -> None:
    opts = [(14, struct.pack("<q", offset))]
    if resolution is not None:
        opts.append((9, bytes([resolution])))
    capture = [section(), interface(opts=options(*opts)), packet(stamp, A)]
    found, _ = read(write(tmp_path, "x", capture))
    assert times(found) == [time]


def test_interfaces_are_numbered_anew_in_each_section_and_keep_its_byte_order(
    tmp_path: Path,
) -> None:
    capture = [
        section(),
        interface(1),
        interface(113),
        packet(STAMP, A),
        packet(STAMP, B, interface=1),
        section(">"),
        interface(101, opts=options((9, b"\x09"), order=">"), order=">"),
        packet(EPOCH * SECOND, A, order=">"),
        interface(276, order=">"),
        packet(STAMP, B, interface=1, order=">"),
    ]
    found, source = read(write(tmp_path, "x", capture))
    assert [source.interfaces[row.interface].linktype for row in found] == [1, 113, 101, 276]
    assert set(times(found)) == {EPOCH * SECOND}


def test_what_files_say_of_themselves(tmp_path: Path) -> None:
    about = options((1, b"why\x1b[31m"), (2, b"box"), (3, b"Linux"), (4, b"dumpcap\xff"))
    link = options(
        (1, b"note"), (2, b"eth0\0"), (3, b"uplink"), (11, b"\0tcp"), (12, b"L"), (15, b"e")
    )
    capture = [
        section(opts=about),
        interface(opts=link),
        packet(STAMP, A, opts=options((1, b"look here"))),
        statistics(0, options((4, struct.pack("<Q", 9)), (5, struct.pack("<Q", 3)))),
        statistics(0, options((5, struct.pack("<Q", 3)), (7, struct.pack("<Q", 4)))),
    ]
    found, source = read(write(tmp_path, "x", capture))
    (one,) = source.interfaces
    assert source.notes == [
        "comment: why\x1b[31m", "hardware: box", "system: Linux", "application: dumpcap\ufffd",
    ]  # fmt: skip
    assert (one.comment, one.name, one.description) == ("note", "eth0", "uplink")
    assert (one.filter, one.system, one.hardware) == ("tcp", "L", "e")
    assert source.comments == {found[0].position: "look here"}
    assert source.dropped == 7


def test_no_statistics_is_not_no_drops(tmp_path: Path) -> None:
    _, source = read(write(tmp_path, "x", [section(), interface(), packet(STAMP, A)]))
    assert source.dropped is None


@pytest.mark.parametrize("size", [0, 5, 100, 70_000, 3 << 20, 20 << 20])
def test_unknown_blocks_are_skipped_whatever_their_size(tmp_path: Path, size: int) -> None:
    capture = [
        section(), interface(), packet(STAMP, A), block(0x7777, bytes(size)), packet(STAMP, B),
    ]  # fmt: skip
    found, source = read(write(tmp_path, "x", capture))
    assert [row.data for row in found] == [A, B]
    assert source.warnings == []


def test_custom_blocks_and_journal_entries_are_frames(tmp_path: Path) -> None:
    entry = b"__REALTIME_TIMESTAMP=1700000000000001\nMESSAGE=hello\n"
    capture = [
        section(), interface(), packet(STAMP, A),
        block(0xBAD, b"\0\0\x7e\xd9data"), block(0x40000BAD, b"\0\0\x7e\xd9"), block(9, entry),
        packet(STAMP, B),
    ]  # fmt: skip
    found, source = read(write(tmp_path, "x", capture))
    assert [source.interfaces[row.interface].linktype for row in found] == [
        1, 0x10000, 0x10000, 0x10000, 1,
    ]  # fmt: skip
    assert times(found)[3] == EPOCH * SECOND + 1000


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        (b"9223372036854775", 9_223_372_036_854_775_000),
        (b"9223372036854776", (1 << 63) - 2),
        (b"9" * 16, (1 << 63) - 2),
        (b"9" * 17, 0),
        (b"-1", 0),
        (b"", 0),
    ],
)
def test_the_time_of_a_journal_entry(tmp_path: Path, stamp: bytes, time: int) -> None:
    entry = b"__REALTIME_TIMESTAMP=" + stamp + b"\nMESSAGE=hello\n"
    found, _ = read(write(tmp_path, "x", [section(), interface(), block(9, entry)]))
    assert times(found) == [time]


def test_a_simple_packet_is_cut_at_the_snap_length(tmp_path: Path) -> None:
    capture = [section(), interface(snaplen=8), simple_packet(A[:8], original=60)]
    found, _ = read(write(tmp_path, "x", capture))
    assert (found[0].captured, found[0].original, found[0].data) == (8, 60, A[:8])


def test_a_length_without_the_padding_is_understood(tmp_path: Path) -> None:
    odd = packet(STAMP, B[:13])
    length = struct.pack("<I", 32 + 13)
    odd = odd[:4] + length + odd[8:-4] + length
    found, _ = read(write(tmp_path, "x", [section(), interface(), odd, packet(STAMP, A)]))
    assert [row.data for row in found] == [B[:13], A]


GOOD = [section(), interface(), packet(STAMP, A)]

DAMAGES = [
    (packet(STAMP, B, interface=3), "a packet of interface 3"),
    (obsolete_packet(STAMP, B, interface=3), "a packet of interface 3"),
    (packet(STAMP, B, captured=100), "a packet of 100 bytes in a block of 48"),
    (
        packet(STAMP, B, captured=0xFFFFFFF0),
        "a packet of 4294967280 bytes, but at most 262144 are possible",
    ),
    (packet(STAMP, B)[:-4] + b"\4\0\0\0", "the two lengths of a block do not agree"),
    (struct.pack("<III", 6, 8, 8), "a block of type 6 claims 8 bytes"),
    (struct.pack("<III", 0x7777, 0, 0), "a block of type 30583 claims 0 bytes"),
    (struct.pack("<III", 0x7777, 20, 0) + bytes(8), "the two lengths of a block do not agree"),
    (struct.pack("<II", 5, 1 << 31) + bytes(40), "a block of 2147483648 bytes"),
    (struct.pack("<II", 0x7777, 1 << 31) + bytes(40), "the file ends in the middle of a packet"),
    (section() + packet(STAMP, A), "a packet of interface 0"),
    (section() + simple_packet(A), "a packet comes before the description of any interface"),
    (section(version=(2, 0)), "pcapng version 2.0 is not supported"),
    (block(0x0A0D0D0A, bytes(16)), "a section header has no byte-order magic"),
    (packet(STAMP, B, opts=b"\1\0\0\4abcd"), "an option claims 1024 bytes where 4 are left"),
    (interface(opts=b"\2\0\0\4abcd"), "an option claims 1024 bytes where 4 are left"),
    (simple_packet(B, original=99), "a packet of 99 bytes in a block of 32"),
]


@pytest.mark.parametrize(("damage", "what"), DAMAGES)
def test_what_stands_before_the_damage_is_read(tmp_path: Path, damage: bytes, what: str) -> None:
    path = write(tmp_path, "x", [*GOOD, damage, packet(STAMP, A)])
    found, source = read(path)
    assert [row.data for row in found] == [A]
    (warning,) = source.warnings
    assert what in warning
    place = re.search(r"byte (\d+), packet 2", warning)
    assert place
    assert sum(map(len, GOOD)) <= int(place[1]) <= Path(path).stat().st_size


def test_damage_before_the_first_packet_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="byte 28, packet 1: a packet of interface 0"):
        read(write(tmp_path, "x", [section(), packet(STAMP, A)]))
