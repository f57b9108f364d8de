"""Writes the JSON Schemas into docs/schemas, and what they say as tables into docs/json.md:
``python -m docs.pages.schema_pages``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from docs.pages.json_schemas import documents
from docs.pages.json_shapes import Shape

BEGIN: Final = "<!-- members: made by docs.pages.schema_pages -->"
END: Final = "<!-- end of members -->"
FOLDER: Final = Path("docs/schemas")
PAGE: Final = Path("docs/json.md")
LISTED: Final = {
    "report": ("capture", "flows[].findings", "flows[].timer", "flows[].limits"),
    "report-by": ("groups",),
    "explain": ("",),
    "explain-rules": ("",),
    "between": ("",),
    "manifest": ("",),
}
"""Of each document the members that the page lists, by how their paths begin; other pages list
fields."""
MOST_WORDS: Final = 12
"""Of a longer list of words the page names the place alone."""


def schema_text(shape: Shape) -> str:
    """Return a schema as its file has it."""
    return json.dumps(shape, indent=1, ensure_ascii=False) + "\n"


def members(shape: Shape, path: str = "") -> Iterator[tuple[str, Shape]]:
    """Yield the members of an object, and of those inside, with their paths."""
    if "items" in shape:
        yield from members(shape["items"], f"{path}[]")
    for name, one in shape.get("properties", {}).items():
        where = f"{path}.{name}" if path else name
        yield where, one
        yield from members(one, where)


def type_text(shape: Shape) -> str:
    """Return the type of a value in words."""
    types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    return " or ".join("list" if one == "array" else one for one in types)


def meaning(shape: Shape) -> str:
    """Return what a member says, and the words that it can be."""
    known = shape.get("enum") or shape.get("examples") or []
    words = [one for one in known if one is not None]
    listed = ", ".join(f"`{one}`" for one in words) if len(words) <= MOST_WORDS else ""
    return ": ".join(filter(None, (shape.get("description", ""), listed))).replace("|", "\\|")


def rows(name: str, shape: Shape) -> Iterator[str]:
    """Yield a row for each member that the page lists of a document."""
    for path, one in members(shape):
        if path.startswith(LISTED[name]):
            yield f"| `{path}` | {type_text(one)} | {meaning(one)} |"


def tables() -> str:
    """Return the tables of the page."""
    made = [""]
    for name, shape in documents().items():
        if name in LISTED:
            made += [f"### `{shape['title']}`", "", "| member | type | |", "|---|---|---|"]
            made += [*rows(name, shape), ""]
    return "\n".join([BEGIN, *made, END])


def page() -> str:
    """Return the page with its tables made anew."""
    text = PAGE.read_text(encoding="utf-8")
    return text[: text.index(BEGIN)] + tables() + text[text.index(END) + len(END) :]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, shape in documents().items():
        (FOLDER / f"{name}.json").write_text(schema_text(shape), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
