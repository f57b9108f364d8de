"""A fact is the same wherever it is asked for: FACTS has a row for each, with all its views.

Captures are the samples and, where it lies beside the project, a tenth of the corpus. The
views are compared with one another: which rules are right is asked elsewhere.
"""

import csv
import io
import json
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pytest

from tcptui.diagnosis.explain import evidence, why
from tcptui.diagnosis.work_slices import at_once
from tcptui.drawing.cells import plain
from tcptui.drawing.names import counted_letters
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS, flag_names
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.filters.language import parse
from tcptui.filters.selection import Selection, matching_flows
from tcptui.findings.findings import findings_of
from tcptui.findings.flow_groups import FlowGroup
from tcptui.findings.judgement import Judge, Judgement
from tcptui.findings.kinds import FINDING_KINDS
from tcptui.findings.verdict import VERDICTS
from tcptui.graphs.series import value_text
from tcptui.graphs.time_spent import pieces_of, time_spent
from tcptui.panes.flows import drawing as flow_list
from tcptui.panes.flows.model.sorting import arrange
from tcptui.panes.graph.model.spent import SpentFilling
from tcptui.panes.ladder.drawing import LadderDrawing, Settings
from tcptui.panes.state.history import moment
from tcptui.panes.why import drawing as why_pane
from tcptui.report.group_formats import MOST_IN_MARKDOWN, key_of, value_of
from tcptui.report.grouping import Grouping
from tcptui.report.groups.keys import UNKNOWN
from tcptui.report.groups.sums import add_up
from tcptui.report.report import Contents
from tcptui.screens import group_columns as group_list
from tcptui.text.durations import duration
from tests.fields.test_schema import packet_rows, reported
from tests.filters.samples import Loaded
from tests.panes.loaded import Listed, folded
from tests.sampling import sample

ROOT: Final = Path(__file__).parents[2]
CORPUS: Final = ROOT.parent / "shared" / "corpus" / "captures"
STEP: Final = 10
NAMES: Final = (
    "sni", "alpn", "http_host", "http_method", "http_path", "ssh_client", "ssh_server", "greeting",
    "dns",
)  # fmt: skip
BY_SERVER: Final = Grouping("server")
LARGEST: Final = 100_000
"""Bytes of a capture of the corpus."""
SMALL: Final = sorted(path for path in CORPUS.rglob("*.pcap*") if path.stat().st_size <= LARGEST)
CAPTURES: Final = [*sorted((ROOT / "samples").glob("*.pcapng")), *sample(SMALL, STEP)]

BIT: Final = {flag.name: flag.bit for flag in ANALYSIS_FLAGS}
NAME_OF_LETTER: Final = {flag.letter: flag.name for flag in ANALYSIS_FLAGS}
TITLES: Final = sorted(ANALYSIS_FLAGS, key=lambda flag: -len(flag.title))


class Seen(Loaded):
    """A capture with all that is said of it; each text is made once."""

    @cached_property
    def judge(self) -> Judge:
        judge = Judge(self.engine, self.read)
        judge.renew()
        return judge

    @cached_property
    def judged(self) -> list[Judgement]:
        return [self.judge.judge(flow) for flow in self.engine.flows]

    @cached_property
    def view(self) -> View:
        return View(self.engine, self.source.read)

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """The default columns of `packets`."""
        return list(csv.DictReader(packet_rows(self.path, [], ""), delimiter="\t"))

    @cached_property
    def report(self) -> list[dict[str, Any]]:
        told = json.loads(
            reported(self.path, "json", Contents(WIRESHARK_4_0, evidence=True)), parse_float=Decimal
        )
        flows: list[dict[str, Any]] = told["flows"]
        return flows

    @cached_property
    def table(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(reported(self.path, "csv"))))

    @cached_property
    def markdown(self) -> str:
        return reported(self.path, "md")

    def grouped(self, form: str) -> str:
        """What `report --by server` prints."""
        return reported(self.path, form, Contents(WIRESHARK_4_0, grouping=BY_SERVER))

    def groups_on_screen(self, by: Grouping) -> list[FlowGroup]:
        """The groups as the screen adds them up, by when their first flows come."""
        keys = by.keys(self.engine, self.source)
        sums = at_once(add_up(keys, self.judge, Listed(self.engine)))
        return list(sums.by_key.values())

    def read(self, row: int) -> bytes:
        packets = self.engine.packets
        return self.source.read(int(packets.position(row)), int(packets.captured(row)))

    def rows_of(self, flow: int) -> list[int]:
        return [row for row in range(self.count) if int(self.engine.packets.flow(row)) == flow]

    def flagged(self, name: str) -> list[int]:
        """The rows that a filter selects by a flag.

        It selects whole frames: where one holds several headers, the field tells whose flag it is.
        """
        field, packets = f"tcp.analysis.{name}", self.engine.packets
        rows = list(map(int, Selection(parse(field), self.engine).rows(0, self.count)))
        frames = [int(packets.frame(row)) for row in rows]
        times = Counter(frames)
        return [
            row
            for row, frame in zip(rows, frames, strict=True)
            if times[frame] == 1 or self.field(field, row)
        ]

    def field(self, name: str, row: int) -> Any:
        return SCHEMA.by_name[name].get(self.view, row)


