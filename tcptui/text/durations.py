"""Writes durations and times of day as people read them, in one form for screens and sentences."""

from typing import Final

from librt.strings import BytesWriter, write_i16_le
from mypy_extensions import i64, u8

from tcptui.text.amounts import write_three_digits
from tcptui.text.digits import write_number

SECOND: Final = 1_000_000_000
MILLISECOND: Final = 1_000_000
MICROSECOND: Final = 1_000
LONG: Final = 100 * SECOND
"""What is as long is not told as one number."""
MICROSECONDS: Final = " µs".encode()
SPACE: Final = 0x20
MS: Final = 0x736D
"""The letters of most durations, the first one in the lower byte."""
CLOCK_WENT_BACK: Final = "an unknown time (the clock went back)"


def duration(ns: int) -> str:
    """Return a duration in three digits at most: ``35 µs``, ``201 ms``, ``4.10 s``.

    From 100 s on it is ``2 m 05 s``, ``3 h 04 m``, ``10 d 00 h`` or ``17 y 193 d``. A negative one
    is none: the clock went back.
    """
    if not 0 <= ns < LONG:
        return long_duration(ns)
    out = BytesWriter()
    write_duration(out, ns)
    return out.getvalue().decode()


def write_duration(out: BytesWriter, ns: i64) -> None:
    """Write what :func:`duration` returns."""
    if ns < 0 or ns >= LONG:
        out.write(long_duration(ns).encode())
    elif ns < MICROSECOND:
        write_number(out, ns)
        out.write(b" ns")
    elif ns < 999_500:
        write_number(out, (ns + 500) // MICROSECOND)
        out.write(MICROSECONDS)
    elif ns < 999_500_000:
        write_three_digits(out, ns, MILLISECOND)
        out.append(u8(SPACE))
        write_i16_le(out, MS)
    else:
        write_three_digits(out, ns, SECOND)
        out.write(b" s")


def long_duration(ns: int) -> str:
    """Return a duration that is no number of one unit: of 100 s or more, or negative."""
    if ns < 0:
        return CLOCK_WENT_BACK
    seconds = ns // SECOND
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02} s"
    if seconds < 100 * 3600:
        return f"{seconds // 3600} h {seconds // 60 % 60:02} m"
    days = seconds // 86400
    if days < 1000:
        return f"{days} d {seconds // 3600 % 24:02} h"
    return f"{days // 365} y {days % 365:03} d"


def measured(ns: int) -> str:
    """Return a duration between packets as finely as a capture knows it: ``less than 1 µs``."""
    return duration(ns) if not 0 <= ns < MICROSECOND else "less than 1 µs"


def waited(ns: int) -> str:
    """Return that somebody waited, and how long where time went on meanwhile: ``waited 2.30 s``."""
    return f"waited {duration(ns)}" if ns > 0 else "waited"


def brief_duration(ns: int) -> str:
    """Return the duration where there is room for a few letters only."""
    return duration(ns) if ns >= 0 else "unknown"


def positive_duration(ns: int) -> str:
    """Return the duration, or nothing for none."""
    return duration(ns) if ns > 0 else ""


def delta(ns: int) -> str:
    """Return a difference in time, like ``+201 ms``."""
    return "-" + duration(-ns) if ns < 0 else "+" + duration(ns)


def countdown(ns: int) -> str:
    """Return a duration that is shown while it runs: ``0.6 s``, ``41 s``, else like
    :func:`duration`.

    It is coarse enough to change once a second. Where the clock went back it begins anew.
    """
    ns = max(ns, 0)
    if ns < 10 * SECOND:
        return f"{ns // 100_000_000 / 10:.1f} s"
    return f"{ns // SECOND} s" if ns < 100 * SECOND else duration(ns)


def clock(ns: int, utc: bool) -> str:
    """Return a moment with its offset, like ``2024-05-01 12:00:00.123456+02:00``."""
    from datetime import UTC, datetime  # loaded by who shows a date, not by every report

    seconds, fraction = divmod(ns, SECOND)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
        if not utc:
            moment = moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return f"{seconds}.{fraction:09}"
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M:%S}.{fraction // 1000:06}{offset[:3]}:{offset[3:5]}"
