"""`tcptui report`: the flows of a capture as JSON, CSV or Markdown."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.diagnosis.findings import findings_of
from tcptui.engine.engine import Engine
from tcptui.filters.language import Expression
from tcptui.filters.selection import matching_flows
from tcptui.report.capture_facts import capture_facts
from tcptui.report.evidence import flow_evidence
from tcptui.report.flow_json import FlowWriter
from tcptui.report.markdown import markdown
from tcptui.session import analyse

DANGEROUS: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


class Contents(NamedTuple):
    """What a report says: of which flows, and whether with findings and with evidence."""

    only: Expression | None = None
    findings: bool = True
    evidence: bool = False


ALL_FLOWS: Final = Contents()


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
    FORMS[form](out, facts, flow_objects(engine, source, contents))
    out.flush()
    return engine


def flow_objects(engine: Engine, source: Source, contents: Contents) -> Iterator[bytes]:
    """The flows as texts of JSON objects, in the order of their numbers."""
    writer = FlowWriter(engine)
    for number in flow_numbers(engine, source, contents.only):
        flow = engine.flows[number]
        text = writer.flow(flow, findings_of(engine, flow) if contents.findings else [])
        if contents.evidence:
            found = [one.as_json() for one in flow_evidence(engine, source, flow)]
            text = text[:-1] + f', "evidence": {json.dumps(found)}}}'.encode()
        yield text


def flow_numbers(engine: Engine, source: Source, only: Expression | None) -> Iterable[int]:
    if only is None:
        return range(len(engine.flows))
    return matching_flows(only, engine, source.read)


def print_json(out: BinaryIO, facts: dict[str, Any], flows: Iterator[bytes]) -> None:
    """One object: the capture, then a flow a line."""
    out.write(b'{"capture": ' + capture_json(facts).encode() + b', "flows": [')
    separator = b"\n"
    for text in flows:
        out.write(separator)
        out.write(text)
        separator = b",\n"
    out.write(b"\n]}\n")


def capture_json(facts: dict[str, Any]) -> str:
    """The capture's facts as JSON, its times as numbers with all their decimals."""
    pairs = (
        f"{json.dumps(name)}: "
        + (value if name in ("first", "last") and value else json.dumps(value))
        for name, value in facts.items()
    )
    return "{" + ", ".join(pairs) + "}"


def print_csv(out: BinaryIO, facts: dict[str, Any], flows: Iterator[bytes]) -> None:
    """A line for each flow; the names of nested values are joined with `_`."""
    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for flow in flows:
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


def print_markdown(out: BinaryIO, facts: dict[str, Any], flows: Iterator[bytes]) -> None:
    for part in markdown(facts, (json.loads(text) for text in flows)):
        out.write(part.encode())


FORMS: Final[dict[str, Callable[[BinaryIO, dict[str, Any], Iterator[bytes]], None]]] = {
    "json": print_json,
    "csv": print_csv,
    "md": print_markdown,
}
