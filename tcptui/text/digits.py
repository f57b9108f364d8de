"""Writes numbers as text without making an object for each digit.

Eight digits are worked out at once, in the eight bytes of one number.
"""

from typing import Final

from librt.strings import BytesWriter, write_i16_le, write_i64_le
from mypy_extensions import i64, u8

SECOND: Final = 1_000_000_000
MINUS: Final = 45
DOT: Final = 46
ZERO: Final = 48
LETTER_A: Final = 97

TEN: Final = 10
HUNDRED: Final = 100
FOUR_DIGITS: Final = 10_000
EIGHT_DIGITS: Final = 100_000_000
FOUR_ZEROS: Final = 0x30303030
EIGHT_ZEROS: Final = 0x3030303030303030

NO_TIME: Final = b"0.000000000"
NO_SECOND: Final = ZERO | DOT << 8


def write_number(out: BytesWriter, value: i64) -> None:
    """Write a decimal integer."""
    if value < 0:
        out.append(u8(MINUS))
        value = -value
    if value < TEN:
        out.append(u8(ZERO + value))
        return
    if value >= EIGHT_DIGITS:
        write_number(out, value // EIGHT_DIGITS)
        write_i64_le(out, eight_digits(value % EIGHT_DIGITS))
        return
    spare = 8 - size_of(value)
    write_i64_le(out, eight_digits(value) >> 8 * spare)
    out.truncate(len(out) - spare)


def size_of(value: i64) -> i64:
    """Return how many digits a number below 10**8 has."""
    if value < FOUR_DIGITS:
        if value < HUNDRED:
            return 1 if value < TEN else 2
        return 3 if value < 1000 else 4
    if value < 1_000_000:
        return 5 if value < 100_000 else 6
    return 7 if value < 10_000_000 else 8


def pairs_of(fours: i64) -> i64:
    """Return numbers below 10,000, one in each 32 bits, as two numbers below 100 in 16 bits each,
    the upper digits in the lower bits."""
    hundreds = (fours * 10486 >> 20) & 0x7F0000007F
    return hundreds | (fours - 100 * hundreds) << 16


def digits_of_pairs(pairs: i64) -> i64:
    """Return numbers below 100, one in each 16 bits, as two digits in 8 bits each."""
    tens = (pairs * 103 >> 10) & 0x000F000F000F000F
    return tens | (pairs - 10 * tens) << 8


def four_digits(value: i64) -> i64:
    """Return the number whose four bytes, the lowest first, are the digits of ``value``."""
    return FOUR_ZEROS + digits_of_pairs(pairs_of(value))


def eight_digits(value: i64) -> i64:
    """Return the number whose eight bytes, the lowest first, are the digits of ``value``."""
    upper = value * 3_518_437_209 >> 45  # value // 10,000
    fours = upper | (value - upper * FOUR_DIGITS) << 32
    return EIGHT_ZEROS + digits_of_pairs(pairs_of(fours))


def hex_digits(value: i64) -> i64:
    """Return the number whose three bytes, the lowest first, are the hexadecimal digits of a number
    below 4096."""
    digits = value >> 8 | (value & 0xF0) << 4 | (value & 0xF) << 16
    letters = (digits + 0x060606) >> 4 & 0x010101
    return 0x303030 + digits + letters * (LETTER_A - ZERO - TEN)


def write_nine_digits(out: BytesWriter, value: i64) -> None:
    """Write a number below 10**9 with leading zeros."""
    first = value * 1_441_151_881 >> 57  # value // 100,000,000
    out.append(u8(ZERO + first))
    write_i64_le(out, eight_digits(value - first * EIGHT_DIGITS))


def write_seconds(out: BytesWriter, ns: i64) -> None:
    """Write nanoseconds as seconds with nine decimals."""
    if ns == 0:
        out.write(NO_TIME)
        return
    if ns < 0:
        out.append(u8(MINUS))
        ns = -ns
    if ns < SECOND:
        write_i16_le(out, NO_SECOND)
        write_nine_digits(out, ns)
        return
    write_number(out, ns // SECOND)
    out.append(u8(DOT))
    write_nine_digits(out, ns % SECOND)


def seconds_text(ns: i64) -> str:
    """Return nanoseconds as seconds with nine decimals."""
    out = BytesWriter()
    write_seconds(out, ns)
    return out.getvalue().decode()
