"""Amounts as people read them."""

import pytest

from tcptui.text.amounts import percent


@pytest.mark.parametrize(
    ("some", "all", "said"),
    [
        (0, 0, ""),
        (0, 9, ""),
        (1, 100_000, "0.1 %"),
        (1, 3, "33.3 %"),
        (99_999, 100_000, "99.9 %"),
        (9, 9, "100.0 %"),
    ],
)
def test_a_part_in_per_cent(some: int, all: int, said: str) -> None:
    assert percent(some, all) == said
