"""Says what happened to flows that were seen at several points: findings, and one verdict."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tcptui.between.comparison import Comparison, FlowBetween
from tcptui.between.leg import UNDECIDED, Leg
from tcptui.text.amounts import amount, count
from tcptui.text.durations import duration

LEAST_QUEUE: Final = 10_000_000
"""Ns above the least delay below which nobody speaks of a queue."""
LEAST_SAMPLES: Final = 20
LEAST_LARGE: Final = 3
"""Lost segments, all larger than any that passed, that show a limit of size."""
ARROWS: Final = {"c": "client → server", "s": "server → client"}
MOST_FRAMES: Final = 5
"""Frames that are named for each point."""
CHANGED_ALWAYS: Final = ("ttl",)
"""What routers change on every way."""


class BetweenFinding(NamedTuple):
    """One thing that happened between two points: kind, severity, and the leg that shows it."""

    kind: str
    severity: str
    side: str
    segments: int
    text: str
    frames: list[list[int]]


def findings_of(comparison: Comparison, flow: FlowBetween) -> list[BetweenFinding]:
    """Return what happened to a flow between the points, the worst first."""
    found: list[BetweenFinding] = []
    for leg in flow.legs:
        found.extend(findings_of_leg(comparison, leg))
    return sorted(found, key=lambda one: SEVERITIES.index(one.severity))


SEVERITIES: Final = ("error", "warning", "note", "chat")


def findings_of_leg(comparison: Comparison, leg: Leg) -> list[BetweenFinding]:
    found: list[BetweenFinding] = []
    where = between(comparison, leg)
    large = limit_of_size(leg)
    if leg.lost.rows:
        text = f"{count(len(leg.lost.rows))} of {amount(leg.segments, 'segment')} vanished {where}"
        found.append(finding(comparison, leg, "lost_between", "warning", len(leg.lost.rows), text))
    if large:
        text = (
            f"every segment that vanished {where} had {count(large)} bytes or more,"
            f" none that passed had more than {count(int(leg.largest_paired))}:"
            " look for a smaller MTU on the way"
        )
        found.append(finding(comparison, leg, "mtu_between", "warning", large, text))
    if leg.duplicated.far_rows:
        number = len(leg.duplicated.far_rows)
        text = f"{amount(number, 'segment')} came twice out of one {where}"
        found.append(finding(comparison, leg, "duplicated_between", "note", number, text))
    if leg.reordered.rows:
        number = len(leg.reordered.rows)
        text = f"{count(number)} of {amount(leg.segments, 'segment')} overtaken {where}"
        found.append(finding(comparison, leg, "reordered_between", "note", number, text))
    queue = leg.delays
    if queue is not None and leg.segments >= LEAST_SAMPLES:
        above = queue.p99 - queue.least
        if above >= LEAST_QUEUE and above > queue.least // 2:
            text = (
                f"one in a hundred segments took {duration(above)} longer than the fastest {where}"
                f" ({duration(queue.least)}): a queue held them, or their way was longer"
            )
            found.append(finding(comparison, leg, "queue_between", "note", leg.segments, text))
    rewritten = [change for change in leg.changes if change[0] not in CHANGED_ALWAYS]
    if rewritten:
        fields = ", ".join(dict.fromkeys(field for field, *_ in rewritten))
        text = f"{fields} changed {where}"
        number = max(change[3] for change in rewritten)
        found.append(finding(comparison, leg, "rewritten_between", "note", number, text))
    return found


def finding(
    comparison: Comparison, leg: Leg, kind: str, severity: str, number: int, text: str
) -> BetweenFinding:
    side = "client" if leg.direction == "c" else "server"
    return BetweenFinding(kind, severity, side, number, text, frames_of_kind(comparison, leg, kind))


def frames_of_kind(comparison: Comparison, leg: Leg, kind: str) -> list[list[int]]:
    """Return the frames that show a finding, a list for each point."""
    groups = {
        "lost_between": leg.lost,
        "mtu_between": leg.lost,
        "duplicated_between": leg.duplicated,
        "reordered_between": leg.reordered,
    }
    frames: list[list[int]] = [[] for _ in comparison.points]
    group = groups.get(kind)
    if group is not None:
        frames[leg.near] = comparison.points[leg.near].frames(group.rows)
        frames[leg.far] = comparison.points[leg.far].frames(group.far_rows)
    return frames


def between(comparison: Comparison, leg: Leg) -> str:
    """Return where a leg is: between which points, and in which direction."""
    names = [comparison.points[place].name for place in ends_of(leg)]
    return f"between {names[0]} and {names[1]}, {ARROWS[leg.direction]}"


def told_of_flow(
    comparison: Comparison, flow: FlowBetween, found: Sequence[BetweenFinding]
) -> list[str]:
    """Return what happened to a flow, given its findings, a sentence each: the gravest first, then
    what was sent again beyond, what a file lacks, how long the way took, and what changed on it."""
    names = [point.name for point in comparison.points]
    told = [f"{as_sentence(one.text)}{frames_named(names, one.frames)}." for one in found]
    for tell in (told_again, told_missed, told_ways, told_changes):
        for leg in flow.legs:
            told.extend(tell(comparison, leg))
    if not found:
        total, doubt = sum(leg.segments for leg in flow.legs), doubt_of_loss(flow.legs)
        told.insert(0, f"None of {amount(total, 'segment')} vanished between the points{doubt}.")
    return told


def doubt_of_loss(legs: Sequence[Leg]) -> str:
    """Return in words of how many segments nobody can tell whether they vanished; nothing where
    there are none."""
    unknown = sum(
        leg.near_unpaired[UNDECIDED].segments for leg in legs if UNDECIDED in leg.near_unpaired
    )
    return f" for certain; of {count(unknown)} nobody can tell" if unknown else ""


def told_again(comparison: Comparison, leg: Leg) -> list[str]:
    """Say what passed the last point and was sent again."""
    if not leg.beyond.rows:
        return []
    name = comparison.points[leg.far].name
    frames: list[list[int]] = [[] for _ in comparison.points]
    frames[leg.far] = comparison.points[leg.far].frames(leg.beyond.rows)
    number = amount(len(leg.beyond.rows), "segment")
    where = frames_named([point.name for point in comparison.points], frames)
    return [f"{number} passed {name} and had to be sent again{where}."]


def told_missed(comparison: Comparison, leg: Leg) -> list[str]:
    """Say what a point's file lacks."""
    told: list[str] = []
    for group, place in ((leg.uncaptured_far, leg.far), (leg.uncaptured_near, leg.near)):
        if group.segments:
            number = amount(group.segments, "segment")
            name = comparison.points[place].name
            them = "it" if group.segments == 1 else "them"
            told.append(f"{number} must have passed {name}, whose file lacks {them}.")
    return told


