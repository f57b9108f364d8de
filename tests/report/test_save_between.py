"""All that several points captured of some flows becomes one file, in the order of time."""

from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from tcptui.between.comparison import Comparison, compare
from tcptui.between.point import Point, new_point_engine
from tcptui.capture.source import Source, open_source
from tcptui.engine.engine import new_engine
from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES
from tcptui.report.save_between import PointsPackets, save_between
from tcptui.session import analyse
from tests.between.way import SECOND, Fates, Way, download


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two flows at two points, one after the other, with clocks two hours apart."""
    records: tuple[list[Record], list[Record]] = ([], [])
    for port, fates in ((40_000, Fates(lost={5})), (40_001, Fates())):
        play = download(Way(offset=7200 * SECOND, port=port, seed=port), 20, fates)
        records[0].extend(play.at_a)
        records[1].extend(play.at_b)
    paths = [tmp_path / "A.pcap", tmp_path / "B.pcap"]
    for path, captured in zip(paths, records, strict=True):
        path.write_bytes(pcap(sorted(captured, key=lambda record: record.time)))
    return paths


def opened(files: list[Path], stack: ExitStack) -> tuple[list[Source], Comparison]:
    sources = [stack.enter_context(closing(open_source([str(path)]))) for path in files]
    points = []
    for path, source in zip(files, sources, strict=True):
        engine = new_point_engine(DEFAULT_RULES)
        for _ in analyse(source, engine):
            pass
        points.append(Point(path.stem, engine))
    return sources, compare(points)


def test_all_flows_are_saved_in_the_order_of_time(files: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "both.pcapng"
    with ExitStack() as stack:
        sources, comparison = opened(files, stack)
        frames = sum(int(point.engine.frames) for point in comparison.points)
        assert save_between(str(target), sources, comparison, comparison.flows) == frames
        saved = stack.enter_context(closing(open_source([str(target)], seekable=False)))
        engine = new_engine(DEFAULT_RULES)
        for _ in analyse(saved, engine):
            pass
        assert engine.frames == frames
        assert not saved.warnings  # of times that go backwards
        assert sum("Vanished between B and A" in text for text in saved.comments.values()) == 1


def test_a_packet_is_read_when_it_is_written(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    with ExitStack() as stack:
        sources, comparison = opened(files, stack)
        for source in sources:
            monkeypatch.setattr(source, "read", lambda position, _: read.append(position))
        packets = PointsPackets(sources, comparison, comparison.flows)
        assert [packet.time for packet in packets] == sorted(packet.time for packet in packets)
        assert not read
        assert not next(iter(packets)).data
        assert len(read) == 1
