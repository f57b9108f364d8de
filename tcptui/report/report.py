"""`tcptui report`: the flows of a capture as JSON, CSV or Markdown."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.eviction import GONE
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.schema import SCHEMA
from tcptui.report.capture_facts import capture_facts
from tcptui.report.flow_texts import capture_finder, flow_maker, nothing
from tcptui.report.halves import texts_of
from tcptui.report.second import can_fork
from tcptui.session import analyse

if TYPE_CHECKING:
    from tcptui.filters.language import Expression

TIMES: Final = re.compile(r'("(?:first|last)": )"(-?[0-9.]+)"')
TEXT_FORMS: Final = ("json", "csv")
"""The forms that are made of a text for each flow."""
AT_ONCE: Final = 128
"""Texts that are written at once."""
SMALLEST_SHARED: Final = 32 << 20
"""Bytes; with a smaller capture a second process saves less than it costs."""


class Contents(NamedTuple):
    """What a report says: by which rules, of which flows, whether with findings and evidence."""

    rules: Rules
    only: "Expression | None" = None
    findings: bool = True
    evidence: bool = False


def print_report(
    source: Source,
    out: BinaryIO,
    files: Sequence[str],
    form: str,
    build: str,
    contents: Contents,
) -> Engine:
    """Analyse ``source`` to its end and print its flows; an engine that has seen all packets.

    ``form`` is ``json``, ``csv`` or ``md``; ``build`` says whether the engine is compiled. Of the
    flows only those are printed that have a segment that ``contents.only`` selects.
    """
    whole = contents.only is None and not contents.evidence and form in TEXT_FORMS
    if not whole or not is_worth_sharing(source):
        return print_alone(source, out, files, form, build, contents)
    from tcptui.report.shares import shared

    with shared(source, contents.rules, contents.findings, form) as found:
        if found:
            facts = capture_facts(source, found.engine, files, build)
            print_texts(out, form, facts, found.texts, contents.evidence)
            out.flush()
            return found.engine
    with closing(source.again()) as again:
        return print_alone(again, out, files, form, build, contents)


def is_worth_sharing(source: Source) -> bool:
    """Whether two processes can read all of it, each on its own, and that takes long enough."""
    if type(source) is not Source or not source.at_rest:
        return False
    return (source.total_bytes or 0) >= SMALLEST_SHARED and can_fork()


def print_alone(
    source: Source, out: BinaryIO, files: Sequence[str], form: str, build: str, contents: Contents
) -> Engine:
    """The same with all of the analysis in this process."""
    engine = new_engine(contents.rules)
    for _ in analyse(source, engine):
        pass
    facts = capture_facts(source, engine, files, build)
    numbers = flow_numbers(engine, source, contents.only)
    find = capture_finder(engine, source) if contents.findings else nothing
    if form in TEXT_FORMS:
        make = flow_maker(engine, source, find, contents.evidence, form)
        print_texts(out, form, facts, texts_of(numbers, make), contents.evidence)
    else:
        from tcptui.report.markdown import markdown

        for part in markdown(facts, engine, numbers, find, contents.findings):
            out.write(part.encode())
    out.flush()
    return engine


def flow_numbers(engine: Engine, source: Source, only: "Expression | None") -> Sequence[int]:
    if only is None and engine.folded.flows:
        return [number for number, flow in enumerate(engine.flows) if flow is not GONE]
    if only is None:
        return range(len(engine.flows))
    from tcptui.filters.selection import matching_flows

    return matching_flows(only, engine, source.read)


def print_texts(
    out: BinaryIO, form: str, facts: dict[str, Any], texts: Iterator[bytes], evidence: bool
) -> None:
    """The report from the flows' texts."""
    if form == "json":
        print_json(out, facts, texts)
    else:
        print_csv(out, texts, evidence)


def print_json(out: BinaryIO, facts: dict[str, Any], texts: Iterator[bytes]) -> None:
    """One object: the capture, then a flow a line."""
    out.write(b'{"capture": ' + capture_json(facts).encode() + b', "flows": [')
    separator = b"\n"
    while block := list(islice(texts, AT_ONCE)):
        out.write(separator + b",\n".join(block))
        separator = b",\n"
    out.write(b"\n]}\n")


def capture_json(facts: dict[str, Any]) -> str:
    """The capture's facts as JSON, its times as numbers with all their decimals."""
    return TIMES.sub(r"\1\2", json.dumps(facts))


def print_csv(out: BinaryIO, texts: Iterator[bytes], evidence: bool) -> None:
    """A line for each flow below the names of the columns; nothing where there is no flow."""
    separator = ",".join(SCHEMA.column_names() + ["evidence"] * evidence).encode() + b"\n"
    while block := list(islice(texts, AT_ONCE)):
        out.write(separator + b"\n".join(block) + b"\n")
        separator = b""
