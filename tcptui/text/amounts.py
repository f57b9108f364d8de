"""Writes numbers, amounts, ranges and frames as people read them; nothing is rounded to zero."""

from collections.abc import Sequence
from typing import Final

from librt.strings import BytesWriter, write_i32_le
from mypy_extensions import i32, i64

from tcptui.text.digits import DOT, four_digits, write_number

SIZES: Final = [b" B", b" kB", b" MB", b" GB", b" TB"]
MOST_BYTES: Final = 1 << 62
"""More is told as this: what is added to round it must fit into 64 bits."""
MOST_LISTED: Final = 8

BEFORE_SECOND: Final = 0xFF
BEFORE_THIRD: Final = 0xFFFF
BEHIND_SECOND: Final = 0xFFFF0000
BEHIND_THIRD: Final = 0xFF000000
"""Where three digits go of four bytes, around a point in the second or the third one."""


def write_three_digits(out: BytesWriter, number: i64, unit: i64) -> None:
    """Write how many units a number is: ``1.23``, ``12.3``, ``123``. A half is rounded up."""
    hundredths = (number + unit // 200) // (unit // 100)
    if hundredths < 1000:
        digits = four_digits(hundredths)
        write_i32_le(out, i32(digits >> 8 & BEFORE_SECOND | DOT << 8 | digits & BEHIND_SECOND))
        return
    tenths = (number + unit // 20) // (unit // 10)
    if tenths < 1000:
        digits = four_digits(tenths)
        write_i32_le(out, i32(digits >> 8 & BEFORE_THIRD | DOT << 16 | digits & BEHIND_THIRD))
        return
    write_number(out, (number + unit // 2) // unit)


def count(number: int) -> str:
    """Return a number with separators, like ``1,261,005``; a format with commas takes longer."""
    if number < 0:
        return f"-{count(-number)}"
    if number < 1000:
        return str(number)
    return f"{count(number // 1000)},{str(1000 + number % 1000)[1:]}"


def short_count(number: int) -> str:
    """Return a number in at most four cells: ``999``, ``1.2k``, ``48k``, ``1.3M``."""
    if number < 1000:
        return str(number)
    for unit in "kMG":
        number_f = number / 1000
        if number_f < 9.95:
            return f"{number_f:.1f}{unit}"
        if number_f < 999.5:
            return f"{number_f:.0f}{unit}"
        number = round(number_f)
    return f"{number}G"


def size(amount: int) -> str:
    """Return an amount of bytes in powers of a thousand: ``532 B``, ``39.1 kB``, ``1.20 MB``."""
    out = BytesWriter()
    write_size(out, min(amount, MOST_BYTES))
    return out.getvalue().decode()


def write_size(out: BytesWriter, amount: i64) -> None:
    """Write what :func:`size` returns."""
    unit: i64 = 1000
    power: i64 = 0
    if amount < unit:
        write_number(out, amount)
    else:
        power = 1
        while amount >= unit * 1000 - unit // 2 and power < len(SIZES) - 1:
            unit *= 1000
            power += 1
        write_three_digits(out, amount, unit)
    out.write(SIZES[power])


def plural(number: int, word: str) -> str:
    """Return ``byte`` for one, else ``bytes``."""
    return word if number == 1 else f"{word}s"


def amount(number: int, word: str) -> str:
    """Return a number with its noun: ``1 byte``, ``4,380 bytes``."""
    return f"{count(number)} {plural(number, word)}"


def times(number: int) -> str:
    """Return how often something came: ``once``, ``3 times``."""
    return "once" if number == 1 else f"{count(number)} times"


def percent(some: int, all: int) -> str:
    """Return a part in per cent, nothing for none; what is not all never looks like it, nor like
    none."""
    if some in (0, all):
        return "100.0 %" if some else ""
    return f"{min(max(some * 100 / all, 0.1), 99.9):.1f} %"


def part_done(part: float) -> str:
    """Return how far something is, from 0 to 1, in whole per cent: ``37 %``."""
    return f"{part * 100:.0f} %"


def span(start: int, end: int) -> str:
    """Return a range such as ``5793:7241``: from the first byte to the one after the last."""
    return f"{start}:{end}"


def frames(numbers: Sequence[int]) -> str:
    """Return frame numbers such as ``#9, #11 and #13``; long lists are cut in the middle."""
    named = [f"#{number}" for number in numbers]
    if len(named) > MOST_LISTED:
        named = [*named[:3], "…", *named[-2:]]
    if len(named) < 2:
        return "".join(named)
    return f"{', '.join(named[:-1])} and {named[-1]}"
