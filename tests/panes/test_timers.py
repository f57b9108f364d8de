"""What a connection waits for: timers that run, ends that do not answer."""

import pytest

from samples.packet_script import parse_script
from tcptui.panes.state.timer_text import waiting
from tests.engine.feeding import analysed
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
        (
            "openings", 2, 0,
            "no answer to the first SYN for 9.8 s, to the last for 2.8 s, "
            "client's next SYN in 5.1 s",
        ),
        ("keep-alive-half-open", 0, 0, ""),
    ],
)  # fmt: skip
def test_waiting(name: str, flow: int, later: int, text: str) -> None:
    engine = sample(name)
    assert waiting(engine.flows[flow], int(engine.now) + later) == text


OPEN = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
1  0 A S  0 0 64000 0
2 20 B SA 0 1 64000 0
3 22 A A  1 1 64000 0
"""
AGAIN = "{} {} A PA 1 1 64000 100\n"
DAY = 86_400_000
"""ms, as packet scripts have them."""


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (
            OPEN + AGAIN.format(4, 100) + AGAIN.format(5, 1100),
            "nothing from the server for 3.0 s, no answer to the last try for 2.0 s",
        ),
        (
            OPEN.replace("2 20 B SA 0 1 64000 0\n3 22", "2 22")
            + AGAIN.format(3, 100)
            + AGAIN.format(4, 1100),
            "no answer from the server for 3.0 s, no answer to the last try for 2.0 s, "
            "client sends again in 0.2 s",
        ),
        (
            OPEN + AGAIN.format(4, 100) + AGAIN.format(5, 2 * DAY),
            "nothing from the server for 2.0 s, no answer to the last try for 2.0 s",
        ),
    ],
    ids=["data", "nothing heard", "a jump of the clock"],
)
def test_it_says_from_when_it_counts(script: str, text: str) -> None:
    engine = analysed(parse_script(script).packets)
    assert waiting(engine.flows[0], int(engine.now) + 2 * SECOND) == text
