"""What a connection waits for: timers that run, ends that do not answer."""

import pytest

from tcptui.panes.state.timer_text import waiting
from tests.panes.loaded import sample

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("name", "flow", "later", "text"),
    [
        ("closings", 0, 0, "client in TIME-WAIT, 59 s left"),
        ("closings", 0, 20 * SECOND, "client in TIME-WAIT, 39 s left"),
        ("closings", 0, 70 * SECOND, "client's TIME-WAIT is over"),
        ("closings", 4, 0, ""),
        ("openings", 0, 0, ""),
        ("openings", 2, 0, "no answer from the server for 9.8 s, client's next SYN in 5.1 s"),
        ("keep-alive-half-open", 0, 0, ""),
    ],
)
def test_waiting(name: str, flow: int, later: int, text: str) -> None:
    engine = sample(name)
    assert waiting(engine.flows[flow], int(engine.now) + later) == text
