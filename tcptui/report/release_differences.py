"""`tcptui explain --rules all`: what each Wireshark release says of a segment, and why."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from mypy_extensions import i64

from tcptui.capture.source import Source
from tcptui.diagnosis.decisions import RuleDecision, decisions
from tcptui.diagnosis.evidence_facts import json_value
from tcptui.diagnosis.trail import SegmentContext
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.interface_names import InterfaceName
from tcptui.engine.records import Records
from tcptui.engine.wireshark.flags import flag_names
from tcptui.engine.wireshark.replay import Replay
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.fields.value_kind import ValueKind
from tcptui.report.evidence import NoSuchFrame, missing, rows_of_frame
from tcptui.report.release_values import OtherValue, ReleaseRow, other_values
from tcptui.report.rereading import reader
from tcptui.session import analyse


@dataclass(frozen=True)
class ReleaseVerdict:
    """The verdict of one release on a segment; ``why_not`` where its rules cannot be run again.

    ``frame`` is the segment's, ``at`` the release's place among all, ``others`` what they give
    differently beside the flags.
    """

    rules: str
    analysis: list[str]
    told: tuple[RuleDecision, ...]
    why_not: str
    frame: int
    at: int
    others: tuple[OtherValue, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the release says as an object of JSON.

        ``rule`` names the rules that fired, in the order in which they were asked, or is None;
        ``unknown`` is there only where they cannot be run again. What is no flag stands behind what
        the rules say, under its field's name.
        """
        fired = [one for one in self.told if not one.reason]
        said: dict[str, Any] = {
            "rules": self.rules,
            "analysis": self.analysis,
            "rule": ", ".join(one.rule for one in fired) or None,
            "because": [
                *(number.as_json() for one in fired for number in one.numbers),
                *self.values_as_json(),
            ],
            "not": [
                *({"rule": one.rule, "why": one.why} for one in self.told if one.reason),
                *self.refused_values(),
            ],
        }
        if self.why_not:
            said["unknown"] = f"cannot be replayed: {self.why_not}"
        return said

    def values_as_json(self) -> Iterator[dict[str, Any]]:
        for one in self.others:
            value = one.values[self.at]
            if value is not None:
                unit = "time" if one.field.kind is ValueKind.SECONDS else ""
                told = json_value(unit, value) if isinstance(value, int) else value
                yield {"frame": self.frame, "name": one.field.name, "value": told}

    def refused_values(self) -> Iterator[dict[str, Any]]:
        for one in self.others:
            why = one.why_not(self.at)
            if why is not None:
                yield {"rule": one.field.name, "why": why}

    def lines(self) -> Iterator[str]:
        yield ", ".join(self.analysis) or "no flag"
        for one in self.told:
            if one.reason:
                yield f"  Not {one.rule}: {one.why}"
            else:
                yield f"  {one.rule}, because: {one.numbers_as_text()}"
        if self.why_not:
            yield f"  Cannot be replayed: {self.why_not}"


class Engines:
    """An engine for each release, fed with the same packets: the capture is read once."""

    named_flows = None

    def __init__(self) -> None:
        self.all = [new_engine(rules) for rules in RULE_SETS.values()]

    def add_interface(self, link_type: int, name: InterfaceName) -> None:
        for engine in self.all:
            engine.add_interface(link_type, name)

    def name_hosts(self, hosts: dict[bytes, bytes]) -> None:
        for engine in self.all:
            engine.name_hosts(hosts)

    def feed(self, chunk: bytes, start: i64, stop: i64, records: Records) -> None:
        for engine in self.all:
            engine.feed(chunk, start, stop, records)

    def tick(self, now: i64) -> None:
        for engine in self.all:
            engine.tick(now)

    def evict(self, position: i64, most_packets: i64, most_flows: i64) -> None:
        for engine in self.all:
            engine.evict(position, most_packets, most_flows)

    def finish(self) -> None:
        for engine in self.all:
            engine.finish()


def explain_releases(source: Source, out: BinaryIO, frame: int, form: str) -> Engine:
    """Analyse ``source`` by the rules of every release and print what they say of ``frame``.

    As JSON one list, an object for each release; of a frame with several segments a list for each,
    a line each, outermost first. Returns the engine of the newest release. NoSuchFrame.
    """
    engines = Engines()
    for _ in analyse(source, engines):
        pass
    newest = engines.all[-1]
    rows = rows_of_frame(newest, frame)
    if not rows:
        raise NoSuchFrame(missing(newest, frame))
    for row in rows:
        verdicts = list(verdicts_of(engines.all, source, row, frame))
        if form == "json":
            text = json.dumps([one.as_json() for one in verdicts])
        else:
            text = "\n".join(lines(frame, verdicts))
        out.write((text + "\n").encode(errors="backslashreplace"))
    out.flush()
    return newest


def verdicts_of(
    engines: Sequence[Engine], source: Source, row: int, frame: int
) -> Iterator[ReleaseVerdict]:
    """Yield what each release says of the segment in a row."""
    others = tuple(other_values([ReleaseRow(engine, row) for engine in engines]))
    for at, engine in enumerate(engines):
        trail = SegmentContext(engine, row)
        replay = Replay(engine, trail.flow, reader(engine, source))
        recorder = replay.decisions_at(row)
        told = decisions(trail, recorder.decisions) if recorder else ()
        flags = flag_names(trail.this.analysis)
        yield ReleaseVerdict(engine.rules.name, flags, told, replay.why_not, frame, at, others)


def lines(frame: int, verdicts: Sequence[ReleaseVerdict]) -> Iterator[str]:
    """Yield lines to read; releases that say the same stand together."""
    groups: dict[str, list[str]] = {}
    for one in verdicts:
        groups.setdefault("\n".join(one.lines()), []).append(one.rules)
    agree = len({tuple(one.analysis) for one in verdicts}) == 1
    others = verdicts[0].others
    same = "all releases give the same flags" + (", but not the same values" if others else "")
    yield f"#{frame}: {same if agree else 'the releases differ'}"
    for said, releases in groups.items():
        yield f"Wireshark {', '.join(releases)}: {said}"
    for other in others:
        yield other.line([one.rules for one in verdicts])
