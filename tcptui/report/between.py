"""Prints what happened between capture points: `tcptui between`."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final, overload

from tcptui import __version__
from tcptui.between.comparison import Comparison, FlowBetween
from tcptui.between.leg import BEYOND, NOWHERE, Delays, Leg, SegmentGroup
from tcptui.between.told import BetweenFinding, findings_of, frames_named, verdict
from tcptui.engine.addresses import address_text, with_port
from tcptui.engine.flow import Endpoint
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.escapes import visible
from tcptui.report.capture_facts import SCHEMA
from tcptui.report.divided_texts import texts_of
from tcptui.text.amounts import amount, count
from tcptui.text.durations import SECOND, duration

PPM: Final = 1_000_000
NANO_DIGITS: Final = 9
AMOUNTS: Final = ("segments", "bytes", "min", "median", "p99", "field", "before", "after")
"""The columns of the CSV behind where something happened."""


def seconds(ns: int) -> float:
    return round(ns / SECOND, NANO_DIGITS)


def comparison_facts(
    comparison: Comparison, files: Sequence[Sequence[str]], warnings: Sequence[str]
) -> dict[str, Any]:
    """Return the whole comparison as `--format json` has it; ``files`` by point, in path order.

    Those of a flow are made when they are asked for: of all together, they take as much memory as
    all packets.
    """
    return {
        "rules": comparison.points[0].engine.rules.name,
        "version": __version__,
        "schema": SCHEMA,
        "warnings": list(warnings),
        "points": [point_facts(comparison, place, names) for place, names in enumerate(files)],
        "flows": FlowsFacts(comparison),
        "verdict": verdict(comparison),
    }


class FlowsFacts(Sequence[dict[str, Any]]):
    """The facts of each flow, which are made anew whenever they are asked for."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    def __len__(self) -> int:
        return len(self.comparison.flows)

    @overload
    def __getitem__(self, number: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, number: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, number: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(number, slice):
            return [flow_facts(self.comparison, flow) for flow in self.comparison.flows[number]]
        return flow_facts(self.comparison, self.comparison.flows[number])


def point_facts(comparison: Comparison, place: int, files: Sequence[str]) -> dict[str, Any]:
    """Return a point; what its clock shows beside the first one's is null where nobody knows."""
    point, clock = comparison.points[place], comparison.clocks[place]
    known = clock.is_known
    return {
        "name": point.name,
        "files": list(files),
        "packets": int(point.engine.frames),
        "clock_offset": seconds(clock.offset) if known else None,
        "clock_drift_ppm": round(clock.drift * PPM, 3) if known else None,
        "clock_error": seconds(clock.error) if known else None,
    }


def flow_facts(comparison: Comparison, flow: FlowBetween) -> dict[str, Any]:
    """Return a flow: its number and frames have an entry for each point."""
    first = flow.first_seen()
    names = [point.name for point in comparison.points]
    return {
        "index": [None if at is None else int(at.flow.index) for at in flow.seen.at],
        "client": end_facts(first.client),
        "server": end_facts(first.server),
        "paired_bytes": flow.paired_bytes,
        "unpaired": list(unpaired_facts(flow, names)),
        "lost": list(loss_facts(comparison, flow)),
        "duplicated": [
            group_facts(comparison, leg, leg.duplicated)
            for leg in flow.legs
            if leg.duplicated.segments
        ],
        "reordered": [
            group_facts(comparison, leg, leg.reordered)
            for leg in flow.legs
            if leg.reordered.segments
        ],
        "delay": [
            ends_of(names, leg) | delay_facts(leg.delays)
            for leg in flow.legs
            if leg.delays is not None
        ],
        "rewritten": [
            ends_of(names, leg)
            | {"field": field, "before": before, "after": after, "segments": segments}
            for leg in flow.legs
            for field, before, after, segments in leg.changes
        ],
        "findings": [finding_facts(one) for one in findings_of(comparison, flow)],
    }


def end_facts(end: Endpoint) -> dict[str, Any]:
    return {"address": address_text(end.address), "port": end.port}


def unpaired_facts(flow: FlowBetween, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what has no counterpart at the other point, by point and reason."""
    sums: dict[tuple[str, str], list[int]] = {}
    for leg in flow.legs:
        for groups, place in ((leg.near_unpaired, leg.near), (leg.far_unpaired, leg.far)):
            for reason, group in groups.items():
                total = sums.setdefault((names[place], reason), [0, 0])
                total[0] += group.segments
                total[1] += int(group.bytes)
    for (point, reason), (packets, size) in sums.items():
        yield {"point": point, "reason": reason, "packets": packets, "bytes": size}


def ends_of(names: Sequence[str], leg: Leg) -> dict[str, Any]:
    return {"from": names[leg.near], "to": names[leg.far], "direction": leg.direction}


def loss_facts(comparison: Comparison, flow: FlowBetween) -> Iterator[dict[str, Any]]:
    """Yield where segments were lost: between points, beyond the last one, or in a file alone."""
    names = [point.name for point in comparison.points]
    for leg in flow.legs:
        if leg.lost.segments:
            yield group_facts(comparison, leg, leg.lost)
        if leg.beyond.segments:
            facts = group_facts(comparison, leg, leg.beyond, leg.far)
            yield facts | {"from": names[leg.far], "to": BEYOND}
        if leg.uncaptured_far.segments:
            yield group_facts(comparison, leg, leg.uncaptured_far) | {"to": NOWHERE}
        if leg.uncaptured_near.segments:
            yield group_facts(comparison, leg, leg.uncaptured_near) | {"from": NOWHERE}


def group_facts(
    comparison: Comparison, leg: Leg, group: SegmentGroup, place: int | None = None
) -> dict[str, Any]:
    """Return segments that share a fate; ``place`` is the point of their rows, if not the near
    one."""
    frames: list[list[int]] = [[] for _ in comparison.points]
    at = leg.near if place is None else place
    frames[at] = comparison.points[at].frames(group.rows)
    if group.far_rows:
        frames[leg.far] = comparison.points[leg.far].frames(group.far_rows)
    names = [point.name for point in comparison.points]
    return ends_of(names, leg) | {
        "segments": group.segments,
        "bytes": int(group.bytes),
        "frames": frames,
    }


def delay_facts(delays: Delays) -> dict[str, Any]:
    return {
        "min": seconds(delays.least),
        "median": seconds(delays.median),
        "p99": seconds(delays.p99),
    }


def finding_facts(one: BetweenFinding) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "severity": one.severity,
        "side": one.side,
        "count": one.segments,
        "text": one.text,
        "frames": one.frames,
    }


def print_json(out: BinaryIO, facts: dict[str, Any]) -> None:
    """Print one object, with a flow a line."""
    head = {name: value for name, value in facts.items() if name not in ("flows", "verdict")}
    out.write(json.dumps(head)[:-1].encode() + b', "flows": [')
    flows: Sequence[dict[str, Any]] = facts["flows"]
    texts = texts_of(range(len(flows)), lambda number: json.dumps(flows[number]).encode())
    for number, text in enumerate(texts):
        out.write((b",\n" if number else b"\n") + text)
    out.write(f'\n], "verdict": {json.dumps(facts["verdict"])}}}\n'.encode())


def print_csv(out: BinaryIO, facts: dict[str, Any]) -> None:
    """Print a line for each flow, leg and thing that happened there."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("flow", "client", "server", "what", "from", "to", "direction", *AMOUNTS))
    for flow in facts["flows"]:
        ends = ends_texts(flow)
        number = "/".join("" if index is None else str(index) for index in flow["index"])
        for what in ("lost", "duplicated", "reordered", "delay", "rewritten"):
            for row in flow[what]:
                cells = [row.get(name, "") for name in ("from", "to", "direction", *AMOUNTS)]
                texts = ["" if cell is None else visible(str(cell)) for cell in cells]
                writer.writerow([number, *ends, what, *texts])
    out.write(text.getvalue().encode())


def ends_texts(flow: dict[str, Any]) -> list[str]:
    """Return both ends of a flow: ``10.0.0.1:80`` or ``[2001:db8::1]:80``."""
    return [with_port(flow[end]["address"], flow[end]["port"]) for end in ("client", "server")]


def print_markdown(out: BinaryIO, facts: dict[str, Any]) -> None:
    """Print the verdict, the points with their clocks, and the findings of each flow."""
    lines = (visible(line) for line in markdown_lines(facts))
    out.write("\n".join(lines).encode() + b"\n")


def markdown_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"**{facts['verdict']}**"
    yield ""
    for warning in facts["warnings"]:
        yield f"- {warning}"
    if facts["warnings"]:
        yield ""  # or the table would be a part of the list
    yield "| point | packets | clock beside the first point's |"
    yield "|---|--:|---|"
    for point in facts["points"]:
        clock = "" if point is facts["points"][0] else clock_text(point)
        yield f"| {point['name']} | {count(point['packets'])} | {clock} |"
    for number, flow in enumerate(facts["flows"]):
        if number == 0:
            yield ""
            yield f"Flow numbers (`tcp.stream`) are those of {RULE_SETS[facts['rules']].title}."
        said = list(flow_lines(flow, facts))
        if not said:
            continue
        ends = " → ".join(ends_texts(flow))
        numbers = ", ".join(
            f"flow {index} at {point['name']}"
            for index, point in zip(flow["index"], facts["points"], strict=True)
            if index is not None
        )
        yield ""
        yield f"## {ends} ({numbers})"
        yield ""
        yield f"{amount(flow['paired_bytes'], 'byte')} are paired."
        yield ""
        yield from said


def flow_lines(flow: dict[str, Any], facts: dict[str, Any]) -> Iterator[str]:
    """Yield what happened to a flow, a line each."""
    for one in flow["findings"]:
        yield f"- {one['text']}{frames_text(one, facts)}"
    for row in flow["lost"]:
        told = amount(row["segments"], "segment")
        if row["to"] == BEYOND:
            yield f"- {told} passed {row['from']} and had to be sent again{frames_text(row, facts)}"
        elif NOWHERE in (row["from"], row["to"]):
            where = row["to"] if row["to"] != NOWHERE else row["from"]
            yield (
                f"- {told} seen at {where} must have passed the other point, whose file lacks"
                f" them{frames_text(row, facts)}"
            )


def clock_text(point: dict[str, Any]) -> str:
    if point["clock_offset"] is None:
        return "unknown: packets of both directions are needed"
    offset = round(point["clock_offset"] * SECOND)
    error = duration(round(point["clock_error"] * SECOND))
    ahead = "ahead" if offset >= 0 else "behind"
    return f"{duration(abs(offset))} {ahead} ± {error}, {point['clock_drift_ppm']} ppm"


def frames_text(one: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return the first frames that show a finding, at each point."""
    return frames_named([point["name"] for point in facts["points"]], one["frames"])
