"""What the fields of openings and closings say; tests/corpus asks tshark of the same captures."""

import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from tests.cli.running import run
from tests.corpus.made import (
    ACK,
    BEGIN,
    SYN,
    USUAL,
    Sent,
    capture_of,
    client,
    closings,
    far_apart,
    handshake,
    offers,
    packet,
    server,
)

TFO = "tcp.analysis.tfo_"
FIN = "tcp.connection.fin_"
SCALE = "tcp.window_size_scalefactor"
EMPTY_SACK = b"\5\2"


@pytest.mark.parametrize(
    ("make", "asked", "frames"),
    [
        (offers, f"{TFO}syn", "1 6 20"),
        (offers, f"{TFO}ack", "2 11 16 21"),
        (offers, f"{TFO}ignored", "3 22"),
        (offers, "tcp.analysis.scps_capable", "26"),
        (offers, f"{SCALE} == 128", "40 41 52 55 59"),
        (offers, f"{SCALE} == 1", "53"),
        (offers, f"{SCALE} == -1", "56 58"),
        (offers, f"{SCALE} in {{-1..0}}", "56 58"),
        (offers, f"{SCALE} < -1 && tcp.port > 4408", "44 45 48 49"),
        (closings, f"{FIN}active", "4 6 9 11 13"),
        (closings, f"{FIN}passive", "5 7 10 12"),
    ],
)
def test_a_field_is_where_tshark_has_it(
    tmp_path: Path, make: Callable[[], Iterator[Sent]], asked: str, frames: str
) -> None:
    capture = tmp_path / "made.pcap"
    capture.write_bytes(capture_of(make()))
    told = run("packets", "--rules", "4.6", "-Y", asked, "-e", "frame.number", str(capture))
    assert told.stdout.decode().split()[1:] == frames.split()


@pytest.mark.parametrize(
    ("kept", "options", "field", "frames"),
    [
        (None, b"", "tcp.time_relative", "1 2 3 4"),
        (16, b"", "tcp.time_relative", "1 2 3"),
        (16, b"", "tcp.time_delta", "1 2 3"),
        (20, USUAL, "tcp.time_delta", "1 2 3 4"),
        (None, USUAL, "tcp.stream.client.contiguity_count", "1 2 3 4"),
        (20, USUAL, "tcp.stream.client.contiguity_count", "1 2 3"),
        (None, EMPTY_SACK, "tcp.stream.client.contiguity_count", "1 2 3"),
        (None, EMPTY_SACK, "tcp.time_relative", "1 2 3 4"),
    ],
)
def test_what_comes_behind_a_cut_or_malformed_header_is_absent(
    tmp_path: Path, kept: int | None, options: bytes, field: str, frames: str
) -> None:
    """``kept``: how many bytes of the last TCP header there are."""
    segments = [*handshake(), server(30, ACK, 5001, 1001, 500, options=options)]
    records = [Record(BEGIN + number, packet(one)) for number, one in enumerate(segments)]
    records[-1] = Record(BEGIN + 4, packet(segments[-1])[: None if kept is None else 34 + kept])
    capture = tmp_path / "made.pcap"
    capture.write_bytes(pcap(records))
    told = run("packets", "--rules", "4.6", "-Y", field, "-e", "frame.number", str(capture))
    assert told.stdout.decode().split()[1:] == frames.split()


def test_edges_of_sack_are_relative_once_the_numbers_are_known(tmp_path: Path) -> None:
    """A SYN with SACK blocks speaks of numbers of which nothing is known: also in hindsight its
    edges are raw, as tshark has them."""
    blocks = b"\5\x0a" + struct.pack(">II", 5101, 5201)
    segments = [
        client(0, SYN, 1000, 0, 64000, options=blocks),
        server(10, SYN | ACK, 5000, 1001, 64000),
        client(20, ACK, 1001, 5001, 500, options=blocks),
    ]
    capture = tmp_path / "made.pcap"
    capture.write_bytes(capture_of(iter(segments)))
    asked = ("-e", "tcp.options.sack_le", "-e", "tcp.options.sack_re")
    told = run("packets", *asked, str(capture)).stdout.decode()
    assert told.splitlines()[1:] == ["5101\t5201", "\t", "101\t201"]


def test_contiguous_ranges_are_counted_as_wireshark_orders_them(tmp_path: Path) -> None:
    capture = tmp_path / "made.pcap"
    capture.write_bytes(capture_of(far_apart()))
    asked = ("-Y", "tcp.len > 0", "-e", "tcp.stream", "-e", "tcp.stream.server.contiguity_count")
    told = run("packets", "--rules", "4.6", *asked, str(capture)).stdout.decode()
    counts: dict[str, str] = defaultdict(str)
    for line in told.splitlines()[1:]:
        flow, count = line.split("\t")
        counts[flow] += count
    assert list(counts.values()) == ["12344", "12334", "233", "221", "23", "23334", "23312"]
