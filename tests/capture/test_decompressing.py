"""A process of its own decompresses a large file, and says what this one would have read."""

import gzip
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tcptui.capture import decompressing, input, interrupt, source
from tcptui.capture.errors import CaptureError
from tcptui.capture.input import Input
from tcptui.capture.source import Source, open_source
from tests.capture.builders import pcap, record, write
from tests.capture.reading import rows
from tests.capture.test_compressed import COMPRESSORS
from tests.waiting import children, wait_until

CAPTURE = pcap(*(record(n, 0, os.urandom(300)) for n in range(3000)))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has copies here")


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are worth a process, and have many blocks; threads of other tests, which may
    still be there, hold nothing that a copy needs."""
    monkeypatch.setattr(input, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(input, "may_copy", lambda: True)
    monkeypatch.setattr(decompressing, "LEAST_BLOCK", 1 << 13)


@pytest.fixture
def former() -> set[int]:
    """The processes that there were before."""
    return children()


def opened(tmp_path: Path, packed: bytes, seekable: bool = False) -> Source:
    return open_source(
        [write(tmp_path, "packed", packed)], seekable=seekable, spool_dir=str(tmp_path)
    )


def read_here(tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The same file, decompressed by this process alone."""
    with monkeypatch.context() as patched, closing(opened(tmp_path, packed)) as here:
        patched.setattr(input, "may_copy", lambda: False)
        for _ in here.batches():
            pass
        return here


@pytest.mark.parametrize("seekable", [False, True])
@pytest.mark.parametrize("name", COMPRESSORS)
def test_each_compression(tmp_path: Path, name: str, seekable: bool, former: set[int]) -> None:
    with closing(open_source([write(tmp_path, "plain", CAPTURE)])) as plain:
        expected = rows(plain)
    with closing(opened(tmp_path, COMPRESSORS[name](CAPTURE), seekable)) as packed:
        batches = packed.batches()
        next(batches)
        assert len(children() - former) == 1
        for _ in batches:
            pass
        assert children() == former
    with closing(opened(tmp_path, COMPRESSORS[name](CAPTURE), seekable)) as packed:
        assert rows(packed) == expected
        assert packed.format == f"pcap+{name}"
        assert packed.read_bytes == packed.total_bytes
        if seekable:
            last = expected[-1]
            assert packed.read(last.position, last.captured) == last.data


@pytest.mark.parametrize("name", COMPRESSORS)
def test_what_is_damaged_is_told(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = COMPRESSORS[name](CAPTURE)
    cut = whole[: len(whole) * 2 // 3]
    with closing(opened(tmp_path, cut)) as packed:
        for _ in packed.batches():
            pass
        here = read_here(tmp_path, cut, monkeypatch)
        assert packed.warnings == here.warnings != []
        assert 500 < packed.packets == here.packets


@pytest.mark.parametrize("seekable", [False, True])
@pytest.mark.parametrize("first", [1, 20])
def test_one_that_is_ended_is_replaced(
    tmp_path: Path, first: int, seekable: bool, former: set[int]
) -> None:
    """As by the system, for want of memory: what it has not brought is decompressed here."""
    with closing(opened(tmp_path, gzip.compress(CAPTURE), seekable)) as packed:
        batches = packed.batches()
        for _ in range(first):
            next(batches)
        (process,) = children() - former
        os.kill(process, signal.SIGKILL)
        assert sum(1 for _ in batches) > 0
        assert packed.packets == 3000
        assert packed.read_bytes == packed.total_bytes


def test_none_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompressing, "forked", lambda: None)
    with closing(opened(tmp_path, gzip.compress(CAPTURE))) as packed:
        assert len(rows(packed)) == 3000


def test_another_thread_keeps_it_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, former: set[int]
) -> None:
    """A copy would have the locks that the thread holds, and not the thread."""
    monkeypatch.setattr(input, "may_copy", interrupt.may_copy)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with closing(opened(tmp_path, gzip.compress(CAPTURE))) as packed:
        assert len(rows(packed)) == 3000
        assert children() == former
    done.set()
    thread.join()


def test_a_missing_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lz4.frame", None)
    with (
        closing(opened(tmp_path, COMPRESSORS["lz4"](CAPTURE))) as packed,
        pytest.raises(CaptureError, match="lz4 compression needs another package"),
    ):
        rows(packed)


def test_many_files_are_decompressed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, former: set[int]
) -> None:
    monkeypatch.setattr(source, "MOST_DECOMPRESSED_APART", 1)
    paths = [write(tmp_path, name, gzip.compress(CAPTURE)) for name in ("one", "two")]
    with closing(open_source(paths, seekable=False)) as both:
        assert len(rows(both)) == 6000
        assert children() == former


def test_it_ends_with_its_readers(tmp_path: Path, former: set[int]) -> None:
    one = Input(write(tmp_path, "packed", gzip.compress(CAPTURE)), 0, [], follow=False,
                seekable=False, spool_dir=None)  # fmt: skip
    one.decompress_apart(2)
    (process,) = children() - former
    one.become_reader(0)  # nobody reads for the other one
    assert one.frame_next(None)
    while one.frame_next(None):
        pass
    assert one.packets == 3000
    wait_until(lambda: is_over(process))
    one.close()
    assert children() == former


def is_over(process: int) -> bool:
    """Whether a process has ended, and waits for its parent to ask."""
    return " Z " in Path(f"/proc/{process}/stat").read_text()


def read_in_a_copy(one: Input, number: int) -> Iterator[int]:
    """Yield how many packets a copy of this process reads, once it has read all."""
    incoming, outgoing = os.pipe()
    copy = os.fork()
    if copy == 0:
        one.become_reader(number)
        while one.frame_next(None):
            pass
        os.write(outgoing, one.packets.to_bytes(4))
        os._exit(0)
    os.close(outgoing)
    yield copy
    yield int.from_bytes(os.read(incoming, 4))
    os.waitpid(copy, 0)
    os.close(incoming)


def test_several_readers(tmp_path: Path) -> None:
    one = Input(write(tmp_path, "packed", gzip.compress(CAPTURE)), 0, [], follow=False,
                seekable=False, spool_dir=None)  # fmt: skip
    one.decompress_apart(3)
    copies = [read_in_a_copy(one, number) for number in (1, 2)]
    for copy in copies:
        next(copy)
    one.become_reader(0)
    while one.frame_next(None):
        pass
    assert [one.packets, *(next(copy) for copy in copies)] == [3000] * 3
    assert [next(copy, None) for copy in copies] == [None, None]
    one.close()
