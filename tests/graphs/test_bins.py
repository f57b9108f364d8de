"""Bins over any span, and of any amount."""

import re

import pytest

from tcptui.graphs.bins import MOST_BINS, Bins, TooManyBins
from tcptui.graphs.series import Series, Unit
from tcptui.text.durations import SECOND

DAY = 86_400 * SECOND


@pytest.mark.parametrize(("start", "end"), [(0, DAY), (0, 2**63 - 1), (1 - 2**63, 2**63 - 1)])
def test_bins_of_the_length_that_is_told_are_not_too_many(start: int, end: int) -> None:
    with pytest.raises(TooManyBins, match="bins are too many to draw: --bin") as told:
        Bins(start, end, 1000)
    seconds = re.findall(r"--bin ([0-9.]+) or more", str(told.value))[0]
    assert Bins(start, end, round(float(seconds) * SECOND)).number <= MOST_BINS


@pytest.mark.parametrize(
    ("amount", "length", "rate"),
    [(15, 10 * SECOND, 2), (20_000_000_000, 10 * SECOND, 2_000_000_000), (0, SECOND, 0)],
)
def test_a_rate_is_an_amount_a_second(amount: int, length: int, rate: int) -> None:
    bins = Bins(0, length - 1, length)
    bins.add_amount(1, 5, amount)
    assert bins.fill(Series("c.throughput", Unit.RATE), SECOND, length).point(0) == (1, 0, rate)
