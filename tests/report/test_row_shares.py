"""The rows of a big capture come from several processes, and are those of a single one."""

import io
import marshal
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from tcptui.capture.input import BlockSizes
from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.engine.wireshark.rules import Rules
from tcptui.report import row_shares
from tcptui.report.default_rows import print_default_rows
from tcptui.report.processes import PipeEnds, write_message
from tcptui.report.row_shares import AnalysedPart, Told, told_parts
from tests.engine.fuzz_traffic import mixture
from tests.report.test_shares import SAMPLES, Closed, icmp_errors
from tests.waiting import children

SMALL_BLOCKS = BlockSizes(1 << 12, 1 << 12)
OTHER_FRAMES = Told(7, [0, 0, 0], b"")


def printed(
    path: Path, jobs: int, rules: Rules = WIRESHARK_4_0, smallest_share: int = 0
) -> tuple[bytes, list[str], Engine]:
    """The rows, the source's warnings, and the engine that has seen all packets."""
    source = open_source([str(path)], seekable=False, blocks=SMALL_BLOCKS)
    out = io.BytesIO()
    try:
        engine = print_default_rows(source, out, rules, jobs, smallest_share)
    finally:
        source.close()
    return out.getvalue(), source.warnings, engine


def assert_same(path: Path, jobs: int, rules: Rules = WIRESHARK_4_0) -> None:
    said, warnings, engine = printed(path, jobs, rules)
    alone, warnings_alone, engine_alone = printed(path, 1, rules)
    assert (engine.share is None, engine_alone.share is None) == (False, True)
    assert said == alone
    assert warnings == warnings_alone
    assert (engine.frames, engine.segments) == (engine_alone.frames, engine_alone.segments)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are so many parts that a process may be ahead of another one."""
    monkeypatch.setattr(row_shares, "PART", 50)


@pytest.fixture
def fuzz(tmp_path: Path) -> Path:
    path = tmp_path / "fuzz.pcap"
    path.write_bytes(pcap(Record(packet.time, frame(packet)) for packet in mixture(1, 2_500)))
    return path


@pytest.mark.parametrize("rules", [WIRESHARK_4_0, WIRESHARK_4_6], ids=["4.0", "4.6"])
@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_samples(path: Path, rules: Rules) -> None:
    assert_same(path, 2, rules)


@pytest.mark.parametrize("jobs", [2, 3, 8])
def test_random_traffic(fuzz: Path, jobs: int) -> None:
    assert_same(fuzz, jobs)


@pytest.mark.parametrize("cut", [5, 700])
def test_a_damaged_capture(fuzz: Path, cut: int) -> None:
    fuzz.write_bytes(fuzz.read_bytes()[:-cut])
    assert_same(fuzz, 2)


@pytest.mark.parametrize("records", [[], icmp_errors()], ids=["nothing", "quoted segments"])
def test_odd_captures(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "odd.pcap"
    path.write_bytes(pcap(records))
    assert_same(path, 2)


# Another process is ended


def end_this_process(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def bring_another_capture(*work: object) -> None:
    ends = work[-1]
    assert isinstance(ends, PipeEnds)
    write_message(marshal.dumps(tuple(OTHER_FRAMES)), ends.outgoing)


def end_after_some(parts: Iterable[AnalysedPart], out: BinaryIO) -> Iterator[AnalysedPart]:
    yield from islice(told_parts(parts, out), 20)
    end_this_process()


@pytest.mark.parametrize(
    ("where", "instead"),
    [
        ("tell_rows", end_this_process),
        ("tell_rows", bring_another_capture),
        ("told_parts", end_after_some),
    ],
)
@pytest.mark.parametrize("jobs", [2, 3])
def test_what_it_does_not_bring_is_made_here(
    fuzz: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    instead: Callable[..., object],
    jobs: int,
) -> None:
    alone = printed(fuzz, 1)
    monkeypatch.setattr(row_shares, where, instead)
    assert printed(fuzz, jobs)[:2] == alone[:2]


def test_a_table_that_is_full(fuzz: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = printed(fuzz, 1)
    monkeypatch.setattr(row_shares, "would_fit", lambda _used: False)
    assert printed(fuzz, 2)[:2] == alone[:2]


def test_pipes_with_little_room(fuzz: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = printed(fuzz, 1)
    monkeypatch.setattr(row_shares, "pipe_size", lambda _end: 1 << 16)
    monkeypatch.setattr(row_shares, "numbered_parts", end_this_process)
    assert printed(fuzz, 2)[:2] == alone[:2]


def test_they_do_not_outlive_the_first(fuzz: Path) -> None:
    before = children()
    source = open_source([str(fuzz)], seekable=False)
    with pytest.raises(BrokenPipeError):
        print_default_rows(source, Closed(), WIRESHARK_4_0, 3, smallest_share=0)
    source.close()
    assert children() == before


def test_small_captures_are_not_shared(fuzz: Path) -> None:
    size = fuzz.stat().st_size
    assert printed(fuzz, 2, smallest_share=size // 2)[2].share
    assert not printed(fuzz, 2, smallest_share=size // 2 + 1)[2].share
