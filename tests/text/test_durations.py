"""Durations are rounded right wherever their unit or their form changes."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.text.durations import (
    CLOCK_WENT_BACK,
    MICROSECOND,
    MILLISECOND,
    SECOND,
    brief_duration,
    countdown,
    delta,
    duration,
    measured,
)

UNITS = {"µs": MICROSECOND, "ms": MILLISECOND, "s": SECOND}


@pytest.mark.parametrize(
    ("ns", "text"), [(0, "less than 1 µs"), (4, "less than 1 µs"), (42_000_000, "42.0 ms")]
)
def test_a_time_between_packets_is_no_finer_than_a_capture_knows(ns: int, text: str) -> None:
    assert measured(ns) == text


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (999, "999 ns"),
        (1_499, "1 µs"),
        (1_500, "2 µs"),
        (999_499, "999 µs"),
        (999_500, "1.00 ms"),
        (9_994_999, "9.99 ms"),
        (9_995_000, "10.0 ms"),
        (99_949_999, "99.9 ms"),
        (99_950_000, "100 ms"),
        (200_500_000, "201 ms"),
        (999_499_999, "999 ms"),
        (999_500_000, "1.00 s"),
        (100 * SECOND - 1, "100 s"),
        (100 * SECOND, "1 m 40 s"),
        (3600 * SECOND, "1 h 00 m"),
        (100 * 3600 * SECOND, "4 d 04 h"),
        (1000 * 86_400 * SECOND, "2 y 270 d"),
    ],
)
def test_forms_change_where_they_should(ns: int, text: str) -> None:
    assert duration(ns) == text
    assert delta(-ns) == f"-{text}"
    assert delta(ns) == f"+{text}"


@given(st.integers(1_000, 100 * SECOND - 1))
def test_the_digits_shown_are_those_of_the_exact_quotient(ns: int) -> None:
    digits, unit = duration(ns).split()
    exact = Decimal(ns) / UNITS[unit]
    assert Decimal(digits) == exact.quantize(Decimal(digits), ROUND_HALF_UP)
    assert len(digits.replace(".", "")) <= 3


@pytest.mark.parametrize("ns", [-1, -200 * MILLISECOND, -(1 << 63)])
def test_no_duration_is_negative(ns: int) -> None:
    assert duration(ns) == CLOCK_WENT_BACK
    assert brief_duration(ns) == "unknown"
    assert countdown(ns) == "0.0 s"
