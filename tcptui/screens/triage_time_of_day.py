"""Finds what went wrong in the second, or the minute, that a time of day names."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from tcptui.engine.engine import Engine
from tcptui.text.durations import SECOND

TIME: Final = re.compile(r"#\s*(\d{1,2}):(\d\d)(?::(\d\d))?\s*")
TIME_BEGUN: Final = re.compile(r"#\s*\d{1,2}:[\d:]*\s*")


class TimeOfDay(NamedTuple):
    """A time of day as it was typed; without a ``second`` the whole minute is meant."""

    hour: int
    minute: int
    second: int | None

    @property
    def name(self) -> str:
        seconds = "" if self.second is None else f":{self.second:02}"
        return f"{self.hour:02}:{self.minute:02}{seconds}"

    def span(self, engine: Engine, utc: bool) -> tuple[int, int]:
        """Return its first second since 1970, and the one after its last: of the first day on which
        it is not over when the capture begins."""
        began = day_time(engine.first_time, utc)
        at = began.replace(hour=self.hour, minute=self.minute, second=self.second or 0)
        lasts = timedelta(seconds=60 if self.second is None else 1)
        if at + lasts <= began:
            at += timedelta(days=1)
        first = int(at.timestamp())
        return first, first + int(lasts.total_seconds())

    def refusal(self, engine: Engine, utc: bool) -> str:
        """Return why nothing is known of it; nothing where the capture has it."""
        first, stop = self.span(engine, utc)
        if first * SECOND <= engine.last_time and stop * SECOND > engine.first_time:
            return ""
        began, ended = (day_time(end, utc) for end in (engine.first_time, engine.last_time))
        return f"the capture goes from {began:%H:%M:%S} to {ended:%H:%M:%S}"

    def filter(self, engine: Engine, utc: bool) -> str:
        """Return the filter for flows with a flagged segment or a RST then."""
        first, stop = self.span(engine, utc)
        return (
            f"frame.time_epoch >= {first} && frame.time_epoch < {stop} && "
            "(tcp.analysis.flags || tcp.flags.reset == 1)"
        )


def day_time(ns: int, utc: bool) -> datetime:
    """Return a moment in UTC or in the zone of this machine."""
    at = datetime.fromtimestamp(ns // SECOND, UTC)
    return at if utc else at.astimezone()


def time_of_day(text: str) -> TimeOfDay | None:
    """Return the time of day that ``#10:42:07`` or ``#10:42`` names; None for another text."""
    found = TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), found[3]
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return None
    return TimeOfDay(hour, minute, int(second) if second is not None else None)
