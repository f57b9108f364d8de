"""Writes flows: JSON, CSV, and what any format of `tcptui report` is."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_writers import FlowWriter
from tcptui.fields.columns.texts import cell_text
from tcptui.fields.reported import REPORTED
from tcptui.findings.capture_findings import CaptureFindings
from tcptui.findings.finding import Finding
from tcptui.report.capture_facts import Facts, judgement
from tcptui.report.temporary import temporary_file, writing_temporary_file

if TYPE_CHECKING:
    from tcptui.report.flow_accounts import FlowAccount, WorstFlow

Find = Callable[[Flow], list[Finding]]
DividedParts = Callable[
    [Facts, Engine, int, Iterable["FlowAccount"], list["WorstFlow"], bool], Iterable[str]
]
"""Makes a report of how many flows the capture has, the accounts of those that are meant, and the
worst of each share; the flag says whether they are judged."""

SECONDS: Final = re.compile(r'("(?:first|last|cost)": )"(-?[0-9.]+)"')
END: Final = b"\n]}\n"
AT_ONCE: Final = 128
"""Texts that are written at once."""
MOST_IN_MEMORY: Final = 1 << 20
"""Bytes of the flows' texts that wait for the capture's findings; more wait in a file."""


def without_evidence(text: bytes, evidence: str) -> bytes:
    """Return a flow's text as it is, in a format that has no place for evidence."""
    return text


class TextFormat(NamedTuple):
    """A report that has a text for each flow, so that several processes can make them."""

    flow_writer: Callable[[Engine, bool], FlowWriter]
    """Makes what writes a flow without a line end; the flag says whether flows are judged."""
    print_texts: Callable[[BinaryIO, Facts, Iterator[bytes], bool, bool], None]
    """Writes the report from the flows' texts; the flags say whether they have evidence, and
    whether flows are judged."""
    add_evidence: Callable[[bytes, str], bytes] = without_evidence
    """Puts the evidence, as JSON, into a flow's text."""
    tells_judgement: bool = True
    """Whether anything that it tells of a flow hangs on its findings."""
    needs_findings: bool = False
    """Whether it tells the findings of the whole capture: a judged flow's stand in short before its
    text then."""


class WholeFormat(NamedTuple):
    """A report for which all flows are looked at before the first is told."""

    parts: Callable[[Facts, Engine, Sequence[int], Find, bool], Iterable[str]]
    """Makes the report of the flows with these numbers; the flag says whether they are judged."""
    divided: DividedParts | None = None
    """Makes it where no process holds all flows; None where it cannot be."""


class BinaryFormat(NamedTuple):
    """A report that is no text."""

    write: Callable[[BinaryIO, Facts, Engine, Sequence[int], Find, bool], None]
    """Writes the flows with these numbers; the flag says whether they are judged."""


FlowFormat = TextFormat | WholeFormat | BinaryFormat


def add_to_object(text: bytes, evidence: str) -> bytes:
    """Return a flow's object with its evidence as the last member."""
    return text[:-1] + f', "evidence": {evidence}}}'.encode()


def print_json(
    out: BinaryIO, facts: Facts, texts: Iterator[bytes], evidence: bool, is_judged: bool
) -> None:
    """Print one object: the capture, then a flow a line.

    The capture, which comes first, has the findings of all its flows, which are told in short
    before each text; so the flows wait, beyond a size in a file.
    """
    if not is_judged:
        print_head(out, facts | judgement(facts, None))
        for block in blocks_of(texts):
            out.write(block)
        out.write(END)
        return
    found = CaptureFindings()
    waiting: list[bytes] = []
    size = 0
    overflow: BinaryIO | None = None
    with ExitStack() as stack:
        for block in blocks_of(map(found.without_short, texts)):
            waiting.append(block)
            size += len(block)
            if size > MOST_IN_MEMORY:
                with writing_temporary_file():
                    overflow = overflow or stack.enter_context(temporary_file())
                    overflow.writelines(waiting)
                waiting, size = [], 0
        if overflow is not None:
            with writing_temporary_file():
                overflow.seek(0)
        print_head(out, facts | judgement(facts, found))
        if overflow is not None:
            while some := overflow.read(MOST_IN_MEMORY):
                out.write(some)
    out.writelines(waiting)
    out.write(END)


def blocks_of(texts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the objects of flows, so many at once, each on a line behind the one before."""
    separator = b"\n"
    while block := list(islice(texts, AT_ONCE)):
        block[0] = separator + block[0]
        yield b",\n".join(block)
        separator = b",\n"


def print_head(out: BinaryIO, facts: dict[str, Any]) -> None:
    """Print what stands before the flows."""
    out.write(b'{"capture": ' + capture_json(facts).encode() + b', "flows": [')


def capture_json(facts: dict[str, Any]) -> str:
    """Return the capture's facts as JSON, its times as numbers with all their decimals."""
    return SECONDS.sub(r"\1\2", json.dumps(facts))


def add_cell(text: bytes, evidence: str) -> bytes:
    """Return a flow's line with its evidence as the last cell."""
    return text + b"," + cell_text(evidence)


def print_csv(
    out: BinaryIO, facts: Facts, texts: Iterator[bytes], evidence: bool, is_judged: bool
) -> None:
    """Print a line for each flow below the names of the columns."""
    names = REPORTED.column_names() + ["evidence"] * evidence
    out.write(",".join(names).encode() + b"\n")
    while block := list(islice(texts, AT_ONCE)):
        out.write(b"\n".join(block) + b"\n")


def print_lines(
    out: BinaryIO, facts: Facts, texts: Iterator[bytes], evidence: bool, is_judged: bool
) -> None:
    """Print the objects of the flows, one a line, and nothing else."""
    while block := list(islice(texts, AT_ONCE)):
        out.write(b"\n".join(block) + b"\n")


JSON: Final = TextFormat(REPORTED.json_writer, print_json, add_to_object, needs_findings=True)
JSON_LINES: Final = TextFormat(REPORTED.json_writer, print_lines, add_to_object)
CSV: Final = TextFormat(REPORTED.csv_writer, print_csv, add_cell)
