"""The output formats of each command: a row has the name for ``--format`` and what writes it.

A writer is named by its place, ``module:name``: the command line reads these rows long before it
is known whether anything is to be written.
"""

from collections.abc import Sequence
from functools import reduce
from importlib import import_module
from typing import Any, Final, NamedTuple


class OutputFormat(NamedTuple):
    """One format of one command. A ``table`` is no text, and needs pyarrow; ``packets`` are read
    again for it, and it has no columns."""

    name: str
    writer: str
    table: bool = False
    packets: bool = False


REPORT_FORMATS: Final = (
    OutputFormat("json", "tcptui.report.flow_formats:JSON"),
    OutputFormat("csv", "tcptui.report.flow_formats:CSV"),
    OutputFormat("md", "tcptui.report.markdown:MARKDOWN"),
    OutputFormat("jsonl", "tcptui.report.flow_formats:JSON_LINES"),
    OutputFormat("conn.log", "tcptui.report.conn_log:CONN_LOG"),
    OutputFormat("parquet", "tcptui.report.tables:FLOWS_PARQUET", table=True),
)
"""A writer is a FlowFormat of :mod:`tcptui.report.flow_formats`."""
WITH_EVIDENCE: Final = ("json", "jsonl", "csv")
"""Formats of `report` that have a place for evidence."""

GROUP_FORMATS: Final = (
    OutputFormat("json", "tcptui.report.group_formats:print_json"),
    OutputFormat("csv", "tcptui.report.group_formats:print_csv"),
    OutputFormat("md", "tcptui.report.group_formats:print_markdown"),
)
"""A writer is a Print of :mod:`tcptui.report.group_formats`."""
GROUPING_MEANINGS: Final = {
    "server": "the address that answered",
    "client": "the address that opened the connection",
    "pair": "both hosts, whoever opened it",
    "subnet": "the server's /24 or /64",
    "port": "the server's port",
    "name": "whose flow it is: TLS, HTTP, DNS",
    "process": "the program whose flow it is, where that is known",
    "path": "the target of its first HTTP request",
    "interface": "where its first segment was captured",
    "vlan": "the VLAN of its first segment",
}
"""What `report --by` takes, and `b` on the screen; each is a row of
:mod:`tcptui.report.grouping`."""
GROUPING_NAMES: Final = tuple(GROUPING_MEANINGS)

TSV: Final = OutputFormat("tsv", "tcptui.report.row_formats:TSV")
PACKET_FORMATS: Final = (
    TSV,
    OutputFormat("json", "tcptui.report.row_formats:JSON"),
    OutputFormat("parquet", "tcptui.report.tables:ROWS_PARQUET", table=True),
    OutputFormat("arrow", "tcptui.report.tables:ROWS_ARROW", table=True),
    OutputFormat("py", "tcptui.report.scapy_code:CODE", packets=True),
)
"""A writer is a RowFormat, a TableFormat or a PacketFormat of :mod:`tcptui.report.row_formats`."""

EVIDENCE_FORMATS: Final = (
    OutputFormat("text", "tcptui.diagnosis.explain:Evidence.as_text"),
    OutputFormat("json", "tcptui.report.evidence:json_text"),
)
"""A writer makes text of an Evidence."""

BETWEEN_FORMATS: Final = (
    OutputFormat("json", "tcptui.report.between:print_json"),
    OutputFormat("md", "tcptui.report.between:print_markdown"),
    OutputFormat("csv", "tcptui.report.between:print_csv"),
)
"""A writer prints the facts of a comparison on a binary stream."""

GRAPH_FORMATS: Final = (
    OutputFormat("text", "tcptui.report.graph:print_text"),
    OutputFormat("svg", "tcptui.report.graph:print_svg"),
)
"""A writer prints a Graph on a binary stream."""


def names(formats: Sequence[OutputFormat]) -> tuple[str, ...]:
    """Return what ``--format`` takes; the first is what is written without it."""
    return tuple(one.name for one in formats)


def is_table(formats: Sequence[OutputFormat], name: str) -> bool:
    """Return whether the format of this name is no text, and needs pyarrow."""
    return any(one.table for one in formats if one.name == name)


def is_of_packets(formats: Sequence[OutputFormat], name: str) -> bool:
    """Return whether the format of this name is made of the packets' bytes, and has no columns."""
    return any(one.packets for one in formats if one.name == name)


def writer_of(formats: Sequence[OutputFormat], name: str) -> Any:
    """Return what writes the format of this name."""
    place = next(one.writer for one in formats if one.name == name)
    module, _, inside = place.partition(":")
    return reduce(getattr, inside.split("."), import_module(module))
