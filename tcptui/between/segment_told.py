"""Says of one segment how it passed the points: where it vanished, how long it took, and which
other segment carried the same bytes."""

from itertools import pairwise
from typing import Final

from mypy_extensions import i64

from tcptui.between.journeys import (
    AGAIN,
    LOST,
    MISSED,
    NOT_CAPTURED,
    OVERTAKEN,
    TWICE,
    UNCLEAR,
    Journeys,
)
from tcptui.engine.sequence import s32
from tcptui.text.durations import duration

MOST_LOOKED_AT: Final = 20_000
"""Journeys with nearly the same bytes, among which another copy of a segment is looked for."""


def told_of_segment(journeys: Journeys, journey: int) -> list[str]:
    """Return what happened to a segment: what is most to the point, then the rest."""
    fate = journeys.fate(journey)
    seen = journeys.seen(journey)
    last = end_of_way(journeys, journey)
    told: list[str] = []
    if fate & LOST:
        told.append(
            f"Vanished between {name(journeys, seen[-1])} and {next_name(journeys, journey)}."
        )
    if fate & TWICE:
        told.append(
            f"Came twice: {frame_at(journeys, journey, seen[0])} is the second of two that one"
            f" became before {name(journeys, seen[0])}."
        )
    if fate & OVERTAKEN:
        told.append(
            "Overtaken between the points: segments that were sent later arrived before it."
        )
    if fate & AGAIN:
        told.append(
            f"Passed {name(journeys, last)}, the last point on its way, and was sent again all the"
            " same: it was lost behind it, or its acknowledgment was lost or late."
        )
    if fate & (MISSED | NOT_CAPTURED | UNCLEAR):
        told.append(why_not_seen(journeys, journey))
    told.append(how_it_passed(journeys, journey))
    told += told_of_copies(journeys, journey)
    return told


def end_of_way(journeys: Journeys, journey: int) -> int:
    """Return the last place on the way of a segment, whether it was seen there or not."""
    return 0 if journeys.from_server(journey) else len(journeys.places) - 1


def name(journeys: Journeys, place: int) -> str:
    return journeys.comparison.points[journeys.places[place]].name


def next_name(journeys: Journeys, journey: int) -> str:
    """Return the point behind the last one that saw a segment."""
    step = -1 if journeys.from_server(journey) else 1
    return name(journeys, journeys.seen(journey)[-1] + step)


def frame_at(journeys: Journeys, journey: int, place: int) -> str:
    """Return a segment's frame at one of the places: ``#47``."""
    packets = journeys.comparison.points[journeys.places[place]].engine.packets
    return f"#{packets.frame(i64(journeys.row(journey, place)))}"


def frames_of(journeys: Journeys, journey: int) -> str:
    """Return a segment's frames at the points that saw it: ``#47 at A, #48 at B``."""
    return ", ".join(
        f"{frame_at(journeys, journey, place)} at {name(journeys, place)}"
        for place in journeys.seen(journey)
    )


def why_not_seen(journeys: Journeys, journey: int) -> str:
    """Say why a point has not seen a segment that was not lost for certain."""
    fate = journeys.fate(journey)
    seen = journeys.seen(journey)
    places = range(len(journeys.places))
    missing = " and ".join(name(journeys, place) for place in places if place not in seen)
    if fate & MISSED:
        return f"Must have passed {missing}, whose file lacks it."
    if fate & NOT_CAPTURED:
        return f"Nothing was captured at {missing} at that time."
    return f"Not seen at {missing}, whose file lacks others: whether it was lost, nobody can tell."


def how_it_passed(journeys: Journeys, journey: int) -> str:
    """Say where a segment was seen, and how long it took, beside the fastest of its direction."""
    seen = journeys.seen(journey)
    where = f"Seen as {frames_of(journeys, journey)}"
    known = all(journeys.comparison.clocks[place].is_known for place in journeys.places)
    least = least_delay(journeys, journey)
    took = journeys.time(journey, seen[-1]) - journeys.time(journey, seen[0])
    if len(seen) < 2 or not known or least is None or took < 0:
        return f"{where}."
    above = took - least
    beside = f", {duration(above)} more than the fastest" if above > 0 else ", the fastest"
    return f"{where}, {duration(took)} on the way{beside}."


def least_delay(journeys: Journeys, journey: int) -> int | None:
    """Return the least delay between the outermost points that saw a segment, if it is known."""
    seen = [journeys.places[place] for place in journeys.seen(journey)]
    total = 0
    direction = "s" if journeys.from_server(journey) else "c"
    for near, far in pairwise(seen):
        found = [
            leg.delays
            for leg in journeys.flow.legs
            if leg.direction == direction and leg.near == near and leg.far == far
        ]
        delays = found[0] if found else None
        if delays is None:
            return None
        total += delays.least
    return total


def told_of_copies(journeys: Journeys, journey: int) -> list[str]:
    """Say which segment before, and which one behind, carried the same bytes."""
    told: list[str] = []
    earlier = same_bytes(journeys, journey, -1)
    if earlier is not None:
        what = what_became(journeys, earlier)
        told.append(f"Its bytes were sent before: {frames_of(journeys, earlier)}{what}.")
    later = same_bytes(journeys, journey, 1)
    if later is not None:
        took = first_time(journeys, later) - first_time(journeys, journey)
        told.append(f"Sent again {duration(took)} later: {frames_of(journeys, later)}.")
    return told


def what_became(journeys: Journeys, journey: int) -> str:
    fate = journeys.fate(journey)
    if fate & LOST:
        near = name(journeys, journeys.seen(journey)[-1])
        return f", which vanished between {near} and {next_name(journeys, journey)}"
    if fate & AGAIN:
        return ", which passed all points"
    return ""


def first_time(journeys: Journeys, journey: int) -> int:
    return journeys.time(journey, journeys.seen(journey)[0])


def same_bytes(journeys: Journeys, journey: int, step: int) -> int | None:
    """Return the nearest journey before (``step`` -1) or behind (1) that carried some of the same
    bytes in the same direction; None for a segment without any."""
    first, length = journeys.bytes_of(journey)
    if length == 0:
        return None
    near = journeys.sent_bytes(journey).beginning_near(first, length, MOST_LOOKED_AT)
    for other in sorted(near, reverse=step < 0):
        start, size = journeys.bytes_of(other)
        if (other - journey) * step <= 0 or is_piece(journeys, journey, other):
            continue
        if -size < s32(start - first) < length:
            return other
    return None


def is_piece(journeys: Journeys, journey: int, other: int) -> bool:
    """Return whether two journeys are pieces of one segment, or a copy that the way made."""
    if (journeys.fate(journey) | journeys.fate(other)) & TWICE:
        return True
    for place in range(len(journeys.places)):
        row = journeys.row(journey, place)
        if row >= 0 and row == journeys.row(other, place):
            return True
    return False
