"""The tables of fields as docs/filters.md and docs/command-line.md have them: made from the rows of
the schema."""

from collections.abc import Iterator
from typing import Final

from tcptui.fields.field import Field, ValueKind
from tcptui.fields.flow_fields import FlowField
from tcptui.fields.schema import SCHEMA

BEGIN: Final = "<!-- fields: made by docs.pages.field_pages -->"
END: Final = "<!-- end of fields -->"

KINDS: Final = {
    ValueKind.NUMBER: "number",
    ValueKind.SECONDS: "time",
    ValueKind.TIME: "date",
    ValueKind.SHARE: "share",
    ValueKind.HEX: "number",
    ValueKind.BIT: "0 or 1",
    ValueKind.PRESENCE: "there or not",
    ValueKind.TEXT: "text",
    ValueKind.IPV4: "IPv4",
    ValueKind.IPV6: "IPv6",
    ValueKind.NAMES: "names",
    ValueKind.BYTES: "bytes",
}


def lines() -> Iterator[str]:
    """A Markdown table of every field."""
    yield "| field | value | |"
    yield "|---|---|---|"
    for field in SCHEMA.names.values():
        yield f"| `{field.name}` | {KINDS[field.kind]} | {doc(field)} |"


def doc(field: Field | FlowField) -> str:
    """What a field says, and the texts that it can have."""
    choices = ", ".join(f"`{choice}`" for choice in field.choices)
    return ": ".join(filter(None, (field.doc, choices)))


def field_table() -> str:
    return "\n".join([BEGIN, *lines(), END])


def report_lines() -> Iterator[str]:
    """A Markdown table of the fields of a flow that `report` prints."""
    yield "| JSON | CSV | value | |"
    yield "|---|---|---|---|"
    for row in SCHEMA.reported:
        unit = f", {row.unit}" if row.unit else ""
        value = f"{KINDS[row.kind]}{unit}"
        yield f"| `{row.path}` | `{row.column_name}` | {value} | {doc(row)} |"


def report_table() -> str:
    return "\n".join([BEGIN, *report_lines(), END])
