"""Microsoft Network Monitor: its frame table, its clocks, its network types."""

import gzip
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui.capture.formats.pcapng import NOT_A_PACKET
from tcptui.capture.input import BlockSizes
from tests.capture.builders import netmon, netmon_frame, write
from tests.capture.reading import read, refusal_of, times

A, B, C = b"first packet", b"the second one", b"third"
START = 1_121_509_769_800_000_000
"""The builder's start time, if that is UTC."""
MICROSECOND = 1000


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The start time in the file is local time."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def typed(network: int, more: bytes = b"") -> bytes:
    """The trailer that says what the frame is."""
    return struct.pack("<H", network) + more


def frames(*data: bytes) -> list[bytes]:
    return [netmon_frame(n, one) for n, one in enumerate(data)]


def test_times_lengths_and_places(tmp_path: Path) -> None:
    capture = netmon(netmon_frame(5, A), netmon_frame(2_000_006, B, original=99))
    found, source = read(write(tmp_path, "x", capture))
    assert times(found) == [START + 5 * MICROSECOND, START + 2_000_006 * MICROSECOND]
    assert [row.data for row in found] == [A, B]
    assert [row.original for row in found] == [12, 99]
    assert [row.position for row in found] == [144, 144 + len(A) + 16]
    assert (source.format, source.warnings) == ("netmon 2.0", [])
    assert source.interfaces[0].linktype == 1


def test_the_start_is_local_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ3")
    time.tzset()
    found, _ = read(write(tmp_path, "x", netmon(*frames(A))))
    assert times(found) == [START + 3 * 3600 * 10**9]


def test_a_frame_may_be_earlier_than_the_start(tmp_path: Path) -> None:
    found, _ = read(write(tmp_path, "x", netmon(netmon_frame(-7, A))))
    assert times(found) == [START - 7 * MICROSECOND]


def test_version_1_counts_milliseconds_and_has_short_headers(tmp_path: Path) -> None:
    capture = netmon(struct.pack("<IHH", 25, 60, len(A)) + A, version=(1, 1))
    found, source = read(write(tmp_path, "x", capture))
    assert times(found) == [START + 25_000_000]
    assert [(row.data, row.original) for row in found] == [(A, 60)]
    assert (source.format, source.interfaces[0].units) == ("netmon 1.1", 1000)


@pytest.mark.parametrize(
    ("minor", "trailer"),
    [(1, typed(9)), (2, typed(9, bytes(4))),
     (3, typed(9, bytes(4) + struct.pack("<Q", 127_659_833_698_000_001) + b"\0"))],
)  # fmt: skip
def test_since_2_1_each_frame_has_its_type_and_since_2_3_its_time(
    tmp_path: Path, minor: int, trailer: bytes
) -> None:
    capture = netmon(*(netmon_frame(0, data, trailer=trailer) for data in (A, B)),
                     version=(2, minor))  # fmt: skip
    found, source = read(write(tmp_path, "x", capture))
    assert [row.data for row in found] == [A, B]
    assert times(found) == [START + 100 * (minor == 3)] * 2
    assert [one.linktype for one in source.interfaces] == [101]


@pytest.mark.parametrize(
    ("network", "linktype"),
    [(0, 1), (1, 1), (2, 6), (3, 10), (7, 101), (8, 101), (9, 101), (0xE071, 113), (0xE080, 105),
     (0xE08A, NOT_A_PACKET), (0xFFE0, NOT_A_PACKET), (0xFFFF, NOT_A_PACKET)],
)  # fmt: skip
def test_network_types(tmp_path: Path, network: int, linktype: int) -> None:
    frame = netmon_frame(0, A, trailer=typed(network))
    _, source = read(write(tmp_path, "x", netmon(frame, version=(2, 1))))
    assert [one.linktype for one in source.interfaces] == [linktype]


