"""A column gives back every 64-bit number, near the first one or not."""

import sys
from types import FrameType
from typing import Any

import pytest
from librt.vecs import vec
from mypy_extensions import i32

from tcptui.engine.near_numbers import REACH, NearNumbers
from tcptui.engine.saturation import LARGEST

SECOND = 1_000_000_000
BEGIN = 1_700_000_000 * SECOND

NUMBERS = {
    "near": ([BEGIN, BEGIN + 5, BEGIN - 7, BEGIN + REACH, BEGIN - REACH], True),
    "too late": ([BEGIN, BEGIN + 5, BEGIN + REACH + 1, BEGIN + 6], False),
    "too early": ([BEGIN, BEGIN + 5, BEGIN - REACH - 1, BEGIN + 6], False),
    "from one end to the other": ([-LARGEST, LARGEST, 0], False),
    "another file": ([24, 1 << 48 | 24, 90], False),
}


@pytest.mark.parametrize(("numbers", "are_near"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_are_given_back(numbers: list[int], are_near: bool) -> None:
    column = NearNumbers(vec[i32]([0] * 8))
    for i, number in enumerate(numbers):
        column.put(i, number)
    assert [column.at(i) for i in range(len(numbers))] == numbers
    assert (len(column.near), len(column.far)) == ((8, 0) if are_near else (0, 8))


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_column_may_be_widened_while_it_is_read(step: int) -> None:
    """An interpreted analysis gives way between any two lines of who reads; a compiled one does
    not."""
    column = NearNumbers(vec[i32]([0] * 8))
    for i in range(8):
        column.put(i, BEGIN + i)
    lines = 0

    def widen(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal lines
        if event == "line" and frame.f_code.co_name == "at":
            lines += 1
            if lines == step:
                column.widen()
        return widen

    before = sys.gettrace()
    sys.settrace(widen)
    try:
        found = column.at(5)
    finally:
        sys.settrace(before)
    assert found == BEGIN + 5
