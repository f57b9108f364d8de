"""32-bit sequence numbers: order survives the wrap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.engine.sequence import MASK32, ge, gt, le, lt, s32, u32

HALF = 1 << 31
NUMBERS = st.integers(0, MASK32)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [(0, 1), (0, HALF - 1), (MASK32, 0), (MASK32 - 9, 20), (HALF - 1, HALF), (HALF, MASK32)],
)
def test_order(earlier: int, later: int) -> None:
    assert lt(earlier, later)
    assert le(earlier, later)
    assert gt(later, earlier)
    assert ge(later, earlier)
    assert not lt(later, earlier)
    assert not ge(earlier, later)


@given(NUMBERS)
def test_at_half_the_space_both_orders_hold(number: int) -> None:
    opposite = (number + HALF) & MASK32
    assert lt(number, opposite)
    assert gt(number, opposite)


@given(NUMBERS, st.integers(1, HALF - 1))
def test_order_is_that_of_the_distance(number: int, distance: int) -> None:
    assert lt(number, (number + distance) & MASK32)
    assert not gt(number, (number + distance) & MASK32)


@given(st.integers(-(1 << 40), 1 << 40))
def test_signed_and_unsigned_are_two_readings_of_the_same_bits(number: int) -> None:
    assert -HALF <= s32(number) < HALF
    assert u32(s32(number)) == number & MASK32
