"""Solaris snoop, and Shomiti Surveyor's files in its format."""

from pathlib import Path

import pytest

from tests.capture.builders import snoop, snoop_record, write
from tests.capture.reading import read, refusal_of, times

A, B = b"first packet", b"the second one"
SECOND = 10**9


def test_times_lengths_and_places(tmp_path: Path) -> None:
    capture = snoop(snoop_record(7, 5, A), snoop_record(9, 6, B, original=99))
    found, source = read(write(tmp_path, "x", capture))
    assert times(found) == [7 * SECOND + 5000, 9 * SECOND + 6000]
    assert [row.data for row in found] == [A, B]
    assert [row.original for row in found] == [12, 99]
    assert [row.position for row in found] == [40, 40 + len(A) + 24]
    assert (source.format, source.warnings) == ("snoop", [])


@pytest.mark.parametrize(
    ("network", "linktype"),
    [(0, 1), (2, 6), (4, 1), (8, 10), (9, 0), (14, 0), (16, 122), (18, 123), (0x80000005, 226)],
)
def test_link_types(tmp_path: Path, network: int, linktype: int) -> None:
    _, source = read(write(tmp_path, "x", snoop(snoop_record(1, 0, A), network=network)))
    assert [one.linktype for one in source.interfaces] == [linktype]


@pytest.mark.parametrize(("network", "linktype"), [(4, 1), (10, 1), (12, 1), (14, 6), (19, 1)])
def test_surveyor_is_known_by_the_trailer_of_the_first_record(
    tmp_path: Path, network: int, linktype: int
) -> None:
    capture = snoop(snoop_record(1, 0, A, padding=16), snoop_record(2, 0, B, padding=17),
                    version=5, network=network)  # fmt: skip
    found, source = read(write(tmp_path, "x", capture))
    assert [row.data for row in found] == [A, B]
    assert source.interfaces[0].linktype == linktype
    assert source.format == "snoop (Surveyor)"


def test_the_last_record_says_how_many_packets_were_lost(tmp_path: Path) -> None:
    capture = snoop(snoop_record(1, 0, A, dropped=3), snoop_record(1, 0, A, dropped=5))
    assert read(write(tmp_path, "x", capture))[1].dropped == 5


def test_a_capture_without_packets_is_no_error(tmp_path: Path) -> None:
    found, source = read(write(tmp_path, "x", snoop()))
    assert (found, source.warnings) == ([], [])


LONG = snoop_record(1, 0, A)
GIANT = b"\xff" * 24


@pytest.mark.parametrize(
    ("capture", "what"),
    [
        (snoop()[:12], "byte 0, packet 1: the file ends in the middle of the file header"),
        (snoop(version=1), "byte 0, packet 1: snoop version 1 is not supported"),
        (snoop(LONG, network=3), "byte 16, packet 1: the data link type 3 is not known"),
        (snoop(LONG, network=12), "the data link type 12 is not known"),
        (snoop(LONG[:20]), "byte 16, packet 1: the file ends in the middle of a packet"),
        (snoop(LONG[:30]), "byte 16, packet 1: the file ends in the middle of a packet"),
        (snoop(GIANT), "a packet of 4294967295 bytes, but at most 262144 are possible"),
        (
            snoop(snoop_record(1, 0, A, padding=-1)),
            "byte 16, packet 1: a record of 35 bytes cannot hold a packet of 12",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, capture: bytes, what: str
) -> None:
    said = refusal_of(write(tmp_path, "x", capture))
    assert what in said


@pytest.mark.parametrize("rest", [b"\0", bytes(24), LONG[:30], GIANT])
def test_what_stands_before_the_damage_is_read(tmp_path: Path, rest: bytes) -> None:
    found, source = read(write(tmp_path, "x", snoop(LONG, rest)))
    assert [row.data for row in found][:1] == [A]
    assert not source.warnings or "the capture is incomplete" in source.warnings[0]


def test_a_record_that_says_more_than_there_is(tmp_path: Path) -> None:
    capture = bytearray(snoop(LONG, LONG))
    capture[16 + 36 + 8] = 0x7F
    found, source = read(write(tmp_path, "x", bytes(capture)))
    assert [row.data for row in found] == [A, A]
    assert "the file ends in the middle of a packet" in source.warnings[0]
