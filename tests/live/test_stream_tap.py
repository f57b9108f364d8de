"""A capture from a pipe: any pcap becomes records with nanoseconds in this machine's order."""

import os
import struct
import tracemalloc

import pytest

from tcptui.capture.live.refusal import Refusal
from tcptui.capture.live.stream_tap import StreamTap
from tests.live.packets import HEADER, record, records

MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


def piped(data: bytes) -> tuple[StreamTap, int]:
    """A tap on a pipe that holds `data`, and the other end of the pipe."""
    ours, theirs = os.pipe()
    os.write(theirs, data)
    return StreamTap("eth0", ours), theirs


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "fraction"), [(MICROSECONDS, 2_000), (NANOSECONDS, 2)])
def test_any_stamp_and_byte_order(order: str, magic: int, fraction: int) -> None:
    head = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262_144, 1)
    packet = struct.pack(f"{order}IIII", 1_700_000_000, 2, 60, 60) + record(2)[16:]
    tap, _ = piped(head + packet)
    assert tap.header == HEADER
    assert tap.take_packets(10) == 1
    expected = struct.pack("=IIII", 1_700_000_000, fraction, 60, 60) + record(2)[16:]
    assert tap.records() == expected


def test_a_count_is_exact_and_a_cut_record_waits() -> None:
    tap, theirs = piped(HEADER + records(0, 4) + record(4)[:30])
    assert tap.take_packets(3) == 3
    assert tap.records() == records(0, 3)
    assert tap.take_packets(3) == 1
    os.write(theirs, record(4)[30:])
    assert tap.take_packets(3) == 1
    assert tap.records() == records(3, 5)
    os.close(theirs)
    tap.take_packets(3)
    assert tap.ended


def header(version: tuple[int, int] = (2, 4), snaplen: int = 65_535, network: int = 1) -> bytes:
    return struct.pack("<IHHiIII", MICROSECONDS, *version, 0, 0, snaplen, network)


NO_HEADERS = {
    "nothing": (b"", "before a capture began"),
    "a prompt": (b"Password:", "after 9 bytes, before"),
    "a header that is cut": (header()[:23], "after 23 bytes, before"),
    "a message": (b"Permission denied, please try again.", "begins with 5065726d"),
    "pcapng": (b"\n\r\r\n" + bytes(24), "begins with 0a0d0d0a"),
    "a magic number of none": (bytes(24), "begins with 00000000"),
    "an old version": (header((2, 2)), "not a pcap 2.4 capture"),
    "reserved bits": (header(network=0x00010001), "not a pcap 2.4 capture"),
}


@pytest.mark.parametrize(("data", "said"), NO_HEADERS.values(), ids=NO_HEADERS)
def test_no_capture(data: bytes, said: str) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, data)
    os.close(theirs)
    with pytest.raises(Refusal, match=f"eth0: the stream .*{said}"):
        StreamTap("eth0", ours)


def record_header(captured: int, original: int = 0, fraction: int = 2, seconds: int = 1) -> bytes:
    """The header of a record that a stream may send, whatever follows it."""
    return struct.pack("<IIII", seconds, fraction, captured, original)


@pytest.mark.parametrize(
    ("snaplen", "kept"),
    [(0, 262_144), (100, 100), (262_144, 262_144), (262_145, 262_144), (2**32 - 1, 262_144)],
)
def test_a_snap_length_that_makes_no_sense_is_the_largest(snaplen: int, kept: int) -> None:
    tap, _ = piped(header(snaplen=snaplen))
    assert tap.snaplen == kept


@pytest.mark.parametrize("captured", [262_145, 2**31, 2**32 - 1])
def test_a_length_that_cannot_be_ends_the_stream(captured: int) -> None:
    tap, theirs = piped(
        header() + record_header(4, 4) + b"good" + record_header(captured, 60) + b"more"
    )
    assert tap.take_packets(10) == 1
    assert tap.records()[16:] == b"good"
    assert tap.ended
    assert tap.error == (
        f"eth0: byte 44, packet 2: a packet of {captured:,} bytes, "
        "but at most 262,144 are possible; nothing after it can be read"
    )
    os.write(theirs, record_header(4, 4) + b"late")
    assert tap.take_packets(10) == 0
    assert tap.records() == b""


