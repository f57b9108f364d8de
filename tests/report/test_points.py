"""Captures of several points are read by two processes, and say the same as read by one."""

import io
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from samples.capture_files import pcap
from tcptui.between.comparison import compare
from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source, open_source
from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES
from tcptui.report import between, divided_texts, points
from tcptui.report.points import PointToRead, read_elsewhere
from tcptui.report.processes import LENGTH
from tests.between.way import Fates, Way, download
from tests.waiting import children

SAMPLES = Path(__file__).parents[2] / "samples"
MANY_PACKETS = 2100
"""With their ACKs they are more than a block of rows has."""


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "processors", lambda: 2)
    monkeypatch.setattr(divided_texts, "processors", lambda jobs: 2)
    monkeypatch.setattr(divided_texts, "FEWEST", 1)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    source = open_source([str(path)], seekable=False)
    try:
        yield source
    finally:
        source.close()


def printed(paths: Sequence[Path], smallest_shared: int = 0) -> tuple[bytes, list[str]]:
    """The comparison as JSON, and the warnings of the captures."""
    asked = [PointToRead(path.stem, partial(opened, path), path.stat().st_size) for path in paths]
    read = points.read_points(asked, DEFAULT_RULES, smallest_shared)
    comparison = compare([point for point, _ in read])
    out = io.BytesIO()
    between.print_json(out, between.comparison_facts(comparison, [[] for _ in asked], []))
    return out.getvalue(), [text for _, warnings in read for text in warnings]


def printed_alone(paths: Sequence[Path]) -> tuple[bytes, list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(points, "processors", lambda: 1)
        patch.setattr(divided_texts, "processors", lambda jobs: 1)
        return printed(paths)


@pytest.fixture
def captures(tmp_path: Path) -> dict[str, list[Path]]:
    play = download(Way(), MANY_PACKETS, Fates(lost={4, 9}))
    paths = []
    for name, records in (("a", play.at_a), ("b", play.at_b)):
        paths.append(tmp_path / f"{name}.pcap")
        paths[-1].write_bytes(pcap(sorted(records, key=lambda record: record.time)))
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(paths[1].read_bytes()[:-5])
    empty = tmp_path / "empty.pcap"
    empty.write_bytes(pcap([]))
    return {
        "sample": [SAMPLES / f"both-ends-{end}.pcapng" for end in ("client", "server")],
        "many": paths,
        "cut": [paths[0], cut],
        "three": [*paths, cut],
        "nothing": [paths[0], empty],
    }


@pytest.mark.parametrize("name", ["sample", "many", "cut", "three", "nothing"])
def test_two_processes_say_the_same(captures: dict[str, list[Path]], name: str) -> None:
    assert printed(captures[name]) == printed_alone(captures[name])


def end_this_process(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def end_in_a_message(_read: object, out: io.BytesIO) -> None:
    out.write((1000).to_bytes(LENGTH) + b"too few")
    out.flush()
    end_this_process()


@pytest.mark.parametrize("instead", [end_this_process, end_in_a_message])
def test_what_the_second_does_not_bring_is_read_here(
    captures: dict[str, list[Path]],
    monkeypatch: pytest.MonkeyPatch,
    instead: Callable[..., None],
) -> None:
    alone = printed_alone(captures["cut"])
    monkeypatch.setattr(points, "send", instead)
    assert printed(captures["cut"]) == alone


def test_what_is_no_capture_is_refused(captures: dict[str, list[Path]], tmp_path: Path) -> None:
    before = children()
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(pcap([]) + b"\xff" * 10_000)
    with pytest.raises(CaptureError):
        printed([captures["many"][0], damaged])
    assert children() == before


@pytest.mark.parametrize(
    ("sizes", "elsewhere"),
    [
        ((10, 10), [1]),
        ((10, 10, 10), [2]),
        ((10, 10, 10, 10), [3, 2]),
        ((10, 90), [1]),
        ((90, 10), [1]),
        ((10, 0), []),
        ((0, 10), []),
        ((10, 0, 10), [2]),
    ],
)
def test_the_second_process_reads_about_half(sizes: tuple[int, ...], elsewhere: list[int]) -> None:
    asked = [PointToRead(str(n), partial(opened, Path()), size) for n, size in enumerate(sizes)]
    assert read_elsewhere(asked) == elsewhere
