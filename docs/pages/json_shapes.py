"""The pieces of a JSON Schema (2020-12), and what becomes of it where nothing may be added."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

Shape = dict[str, Any]
"""A schema, or a part of one."""

TEXT: Final[Shape] = {"type": "string"}
INTEGER: Final[Shape] = {"type": "integer"}
NUMBER: Final[Shape] = {"type": "number"}
BOOLEAN: Final[Shape] = {"type": "boolean"}


def said(shape: Shape, description: str) -> Shape:
    """Return a shape with the sentence about it."""
    return {**shape, "description": description}


def nullable(shape: Shape) -> Shape:
    """Return a shape that may also be null."""
    if "enum" in shape:
        return {**shape, "type": [shape["type"], "null"], "enum": [*shape["enum"], None]}
    return {**shape, "type": [shape["type"], "null"]}


def one_of(words: Iterable[str]) -> Shape:
    """Return the shape of a text that is one of these words, for good."""
    return {**TEXT, "enum": list(words)}


def word(known: Iterable[str]) -> Shape:
    """Return the shape of a text that is one of these words today; more may join."""
    return {**TEXT, "examples": list(known)}


def listed(items: Shape) -> Shape:
    return {"type": "array", "items": items}


def counts(keys: Shape) -> Shape:
    """Return the shape of an object that counts: any of these keys, and how often."""
    return {"type": "object", "propertyNames": keys, "additionalProperties": INTEGER}


def object_of(members: dict[str, Shape], optional: Sequence[str] = ()) -> Shape:
    """Return the shape of an object with these members; all but the ``optional`` are there."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "properties": members, "required": required}


def document(title: str, description: str, shape: Shape) -> Shape:
    """Return a shape as a schema of its own."""
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": title, "description": description, **shape}


def strict(shape: Any) -> Any:
    """Return a schema that takes no member and no word that is not written in it."""
    if isinstance(shape, list):
        return [strict(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    made = {name: strict(one) for name, one in shape.items()}
    if isinstance(shape.get("properties"), dict) and "type" in shape:
        made.setdefault("additionalProperties", False)
    if isinstance(shape.get("examples"), list) and "type" in shape:
        made["enum"] = [*shape["examples"], *([None] if "null" in shape["type"] else [])]
    return made
