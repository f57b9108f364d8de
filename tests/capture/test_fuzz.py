"""Promises for any bytes: chunks do not matter, damage is told, nothing grows or hangs."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.capture.errors import CaptureError
from tcptui.capture.input import BlockSizes
from tests.capture.builders import (
    block,
    interface,
    netmon,
    netmon_frame,
    obsolete_packet,
    options,
    packet,
    pcap,
    record,
    section,
    simple_packet,
    snoop,
    snoop_record,
    write,
)
from tests.capture.reading import Row, read

PCAP = pcap(*(record(n, n, bytes(range(n % 40))) for n in range(40)))
PCAPNG = b"".join(
    [
        section(),
        interface(opts=options((2, b"eth0"), (9, b"\x09"))),
        *(packet(10**9 + n, bytes(n), opts=options((1, b"hi"))) for n in range(9)),
        block(0x7777, bytes(50)),
        simple_packet(b"abc"),
        obsolete_packet(5, b"defg"),
        section(">"),
        interface(101, order=">"),
        *(packet(10**9 + n, bytes(n), order=">") for n in range(9)),
    ]
)
SNOOP = snoop(*(snoop_record(n, n, bytes(range(n % 40))) for n in range(40)))
NETMON = netmon(*(netmon_frame(n, bytes(n), trailer=b"\x01\0") for n in range(30)), version=(2, 1))
CAPTURES = [PCAP, PCAPNG, SNOOP, NETMON]
HEADS = [b"", PCAP[:24], PCAP[:40], PCAPNG[:28], PCAPNG[:60], SNOOP[:16], NETMON[:128],
         b"\x1f\x8b\x08\0"]  # fmt: skip


def read_in_blocks(capture: bytes, first: int, size: int) -> list[Row] | str:
    """The records, or the error's text, when the file comes in blocks of these sizes."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            found, source = read(write(Path(folder), "x", capture), blocks=BlockSizes(first, size))
        except CaptureError as error:
            return str(error).replace(folder, "")
    return [*found, *(w.replace(folder, "") for w in source.warnings)]  # type: ignore[list-item]


@pytest.mark.parametrize("capture", CAPTURES)
@settings(max_examples=40, deadline=None)
@given(first=st.integers(1, 300), size=st.integers(1, 300), cut=st.integers(0, 2000))
def test_blocks_do_not_matter(capture: bytes, first: int, size: int, cut: int) -> None:
    whole = capture[:-cut] if cut % 2 and cut < len(capture) else capture
    assert read_in_blocks(whole, first, size) == read_in_blocks(whole, 1 << 20, 1 << 20)


@pytest.mark.parametrize("capture", CAPTURES)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_damage_is_told_or_harmless_and_blocks_do_not_matter(
    capture: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(capture)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
    whole = bytes(damaged)
    size = data.draw(st.integers(1, 200))
    assert read_in_blocks(whole, size, size) == read_in_blocks(whole, 1 << 20, 1 << 20)


@settings(max_examples=100, deadline=None)
@given(
    head=st.sampled_from(HEADS),
    rest=st.binary(max_size=400),
)
def test_any_bytes(head: bytes, rest: bytes) -> None:
    assert read_in_blocks(head + rest, 50, 50) is not None


def test_many_tiny_blocks_of_one_long_block_stay_linear(tmp_path: Path) -> None:
    long = packet(1, bytes(200_000), opts=options(*((1, bytes(60_000)) for _ in range(20))))
    path = write(tmp_path, "x", [section(), interface(), long])
    found, _ = read(path, blocks=BlockSizes(1000, 1000))
    assert found[0].captured == 200_000


def test_a_batch_holds_4096_records(tmp_path: Path) -> None:
    found, _ = read(write(tmp_path, "x", pcap(*(record(n, 0, b"") for n in range(10_000)))))
    assert [row.time for row in found] == [n * 10**9 for n in range(10_000)]


READ_OFTEN = """
import sys
from tests.capture.reading import open_descriptors, read

before = open_descriptors()
for _ in range(50):
    read(sys.argv[1])
assert open_descriptors() == before
"""


def test_descriptors_and_threads_are_given_back(tmp_path: Path) -> None:
    """In a process of its own: what other tests have left open may be closed at any time."""
    path = write(tmp_path, "x", pcap(record(1, 0, bytes(100))))
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", READ_OFTEN, path], cwd=root, check=True)