def told_ways(comparison: Comparison, leg: Leg) -> list[str]:
    """Say how long segments took on a leg."""
    if leg.delays is None:
        return []
    least, middle, p99 = leg.delays.least, leg.delays.median, leg.delays.p99
    return [
        f"{way_of(comparison, leg)}: {duration(least)} at least, {duration(middle)} in the middle,"
        f" {duration(p99)} for one in a hundred."
    ]


def told_changes(comparison: Comparison, leg: Leg) -> list[str]:
    """Say what changed on a leg."""
    told: list[str] = []
    for field, before, after, segments in leg.changes:
        values = f" {value_text(before)} → {value_text(after)}" if before != after else ""
        number = amount(segments, "segment")
        told.append(f"{way_of(comparison, leg)}: {field}{values} in {number}.")
    return told


def way_of(comparison: Comparison, leg: Leg) -> str:
    return f"{comparison.points[leg.near].name} to {comparison.points[leg.far].name}"


def value_text(value: object) -> str:
    return "none" if value is None else str(value)


def as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def frames_named(names: Sequence[str], frames: Sequence[Sequence[int]]) -> str:
    """Return the first frames that show something, at each point: `` (A #4, #7; B #5)``."""
    said: list[str] = []
    for name, numbers in zip(names, frames, strict=True):
        if numbers:
            shown = ", ".join(f"#{number}" for number in numbers[:MOST_FRAMES])
            more = " …" if len(numbers) > MOST_FRAMES else ""
            said.append(f"{name} {shown}{more}")
    return f" ({'; '.join(said)})" if said else ""


def limit_of_size(leg: Leg) -> int:
    """Return the length of the smallest segment lost, where all lost ones are larger than all that
    passed, and more than once so; else 0."""
    if len(leg.lengths_lost) < LEAST_LARGE or leg.largest_paired == 0:
        return 0
    least = min([int(length) for length in leg.lengths_lost])
    return least if least > int(leg.largest_paired) else 0


def verdict(comparison: Comparison) -> str:
    """Return the sentence that says what happened between the points."""
    points = comparison.points
    names = [point.name for point in points]
    if not comparison.flows:
        return f"{listed(names)} share no connection: there is nothing to compare."
    legs = [leg for flow in comparison.flows for leg in flow.legs]
    pairs = sorted({*pairwise(range(len(points))), *map(ends_of, legs)})
    told = [vanished(comparison, legs, pair) for pair in pairs]
    told += [beyond(comparison, legs, place) for place in (0, len(points) - 1)]
    return " ".join(sentence for sentence in told if sentence)


def ends_of(leg: Leg) -> tuple[int, int]:
    """Return the points of a leg in the order of the path."""
    return min(leg.near, leg.far), max(leg.near, leg.far)


def vanished(comparison: Comparison, legs: Sequence[Leg], pair: tuple[int, int]) -> str:
    """Say how many segments were lost between two points, one behind the other for some flow."""
    here = [leg for leg in legs if ends_of(leg) == pair]
    names = [comparison.points[n].name for n in pair]
    total = sum(leg.segments for leg in here)
    lost = sum(len(leg.lost.rows) for leg in here)
    where = f"Between {names[0]} and {names[1]}"
    if not here:
        return f"No flow was seen at both {names[0]} and {names[1]}."
    if not lost:
        return f"{where}, none of {amount(total, 'segment')} vanished{doubt_of_loss(here)}."
    said = [f"{where}, {count(lost)} of {amount(total, 'segment')} vanished"]
    directions = {leg.direction for leg in here if leg.lost.rows}
    if len(directions) == 1:
        said.append(f"all {ARROWS[directions.pop()]}" if lost > 1 else "")
    lengths = [int(length) for leg in here for length in leg.lengths_lost]
    passed = max((int(leg.largest_paired) for leg in here if leg.lost.rows), default=0)
    if lost >= LEAST_LARGE and min(lengths) > passed:
        said.append(f"all larger than {count(passed)} bytes, the largest that passed")
    return ", ".join(part for part in said if part) + "."


def beyond(comparison: Comparison, legs: Sequence[Leg], place: int) -> str:
    """Say how many segments passed the last point of their way and were sent again all the same."""
    here = [leg for leg in legs if leg.far == place]
    again = sum(len(leg.beyond.rows) for leg in here)
    host = "client" if place == 0 else "server"
    name = comparison.points[place].name
    if not again:
        return f"Beyond {name}, on the {host}'s side, nothing had to be sent again."
    return f"Beyond {name}, on the {host}'s side, {amount(again, 'segment')} had to be sent again."


def listed(names: Sequence[str]) -> str:
    """Return names such as ``A, B and C``."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
