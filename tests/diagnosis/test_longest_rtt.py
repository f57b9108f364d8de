"""The largest round-trip time of a flow is the largest of its segments' ``ack_rtt``."""

import pytest

from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.findings.longest_rtt import LongestRtts
from tests.panes.loaded import sample


@pytest.mark.parametrize("name", ["web-loss", "openings", "zero-window", "ssh-keystrokes"])
def test_the_largest_of_all_segments(name: str) -> None:
    engine = sample(name)
    view, rtt = View(engine), SCHEMA.names["tcp.analysis.ack_rtt"].get
    expected = [0] * len(engine.flows)
    for row in range(engine.packets.count):
        value = rtt(view, row)
        if isinstance(value, int):
            flow = engine.packets.flow(row)
            expected[flow] = max(expected[flow], value)
    assert any(expected)

    found = LongestRtts(engine.packets, engine.jumps)
    found.take(engine.packets.count // 2)
    list(found.grow())
    assert [found.of(flow) for flow in range(len(engine.flows))] == expected
    assert found.of(len(engine.flows)) == 0
