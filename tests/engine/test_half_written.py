"""The screen looks at the log of greetings while the analysis writes it."""

import pytest

from tcptui.engine.greeting_scan import GreetingScan, whole_end
from tcptui.engine.greetings import SIZE
from tests.panes.loaded import sample


class Log:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def getvalue(self) -> bytes:
        return self.data


class HalfWritten:
    """Greetings of which the last one is not whole yet."""

    def __init__(self, data: bytes) -> None:
        self.log = Log(data)
        self.others = b""


def test_a_greeting_that_is_not_whole_is_not_read_yet() -> None:
    log = sample("openings").greetings.log.getvalue()
    last = max(stop for stop in range(len(log)) if whole_end(log[:stop]) == stop)
    assert whole_end(log) == len(log) > last + SIZE
    for stop in range(last, len(log)):
        assert whole_end(log[:stop]) == last
        try:
            scan = GreetingScan(HalfWritten(log[:stop]))  # type: ignore[arg-type]
        except TypeError:
            pytest.skip("compiled, where nobody sees a greeting half written")
        assert scan.own_end == last
