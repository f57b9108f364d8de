"""The files of a capture under way, read as one source while they grow."""

import threading
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.live_source import LivePosition, LiveSource
from tests.live.packets import HEADER, record, records


def numbers(source: LiveSource, timeout: float = 0) -> list[int]:
    """What the packets that are there now say."""
    found = []
    while batch := source.next_batch(timeout):
        r = batch.records
        for i in range(batch.start, batch.stop):
            found.append(int.from_bytes(batch.chunk[r.offset[i] : r.offset[i] + 4], "big"))
            assert r.time[i] == 1_700_000_000_000_000_000 + found[-1]
            assert source.read(r.position[i], r.captured[i])[:4] == found[-1].to_bytes(4, "big")
    return found


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    path = tmp_path / "a"
    path.write_bytes(HEADER)
    return path


def test_packets_come_as_they_are_written(spool: Path) -> None:
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    assert numbers(source) == []
    append(spool, records(0, 3))
    assert numbers(source) == [0, 1, 2]
    append(spool, records(3, 5) + record(5)[:20])
    assert numbers(source) == [3, 4]
    assert source.waiting
    append(spool, record(5)[20:])
    assert numbers(source) == [5]
    source.note_end()
    assert numbers(source) == []
    assert source.ended
    source.close()


def test_a_packet_larger_than_a_block(spool: Path) -> None:
    append(spool, record(0, 262_000) * 6)
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    assert numbers(source) == [0] * 6


def test_one_file_after_the_other(spool: Path) -> None:
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    append(spool, records(0, 2))
    assert numbers(source) == [0, 1]
    append(spool, records(2, 3))
    for number in (1, 2):
        path = spool.with_name(str(number))
        path.write_bytes(HEADER + records(3 * number, 3 * number + 3))
        source.add_file(number, str(path))
    assert numbers(source) == [2, 3, 4, 5, 6, 7, 8]
    assert len(source.interfaces) == 1
    assert len(source.files) == 3


def test_what_was_not_read_yet_outlives_its_name(spool: Path) -> None:
    append(spool, records(0, 3))
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    spool.unlink()
    batch = source.next_batch(0)
    assert batch
    assert batch.stop == 3


def test_packets_that_left_the_spool_are_refused(spool: Path) -> None:
    append(spool, record(0))
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    batch = source.next_batch(0)
    assert batch
    place, size = batch.records.position[0], batch.records.captured[0]
    source.note_growth(dropped=7, oldest=1)
    assert source.dropped == 7
    assert source.oldest_position > place
    with pytest.raises(CaptureError, match="left the rolling spool"):
        source.read(place, size)


def test_a_file_that_was_replaced_is_refused(spool: Path) -> None:
    append(spool, record(0))
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    batch = source.next_batch(0)
    assert batch
    spool.unlink()
    spool.write_bytes(HEADER + record(9))
    with pytest.raises(CaptureError, match="changed"):
        source.read(batch.records.position[0], batch.records.captured[0])


def test_it_begins_where_a_new_filter_does(spool: Path) -> None:
    append(spool, records(0, 3))
    start = LivePosition(4, str(spool), len(HEADER), spool.stat().st_size)
    append(spool, records(3, 5))
    assert numbers(LiveSource("lo", start)) == [3, 4]


def test_it_ends_where_a_new_filter_begins(spool: Path) -> None:
    append(spool, records(0, 2))
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    source.note_growth(dropped=0, oldest=0, size=spool.stat().st_size)
    append(spool, records(2, 4))
    assert numbers(source) == [0, 1]
    source.note_end(size=spool.stat().st_size - len(record(3)))
    assert numbers(source) == [2]
    assert source.ended


def test_news_wake_a_reader(spool: Path) -> None:
    source = LiveSource("lo")
    source.add_file(0, str(spool))

    def write() -> None:
        append(spool, record(1))
        source.note_growth(0, 0)

    threading.Timer(0.05, write).start()
    batch = source.next_batch(timeout=10)
    assert batch
    assert batch.stop == 1


def test_half_a_record_of_a_killed_capture_is_cut_off(spool: Path) -> None:
    append(spool, record(0) + record(1)[:30])
    source = LiveSource("lo")
    source.add_file(0, str(spool))
    source.note_end("the capture process was killed (signal 9)")
    assert numbers(source) == [0]
    source.cut_half_record()
    source.close()
    assert spool.read_bytes() == HEADER + record(0)
    assert source.warnings == ["the capture process was killed (signal 9)"]


def test_its_files_are_known_by_whatever_name(tmp_path: Path) -> None:
    source = LiveSource("lo")
    for number, name in enumerate(["f0", "f1"]):
        (tmp_path / name).write_bytes(HEADER)
        source.add_file(number, str(tmp_path / name))
    (tmp_path / "other").write_bytes(HEADER)
    (tmp_path / "link").hardlink_to(tmp_path / "f0")
    names = ["f0", "f1", "link", "other"]
    assert [source.is_reading((tmp_path / one).stat()) for one in names] == [True] * 3 + [False]
    source.close()