def test_network_types_may_alternate(tmp_path: Path) -> None:
    kinds = [1, 9, 1, 9, 0xFFFB]
    capture = netmon(*(netmon_frame(0, A, trailer=typed(n)) for n in kinds), version=(2, 1))
    found, source = read(write(tmp_path, "x", capture))
    linktypes = [source.interfaces[row.interface].linktype for row in found]
    assert linktypes == [1, 101, 1, 101, NOT_A_PACKET]
    assert len(source.interfaces) == 3


def test_some_metadata_has_no_frame_number(tmp_path: Path) -> None:
    kinds = [0xFFFD, 1, 0xFFFE, 0xFFFC]
    capture = netmon(*(netmon_frame(0, A, trailer=typed(n)) for n in kinds), version=(2, 1))
    found, _ = read(write(tmp_path, "x", capture))
    assert len(found) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_the_table_says_which_frames_there_are_and_in_which_order(
    tmp_path: Path, packed: bool
) -> None:
    capture = netmon(*frames(A, B, C), b"a hole", netmon_frame(4, A), order=[1, 2, 0, 4])
    path = write(tmp_path, "x", gzip.compress(capture) if packed else capture)
    found, source = read(path)
    assert [row.data for row in found] == [B, C, A, A]
    assert "packet 3: time goes backwards here" in source.warnings[0]


def test_a_table_of_more_than_one_batch(tmp_path: Path) -> None:
    found, _ = read(write(tmp_path, "x", netmon(*frames(*[A] * 9000))))
    assert times(found) == [START + n * MICROSECOND for n in range(9000)]


def test_without_its_table_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    for capture in (netmon(*frames(A, B), table=b""), netmon(*frames(A, B))[:-3]):
        found, source = read(write(tmp_path, "x", capture))
        assert [row.data for row in found] == [A, B]
        assert source.warnings == []


def test_a_large_file_is_read_as_it_stands(tmp_path: Path) -> None:
    path = write(tmp_path, "x", netmon(*frames(*[bytes(5000)] * 50)))
    found, source = read(path, blocks=BlockSizes(together=100))
    assert (len(found), source.warnings) == (50, [])


@pytest.mark.parametrize("cut", [1, 20])
def test_what_stands_before_a_cut_is_read(tmp_path: Path, cut: int) -> None:
    capture = netmon(*frames(A, B), table=b"")[:-cut]
    found, source = read(write(tmp_path, "x", capture))
    assert [row.data for row in found] == [A]
    assert "the file ends in the middle of a packet" in source.warnings[0]


def test_what_was_unpacked_before_damage_is_read(tmp_path: Path) -> None:
    data = gzip.compress(netmon(*frames(*(bytes([n]) * 900 for n in range(99)))), 0)
    found, source = read(write(tmp_path, "x", data[:-5000]))
    assert 0 < len(found) < 99
    assert "the gzip data is cut" in source.warnings[0]


@pytest.mark.parametrize(
    ("capture", "what"),
    [
        (netmon()[:100], "byte 0, packet 1: the file ends in the middle of the file header"),
        (netmon(version=(3, 1)), "Network Monitor version 3.1 is not supported"),
        (
            netmon(*frames(A), table=b"\xff\xff\xff\xff"),
            "frame 1 of the frame table would end beyond the file",
        ),
        (
            netmon(struct.pack("<qII", 0, 9, 2**32 - 1)),
            "byte 128, packet 1: a packet of 4294967295 bytes, but at most 262144 are possible",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, capture: bytes, what: str
) -> None:
    said = refusal_of(write(tmp_path, "x", capture))
    assert what in said


@pytest.mark.parametrize("start", [(0,) * 8, (0xFFFF,) * 8, (1601, 1, 1, 1, 0, 0, 0, 0)])
@pytest.mark.parametrize("delta", [0, -(2**63), 2**63 - 1])
def test_times_beyond_all_bounds_are_bounded(
    tmp_path: Path, start: tuple[int, ...], delta: int
) -> None:
    found, _ = read(write(tmp_path, "x", netmon(netmon_frame(delta, A), start=start)))
    assert abs(found[0].time) < 2**63
