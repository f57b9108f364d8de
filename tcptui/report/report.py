"""`tcptui report`: the flows of a capture as JSON, CSV or Markdown."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.diagnosis.finding import Finding
from tcptui.diagnosis.findings import findings_of
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.folding import GONE
from tcptui.report.capture_facts import capture_facts
from tcptui.report.flow_json import FlowWriter
from tcptui.report.halves import Make, texts_of
from tcptui.session import analyse

if TYPE_CHECKING:
    from tcptui.filters.language import Expression

Blocks = Iterator[list[bytes]]
"""The flows as texts of JSON objects, in the order of their numbers, some at a time."""
Find = Callable[[Flow], list[Finding]]

TIMES: Final = re.compile(r'("(?:first|last)": )"([0-9.]+)"')
DANGEROUS: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


class Contents(NamedTuple):
    """What a report says: of which flows, and whether with findings and with evidence."""

    only: "Expression | None" = None
    findings: bool = True
    evidence: bool = False


ALL_FLOWS: Final = Contents()


class Chosen(NamedTuple):
    """The flows that a report lists, by their numbers, and what is said of each."""

    engine: Engine
    numbers: Sequence[int]
    find: Find
    make: Make

    @property
    def blocks(self) -> Blocks:
        return texts_of(self.numbers, self.make)


def print_report(
    source: Source,
    out: BinaryIO,
    files: Sequence[str],
    form: str,
    build: str,
    contents: Contents = ALL_FLOWS,
) -> Engine:
    """Analyse ``source`` to its end and print its flows; the engine that did it.

    ``form`` is ``json``, ``csv`` or ``md``; ``build`` says whether the engine is compiled. Of the
    flows only those are printed that have a segment that ``contents.only`` selects.
    """
    engine = Engine()
    for _ in analyse(source, engine):
        pass
    facts = capture_facts(source, engine, files, build)
    numbers = flow_numbers(engine, source, contents.only)
    find = finder(engine, source) if contents.findings else nothing
    make = flow_maker(engine, source, find, contents.evidence)
    FORMS[form](out, facts, Chosen(engine, numbers, find, make))
    out.flush()
    return engine


def finder(engine: Engine, source: Source) -> Find:
    """What finds all that there is to say of a flow; it reads a few packets again."""
    from tcptui.diagnosis.checksums import worth_reading
    from tcptui.report.rereading import reader

    readable = worth_reading(engine)
    if not readable:
        return partial(findings_of, engine)
    read = reader(engine, source)

    def find(flow: Flow) -> list[Finding]:
        return findings_of(engine, flow, read if int(flow.index) in readable else None)

    return find


def nothing(flow: Flow) -> list[Finding]:
    """What --no-findings says of a flow."""
    return []


def flow_maker(engine: Engine, source: Source, find: Find, evidence: bool) -> Make:
    """What makes the text of the flow with a number."""
    writer = FlowWriter(engine)

    def make(number: int) -> bytes:
        flow = engine.flows[number]
        return writer.flow(flow, find(flow))

    def make_with_evidence(number: int) -> bytes:
        from tcptui.report.evidence import flow_evidence

        found = [one.as_json() for one in flow_evidence(engine, source, engine.flows[number])]
        return make(number)[:-1] + f', "evidence": {json.dumps(found)}}}'.encode()

    return make_with_evidence if evidence else make


def flow_numbers(engine: Engine, source: Source, only: "Expression | None") -> Sequence[int]:
    if only is None and engine.folded.flows:
        return [number for number, flow in enumerate(engine.flows) if flow is not GONE]
    if only is None:
        return range(len(engine.flows))
    from tcptui.filters.selection import matching_flows

    return matching_flows(only, engine, source.read)


def print_json(out: BinaryIO, facts: dict[str, Any], chosen: Chosen) -> None:
    """One object: the capture, then a flow a line."""
    out.write(b'{"capture": ' + capture_json(facts).encode() + b', "flows": [')
    separator = b"\n"
    for block in chosen.blocks:
        out.write(separator + b",\n".join(block))
        separator = b",\n"
    out.write(b"\n]}\n")


def capture_json(facts: dict[str, Any]) -> str:
    """The capture's facts as JSON, its times as numbers with all their decimals."""
    return TIMES.sub(r"\1\2", json.dumps(facts))


def print_csv(out: BinaryIO, facts: dict[str, Any], chosen: Chosen) -> None:
    """A line for each flow; the names of nested values are joined with `_`."""
    import csv
    import io

    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for flow in chain.from_iterable(chosen.blocks):
        cells = flatten(json.loads(flow, parse_float=str))
        if writer is None:
            writer = csv.DictWriter(text, list(cells), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: harmless(cell) for name, cell in cells.items()})
        out.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()


def flatten(flow: dict[str, Any]) -> dict[str, str]:
    """A flow's JSON object as named cells; lists and counts as `name×count` words."""
    cells: dict[str, str] = {}
    for name, value in flow.items():
        if name == "analysis":
            cells[name] = " ".join(f"{flag}×{count}" for flag, count in value.items())
        elif name == "findings":
            cells[name] = " ".join(f"{one['kind']}×{one['count']}" for one in value)
        elif name == "timer":
            for part in ("name", "started", "would_end"):
                cells[f"timer_{part}"] = str(value[part]) if value else ""
        elif isinstance(value, dict):
            cells |= {f"{name}_{inner}": str(cell) for inner, cell in value.items()}
        else:
            cells[name] = "" if value is None else str(value)
    return cells


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def print_markdown(out: BinaryIO, facts: dict[str, Any], chosen: Chosen) -> None:
    from tcptui.report.markdown import markdown

    judged = chosen.find is not nothing
    for part in markdown(facts, chosen.engine, chosen.numbers, chosen.find, judged):
        out.write(part.encode())


FORMS: Final[dict[str, Callable[[BinaryIO, dict[str, Any], Chosen], None]]] = {
    "json": print_json,
    "csv": print_csv,
    "md": print_markdown,
}
