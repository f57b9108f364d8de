"""The table of fields as docs/filters.md has it: made from the fields themselves."""

from collections.abc import Iterator
from typing import Final

from tcptui.filters.fields import BY_NAME, DEFAULT_COLUMNS, Field, ValueKind

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
    own = [field for field in DEFAULT_COLUMNS if field.name not in BY_NAME]
    for field in [*BY_NAME.values(), *own]:
        yield f"| `{field.name}` | {KINDS[field.kind]} | {meaning(field)} |"


def meaning(field: Field) -> str:
    choices = ", ".join(f"`{choice}`" for choice in field.choices)
    return ": ".join(filter(None, (field.meaning, choices)))


def field_table() -> str:
    return "\n".join([BEGIN, *lines(), END])
