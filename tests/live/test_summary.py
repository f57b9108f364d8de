"""The last line of a live capture counts what was captured, not only what was read of it."""

import pytest

from tcptui.capture.live.capture import Figures, LiveCapture
from tcptui.capture.live.headless import summary
from tcptui.capture.live.options import LiveOptions

CASES = {
    "all was read": (1000, 0, 1000, "1,000 packets captured"),
    "the analysis is behind": (1000, 0, 80, "1,000 packets captured"),
    "the process was killed before it said more": (700, 0, 1000, "1,000 packets captured"),
    "another filter began meanwhile": (1000, 400, 50, "1,000 packets captured"),
}


@pytest.mark.parametrize(("told", "earlier", "read", "said"), CASES.values(), ids=CASES)
def test_summary(told: int, earlier: int, read: int, said: str) -> None:
    capture = LiveCapture(LiveOptions(["lo"]))
    capture.figures = Figures(packets=told, dropped=3)
    capture.earlier = earlier
    capture.source.packets = read
    assert summary(capture).startswith(f"{said}, 3 dropped by the kernel, 0 by the interface; ")
