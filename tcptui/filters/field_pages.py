"""The table of fields as docs/filters.md has it: made from the fields themselves."""

from collections.abc import Iterator
from typing import Final

from tcptui.filters.fields import BY_NAME, DEFAULT_COLUMNS, Field, Kind

BEGIN: Final = "<!-- fields: made by tcptui.filters.field_pages -->"
END: Final = "<!-- end of fields -->"

KINDS: Final = {
    Kind.NUMBER: "number",
    Kind.SECONDS: "time",
    Kind.TIME: "date",
    Kind.SHARE: "share",
    Kind.HEX: "number",
    Kind.BIT: "0 or 1",
    Kind.PRESENCE: "there or not",
    Kind.TEXT: "text",
    Kind.IPV4: "IPv4",
    Kind.IPV6: "IPv6",
    Kind.NAMES: "names",
    Kind.BYTES: "bytes",
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
