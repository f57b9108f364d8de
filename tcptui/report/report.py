"""`tcptui report`: the flows of a capture as JSON, CSV or Markdown."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final

from tcptui.capture.source import Source
from tcptui.diagnosis.findings import findings_of
from tcptui.engine.engine import Engine
from tcptui.filters.language import Expression
from tcptui.filters.selection import matching_flows
from tcptui.report.capture_facts import capture_facts
from tcptui.report.flow_json import FlowWriter
from tcptui.report.markdown import markdown
from tcptui.session import analyse

DANGEROUS: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


def print_report(
    source: Source,
    out: BinaryIO,
    files: Sequence[str],
    form: str,
    build: str,
    with_findings: bool,
    wanted: Expression | None = None,
) -> Engine:
    """Analyse ``source`` to its end and print its flows; the engine that did it.

    ``form`` is ``json``, ``csv`` or ``md``; ``build`` says whether the engine is compiled. Of the
    flows only those are printed that have a segment that ``wanted`` selects.
    """
    engine = Engine()
    for _ in analyse(source, engine):
        pass
    facts = capture_facts(source, engine, files, build)
    numbers = matching_flows(wanted, engine, source.read) if wanted else range(len(engine.flows))
    FORMS[form](out, facts, flow_objects(engine, numbers, with_findings))
    out.flush()
    return engine


def flow_objects(engine: Engine, numbers: Iterable[int], with_findings: bool) -> Iterator[bytes]:
    """Each of these flows as the text of a JSON object."""
    writer = FlowWriter(engine)
    for number in numbers:
        flow = engine.flows[number]
        yield writer.flow(flow, findings_of(engine, flow) if with_findings else [])


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
