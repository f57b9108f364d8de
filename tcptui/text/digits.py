"""Writes numbers as text without making an object for each digit.

It takes three digits at a time from two tables of ready-made texts.
"""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

SECOND: Final = 1_000_000_000
MINUS: Final = 45
DOT: Final = 46

PLAIN: Final[list[bytes]] = [b"%d" % number for number in range(1000)]
PADDED: Final[list[bytes]] = [b"%03d" % number for number in range(1000)]


def write_number(out: BytesWriter, value: i64) -> None:
    """Write a decimal integer."""
    if value < 0:
        out.append(u8(MINUS))
        value = -value
    if value < 1000:
        out.write(PLAIN[value])
    else:
        write_number(out, value // 1000)
        out.write(PADDED[value % 1000])


def write_nine_digits(out: BytesWriter, value: i64) -> None:
    """Write a number below 10**9 with leading zeros."""
    out.write(PADDED[value // 1_000_000])
    out.write(PADDED[value // 1000 % 1000])
    out.write(PADDED[value % 1000])


def write_seconds(out: BytesWriter, ns: i64) -> None:
    """Write nanoseconds as seconds with nine decimals."""
    if ns < 0:
        out.append(u8(MINUS))
        ns = -ns
    write_number(out, ns // SECOND)
    out.append(u8(DOT))
    write_nine_digits(out, ns % SECOND)


def seconds_text(ns: i64) -> str:
    """Return nanoseconds as seconds with nine decimals."""
    out = BytesWriter()
    write_seconds(out, ns)
    return out.getvalue().decode()