def names_of(names: Iterator[str] | list[str]) -> list[str]:
    """The fields that tshark sets for these flags: some imply another."""
    return flag_names(sum(BIT[name] for name in set(names)))


# The flags of each segment


def flags_in_ladder(seen: Seen) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for flow in seen.engine.flows:
        fold = folded(seen.engine, int(flow.index))
        drawn = LadderDrawing(seen.engine, flow, fold, [], Settings(), seen.read)
        for row in map(int, fold.rows):
            label = drawn.label(row, int(seen.engine.packets.analysis(row)), 1000)
            titles = label.partition(" · ")[0].split(", ")
            found[row] = names_of([name for title in titles if (name := flag_titled(title))])
    return [found[row] for row in range(seen.count)]


def flag_titled(text: str) -> str | None:
    """The flag whose title a text is, or begins with."""
    return next((f.name for f in TITLES if text == f.title or text.startswith(f.title + " ")), None)


def flags_in_filter(seen: Seen) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(seen.count)]
    for name in sorted(BIT):
        for row in seen.flagged(name):
            found[row].append(name)
    return found


def flags_in_report(seen: Seen) -> list[list[str]]:
    """Evidence is of flagged segments, those of a flow in order."""
    found: list[list[str]] = [[] for _ in range(seen.count)]
    for number, flow in enumerate(seen.report):
        flagged = [row for row in seen.rows_of(number) if seen.engine.packets.analysis(row)]
        for row, told in zip(flagged, flow["evidence"], strict=True):
            assert told["frame"] == seen.engine.packets.frame(row)
            found[row] = names_of([flag["flag"] for flag in told["flags"]])
    return found


def flags_in_evidence(seen: Seen) -> list[list[str]]:
    texts = (evidence(seen.engine, row, seen.read).as_text() for row in range(seen.count))
    return [names_of(re.findall(r"^.*\(tcp\.analysis\.(\w+), ", text, re.M)) for text in texts]


def flags_in_stream(seen: Seen) -> list[list[str]]:
    """The same capture through a pipe, in small pieces: live."""
    pipe = seen.path.with_name("pipe")
    os.mkfifo(pipe)
    writer = threading.Thread(target=write_in_pieces, args=(pipe, seen.path.read_bytes()))
    writer.start()
    try:
        rows = csv.DictReader(packet_rows(pipe, [], ""), delimiter="\t")
        return [row["analysis"].split(",") if row["analysis"] else [] for row in rows]
    finally:
        writer.join()
        pipe.unlink()


def write_in_pieces(pipe: Path, data: bytes) -> None:
    with pipe.open("wb", buffering=0) as out:
        for start in range(0, len(data), 997):
            out.write(data[start : start + 997])


# How many segments of a flow carry which flag


def counts_in_list(seen: Seen) -> list[dict[str, int]]:
    found = []
    for flow in seen.engine.flows:
        counts: dict[str, int] = {}
        for word in plain(counted_letters(flow)).split():
            for name in flag_names(BIT[NAME_OF_LETTER[word[0]]]):
                counts[name] = counts.get(name, 0) + int(word[1:])
        found.append(counts)
    return found


