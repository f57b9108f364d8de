"""A capture that is longer than its limits: disk, packets and flows stay bounded."""

import json
from pathlib import Path

import pytest

from benchmarks.rolling import AT_ONCE, PACKETS, Replay, run
from tcptui.capture.errors import CaptureError
from tcptui.capture.options import CaptureOptions
from tcptui.engine.packets import BLOCK_ROWS
from tcptui.report.capture_facts import capture_facts
from tcptui.report.flow_formats import capture_json

ROUNDS = 8
LIMITS = CaptureOptions(rolling_bytes=2_000_000, keep_packets=80_000, keep_flows=2000)


@pytest.mark.slow
def test_a_long_capture_stays_within_its_limits(tmp_path: Path) -> None:
    engine, replay = run(ROUNDS * PACKETS, LIMITS, str(tmp_path))
    try:
        packets = engine.packets
        assert (engine.frames, len(engine.flows)) == (ROUNDS * PACKETS, ROUNDS * AT_ONCE)
        assert packets.first % BLOCK_ROWS == 0
        assert 0 < packets.count - packets.first <= 80_000 + BLOCK_ROWS
        assert len(engine.flows) - engine.eviction.flows <= 2000 + 3 * AT_ONCE
        disk = sum(path.stat().st_size for path in tmp_path.iterdir())
        assert disk <= 2_000_000
        facts = capture_facts(replay.source, engine, ["replay"], "")
        folded = json.loads(capture_json(facts))["folded"]
        assert folded["flows"] == engine.eviction.flows
        assert folded["pairs"][0]["first"] == 1_700_000_000
        check_bytes(replay, int(packets.position(packets.count - 1)), int(packets.position(0)))
    finally:
        replay.close()
    assert not list(tmp_path.iterdir())


def check_bytes(replay: Replay, newest: int, gone: int) -> None:
    """The newest packet can be read again, one that is gone is refused in words."""
    assert len(replay.source.read(newest, 60)) == 60
    with pytest.raises(CaptureError, match="left the rolling spool"):
        replay.source.read(gone, 60)
