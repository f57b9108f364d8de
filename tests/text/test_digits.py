"""Numbers are written with their own digits, and no more."""

import random
from typing import Final

import pytest
from librt.strings import BytesWriter

from tcptui.text.digits import seconds_text, write_number

POWERS: Final = [10**digits for digits in range(19)]


def written(value: int) -> bytes:
    out = BytesWriter()
    write_number(out, value)
    return out.getvalue()


@pytest.mark.parametrize("power", POWERS)
def test_each_number_of_digits(power: int) -> None:
    rng = random.Random(power)
    numbers = [power - 1, power, power + 1, *(rng.randrange(power, 9 * power + 1) for _ in "1234")]
    for number in (*numbers, *(-number for number in numbers)):
        assert written(number) == b"%d" % number


def test_all_small_numbers() -> None:
    assert b" ".join(map(written, range(10_010))) == b" ".join(b"%d" % n for n in range(10_010))


@pytest.mark.parametrize("power", POWERS)
def test_seconds_with_all_their_decimals(power: int) -> None:
    for ns in (0, power - 1, power, 123_456_789 % power, 9 * power):
        assert seconds_text(ns) == f"{ns // 10**9}.{ns % 10**9:09}"
        assert ns == 0 or seconds_text(-ns) == "-" + seconds_text(ns)