def counts_in_filter(seen: Seen) -> list[dict[str, int]]:
    found: list[dict[str, int]] = [{} for _ in seen.engine.flows]
    for name in BIT:
        for row in seen.flagged(name):
            counts = found[int(seen.engine.packets.flow(row))]
            counts[name] = counts.get(name, 0) + 1
    return found


def counts_in_csv(seen: Seen) -> list[dict[str, int]]:
    pairs = ([one.split("×") for one in row["analysis"].split()] for row in seen.table)
    return [{name: int(count) for name, count in row} for row in pairs]


# The states of a flow's ends


def ends(flow: dict[str, Any]) -> list[str]:
    return [flow[side]["state"] for side in ("client", "server")]


def states_in_list(seen: Seen) -> list[list[str]]:
    shown = (flow_list.states(flow).split("/") for flow in seen.engine.flows)
    return [pair if len(pair) > 1 else pair * 2 for pair in shown]


def in_column(seen: Seen, id: str) -> list[str]:
    """What a column of words shows."""
    judge = Judge(seen.engine, None)
    column = flow_list.BY_ID[id]
    return [plain(column.draw(flow, judge)) for flow in seen.engine.flows]


def states_in_why(seen: Seen) -> list[list[str]]:
    return [
        [why_pane.state_words(end).partition(" (")[0] for end in (flow.client, flow.server)]
        for flow in seen.engine.flows
    ]


def states_in_pane(seen: Seen) -> list[list[str]]:
    found = []
    for number in range(len(seen.engine.flows)):
        fold = folded(seen.engine, number)
        last = moment(seen.engine.packets, fold, len(fold.rows) - 1)
        assert last is not None
        found.append([last.client.label, last.server.label])
    return found


def states_in_packets(seen: Seen) -> list[list[str]]:
    last = [seen.rows[int(flow.last_row)] for flow in seen.engine.flows]
    return [[row["client_state"], row["server_state"]] for row in last]


# What a field says, in the filter's value, JSON and CSV


def in_json(path: str) -> Callable[[Seen], list[Any]]:
    return lambda seen: [flow[path] for flow in seen.report]


def in_csv(column: str) -> Callable[[Seen], list[Any]]:
    return lambda seen: [row[column] for row in seen.table]


def by_filter(name: str) -> Callable[[Seen], list[Any]]:
    """What a filter selects for each value that the flows have."""

    def values(seen: Seen) -> list[Any]:
        found: list[Any] = [None] * len(seen.engine.flows)
        for value in {seen.field(name, int(flow.first_row)) for flow in seen.engine.flows}:
            for number in matching_flows(
                parse(f'{name} == "{value}"'), seen.engine, seen.source.read
            ):
                found[number] = value
        return found

    return values


def tickets_of(seen: Seen) -> Iterator[tuple[int, str]]:
    """The flows that Markdown tells of, with all that it says of each."""
    for part in re.split(
        r"^### (?=Trouble: |Note: |Nothing is wrong: )", seen.markdown, flags=re.M
    )[1:]:
        number = re.search(r"^Flow \*\*(\d+)\*\*", part, re.M)
        assert number is not None
        yield int(number[1]), part


def in_markdown(pattern: str) -> Callable[[Seen], dict[int, str]]:
    """What the report says of the flows that it tells of."""

    def words(seen: Seen) -> dict[int, str]:
        return {
            number: found[1]
            for number, part in tickets_of(seen)
            if (found := re.search(pattern, part))
        }

    return words


# Times


def nanoseconds(seconds: Decimal | str | None) -> int | None:
    return int(Decimal(seconds) * 10**9) if seconds not in (None, "") else None


def rtt_in_words(seen: Seen) -> list[str]:
    told = [nanoseconds(flow["initial_rtt"]) for flow in seen.report]
    return [duration(ns) if ns and ns > 0 else "" for ns in told]


def first_and_last(seen: Seen) -> list[list[int | None]]:
    return [[nanoseconds(flow["first"]), nanoseconds(flow["last"])] for flow in seen.report]


def times_of_rows(seen: Seen) -> list[list[int | None]]:
    rows = [(int(flow.first_row), int(flow.last_row)) for flow in seen.engine.flows]
    return [[nanoseconds(seen.rows[row]["time"]) for row in pair] for pair in rows]


