"""Amounts as people read them."""

import pytest

from tcptui.text.amounts import count, part_done, percent, size


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


@pytest.mark.parametrize(("part", "said"), [(0, "0 %"), (0.374, "37 %"), (1, "100 %")])
def test_how_far_something_is(part: float, said: str) -> None:
    assert part_done(part) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_995, "10.0 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (1 << 40, "1.10 TB"),
        (1 << 70, "4611686 TB"),
    ],
)
def test_a_size(amount: int, said: str) -> None:
    assert size(amount) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (1_261_005, "1,261,005"),
        (1 << 70, "1,180,591,620,717,411,303,424"),
        (-12_034, "-12,034"),
    ],
)
def test_a_number_with_separators(number: int, said: str) -> None:
    assert count(number) == said
