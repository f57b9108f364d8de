"""The files of a capture: names as tcpdump gives them, whole records, bounded disk."""

import errno
import os
from pathlib import Path

import pytest

from tcptui.capture.formats.pcapng import STATISTICS
from tcptui.capture.live import pcapng_blocks
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.output import PIECES, DiskFull, Names, Output
from tcptui.capture.live.refusal import Refusal
from tcptui.capture.pcapng_writer import block
from tests.live.packets import HEADER, record, records

ONE = len(record(0))

SIZE_NAMES = [
    (0, ["f", "f1", "f2", "f3", "f4"]),
    (1, ["f", "f", "f", "f", "f"]),
    (3, ["f0", "f1", "f2", "f0", "f1"]),
    (11, ["f00", "f01", "f02", "f03", "f04"]),
]


class Announced(list[Path]):
    """The files that an output began."""

    def __call__(self, number: int, path: str) -> None:
        assert number == len(self)
        self.append(Path(path))


def output(options: LiveOptions) -> tuple[Output, Announced]:
    announced = Announced()
    return Output(options, HEADER, announced), announced


@pytest.mark.parametrize(("files", "expected"), SIZE_NAMES)
def test_names_by_size(files: int, expected: list[str]) -> None:
    names = Names(LiveOptions(write="f", rotate_bytes=1, rotate_files=files))
    assert [names.first(), *(names.after_size() for _ in expected[1:])] == expected


def test_names_by_time_end_after_so_many_files() -> None:
    names = Names(LiveOptions(write="f-%Y", rotate_seconds=1, rotate_files=3))
    found = [names.first(), names.after_time(), names.after_time(), names.after_time()]
    assert [bool(name) for name in found] == [True, True, True, False]
    assert found[0][2:].isdigit()


def test_a_file_begins_where_the_one_before_is_above_the_limit(tmp_path: Path) -> None:
    limit = len(HEADER) + 2 * ONE + 1
    one, files = output(LiveOptions(write=str(tmp_path / "f"), rotate_bytes=limit))
    one.write_records(records(0, 2))
    one.write_records(records(2, 8))
    sizes = [(path.stat().st_size - len(HEADER)) // ONE for path in files]
    assert sizes == [3, 3, 2]
    assert b"".join(p.read_bytes()[len(HEADER) :] for p in files) == records(0, 8)


def test_a_ring_writes_over_the_oldest_and_leaves_its_readers_alone(tmp_path: Path) -> None:
    options = LiveOptions(write=str(tmp_path / "f"), rotate_bytes=len(HEADER), rotate_files=2)
    one, files = output(options)
    with files[0].open("rb") as reader:
        one.write_records(records(0, 3))
        assert [path.name for path in files] == ["f0", "f1", "f0"]
        assert one.oldest == 1
        assert reader.read() == HEADER + record(0)
    assert (tmp_path / "f0").read_bytes() == HEADER + record(2)


def test_the_rolling_spool_lets_the_oldest_go(tmp_path: Path) -> None:
    one, files = output(LiveOptions(spool=str(tmp_path), rolling_bytes=PIECES << 16))
    for number in range(3000):
        one.write_records(record(number, 1000))
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == PIECES < len(files)
    assert kept == sorted(files[one.oldest :])
    assert sum(path.stat().st_size for path in kept) <= (PIECES << 16) + PIECES * 1100
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in kept)


def test_frozen_it_keeps_all(tmp_path: Path) -> None:
    one, files = output(LiveOptions(spool=str(tmp_path), rolling_bytes=PIECES << 16))
    one.frozen = True
    for number in range(3000):
        one.write_records(record(number, 1000))
    assert len(list(tmp_path.iterdir())) == len(files) > PIECES


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """os.write until so many bytes are gone: `left[0]`."""
    left = [0]
    real = os.write

    def write(fd: int, data: bytes) -> int:
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = real(fd, data[: left[0]])
        left[0] -= done
        return done

    monkeypatch.setattr(os, "write", write)
    return left


def test_a_full_disk_keeps_whole_records(tmp_path: Path, small_disk: list[int]) -> None:
    small_disk[0] = len(HEADER) + 2 * ONE + 10
    one, files = output(LiveOptions(write=str(tmp_path / "f")))
    with pytest.raises(DiskFull, match="the disk is full"):
        one.write_records(records(0, 5))
    assert files[0].read_bytes() == HEADER + records(0, 2)


@pytest.mark.parametrize("name", ["no-such-folder/f", "."])
def test_a_file_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal):
        output(LiveOptions(write=str(tmp_path / name)))


def test_a_spool_that_has_no_room_to_begin(tmp_path: Path, small_disk: list[int]) -> None:
    with pytest.raises(Refusal, match=f"{tmp_path}: the disk is full"):
        output(LiveOptions(spool=str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", [0, len(HEADER) - 1])
def test_a_file_that_has_no_room_to_begin(tmp_path: Path, small_disk: list[int], room: int) -> None:
    small_disk[0] = room
    with pytest.raises(Refusal, match="f: the disk is full"):
        output(LiveOptions(write=str(tmp_path / "f")))
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_the_next_file(tmp_path: Path, small_disk: list[int]) -> None:
    small_disk[0] = len(HEADER) + 2 * ONE
    one, files = output(LiveOptions(write=str(tmp_path / "f"), rotate_bytes=len(HEADER) + 1))
    with pytest.raises(DiskFull, match="the disk is full"):
        one.write_records(records(0, 5))
    assert files[0].read_bytes() == HEADER + record(0)


def test_what_is_not_written_is_counted(tmp_path: Path, small_disk: list[int]) -> None:
    small_disk[0] = len(HEADER) + 7 * ONE + 10
    limit = len(HEADER) + 2 * ONE
    one, files = output(LiveOptions(write=str(tmp_path / "f"), rotate_bytes=limit))
    with pytest.raises(DiskFull):
        one.write_records(records(0, 20))
    held = sum((path.stat().st_size - len(HEADER)) // ONE for path in files)
    assert (held, one.unwritten) == (6, 14)
    one.leave_out(records(20, 25))
    assert one.unwritten == 19


def test_a_rolling_spool_that_makes_room_leaves_nothing_out(
    tmp_path: Path, small_disk: list[int]
) -> None:
    small_disk[0] = 1 << 30
    one, files = output(LiveOptions(spool=str(tmp_path), rolling_bytes=PIECES << 16))
    for number in range(200):
        one.write_records(record(number, 1000))
    assert len(files) > 2
    small_disk[0] = 2500
    with pytest.raises(DiskFull):
        one.write_records(records(200, 210, 1000))
    assert one.unwritten == 8


def test_what_comes_after_the_last_file_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = LiveOptions(write=str(tmp_path / "f"), rotate_seconds=1, rotate_files=1)
    one, _ = output(options)
    one.write_records(records(0, 3))
    monkeypatch.setattr("time.time", lambda: 2e9)
    one.write_records(records(3, 5))
    assert (one.ended, one.unwritten) == (True, 2)


def test_only_packets_count_as_packets(tmp_path: Path, small_disk: list[int]) -> None:
    head = b"\n\r\r\n" + HEADER
    small_disk[0] = len(head)
    one = Output(LiveOptions(write=str(tmp_path / "f.pcapng")), head, lambda number, path: None)
    blocks = pcapng_blocks.packets(records(0, 3), 0, 10**9) + pcapng_blocks.statistics([], 0)
    with pytest.raises(DiskFull):
        one.write_records(blocks + block(STATISTICS, bytes(12)))
    assert one.unwritten == 3
