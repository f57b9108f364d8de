"""What a capture without an end lets go: blocks of rows, and flows that are over."""

import pytest
from librt.vecs import append, vec
from mypy_extensions import i64

from benchmarks.rolling import AT_ONCE, PACKETS, RECORD, SIZE, STEPS, Round
from tcptui.engine.engine import Engine
from tcptui.engine.eviction import GONE
from tcptui.engine.flow import Flow
from tcptui.engine.packets import BLOCK_ROWS, NO_ROW, Packets
from tcptui.engine.timing.lookback import row_left, rows_of_flow
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.filters.language import parse
from tcptui.filters.selection import Selection
from tcptui.findings.findings import findings_of
from tests.engine.feeding import Columns

ROUNDS = 8

pytestmark = pytest.mark.slow  # where the engine is not compiled


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Eight rounds of a thousand connections; 1,500 flows and 10,000 packets are enough."""
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(1)
    one = Round()
    for number in range(ROUNDS):
        feed(engine, bytes(one.records(number)), number)
        engine.evict(0, 10_000, 1500)
    for _ in range(3):
        engine.evict(0, 10_000, 1500)
    return engine


def feed(engine: Engine, data: bytes, number: int) -> None:
    """A round of records whose positions are their numbers."""
    time, position, offset, captured, original, interface = (vec[i64]() for _ in range(6))
    for n in range(PACKETS):
        time = append(time, (1_700_000_000 + number) * 10**9 + n * 50_000)
        position = append(position, number * PACKETS + n)
        offset = append(offset, n * RECORD + 16)
        captured = append(captured, SIZE)
        original = append(original, SIZE)
        interface = append(interface, 0)
    columns = Columns(time, position, offset, captured, original, interface)
    engine.feed(data, 0, PACKETS, columns)


def test_the_oldest_blocks_are_gone_and_numbers_stay(engine: Engine) -> None:
    packets = engine.packets
    gone = (ROUNDS * PACKETS - 10_000) // BLOCK_ROWS * BLOCK_ROWS
    assert (packets.count, packets.first) == (ROUNDS * PACKETS, gone)
    assert packets.frame(packets.first) == gone + 1
    assert (packets.frame(0), packets.captured(0), packets.time(0)) == (0, 0, 0)
    assert packets.row_of(5) == packets.first


def test_frames_and_rows_of_flows_that_are_left(engine: Engine) -> None:
    packets = engine.packets
    assert not packets.holds(packets.first)
    assert packets.holds(packets.first + 1)
    newest = engine.flows[-1]
    assert row_left(packets, newest) == newest.first_row
    cut = next(flow for flow in engine.flows if is_cut(packets, flow))
    assert row_left(packets, cut) == cut.last_row
    assert row_left(packets, GONE) == NO_ROW
    found = rows_of_flow(packets, i64(cut.index), i64(cut.first_row), i64(cut.last_row) + 1)
    assert 0 < len(found) < int(cut.packets)


def is_cut(packets: Packets, flow: Flow) -> bool:
    return int(flow.first_row) < int(packets.first) <= int(flow.last_row)


def test_filters_see_what_is_left(engine: Engine) -> None:
    rows_of = (row_left(engine.packets, flow) for flow in engine.flows)
    left = [number for number, row in enumerate(rows_of) if row != NO_ROW]
    assert Selection(parse("flow.packets == 10"), engine).flows() == left
    rows = Selection(parse("tcp.analysis.acks_frame"), engine).rows(0, int(engine.packets.count))
    assert int(min(rows)) >= int(engine.packets.first)


def test_filters_leave_out_folded_flows_whose_packets_are_held() -> None:
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(1)
    one = Round()
    for number in range(2):
        feed(engine, bytes(one.records(number)), number)
    for _ in range(3):
        engine.evict(0, 0, 10)
    held = [number for number, flow in enumerate(engine.flows) if flow is not GONE]
    assert engine.packets.first == 0
    assert 0 < len(held) < len(engine.flows)
    assert Selection(parse("tcp"), engine).flows() == held


def test_flows_that_are_over_are_folded_the_oldest_first(engine: Engine) -> None:
    assert len(engine.flows) == ROUNDS * AT_ONCE
    held = [number for number, flow in enumerate(engine.flows) if flow is not GONE]
    assert engine.eviction.flows == len(engine.flows) - len(held)
    assert held == list(range(int(engine.eviction.flows), len(engine.flows)))
    assert 1500 <= len(held) <= 1500 + 2 * AT_ONCE
    assert len(engine.endpoints) == 2 * len(held)


def test_nothing_is_found_in_what_is_gone(engine: Engine) -> None:
    assert findings_of(engine, GONE) == []
    assert (GONE.index, GONE.packets, GONE.first_row) == (-1, 0, NO_ROW)


def test_totals_are_kept_for_each_pair_of_hosts(engine: Engine) -> None:
    first, *_ = pairs = engine.eviction.busiest_pairs()
    assert sum(pair.flows for pair in pairs) == engine.eviction.flows
    assert (first.client, first.server) == (bytes((10, 0, 0, 0)), bytes((192, 0, 2, 1)))
    assert (first.flows, first.packets) == (AT_ONCE, AT_ONCE * len(STEPS))
    assert (first.client_bytes, first.server_bytes) == (6 * AT_ONCE, 6 * AT_ONCE)
    assert first.last_time - first.first_time == (PACKETS - 1) * 50_000


def test_open_flows_stay() -> None:
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(1)
    one = Round()
    opened = bytes(one.records(0))[: 3 * AT_ONCE * RECORD]
    columns: list[vec[i64]] = [vec[i64]() for _ in range(6)]
    for number in range(3 * AT_ONCE):
        values = (number, number, number * RECORD + 16, SIZE, SIZE, 0)
        columns = [
            append(column, i64(value)) for column, value in zip(columns, values, strict=True)
        ]
    engine.feed(opened, 0, 3 * AT_ONCE, Columns(*columns))
    for _ in range(4):
        engine.evict(0, 1, 1)
    assert engine.eviction.flows == 0
    assert all(flow is not GONE for flow in engine.flows)
