"""How far a sweep has come is one line on a terminal."""

import pytest

from tcptui.fleet.progress import Progress
from tcptui.fleet.sources import SourceFile

SECOND = 10**9


def progress(sizes: list[int | None]) -> Progress:
    names = map(str, range(len(sizes)))
    return Progress(
        SourceFile(name, name, name, None, "host", size, None, None)
        for name, size in zip(names, sizes, strict=True)
    )


@pytest.mark.parametrize(
    ("sizes", "taken", "broken", "passed", "line"),
    [
        ([1000, 3000], 1, 0, SECOND, "1 of 2 captures, 1.00 kB/s, 3.0 s left"),
        ([1000, 3000], 2, 1, 2 * SECOND, "2 of 2 captures, 2.00 kB/s, 0.0 s left, 1 broken"),
        ([None, None], 1, 0, SECOND, "1 of 2 captures, 0 B/s"),
        ([5], 1, 0, 0, "1 of 1 capture, 5.00 GB/s, 0.0 s left"),
    ],
)
def test_the_line(sizes: list[int | None], taken: int, broken: int, passed: int, line: str) -> None:
    told = progress(sizes)
    for number in range(taken):
        told.take(str(number), number < broken)
    assert told.text(passed) == line
