"""Makes the tables of fields in docs/filters.md and docs/command-line.md from the rows of the
schema: ``python -m docs.pages.field_pages``.

It writes the tables into both pages below the current folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.fields.field import Field
from tcptui.fields.flow_fields import FlowField
from tcptui.fields.reported import REPORTED
from tcptui.fields.schema import SAME_AS, SCHEMA
from tcptui.fields.value_kind import ValueKind

BEGIN: Final = "<!-- fields: made by docs.pages.field_pages -->"
END: Final = "<!-- end of fields -->"

KINDS: Final = {
    ValueKind.NUMBER: "number",
    ValueKind.SIGNED: "number",
    ValueKind.SECONDS: "time",
    ValueKind.TIME: "date",
    ValueKind.SHARE: "share",
    ValueKind.HEX: "number",
    ValueKind.BIT: "0 or 1",
    ValueKind.PRESENCE: "there or not",
    ValueKind.TEXT: "text",
    ValueKind.IPV4: "IPv4",
    ValueKind.IPV6: "IPv6",
    ValueKind.ETHER: "hardware address",
    ValueKind.NAMES: "names",
    ValueKind.BYTES: "bytes",
}


def lines() -> Iterator[str]:
    """Yield a Markdown table of every field."""
    yield "| field | value | |"
    yield "|---|---|---|"
    for field in SCHEMA.names.values():
        since = f" (since {field.since})" if field.since else ""
        yield f"| `{field.name}` | {KINDS[field.kind]} | {doc(field)}{since} |"


def doc(field: Field | FlowField) -> str:
    """Return what a field says, and the texts that it can have; an alias does not repeat them."""
    is_alias = field.doc.startswith(SAME_AS)
    choices = "" if is_alias else ", ".join(f"`{choice}`" for choice in field.choices)
    return ": ".join(filter(None, (field.doc, choices)))


def field_table() -> str:
    return "\n".join([BEGIN, *lines(), END])


def report_lines() -> Iterator[str]:
    """Yield a Markdown table of the fields of a flow that `report` prints."""
    yield "| JSON | CSV | value | |"
    yield "|---|---|---|---|"
    for row in REPORTED.rows:
        unit = f", {row.unit}" if row.unit else ""
        value = f"{KINDS[row.kind]}{unit}"
        yield f"| `{row.path}` | `{row.column_name}` | {value} | {doc(row)} |"


def report_table() -> str:
    return "\n".join([BEGIN, *report_lines(), END])


def with_table(page: str, table: str) -> str:
    """Return a page with the table between its marks replaced."""
    return page[: page.index(BEGIN)] + table + page[page.index(END) + len(END) :]


if __name__ == "__main__":
    for name, table in (("filters.md", field_table()), ("command-line.md", report_table())):
        path = Path("docs") / name
        path.write_text(with_table(path.read_text(encoding="utf-8"), table), encoding="utf-8")
