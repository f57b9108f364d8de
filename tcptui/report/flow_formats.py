"""Writes flows: JSON, CSV, and what any format of `tcptui report` is."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_writers import FlowWriter
from tcptui.fields.columns.texts import cell_text
from tcptui.fields.schema import SCHEMA
from tcptui.findings.finding import Finding

Facts = dict[str, Any]
"""What is known of the capture, by name."""
Find = Callable[[Flow], list[Finding]]

TIMES: Final = re.compile(r'("(?:first|last)": )"(-?[0-9.]+)"')
AT_ONCE: Final = 128
"""Texts that are written at once."""


class TextFormat(NamedTuple):
    """A report that has a text for each flow, so that two processes can make them."""

    flow_writer: Callable[[Engine, bool], FlowWriter]
    """Makes what writes a flow without a line end; the flag says whether flows are judged."""
    add_evidence: Callable[[bytes, str], bytes]
    """Puts the evidence, as JSON, into a flow's text."""
    print_texts: Callable[[BinaryIO, Facts, Iterator[bytes], bool], None]
    """Writes the report from the flows' texts; the flag says whether they have evidence."""


class WholeFormat(NamedTuple):
    """A report for which all flows are looked at before the first is told."""

    parts: Callable[[Facts, Engine, Sequence[int], Find, bool], Iterable[str]]
    """Makes the report of the flows with these numbers; the flag says whether they are judged."""


def add_to_object(text: bytes, evidence: str) -> bytes:
    """Return a flow's object with its evidence as the last member."""
    return text[:-1] + f', "evidence": {evidence}}}'.encode()


def print_json(out: BinaryIO, facts: Facts, texts: Iterator[bytes], evidence: bool) -> None:
    """Print one object: the capture, then a flow a line."""
    out.write(b'{"capture": ' + capture_json(facts).encode() + b', "flows": [')
    separator = b"\n"
    while block := list(islice(texts, AT_ONCE)):
        out.write(separator + b",\n".join(block))
        separator = b",\n"
    out.write(b"\n]}\n")


def capture_json(facts: Facts) -> str:
    """Return the capture's facts as JSON, its times as numbers with all their decimals."""
    return TIMES.sub(r"\1\2", json.dumps(facts))


def add_cell(text: bytes, evidence: str) -> bytes:
    """Return a flow's line with its evidence as the last cell."""
    return text + b"," + cell_text(evidence)


def print_csv(out: BinaryIO, facts: Facts, texts: Iterator[bytes], evidence: bool) -> None:
    """Print a line for each flow below the names of the columns; nothing where there is no flow."""
    separator = ",".join(SCHEMA.column_names() + ["evidence"] * evidence).encode() + b"\n"
    while block := list(islice(texts, AT_ONCE)):
        out.write(separator + b"\n".join(block) + b"\n")
        separator = b""


JSON: Final = TextFormat(SCHEMA.json_writer, add_to_object, print_json)
CSV: Final = TextFormat(SCHEMA.csv_writer, add_cell, print_csv)