def test_what_is_above_the_snap_length_is_left_out_and_told() -> None:
    long, short = record_header(10, 12) + b"0123456789", record_header(3, 3) + b"abc"
    tap, _ = piped(header(snaplen=4) + long + short + long)
    assert tap.take_packets(10) == 3
    cut = struct.pack("=IIII", 1, 2_000, 4, 12) + b"0123"
    assert tap.records() == cut + struct.pack("=IIII", 1, 2_000, 3, 3) + b"abc" + cut
    assert "packet 1 has more bytes than the snap length of 4" in tap.next_note()
    assert tap.next_note() == ""


@pytest.mark.parametrize(
    ("magic", "fraction", "stamp"),
    [
        (MICROSECONDS, 999_999, (7, 999_999_000)),
        (MICROSECONDS, 1_000_000, (8, 0)),
        (MICROSECONDS, 4_294_968, (11, 294_968_000)),
        (MICROSECONDS, 2**32 - 1, (4301, 967_295_000)),
        (NANOSECONDS, 999_999_999, (7, 999_999_999)),
        (NANOSECONDS, 1_000_000_000, (8, 0)),
        (NANOSECONDS, 2**32 - 1, (11, 294_967_295)),
    ],
)
def test_a_fraction_above_one_is_carried_and_told(
    magic: int, fraction: int, stamp: tuple[int, int]
) -> None:
    head = struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 262_144, 1)
    tap, _ = piped(
        head + record_header(2, 2, fraction, 7) + b"ab" + record_header(2, 2, 0, 8) + b"cd"
    )
    assert tap.take_packets(10) == 2
    data = tap.records()
    assert struct.unpack_from("=II", data) == stamp
    assert struct.unpack_from("=II", data, 18) == (8, 0)
    assert bool(tap.next_note()) == (stamp[0] > 7)


def test_a_time_beyond_all_times_is_the_last_one() -> None:
    tap, _ = piped(header() + record_header(0, 0, 2**32 - 1, 2**32 - 1))
    assert tap.take_packets(1) == 1
    assert struct.unpack_from("=I", tap.records()) == (2**32 - 1,)


@pytest.mark.parametrize("original", [0, 1, 4, 1500, 2**32 - 1])
def test_the_length_on_the_wire_is_what_was_said(original: int) -> None:
    tap, _ = piped(header() + record_header(4, original) + b"data")
    assert tap.take_packets(1) == 1
    assert struct.unpack_from("=II", tap.records(), 8) == (4, original)


def test_byte_by_byte() -> None:
    tap, theirs = piped(header())
    stream = b"".join(record_header(4, 4) + f"{number:4}".encode() for number in range(10))
    data = b""
    for at in range(len(stream)):
        os.write(theirs, stream[at : at + 1])
        tap.take_packets(10)
        data += tap.records()
    assert [data[at + 16 : at + 20] for at in range(0, len(data), 20)] == [
        f"{number:4}".encode() for number in range(10)
    ]


@pytest.mark.parametrize(
    ("left", "said"), [(b"", ""), (record_header(60, 60) + b"half", "20 bytes")]
)
def test_what_is_missing_at_the_end_is_told(left: bytes, said: str) -> None:
    tap, theirs = piped(header() + record_header(4, 4) + b"data" + left)
    os.close(theirs)
    assert tap.take_packets(10) == 1
    tap.take_packets(10)
    assert (tap.ended, tap.error) == (True, "")
    assert tap.cut.startswith(said)
    assert bool(tap.cut) == bool(said)


def test_memory_holds_one_packet_and_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    tap, _ = piped(header() + record_header(262_144, 262_144))
    reads = iter([bytes(1 << 18)] * 200)
    monkeypatch.setattr(os, "read", lambda fd, size: next(reads))
    tracemalloc.start()
    try:
        for _ in range(200):
            tap.take_packets(10)
            tap.records()
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
