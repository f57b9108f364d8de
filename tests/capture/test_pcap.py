"""Classic pcap, in all its variants."""

from contextlib import closing
from pathlib import Path

import pytest

from tcptui.capture.input import BlockSizes
from tcptui.capture.source import open_source
from tests.capture.builders import MODIFIED, NANOSECONDS, pcap, record, write
from tests.capture.reading import read, refusal_of, times

A, B = b"first packet", b"the second one"
SECOND = 10**9


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "unit", "name"),
    [(0xA1B2C3D4, 1000, "pcap"), (NANOSECONDS, 1, "pcap (nanosecond)")],
)
def test_time_stamps_and_byte_orders(
    tmp_path: Path, order: str, magic: int, unit: int, name: str
) -> None:
    capture = pcap(record(7, 5, A, order=order), record(9, 6, B, order=order),
                   order=order, magic=magic, linktype=101, snaplen=96)  # fmt: skip
    found, source = read(write(tmp_path, "x", capture))
    assert times(found) == [7 * SECOND + 5 * unit, 9 * SECOND + 6 * unit]
    assert [row.data for row in found] == [A, B]
    assert [row.position for row in found] == [40, 40 + len(A) + 16]
    assert source.format == name
    (interface,) = source.interfaces
    assert (interface.linktype, interface.snaplen, interface.units) == (101, 96, SECOND // unit)


def test_times_of_the_unsigned_range_and_whole_seconds_in_the_fraction(tmp_path: Path) -> None:
    capture = pcap(record(2**32 - 1, 999_999, A), record(5, 1_000_000, A))
    found, _ = read(write(tmp_path, "x", capture))
    assert times(found) == [(2**32 - 1) * SECOND + 999_999_000, 6 * SECOND]


def test_the_wire_length_is_never_less_than_the_captured_one(tmp_path: Path) -> None:
    capture = pcap(record(1, 0, A, original=900), record(1, 0, A, original=3),
                   record(1, 0, A, original=2**32 - 1))  # fmt: skip
    found, _ = read(write(tmp_path, "x", capture))
    assert [(row.captured, row.original) for row in found] == [
        (12, 900), (12, 12), (12, 2**31 - 1),
    ]  # fmt: skip


def test_modified_pcap_has_eight_more_bytes_in_each_record(tmp_path: Path) -> None:
    capture = pcap(record(1, 2, A, extra=bytes(8)), record(3, 4, B, extra=bytes(8)), magic=MODIFIED)
    found, source = read(write(tmp_path, "x", capture))
    assert [row.data for row in found] == [A, B]
    assert source.format == "pcap (modified)"


@pytest.mark.parametrize(
    ("version", "lengths"),
    [
        ((2, 2), [(12, 99), (12, 12)]),
        ((2, 3), [(12, 99), (12, 12)]),
        ((2, 4), [(12, 99), (12, 12)]),
    ],
)
def test_old_versions_have_the_lengths_the_other_way_round(
    tmp_path: Path, version: tuple[int, int], lengths: list[tuple[int, int]]
) -> None:
    first = record(1, 0, A, original=99)
    if version < (2, 4):
        first = first[:8] + first[12:16] + first[8:12] + A
    found, _ = read(write(tmp_path, "x", pcap(first, record(1, 0, A), version=version)))
    assert [(row.captured, row.original) for row in found] == lengths


@pytest.mark.parametrize(("network", "linktype"), [(6, 1), (9, 6), (15, 10), (24, 0)])
def test_aix_writes_interface_types_and_nanoseconds(
    tmp_path: Path, network: int, linktype: int
) -> None:
    capture = pcap(record(1, 2, A), version=(2, 2), linktype=network)
    found, source = read(write(tmp_path, "x", capture))
    assert times(found) == [SECOND + 2]
    assert source.interfaces[0].linktype == linktype


def test_the_frame_check_sequence_length_is_no_part_of_the_link_type(tmp_path: Path) -> None:
    _, source = read(write(tmp_path, "x", pcap(record(1, 2, A), linktype=0x24000001)))
    assert source.interfaces[0].linktype == 1


def test_a_capture_without_packets_is_no_error(tmp_path: Path) -> None:
    found, source = read(write(tmp_path, "x", pcap()))
    assert (found, source.warnings) == ([], [])


@pytest.mark.parametrize(
    ("capture", "what"),
    [
        (pcap()[:10], "byte 0, packet 1: the file ends in the middle of the file header"),
        (pcap(version=(1, 0)), "pcap version 1.0 is not supported"),
        (pcap(linktype=0x00300000), "the link type field 0x00300000 has reserved bits set"),
        (pcap(record(1, 0, A)[:-1]), "byte 24, packet 1: the file ends in the middle of a packet"),
        (pcap(record(1, 0, A)[:5]), "byte 24, packet 1: the file ends in the middle of a packet"),
        (
            pcap(bytes(8) + b"\xff" * 8),
            "byte 24, packet 1: a packet of 4294967295 bytes, but at most 262144 are possible",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, capture: bytes, what: str
) -> None:
    said = refusal_of(write(tmp_path, "x", capture))
    assert what in said
    assert "\n" not in said


@pytest.mark.parametrize("rest", [b"\0", bytes(15), record(2, 0, B)[:-1], b"\xff" * 40])
def test_what_stands_before_the_damage_is_read(tmp_path: Path, rest: bytes) -> None:
    found, source = read(write(tmp_path, "x", pcap(record(1, 0, A), rest)))
    assert [row.data for row in found] == [A]
    (warning,) = source.warnings
    assert "byte 52, packet 2: " in warning
    assert "the capture is incomplete" in warning


def test_longer_packets_on_links_that_have_them(tmp_path: Path) -> None:
    capture = pcap(record(1, 0, bytes(300_000)), linktype=249)
    found, _ = read(write(tmp_path, "x", capture))
    assert found[0].captured == 300_000


@pytest.mark.parametrize("block", [44, 48, 1 << 16])
def test_packets_without_a_time_are_passed_whatever_the_blocks(tmp_path: Path, block: int) -> None:
    capture = pcap(*(record(s, 0, b"") for s in [9, 9, 3, 0, 4, 0, 2]))
    _, source = read(write(tmp_path, "x", capture), blocks=BlockSizes(block, block))
    (warning,) = source.warnings
    assert "packet 3: time goes backwards here (2 times in all)" in warning


def test_a_block_begins_with_the_record_that_the_one_before_cuts(tmp_path: Path) -> None:
    records = [record(s, 0, bytes(100)) for s in range(10)]
    path = write(tmp_path, "x", pcap(*records))
    with closing(open_source([path], blocks=BlockSizes(500, 500))) as source:
        counts = [batch.stop - batch.start for batch in source.batches()]
    assert counts == [4, 4, 2]


def test_time_going_backwards_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    seconds = [5, 6, 4, 4, 5, 3, *range(10, 9000), 1]
    found, source = read(write(tmp_path, "x", pcap(*(record(s, 0, A) for s in seconds))))
    assert times(found) == [s * SECOND for s in seconds]
    (warning,) = source.warnings
    assert "packet 3: time goes backwards here (3 times in all)" in warning
