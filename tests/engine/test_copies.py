"""Whether a segment passed before: the index against a plain search through all rows."""

import random

import pytest

from benchmarks.shapes import ACK, BEGIN, ip, tcp
from tcptui.engine.packets import BLOCK_BITS
from tcptui.engine.timing.lookback import COPY_FRAMES, KEPT, CopySearch
from tcptui.engine.timing.recent_headers import RecentHeaders
from tests.engine.feeding import feed, new_engine

STEP = 1000


@pytest.mark.parametrize(("often", "flows"), [(1, 1), (1, 30), (7, 30), (500, 30)])
def test_agrees_with_a_plain_search(often: int, flows: int) -> None:
    """Asked for every row, or for each 7th or 500th."""
    chance = random.Random(often + flows)
    count = KEPT + (1 << BLOCK_BITS) if often == 500 else 1500
    frames = [
        ip(tcp(ACK, 1 + chance.randrange(400), 1, bytes(5), (1000 + n % flows, 80)))
        for n in range(count)
    ]
    engine = new_engine()
    feed(engine, frames, [BEGIN + n * STEP for n in range(count)])
    packets, copies = engine.packets, CopySearch(engine.packets, RecentHeaders())
    keys = [(int(packets.flow(n)), int(packets.seq(n))) for n in range(count)]
    asked = 0
    for row in range(flows, count, often):
        flow = engine.flows[int(engine.packets.flow(row))]
        flow.last_row = row - flows  # as when the row comes
        span = chance.randrange(COPY_FRAMES) * STEP
        before = keys[max(0, row - min(COPY_FRAMES, span // STEP)) : row]
        assert copies.passed_within(flow, row, span) == (keys[row] in before)
        asked += 1
    assert asked > 20
