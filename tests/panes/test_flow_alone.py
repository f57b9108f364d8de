"""A flow that is analysed alone, from where its packets lie, has the rows that it has in the whole;
what was kept of it may be anything, and is then none."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from mypy_extensions import i64

from samples.capture_files import Record, pcap
from samples.frames import frame
from tcptui.capture.input import BlockSizes
from tcptui.capture.source import Source, open_source
from tcptui.diagnosis.replays import Replays
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.flow import Flow
from tcptui.engine.flow_portions import MOST_SEGMENTS
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.panes.ladder import flow_alone as module
from tcptui.panes.ladder.drawing import Settings, lay_out
from tcptui.panes.ladder.flow_alone import flow_alone
from tcptui.panes.ladder.model.fold import Fold
from tcptui.panes.ladder.remembered_flows import (
    HEADER,
    RememberedFlows,
    flows_from_bytes,
    remember_flows,
)
from tcptui.panes.ladder.sack_blocks import unread
from tcptui.panes.ladder.strands import strands_of
from tcptui.session import analyse
from tests.engine.fuzz_traffic import mixture
from tests.engine.headers import ethernet, ip, tcp

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))
MADE_OF = bytes(range(32))
SMALL_BLOCKS = BlockSizes(1 << 13, 1 << 13)
"""So that the file has many portions."""
MOST = 1 << 20


class Known(NamedTuple):
    """A capture that has been analysed, and what is kept of it, as bytes."""

    source: Source
    engine: Engine
    data: bytes

    def remembered(self) -> RememberedFlows:
        """What would be kept now."""
        return self._replace(data=remembered(self.source, self.engine)).kept

    @property
    def kept(self) -> RememberedFlows:
        found = flows_from_bytes(self.data, MADE_OF)
        assert found is not None
        return found

    def alone(self, number: int, kept: RememberedFlows | None = None) -> Engine | None:
        return flow_alone(kept or self.kept, number, self.source.read, WIRESHARK_4_6)


@contextmanager
def known(file: Path, most: int = MOST) -> Iterator[Known]:
    source = open_source([str(file)], blocks=SMALL_BLOCKS)
    engine = new_engine(WIRESHARK_4_6)
    for _ in analyse(source, engine):
        pass
    try:
        yield Known(source, engine, remembered(source, engine, most))
    finally:
        source.close()


def remembered(source: Source, engine: Engine, most: int = MOST) -> bytes:
    assert source.portions is not None
    assert source.total_bytes is not None
    work = remember_flows(engine, source.portions, source.total_bytes, MADE_OF, most)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return bytes(end.value)


def ladder(engine: Engine, flow: Flow) -> list[str]:
    """The lines of a flow's ladder."""
    fold = Fold(i64(flow.index))
    events = engine.events.of_flow(flow.index)
    fold.events = [event.row for event in events]
    fold.find_rows(engine.packets, engine.packets.count)
    fold.fold_rows(engine.packets, len(fold.rows))
    strand = strands_of(engine, [flow], [fold], Settings(), unread)[0]
    strand.drawing.events = events
    layout = lay_out(120, engine.frames, Settings())
    lines = (strand.drawing.line(item, layout) for item in range(len(fold.first)))
    return ["".join(run.text for run in line) for line in lines]


def reasons(engine: Engine, flow: Flow, source: Source) -> list[str]:
    """What is said of each of a flow's segments."""
    packets = engine.packets
    rows = [row for row in range(packets.count) if packets.flow(row) == flow.index]
    replays = Replays(engine, lambda row: source.read(packets.position(row), packets.captured(row)))
    return [replays.why(row) for row in rows]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_each_flow_is_as_in_the_whole(sample: Path) -> None:
    with known(sample) as whole:
        for number, flow in enumerate(whole.engine.flows):
            engine = whole.alone(number)
            assert engine is not None
            again = engine.flows[number]
            assert ladder(engine, again) == ladder(whole.engine, flow)
            assert reasons(engine, again, whole.source) == reasons(whole.engine, flow, whole.source)


