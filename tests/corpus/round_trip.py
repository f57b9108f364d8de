"""Every flow of a capture copied as filters, which tshark and libpcap then try."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from tcptui.capture.source import Source, open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.filters import capture_filter_text, subjects
from tcptui.filters.outgoing import Tools, copy
from tcptui.filters.subjects import OpenCapture, Subject, flow_rows, same_ends
from tcptui.screens.triage_offers import admits
from tcptui.session import analyse
from tests.corpus.oracles import Libpcap, Tshark

AROUND: Final = 2
TOGETHER: Final = 10
"""Flows that are copied together in one of the trials."""
MOST_OF_SEVERAL: Final = 20
"""Trials in a capture with what is not of one flow alone."""

EXACT: Final = "exact"
WIDER: Final = "wider, as it says"
WRONG: Final = "wrong"


class Loaded:
    """A capture file, analysed, and what tshark says of its packets."""

    def __init__(self, path: Path, tshark: Tshark) -> None:
        self.path = path
        self.tshark = tshark
        self.source: Source = open_source([str(path)])
        self.engine = Engine(WIRESHARK_4_0)
        for _ in analyse(self.source, self.engine):
            pass
        self.capture = OpenCapture(self.engine, (str(path),), self.source.read)

    def frames(self, rows: list[int]) -> set[int]:
        return {int(self.engine.packets.frame(row)) for row in rows}

    def frames_of(self, flows: list[int]) -> set[int]:
        return self.frames([row for flow in flows for row in flow_rows(self.engine, flow)])

    @cached_property
    def rows(self) -> set[int]:
        return self.frames(list(range(int(self.engine.packets.count))))

    @cached_property
    def ends(self) -> dict[int, set[frozenset[str]]]:
        return self.tshark.ends(self.path)

    @cached_property
    def icmp(self) -> set[int]:
        return self.tshark.frames(self.path, ["tcp && (icmp || icmpv6)"])[0]


@dataclass(frozen=True)
class Trial:
    """A copied filter, the frames that it should select, and those that it does select."""

    kind: str
    subject: Subject
    form: str
    text: str
    caveat: str
    wanted: set[int]
    found: set[int] = field(default_factory=set)


def chosen(loaded: Loaded) -> Iterator[tuple[str, Subject]]:
    """What is copied of a capture: of every flow what the menu offers of it, and some together."""
    packets = loaded.engine.packets
    numbers = range(len(loaded.engine.flows))
    for index in numbers:
        rows = flow_rows(loaded.engine, index)
        if not rows:
            continue
        yield "flow", subjects.FlowSubject(index)
        yield "direction", subjects.DirectionSubject(index, False)
        yield "direction", subjects.DirectionSubject(index, True)
        if loaded.engine.flows[index].bits:
            yield "flagged segments", subjects.FlaggedSubject(index)
            yield f"flagged ± {AROUND}", subjects.FlaggedSubject(index, AROUND)
        yield "segment", subjects.SegmentSubject(rows[len(rows) // 2])
        first, last = sorted(int(packets.time(rows[len(rows) * n // 4])) for n in (1, 3))
        yield "time range of a flow", subjects.SpanSubject(first, last, index)
        if index < MOST_OF_SEVERAL:
            yield "time range", subjects.SpanSubject(first, last)
            yield "two flows", subjects.FlowsSubject((index, (index + 1) % len(numbers)))
    if numbers:
        yield f"{TOGETHER} flows", subjects.FlowsSubject(tuple(numbers[:TOGETHER]))


def trials(loaded: Loaded) -> Iterator[Trial]:
    for kind, subject in chosen(loaded):
        wanted = loaded.frames(subject.rows(loaded.capture))
        for form in ("display", "stream", "bpf"):
            if form == "stream" and isinstance(
                subject, subjects.SegmentSubject | subjects.SpanSubject
            ):
                continue
            if form == "stream" and isinstance(subject, subjects.FlaggedSubject) and subject.around:
                continue
            made = copy(form, loaded.capture, subject, Tools(admits))
            yield Trial(kind, subject, form, made.text, made.caveat, wanted)


def tried(loaded: Loaded, folder: Path) -> list[Trial]:
    """Every trial with its outcome: one pass of tshark, and one of libpcap for each filter."""
    made = list(trials(loaded))
    shown = list(dict.fromkeys(trial.text for trial in made if trial.form != "bpf"))
    selected = dict(zip(shown, loaded.tshark.frames(loaded.path, shown), strict=True))
    libpcap = Libpcap(loaded.path, folder)
    for trial in made:
        if trial.form == "bpf" and trial.text not in selected:
            selected[trial.text] = libpcap.frames(trial.text)
        trial.found.update(selected[trial.text])
    return made


# -- what a caveat allows ------------------------------------------------------------------------


def quoting(loaded: Loaded, trial: Trial) -> set[int]:
    """ICMP errors, as many as were announced."""
    said = re.search(r"([\d,]+) ICMP error", trial.caveat)
    found = trial.found & loaded.icmp
    return found if said and len(found) == int(said[1].replace(",", "")) else set()


def of_other_uses(loaded: Loaded, trial: Trial) -> set[int]:
    flows = trial.subject.flows(loaded.capture)
    others = {other for flow in flows for other in same_ends(loaded.engine, flow)}
    return loaded.frames_of(sorted(others))


def of_the_same_flows(loaded: Loaded, trial: Trial) -> set[int]:
    return loaded.frames_of(trial.subject.flows(loaded.capture))


def between_the_same_hosts(loaded: Loaded, trial: Trial) -> set[int]:
    """Frames with the two addresses of one of the IP headers around these flows."""
    meant = loaded.frames_of(trial.subject.flows(loaded.capture))
    pairs = {pair for frame in meant for pair in loaded.ends[frame]}
    return {frame for frame in trial.found if pairs & loaded.ends[frame]}


def of_the_same_numbers(loaded: Loaded, trial: Trial) -> set[int]:
    return loaded.frames(
        capture_filter_text.identical(loaded.capture, trial.subject.rows(loaded.capture))
    )


def without_a_row(loaded: Loaded, trial: Trial) -> set[int]:
    return trial.found - loaded.rows


def anything(loaded: Loaded, trial: Trial) -> set[int]:
    return trial.found


ALLOWED: Final[dict[str, Callable[[Loaded, Trial], set[int]]]] = {
    "that quote it": quoting,
    subjects.NO_ROW: without_a_row,
    capture_filter_text.BOTH_WAYS: of_the_same_flows,
    capture_filter_text.OTHER_CONNECTIONS: of_other_uses,
    capture_filter_text.SAME_TUNNEL: between_the_same_hosts,
    capture_filter_text.SAME_HOSTS: between_the_same_hosts,
    capture_filter_text.EVERYTHING: anything,
    "all other flows": anything,
    "the time before and after": of_the_same_flows,
    "the other segments of these flows": of_the_same_flows,
    "segments with the same numbers": of_the_same_numbers,
}
"""The frames that a filter may select besides, by what its caveat says."""


def unsaid(loaded: Loaded, trial: Trial) -> set[int]:
    """The frames that a filter selects besides, and does not say."""
    left = trial.found - trial.wanted
    for words, allowed in ALLOWED.items():
        if left and words in trial.caveat:
            left -= allowed(loaded, trial)
    return left


def outcome(loaded: Loaded, trial: Trial) -> str:
    if trial.found == trial.wanted:
        return EXACT
    return WRONG if trial.wanted - trial.found or unsaid(loaded, trial) else WIDER


def told(loaded: Loaded, trial: Trial) -> str:
    """A trial that went wrong, in a line."""
    return (
        f"{loaded.path.name} {trial.form} of {trial.subject}: misses "
        f"{sorted(trial.wanted - trial.found)[:5]}, matches {sorted(unsaid(loaded, trial))[:5]}: "
        f"{trial.text[:200]} ({trial.caveat})"
    )


def measured(captures: list[Path], folder: Path) -> tuple[Counter[tuple[str, str, str]], list[str]]:
    """How many trials had which outcome, by form and kind, and those that went wrong."""
    tshark = Tshark(folder)
    outcomes: Counter[tuple[str, str, str]] = Counter()
    wrong = []
    for path in captures:
        loaded = Loaded(path, tshark)
        for trial in tried(loaded, folder):
            said = outcome(loaded, trial)
            outcomes[trial.form, trial.kind, said] += 1
            if said is WRONG:
                wrong.append(told(loaded, trial))
        loaded.source.close()
    return outcomes, wrong
