"""What held a transfer back, where the capture claims times that are far apart."""

import pytest

from benchmarks.shapes import bulk
from tcptui.engine.engine import Engine
from tcptui.engine.saturation import LARGEST
from tcptui.engine.timing.chronograph import Chronograph
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tests.engine.feeding import feed


@pytest.mark.parametrize("late", [LARGEST // 3, LARGEST // 2 + 1, LARGEST])
def test_gaps_of_any_length_keep_their_cause(late: int) -> None:
    """An acknowledgment that came long before the next segment did not release it, however long:
    the application waited, and two such waits are the longest time that there is."""
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(1)
    frames = list(bulk(9))
    feed(engine, frames, list(range(len(frames))))
    found = Chronograph(engine.packets, engine.flows[0], True)
    found.rounds.begin_round(0)
    found.heard_at, found.heard_since, found.sent_pushed = 0, True, True
    for _ in range(4):
        found.end_gap(late, late, 1000)
    assert (found.application, found.path) == (LARGEST, 0)
