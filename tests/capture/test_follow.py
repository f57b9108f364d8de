"""A file that is still being written, standard input, and files that change underneath."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source, open_source
from tests.capture.builders import interface, packet, pcap, record, section, write
from tests.capture.reading import read, rows
from tests.waiting import wait_until

FIRST, SECOND, THIRD = (record(n, 0, b"packet %d" % n) for n in (1, 2, 3))


def await_packets(source: Source, count: int) -> list[bytes]:
    """The bytes of the next `count` packets, which must come within seconds."""
    found: list[bytes] = []
    deadline = time.monotonic() + 5
    while len(found) < count and time.monotonic() < deadline:
        batch = source.next_batch(0.05)
        if batch:
            chunk, r, start, stop = batch
            found += [chunk[r.offset[i] : r.offset[i] + r.captured[i]] for i in range(start, stop)]
    return found


def test_a_record_that_is_cut_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    source = open_source([str(path)], follow=True)
    with path.open("ab", buffering=0) as file:
        for piece in (pcap()[:10], pcap()[10:] + FIRST, SECOND[:5], SECOND[5:20]):
            file.write(piece)
        assert await_packets(source, 1) == [b"packet 1"]
        assert source.next_batch(0.05) is None
        wait_until(lambda: source.waiting)
        assert not source.ended
        file.write(SECOND[20:] + THIRD)
        assert await_packets(source, 2) == [b"packet 2", b"packet 3"]
    assert source.read(40, 8) == b"packet 1"
    source.close()


def test_pcapng_grows_a_new_interface(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(section() + interface(1) + packet(1, b"one"))
    source = open_source([str(path)], follow=True)
    assert await_packets(source, 1) == [b"one"]
    with path.open("ab") as file:
        file.write(interface(101) + packet(2, b"two", interface=1))
    assert await_packets(source, 1) == [b"two"]
    assert [one.linktype for one in source.interfaces] == [1, 101]
    source.close()


def test_several_files_that_grow_do_not_wait_for_each_other(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_bytes(pcap())
    source = open_source([str(path) for path in paths], follow=True)
    for path, one in ((paths[1], FIRST), (paths[0], SECOND), (paths[1], THIRD)):
        with path.open("ab") as file:
            file.write(one)
        assert await_packets(source, 1) == [one[16:]]
    source.close()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda path: path.write_bytes(pcap()), "truncated"),
        (lambda path: path.unlink(), "removed"),
        (lambda path: (path.with_name("y").write_bytes(pcap()), path.with_name("y").rename(path)),
         "replaced"),
    ],
)  # fmt: skip
def test_what_happens_to_the_file_is_noticed_and_said(
    tmp_path: Path, change: Callable[[Path], object], what: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(pcap(FIRST))
    source = open_source([str(path)], follow=True)
    assert await_packets(source, 1) == [b"packet 1"]
    wait_until(lambda: source.waiting)
    change(path)
    wait_until(lambda: source.next_batch(0.05) is None and source.ended)
    (warning,) = source.warnings
    assert f"the file was {what} while it was followed" in warning
    source.close()


def test_closing_ends_the_waiting(tmp_path: Path) -> None:
    source = open_source([write(tmp_path, "x", pcap(FIRST))], follow=True)
    await_packets(source, 1)
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 5


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(SECOND)


@pytest.mark.parametrize(
    ("change", "readable"),
    [
        (append, True),
        (lambda path: path.unlink(), True),
        (lambda path: path.write_bytes(pcap()), False),
        (lambda path: path.write_bytes(pcap(THIRD, SECOND, FIRST)), False),
        (lambda path: path.write_bytes(pcap(FIRST)), False),
    ],
    ids=["grown", "unlinked", "cut", "written again", "touched"],
)
def test_bytes_are_refused_once_the_file_has_changed_underneath(
    tmp_path: Path, change: Callable[[Path], object], readable: bool
) -> None:
    path = tmp_path / "x"
    path.write_bytes(pcap(FIRST))
    source = open_source([str(path)])
    (row,) = rows(source)
    time.sleep(0.02)
    change(path)
    for _ in range(2):
        if readable:
            assert source.read(row.position, row.captured) == b"packet 1"
        else:
            with pytest.raises(CaptureError, match="the file has changed since it was read"):
                source.read(row.position, row.captured)
    source.close()


READ_STDIN = """
import os
import sys
from tests.capture.reading import read
from tcptui import terminal
from tcptui.capture.source import open_source
source = open_source(["-"], spool_dir=sys.argv[1])
terminal.attach(os.open(os.devnull, os.O_RDWR))
for chunk, r, start, stop in source.batches():
    for i in range(start, stop):
        print(source.read(r.position[i], r.captured[i]).decode())
source.close()
"""


def read_stdin(folder: Path, **how: object) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", READ_STDIN, str(folder)],
        cwd=Path(__file__).parents[2], capture_output=True, text=False, check=True,
        timeout=30, **how,  # type: ignore[call-overload]
    )  # fmt: skip
    return done.stdout.decode().splitlines()  # type: ignore[no-any-return]


def test_standard_input_from_a_pipe_can_be_read_again(tmp_path: Path) -> None:
    assert read_stdin(tmp_path, input=pcap(FIRST, SECOND)) == ["packet 1", "packet 2"]
    assert list(tmp_path.iterdir()) == []


def test_standard_input_from_a_file_needs_no_spool(tmp_path: Path) -> None:
    path = write(tmp_path, "x", pcap(FIRST))
    with Path(path).open("rb") as file:
        assert read_stdin(tmp_path / "missing", stdin=file) == ["packet 1"]


def test_a_stream_is_shown_as_it_comes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    writer = os.open(tmp_path / "fifo", os.O_RDWR)
    source = open_source([str(tmp_path / "fifo")], spool_dir=str(tmp_path))
    os.write(writer, pcap(FIRST)[:30])
    assert source.next_batch(0.05) is None
    assert source.total_bytes is None
    os.write(writer, pcap(FIRST)[30:])
    assert await_packets(source, 1) == [b"packet 1"]
    os.write(writer, SECOND)
    assert await_packets(source, 1) == [b"packet 2"]
    assert source.read(40, 8) == b"packet 1"
    os.close(writer)
    wait_until(lambda: source.next_batch(0.05) is None and source.ended)
    source.close()


def test_a_closed_pipe_is_the_end(tmp_path: Path) -> None:
    receiver, sender = os.pipe()
    os.write(sender, pcap(FIRST) + SECOND[:7])
    os.close(sender)
    found, source = read(f"/dev/fd/{receiver}", spool_dir=str(tmp_path))
    os.close(receiver)
    assert [row.data for row in found] == [b"packet 1"]
    assert "the file ends in the middle of a packet" in source.warnings[0]
