"""`-r FILE expression`: the packets that libpcap admits, as if there were no others."""

from pathlib import Path

import pytest

from tcptui.capture.live.expression import WrongExpression
from tcptui.capture.live.offline import FilteredSource, PacketFilter
from tcptui.capture.source import open_source
from tests.live.packets import HEADER, records


def found(path: Path, expression: str, count: int = 0) -> list[int]:
    source = FilteredSource(open_source([str(path)]), PacketFilter(expression), count)
    numbers = [
        int.from_bytes(chunk[r.offset[i] : r.offset[i] + 4], "big")
        for chunk, r, start, stop in source.batches()
        for i in range(start, stop)
    ]
    source.close()
    return numbers


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "a.pcap"
    path.write_bytes(HEADER + records(0, 10_000))
    return path


ADMITTED = [
    ("", 0, list(range(10_000))),
    ("ether[2:2] = 7", 0, [7]),
    ("ether[3] = 5", 3, [5, 261, 517]),
    ("ether[2:2] >= 9998", 0, [9998, 9999]),
    ("greater 61", 0, []),
]


@pytest.mark.parametrize(("expression", "count", "numbers"), ADMITTED)
def test_admitted(capture: Path, expression: str, count: int, numbers: list[int]) -> None:
    assert found(capture, expression, count) == numbers


def test_a_wrong_filter() -> None:
    with pytest.raises(WrongExpression, match="syntax error"):
        PacketFilter("tcp prt 80")
