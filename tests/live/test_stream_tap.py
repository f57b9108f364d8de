"""A capture from a pipe: any pcap becomes records with nanoseconds in this machine's order."""

import os
import struct

import pytest

from tcptui.capture.live.refusal import Refusal
from tcptui.capture.live.tap import StreamTap
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
    assert tap.take(10) == 1
    expected = struct.pack("=IIII", 1_700_000_000, fraction, 60, 60) + record(2)[16:]
    assert tap.records() == expected


def test_a_count_is_exact_and_a_cut_record_waits() -> None:
    tap, theirs = piped(HEADER + records(0, 4) + record(4)[:30])
    assert tap.take(3) == 3
    assert tap.records() == records(0, 3)
    assert tap.take(3) == 1
    os.write(theirs, record(4)[30:])
    assert tap.take(3) == 1
    assert tap.records() == records(3, 5)
    os.close(theirs)
    tap.take(3)
    assert tap.ended


@pytest.mark.parametrize("data", [b"", b"Password:", b"Permission denied, please try again."])
def test_no_capture(data: bytes) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, data)
    os.close(theirs)
    with pytest.raises(Refusal, match="no capture came"):
        StreamTap("eth0", ours)
