"""Spans of time that nobody used, and how long anything took without them."""

import pytest
from mypy_extensions import i64

from tcptui.engine.skipped_time import MOST_UNORDERED, ONE_MOMENT, SkippedTime

HOUR = 3600 * ONE_MOMENT
Spans = list[tuple[int, int]]


def skipped(spans: Spans) -> SkippedTime:
    """Spans in hours."""
    found = SkippedTime()
    for start, end in spans:
        found.add(i64(start * HOUR), i64(end * HOUR))
    return found


@pytest.mark.parametrize(
    ("added", "kept"),
    [
        ([(1, 3), (5, 6)], [(1, 3), (5, 6)]),
        ([(5, 6), (1, 3)], [(1, 3), (5, 6)]),
        ([(1, 2), (8, 9), (4, 5)], [(1, 2), (4, 5), (8, 9)]),
        ([(1, 5), (3, 8)], [(1, 8)]),
        ([(3, 8), (1, 5)], [(1, 8)]),
        ([(1, 2), (4, 5), (7, 8), (2, 7)], [(1, 8)]),
        ([(1, 9), (3, 4)], [(1, 9)]),
    ],
)
def test_spans_stand_in_order_and_apart(added: Spans, kept: Spans) -> None:
    found = skipped(added)
    assert found.spans() == [(start * HOUR, end * HOUR) for start, end in kept]
    assert found.within(0, 100 * HOUR) == HOUR * sum(end - start for start, end in kept)


@pytest.mark.parametrize(
    ("start", "end", "within"),
    [
        (0, 20, 6),
        (1, 3, 2),
        (0, 4, 2),
        (4, 20, 4),
        (2, 20, 4),
        (2, 8, 0),
        (3, 5, 0),
        (20, 0, 0),
    ],
)
def test_a_span_counts_where_all_of_it_lies_between(start: int, end: int, within: int) -> None:
    found = skipped([(1, 3), (5, 9)])
    assert found.within(i64(start * HOUR), i64(end * HOUR)) == within * HOUR
    between = max(end - start, 0) - within
    assert found.time_between(i64(start * HOUR), i64(end * HOUR)) == between * HOUR


def test_packets_of_one_moment_may_stand_in_any_order() -> None:
    found = skipped([(1, 3)])
    start, end = HOUR + ONE_MOMENT, 3 * HOUR - ONE_MOMENT
    assert found.time_between(i64(start), i64(end)) == 0
    assert found.within(i64(start + 1), i64(end)) == 0


@pytest.mark.parametrize(
    ("moment", "time", "before"),
    [(4, 1, 3), (4, 2, 0), (10, 1, 9), (10, 2, 4), (10, 3, 3), (10, 4, 0), (2, 1, 1), (1, 1, 0)],
)
def test_so_long_before_a_moment(moment: int, time: int, before: int) -> None:
    found = skipped([(1, 3), (5, 9)])
    assert found.moment_before(i64(moment * HOUR), i64(time * HOUR)) == before * HOUR


def test_a_clock_that_jumps_back_and_ahead_all_the_time_takes_no_more_room() -> None:
    found = skipped([(-2 * n, 1 - 2 * n) for n in range(2 * MOST_UNORDERED)])
    assert len(found.spans()) == MOST_UNORDERED
