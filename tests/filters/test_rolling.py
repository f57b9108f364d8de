"""Filters and copies in a capture that lets go of its oldest packets."""

from pathlib import Path

import pytest

from tcptui.engine.packets import BLOCK_ROWS
from tcptui.fields.columns.flow_walk import ABSENT, Contiguity, PacketNumbers, TimeDeltas
from tcptui.filters import subjects
from tcptui.filters.display_filter_text import display_filter
from tcptui.filters.language import parse
from tcptui.filters.selection import Selection
from tests.filters.samples import REUSED, TALK, Loaded, frames_of, write_capture

MILLISECOND = 1_000_000
FIRST_USE, OTHER_HOST, FILLER, SECOND_USE = 0, 1, 2, 3
FIRST_USE_FRAMES = 4
NO_RANGES = 0  # what pure ACKs send


@pytest.fixture
def rolling(tmp_path: Path) -> Loaded:
    """Ports are used, then a block of packets of another flow passes, then they are used again."""
    script = frames_of(REUSED)
    filler = frames_of(TALK.replace("40000", "30000"))[4:5] * BLOCK_ROWS
    frames = [*script[:FIRST_USE_FRAMES], *filler, *script[FIRST_USE_FRAMES:]]
    loaded = Loaded(write_capture(tmp_path / "rolling.pcap", frames))
    loaded.engine.evict(0, 1, 0)
    assert loaded.engine.packets.first == BLOCK_ROWS
    return loaded


def test_a_flow_without_packets_is_bounded_by_its_times(rolling: Loaded) -> None:
    made = display_filter(rolling.capture, subjects.FlowSubject(FIRST_USE))
    assert "frame.time_epoch >= 1.000000000 && frame.time_epoch <= 1.020000000" in made.text
    assert "frame.number" not in made.text
    again = display_filter(rolling.capture, subjects.FlowSubject(SECOND_USE))
    assert f"frame.number >= {BLOCK_ROWS + FIRST_USE_FRAMES + 1}" in again.text


def test_time_deltas_go_with_their_packets(tmp_path: Path) -> None:
    filler = frames_of(TALK)[4:5] * (2 * BLOCK_ROWS + 10)
    loaded = Loaded(write_capture(tmp_path / "deltas.pcap", filler))
    deltas = TimeDeltas(loaded.engine)
    last = loaded.count - 1
    assert deltas.at(last) == 10 * MILLISECOND
    loaded.engine.evict(0, 1, 0)
    deltas.evict_rows()
    assert len(deltas.values) == 10
    assert deltas.at(last) == 10 * MILLISECOND
    assert deltas.at(0) < 0


def test_the_time_since_a_packet_that_was_never_seen_is_absent(tmp_path: Path) -> None:
    filler = frames_of(TALK)[4:5] * (BLOCK_ROWS + 10)
    loaded = Loaded(write_capture(tmp_path / "deltas.pcap", filler))
    loaded.engine.evict(0, 1, 0)
    deltas = TimeDeltas(loaded.engine)
    assert deltas.at(BLOCK_ROWS) == ABSENT
    assert deltas.at(BLOCK_ROWS + 1) == 10 * MILLISECOND


def test_packet_numbers_and_ranges_go_with_their_packets(tmp_path: Path) -> None:
    filler = frames_of(TALK)[4:5] * (2 * BLOCK_ROWS + 10)
    loaded = Loaded(write_capture(tmp_path / "numbers.pcap", filler))
    last = loaded.count - 1
    late = [PacketNumbers(loaded.engine), Contiguity(loaded.engine)]
    walked = [PacketNumbers(loaded.engine), Contiguity(loaded.engine)]
    assert [walk.at(last) for walk in walked] == [loaded.count, NO_RANGES]
    loaded.engine.evict(0, 1, 0)
    for walk in walked:
        walk.evict_rows()
        assert len(walk.values) == 10
    assert [walk.at(last) for walk in walked] == [loaded.count, NO_RANGES]
    assert [walk.at(last) for walk in late] == [loaded.count, ABSENT]


def test_a_flow_begins_with_no_time_passed(rolling: Loaded) -> None:
    first = int(rolling.engine.flows[SECOND_USE].first_row)
    assert TimeDeltas(rolling.engine).at(first) == 0


def test_rows_that_share_a_frame_go_with_their_packets(tmp_path: Path) -> None:
    filler = frames_of(TALK)[4:5] * (BLOCK_ROWS + 10)
    loaded = Loaded(write_capture(tmp_path / "shared.pcap", filler))
    scan = Selection(parse("tcp"), loaded.engine).scan
    for row in (3, 4, 5, BLOCK_ROWS + 1):
        scan.add_shared(row)
    loaded.engine.evict(0, 1, 0)
    scan.renew()
    assert list(scan.shared) == [BLOCK_ROWS + 1]


def test_times_between_packets_go_with_them(tmp_path: Path) -> None:
    """Before each block's first segment, and before its eleventh, comes a packet without TCP."""
    segment, other = frames_of(TALK)[4], b"\xff" * 14
    block = [other, *[segment] * 10, other, *[segment] * (BLOCK_ROWS - 10)]
    loaded = Loaded(write_capture(tmp_path / "between.pcap", block * 3))
    packets = loaded.engine.packets
    assert list(packets.other_row[:4]) == [0, 10, BLOCK_ROWS, BLOCK_ROWS + 10]
    selection = Selection(parse("frame.time_delta == 0.01"), loaded.engine)
    assert list(selection.rows(0, loaded.count)) == list(range(3 * BLOCK_ROWS))
    loaded.engine.evict(0, 1, 0)
    assert list(packets.other_row) == [BLOCK_ROWS + 10, 2 * BLOCK_ROWS, 2 * BLOCK_ROWS + 10]
    assert list(selection.rows(0, loaded.count)) == list(range(2 * BLOCK_ROWS, 3 * BLOCK_ROWS))
