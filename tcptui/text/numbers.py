"""Numbers as people read them: three digits, a unit, nothing rounded to zero."""

from datetime import UTC, datetime
from typing import Final

SECOND: Final = 1_000_000_000
MILLISECOND: Final = 1_000_000
MICROSECOND: Final = 1_000

SIZES: Final = ("B", "kB", "MB", "GB", "TB")


def three_digits(value: float) -> str:
    """``1.23``, ``12.3``, ``123``."""
    if value < 9.995:
        return f"{value:.2f}"
    if value < 99.95:
        return f"{value:.1f}"
    return f"{value:.0f}"


def duration(ns: int) -> str:
    """``35 µs``, ``201 ms``, ``4.10 s``, ``2 m 05 s``, ``3 h 04 m``; negative ones with a sign."""
    if ns < 0:
        return "-" + duration(-ns)
    if ns < MICROSECOND:
        return f"{ns} ns"
    if ns < MILLISECOND:
        return f"{ns / MICROSECOND:.0f} µs" if ns < 999_500 else "1.00 ms"
    if ns < 999_500_000:
        return f"{three_digits(ns / MILLISECOND)} ms"
    if ns < 100 * SECOND:
        return f"{three_digits(ns / SECOND)} s"
    seconds = ns // SECOND
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02} s"
    if seconds < 100 * 3600:
        return f"{seconds // 3600} h {seconds // 60 % 60:02} m"
    return f"{seconds // 86400} d {seconds // 3600 % 24:02} h"


def delta(ns: int) -> str:
    """A difference: ``+201 ms``."""
    return duration(ns) if ns < 0 else "+" + duration(ns)


def size(amount: int) -> str:
    """``532 B``, ``39.1 kB``, ``1.20 MB``: powers of a thousand."""
    if amount < 1000:
        return f"{amount} B"
    value = float(amount)
    unit = 0
    while value >= 999.5 and unit < len(SIZES) - 1:
        value /= 1000
        unit += 1
    return f"{three_digits(value)} {SIZES[unit]}"


def count(number: int) -> str:
    """``1,261,005``."""
    return f"{number:,}"


def short_count(number: int) -> str:
    """At most four cells: ``999``, ``1.2k``, ``48k``, ``1.3M``."""
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


def of_many(number: int, word: str) -> str:
    """``1 segment``, ``27 segments``."""
    return f"{count(number)} {word}" if number == 1 else f"{count(number)} {word}s"


def clock(ns: int, utc: bool) -> str:
    """A moment with its offset: ``2024-05-01 12:00:00.123456+02:00``."""
    seconds, fraction = divmod(ns, SECOND)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
        if not utc:
            moment = moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return f"{seconds}.{fraction:09}"
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M:%S}.{fraction // 1000:06}{offset[:3]}:{offset[3:5]}"
