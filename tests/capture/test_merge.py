"""Several files are one capture, in mergecap's order."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.capture.errors import CaptureError
from tcptui.capture.formats.pcapng import JOURNAL
from tcptui.capture.live.filtered_source import FilteredSource
from tcptui.capture.packet_copy import PacketCopy
from tcptui.capture.source import open_source
from tests.capture.builders import (
    block,
    interface,
    packet,
    pcap,
    record,
    section,
    simple_packet,
    write,
)
from tests.capture.reading import read

needs_mergecap = pytest.mark.skipif(not shutil.which("mergecap"), reason="mergecap is missing")


def make(folder: Path, name: str, seconds: list[int]) -> str:
    """A capture whose packets say which one they are."""
    packets = (record(s, 0, f"{name}{n}".encode()) for n, s in enumerate(seconds))
    return write(folder, name, pcap(*packets))


ORDERS = {
    "rotated": ([1, 2, 3], [4, 5, 6], [7, 8]),
    "named the other way round": ([7, 8], [4, 5, 6], [1, 2, 3]),
    "overlapping": ([1, 3, 5, 7], [2, 4, 6, 8], [1, 8]),
    "equal times": ([1, 1, 2, 2, 3], [1, 2, 2, 3], [1, 1, 2, 3]),
    "time going backwards inside a file": ([5, 1, 6, 2], [3, 4, 1], [9, 1]),
    "an empty one": ([1, 2], [], [1, 3]),
}


@needs_mergecap
@pytest.mark.parametrize("name", ORDERS)
def test_the_order_is_that_of_mergecap(tmp_path: Path, name: str) -> None:
    files = [make(tmp_path, letter, s) for letter, s in zip("abc", ORDERS[name], strict=True)]
    check_against_mergecap(tmp_path, files)


@needs_mergecap
def test_the_order_is_that_of_mergecap_for_many_and_long_files(tmp_path: Path) -> None:
    chance = random.Random(7)
    files = [
        make(tmp_path, chr(97 + n), [chance.randrange(50) for _ in range(500 * n)])
        for n in range(1, 12)
    ]
    check_against_mergecap(tmp_path, files)


@needs_mergecap
def test_packets_without_a_time_come_at_once(tmp_path: Path) -> None:
    files = [
        write(tmp_path, "a", [section(), interface(), packet(9, b"a1"), simple_packet(b"a2")]),
        write(tmp_path, "b", [section(), interface(), packet(8, b"b1"), simple_packet(b"b2")]),
    ]
    check_against_mergecap(tmp_path, files)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 30), st.integers(1, 100)), max_size=8).map(
            lambda runs: [time for time, times in runs for _ in range(times)]
        ),
        min_size=1,
        max_size=6,
    )
)
def test_long_and_short_runs_keep_the_order(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("turns")
    names = [make(folder, chr(97 + n), seconds) for n, seconds in enumerate(files)]
    assert [row.data.decode() for row in read(*names)[0]] == in_order(files)


def in_order(files: list[list[int]]) -> list[str]:
    """The packets' names as mergecap has them: it asks the files from the last to the first."""
    left = [list(enumerate(seconds)) for seconds in files]
    found = []
    while any(left):
        _, last = min((left[n][0][1], -n) for n in range(len(left)) if left[n])
        found.append(f"{chr(97 - last)}{left[-last].pop(0)[0]}")
    return found


def test_captures_that_take_turns_come_in_batches_of_many(tmp_path: Path) -> None:
    names = [make(tmp_path, "a", [*range(0, 2000, 2)]), make(tmp_path, "b", [*range(1, 2000, 2)])]
    source = open_source(names)
    sizes = [stop - start for _, _, start, stop in source.batches()]
    source.close()
    assert sum(sizes) == 2000
    assert len(sizes) < 20


def test_the_bytes_of_a_batch_are_bounded(tmp_path: Path) -> None:
    names = [
        write(tmp_path, name, pcap(*(record(s, 0, bytes(60_000)) for s in range(first, 100, 2))))
        for name, first in (("a", 0), ("b", 1))
    ]
    source = open_source(names)
    assert max(len(batch.chunk) for batch in source.batches()) < 600_000
    source.close()


def test_a_copy_of_captures_that_take_turns_has_what_is_no_packet_too(tmp_path: Path) -> None:
    journal = [b"__REALTIME_TIMESTAMP=%d\n" % (s * 1_000_000) for s in range(1, 9, 2)]
    a = write(tmp_path, "a", [section(), *(block(JOURNAL, entry) for entry in journal)])
    b = write(tmp_path, "b", [section(), interface(),
              *(packet(s * 1_000_000, b"b") for s in range(2, 9, 2))])  # fmt: skip
    target = str(tmp_path / "copy.pcapng")
    source = FilteredSource(open_source([a, b], seekable=False), "")
    source.copy = PacketCopy(target, source.is_reading)
    source.complete()
    source.close()
    assert [row.data.rstrip(b"\0") for row in read(target)[0]] == [
        data for entry in journal for data in (entry, b"b")
    ]


def check_against_mergecap(folder: Path, files: list[str]) -> None:
    merged = str(folder / "merged")
    subprocess.run(["mergecap", "-w", merged, *files], check=True)
    assert [row.data for row in read(*files)[0]] == [row.data for row in read(merged)[0]]


def test_the_input_and_the_interface_of_each_packet_are_known(tmp_path: Path) -> None:
    a = write(tmp_path, "a", pcap(record(1, 0, b"a"), record(3, 0, b"a"), linktype=101))
    b = write(tmp_path, "b", [section(), interface(1), interface(113),
              packet(2_000_000, b"b", interface=1), packet(4_000_000, b"b")])  # fmt: skip
    found, source = read(a, b)
    assert [row.file for row in found] == [0, 1, 0, 1]
    assert [source.interfaces[row.interface].linktype for row in found] == [101, 113, 101, 1]
    assert [source.interfaces[row.interface].file for row in found] == [0, 1, 0, 1]
    assert source.format == "pcap, pcapng"


def test_one_damaged_file_does_not_hold_up_the_others(tmp_path: Path) -> None:
    a = write(tmp_path, "a", pcap(record(1, 0, b"a"), b"\xff" * 20))
    b = write(tmp_path, "b", pcap(record(2, 0, b"b")))
    c = write(tmp_path, "c", pcap(b"\xff" * 20))
    found, source = read(a, b, c)
    assert [row.data for row in found] == [b"a", b"b"]
    assert sorted(line.split(",")[0] for line in source.warnings) == [a, c]


def test_one_that_is_no_capture_is_an_error(tmp_path: Path) -> None:
    a = write(tmp_path, "a", pcap(record(1, 0, b"a")))
    with pytest.raises(CaptureError, match="not a capture"):
        read(a, write(tmp_path, "b", b"hello there"))
