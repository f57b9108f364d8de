"""Numbers in sentences."""

from hypothesis import given
from hypothesis import strategies as st

from tcptui.text.words import MOST_IN_INTEGERS, UNITS, duration


def rounded(ns: int) -> str:
    """A duration by way of Python's own rounding of fractions."""
    unit, name = next((unit, name) for unit, name in UNITS if ns >= unit)
    digits = max(0, 4 - len(str(ns // unit)))
    text = f"{ns / unit:.{min(digits, 3)}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {name}"


@given(st.integers(1_000, MOST_IN_INTEGERS - 1))
def test_integers_are_rounded_as_fractions_are(ns: int) -> None:
    assert duration(ns) == rounded(ns)


@given(st.sampled_from([1_000, 1_000_000, 1_000_000_000]), st.integers(2, 1_999_999))
def test_ties_too(unit: int, halves: int) -> None:
    ns = max(halves * unit // 2000, 1_000)
    assert duration(ns) == rounded(ns)