def times_of_fields(seen: Seen) -> list[list[int | None]]:
    rows = [int(flow.first_row) for flow in seen.engine.flows]
    return [[seen.field("flow.first", row), seen.field("flow.last", row)] for row in rows]


Divided = list[dict[str, int | None]]
"""The parts of each flow's time, in ns."""
PARTS: Final = ("client", "server", "tcp", "network", "idle")


def time_in_json(seen: Seen) -> Divided:
    return [{part: nanoseconds(flow["time"][part]) for part in PARTS} for flow in seen.report]


def time_in_csv(seen: Seen) -> Divided:
    return [{part: nanoseconds(row[f"time_{part}"]) for part in PARTS} for row in seen.table]


def time_in_points(seen: Seen) -> Divided:
    """What the points of the graph come to, in bins that do not fit the flow."""
    found: Divided = []
    for flow in seen.engine.flows:
        sums: dict[str, int | None] = dict.fromkeys(PARTS, 0)
        bin_length = max(int(flow.last_time - flow.first_time) // 7, 1)
        for one in time_spent(seen.engine, flow, bin_length):
            texts = (value_text(int(value), one.unit) for value in one.value)
            sums[one.own_name] = (sums[one.own_name] or 0) + sum(map(whole_ns, texts))
        found.append(sums)
    return found


def whole_ns(seconds: str) -> int:
    return int(Decimal(seconds) * 10**9)


def time_in_graph_pane(seen: Seen) -> Divided:
    """What the two halves that the pane may show come to."""
    found: Divided = []
    for flow in seen.engine.flows:
        sums: dict[str, int | None] = dict.fromkeys(PARTS, 0)
        pieces = at_once(pieces_of(seen.engine, flow))
        first, last = int(flow.first_time), int(flow.last_time)
        middle = first + max(last - first, 0) // 3
        for start, end in ((first, middle), (middle, last)):
            filling = SpentFilling(pieces, start, end, max((end - start) // 5, 1))
            while filling.take(2):
                pass
            for one in filling.series():
                sums[one.own_name] = (sums[one.own_name] or 0) + sum(map(int, one.value))
        found.append(sums)
    return found


# Findings


def sentences_in_json(seen: Seen) -> list[list[str]]:
    return [[one["text"] for one in flow["findings"]] for flow in seen.report]


def sentences_of_panes(seen: Seen) -> list[list[str]]:
    return [[one.text for one in findings_of(seen.engine, f, seen.read)] for f in seen.engine.flows]


# The answer


def claim_in_json(flow: dict[str, Any]) -> str:
    """The first clause of what JSON says of a flow."""
    told: str = flow["sentence"].partition(" It took")[0]
    return told.partition("; ")[0].removesuffix(".").lower()


def claims_in_list(seen: Seen) -> list[str]:
    """What the list says is wrong; it leaves an article out."""
    lines = (flow_list.trouble_line(flow, seen.judge) for flow in seen.engine.flows)
    return [bare(plain(line)) for line in lines]


def claims_in_why(seen: Seen) -> list[str]:
    points = (why_pane.of_flow(judged)[0] for judged in seen.judged)
    return [bare(point.partition(": ")[2].removesuffix(".")) for point in points]


def bare(text: str) -> str:
    return text.lower().removeprefix("the ")


def costs_in_list(seen: Seen) -> list[str]:
    return [plain(flow_list.lost_time(flow, seen.judge)) for flow in seen.engine.flows]


def order_of_json(seen: Seen) -> list[int]:
    """Flows as the contract orders them: cut or not answered first, then by cost, and the first
    first; where nothing was lost, those of which something is told stand before the others."""

    def place(flow: dict[str, Any]) -> tuple[bool, Decimal, int, int]:
        cut = any(
            FINDING_KINDS[one["kind"]].is_cut and one["severity"] in ("warning", "error")
            for one in flow["findings"]
        )
        words = [one.label for one in VERDICTS]
        return not cut, -(flow["cost"] or Decimal(0)), -words.index(flow["verdict"]), flow["index"]

    return [flow["index"] for flow in sorted(seen.report, key=place)]


def order_of_list(seen: Seen) -> list[int]:
    column = flow_list.BY_ID[flow_list.SORT_DEFAULT]
    flows = seen.engine.flows
    work = arrange(flows, len(flows), column.key, seen.judge, column.descending)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return list(map(int, end.value))


def sentences_in_markdown(seen: Seen) -> dict[int, list[str]]:
    """The first few of the flows with most trouble."""
    found: dict[int, list[str]] = {}
    for number, part in tickets_of(seen):
        found[number] = re.findall(r"^- \w+ `\w+` \([^)]*\): (.*)$", part, re.M)
    return found


# Whose a flow is


def names_in_json(seen: Seen) -> list[list[str]]:
    return [
        [" ".join([told] if isinstance(told, str) else told) for told in names]
        for names in ([flow["names"].get(name, "") for name in NAMES] for flow in seen.report)
    ]


def names_in_csv(seen: Seen) -> list[list[str]]:
    return [[row[f"names_{name}"].removeprefix("'") for name in NAMES] for row in seen.table]


def names_of_groups(seen: Seen) -> list[str]:
    keys = Grouping("name").keys(seen.engine, seen.source)
    told = [keys.of(flow) for flow in seen.engine.flows]
    return ["" if key == UNKNOWN else str(value_of(key)) for key in told]


# The order of groups


def groups_in_list(seen: Seen) -> list[str]:
    column = group_list.BY_ID[group_list.SORT_DEFAULT]
    groups = seen.groups_on_screen(BY_SERVER)
    return [str(key_of(one)) for one in at_once(group_list.arrange(groups, column, True))]


def groups_in_markdown(seen: Seen) -> list[str]:
    rows = re.findall(r"^\| (\S+) \| [\d,]+ \|.*$", seen.grouped("md"), re.M)
    assert len(rows) < MOST_IN_MARKDOWN
    return rows


FACTS: Final[dict[str, dict[str, Callable[[Seen], Any]]]] = {
    "flags of a segment": {
        "packets": lambda seen: [row["analysis"].split(",") * bool(row["analysis"])
                                 for row in seen.rows],
        "fields": lambda seen: [[name for name in sorted(BIT)
                                 if seen.field(f"tcp.analysis.{name}", row)]
                                for row in range(seen.count)],
        "filter": flags_in_filter,
        "ladder": flags_in_ladder,
        "explain": flags_in_evidence,
        "report --evidence": flags_in_report,
        "live": flags_in_stream,
    },
    "sentences about a segment": {
        "Why": lambda seen: [why(seen.engine, row, seen.read) for row in range(seen.count)],
        "explain": lambda seen: [evidence(seen.engine, row, seen.read).text
                                 for row in range(seen.count)],
    },
    "flags of a flow": {
        "JSON": in_json("analysis"),
        "CSV": counts_in_csv,
        "list": counts_in_list,
        "filter": counts_in_filter,
    },
    "states": {
        "JSON": lambda seen: [ends(flow) for flow in seen.report],
        "CSV": lambda seen: [[row["client_state"], row["server_state"]] for row in seen.table],
        "list": states_in_list,
        "State": states_in_pane,
        "Why": states_in_why,
        "packets": states_in_packets,
    },
    "opening": {
        "JSON": in_json("opening"), "CSV": in_csv("opening"), "filter": by_filter("flow.opening"),
        "list": lambda seen: in_column(seen, "opening"),
    },
    "closing": {
        "JSON": in_json("closing"), "CSV": in_csv("closing"), "filter": by_filter("flow.closing"),
        "list": lambda seen: in_column(seen, "closing"),
    },
    "initial RTT": {
        "JSON": lambda seen: [nanoseconds(flow["initial_rtt"]) for flow in seen.report],
        "CSV": lambda seen: [nanoseconds(row["initial_rtt"]) for row in seen.table],
        "field": lambda seen: [seen.field("flow.initial_rtt", int(flow.first_row))
                               for flow in seen.engine.flows],
    },
    "initial RTT in words": {
        "JSON": rtt_in_words,
        "list": lambda seen: [flow_list.rtt(flow) for flow in seen.engine.flows],
    },
    "first and last time": {
        "JSON": first_and_last, "packets": times_of_rows, "fields": times_of_fields,
    },
    "time": {
        "JSON": time_in_json, "CSV": time_in_csv,
        "graph --points": time_in_points, "Graph": time_in_graph_pane,
    },
    "sentence": {
        "JSON": in_json("sentence"), "CSV": in_csv("sentence"),
        "screen": lambda seen: [judged.sentence() for judged in seen.judged],
    },
    "sentence without reading packets again": {
        "field": lambda seen: [seen.field("flow.sentence", int(flow.first_row))
                               for flow in seen.engine.flows],
        "judge": lambda seen: [Judge(seen.engine, None).judge(flow).sentence()
                               for flow in seen.engine.flows],
    },
    "what is wrong": {
        "JSON": lambda seen: [bare(claim_in_json(flow)) for flow in seen.report],
        "list": claims_in_list,
        "Why": claims_in_why,
        "words to search": lambda seen: [bare(judged.claim()) for judged in seen.judged],
    },
    "verdict": {
        "JSON": in_json("verdict"), "CSV": in_csv("verdict"),
        "screen": lambda seen: [judged.verdict().label for judged in seen.judged],
    },
    "cost": {
        "JSON": lambda seen: [nanoseconds(flow["cost"]) for flow in seen.report],
        "CSV": lambda seen: [nanoseconds(row["cost"]) for row in seen.table],
        "screen": lambda seen: [judged.cost() or None for judged in seen.judged],
    },
    "cost in words": {
        "JSON": lambda seen: [duration(ns) if (ns := nanoseconds(flow["cost"])) else ""
                              for flow in seen.report],
        "list": costs_in_list,
    },
    "worst first": {
        "JSON": order_of_json, "list": order_of_list,
    },
    "names": {
        "JSON": names_in_json, "CSV": names_in_csv,
    },
    "the name": {
        "list": lambda seen: in_column(seen, "name"),
        "field": lambda seen: [seen.field("flow.name", int(flow.first_row)) or ""
                               for flow in seen.engine.flows],
        "groups": names_of_groups,
    },
    "groups that waited longest": {
        "JSON": lambda seen: [one["key"] for one in json.loads(seen.grouped("json"))["groups"]],
        "CSV": lambda seen: [row["key"]
                             for row in csv.DictReader(io.StringIO(seen.grouped("csv")))],
        "Markdown": groups_in_markdown,
        "list": groups_in_list,
    },
    "findings": {
        "JSON": sentences_in_json, "panes": sentences_of_panes,
    },
}  # fmt: skip
"""Each view gives the same for all rows or flows of a capture."""

TOLD: Final[dict[str, tuple[Callable[[Seen], list[Any]], Callable[[Seen], dict[int, Any]]]]] = {
    "what is wrong": (
        lambda seen: [claim_in_json(flow) for flow in seen.report],
        lambda seen: {
            number: part.partition(": ")[2].partition(".\n")[0].lower().replace("\\|", "|")
            for number, part in tickets_of(seen)
        },
    ),
    "opening": (in_json("opening"), in_markdown(r"opened ([\w-]+), closed")),
    "closing": (in_json("closing"), in_markdown(r"opened [\w-]+, closed ([\w-]+)")),
}
"""Facts that Markdown tells of some flows only: what JSON says, and what it says."""


@pytest.fixture(scope="module", params=CAPTURES, ids=lambda path: path.name)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The capture, in a folder where a pipe can lie beside it."""
    path = tmp_path_factory.mktemp("seen") / request.param.name
    path.write_bytes(request.param.read_bytes())
    return Seen(path)


@pytest.mark.parametrize("fact", FACTS)
def test_all_views_say_the_same(seen: Seen, fact: str) -> None:
    (first, ask), *others = FACTS[fact].items()
    expected = ask(seen)
    for view, ask_other in others:
        assert ask_other(seen) == expected, f"{view} and {first}"


@pytest.mark.parametrize("fact", TOLD)
def test_markdown_says_the_same_of_whom_it_tells(seen: Seen, fact: str) -> None:
    expected, told = (ask(seen) for ask in TOLD[fact])
    assert told == {number: expected[number] for number in told}


def test_findings_in_markdown_are_those_of_json(seen: Seen) -> None:
    expected = sentences_in_json(seen)
    for number, told in sentences_in_markdown(seen).items():
        assert set(told) <= set(expected[number])
        assert bool(told) == bool(expected[number])