@pytest.mark.parametrize("seed", range(2))
def test_ports_that_are_used_again(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "again.pcap"
    file.write_bytes(pcap(Record(one.time, frame(one)) for one in mixture(seed, 600)))
    with known(file) as whole:
        flows = whole.engine.flows
        alone = [whole.alone(number) for number in range(len(flows))]
        assert any(flow.before >= 0 for flow in flows)
        for number, engine in enumerate(alone):
            assert engine is None or ladder(engine, engine.flows[number]) == ladder(
                whole.engine, flows[number]
            )
        assert sum(engine is not None for engine in alone) > len(flows) // 2


def test_what_only_other_packets_tell_is_not_shown(tmp_path: Path) -> None:
    """An ICMP error far from the segments that it is about is not among those that are read."""
    lines = [ethernet(ip(tcp(source=1000 + n % 40))) for n in range(200)]
    error = ip(bytes([3, 1]) + bytes(6) + ip(tcp(source=1000)), protocol=1)
    file = tmp_path / "icmp.pcap"
    early = [Record(n, line) for n, line in enumerate(lines) if n < 40]
    late = [Record(n, line) for n, line in enumerate(lines) if n >= 40 and n % 40]
    file.write_bytes(pcap([*early, *late, Record(500, ethernet(error))]))
    with known(file) as whole:
        assert whole.engine.routers.keys() == {0}
        assert whole.alone(0) is None
        assert whole.alone(1) is not None


def test_it_reads_little(monkeypatch: pytest.MonkeyPatch) -> None:
    with known(SAMPLES[-2]) as whole:
        asked: list[int] = []

        def read(at: int, size: int) -> bytes:
            asked.append(size)
            return whole.source.read(at, size)

        assert whole.source.total_bytes is not None
        assert flow_alone(whole.kept, 0, read, WIRESHARK_4_6) is not None
        assert sum(asked) < whole.source.total_bytes
        monkeypatch.setattr(module, "MOST_PACKETS", 2)
        assert whole.alone(0) is None


def test_long_flows_are_not_kept() -> None:
    with known(SAMPLES[-2]) as whole:
        assert whole.kept.flow(0) is not None
        whole.engine.flows[0].packets = MOST_SEGMENTS + 1
        assert whole.remembered().flow(0) is None


def test_what_is_too_large_is_not_kept() -> None:
    with known(SAMPLES[0], most=100) as whole:
        assert whole.data == b""


def test_a_file_that_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "capture.pcapng"
    data = bytearray(SAMPLES[-2].read_bytes())
    file.write_bytes(data)
    with known(file) as whole:
        kept = whole.kept
        position = whole.engine.packets.position(0)
    data[position + 38] ^= 1  # the sequence number of its first segment
    file.write_bytes(data)
    with known(file) as other:
        assert other.alone(0) is not None
        assert other.alone(0, kept) is None


# Whatever was kept


def signed(body: bytes) -> RememberedFlows | None:
    """What is kept, from bytes with a digest that is right, whatever they hold."""
    body = MADE_OF + body
    return flows_from_bytes(blake2b(body, digest_size=32).digest() + body, MADE_OF)


@pytest.fixture(scope="module")
def sample() -> Iterator[Known]:
    with known(SAMPLES[-2]) as found:
        yield found


@settings(max_examples=100, deadline=None)
@given(data=some.data())
def test_bytes_that_differ_are_no_flow_or_the_same(sample: Known, data: some.DataObject) -> None:
    body = bytearray(sample.data[64:])
    for _ in range(data.draw(some.integers(1, 4))):
        at = data.draw(some.integers(0, len(body) - 1))
        body[at : at + 1] = data.draw(some.binary(min_size=0, max_size=9))
    kept = signed(bytes(body))
    for number in range(len(sample.engine.flows)) if kept else ():
        engine = sample.alone(number, kept)
        if engine is not None:
            assert states(engine, number) == states(sample.engine, number)


def states(engine: Engine, number: int) -> list[tuple[int, int, int]]:
    """What the analysis found of a flow's segments."""
    packets = engine.packets
    return [
        (packets.position(row), packets.states(row), packets.analysis(row))
        for row in range(packets.count)
        if packets.flow(row) == number
    ]


@settings(max_examples=100, deadline=None)
@given(some.binary(max_size=200))
def test_any_bytes_are_none(sample: Known, body: bytes) -> None:
    kept = signed(body)
    assert kept is None or sample.alone(0, kept) is None


LARGE = HEADER.pack((1 << 64) - 1, 0, 1, 0, 0, 1)
TOO_MANY_PACKETS = HEADER.pack(1 << 31, 0, 1, 0, 0, 0)
MANY = HEADER.pack(1, 0, 1, (1 << 32) - 1, 1, (1 << 32) - 1)


@pytest.mark.parametrize(
    "body", [b"", LARGE, TOO_MANY_PACKETS, MANY, HEADER.pack(0, 0, 0, 0, 0, 0)]
)
def test_what_is_wrong_inside_is_none(body: bytes) -> None:
    assert signed(body) is None


def test_flows_of_something_else_are_none(sample: Known) -> None:
    assert flows_from_bytes(sample.data, MADE_OF[::-1]) is None
    assert flows_from_bytes(sample.data[:-1], MADE_OF) is None


def test_between_two_portions_the_clock_does_not_jump(tmp_path: Path) -> None:
    """Others pass all the time, in portions that are not read for this flow."""
    day = 86_400_000_000_000
    others = [(hour * day // 24, bytes(1400), 3) for hour in range(1, 72)] * 8
    packets = sorted([(0, b"", 1), (3 * day, b"", 1), *others])
    file = tmp_path / "quiet.pcap"
    file.write_bytes(
        pcap(Record(at + day, ethernet(ip(tcp(data, port)))) for at, data, port in packets)
    )
    with known(file) as whole:
        alone = whole.alone(0)
        assert alone is not None
        assert alone.packets.count == whole.engine.flows[0].packets == 2
        assert alone.flows[0].skipped is None
        assert alone.flows[0].lasted() == 3 * day
