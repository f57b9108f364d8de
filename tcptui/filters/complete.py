"""Finds what can come next in a filter, for the filter bar."""

import re
from typing import Final, NamedTuple

from tcptui.fields.field import Field
from tcptui.fields.schema import SCHEMA
from tcptui.fields.value_kind import ValueKind

WORD: Final = re.compile(r"[\w.:/%+-]*\Z")
COMPARED: Final = re.compile(
    r"([\w.]+)\s*(?:===?|!==?|~=|[<>]=?|\b(?:eq|ne|lt|le|gt|ge|any_eq|all_eq|any_ne|all_ne|"
    r"contains|matches)\b|\bin\s*\{(?:[^{}]*,)?)\s*\Z"
)
AFTER_FIELD: Final = re.compile(r"([\w.]+)\s+\Z")
AFTER_TEST: Final = re.compile(r"[\w\"'})\]]\s+\Z")
TEST_ENDS: Final = re.compile(r"[\"'})\]]\Z")
CONNECTIVES: Final = ("and", "or", "not", "&&", "||", "!", "any", "all", "(")

MOST: Final = 50

OPERATORS: Final = (
    ("==", "equals"), ("!=", "differs"), ("<", "below"), ("<=", "at most"), (">", "above"),
    (">=", "at least"), ("in {", "one of"),
)  # fmt: skip
TEXT_OPERATORS: Final = (
    ("contains", "contains this text"),
    ("matches", "matches this expression"),
)
CONNECTORS: Final = (("and", "both"), ("or", "either"))


class Completion(NamedTuple):
    """A text to put in place of ``source[start:cursor]``, and what it means."""

    text: str
    start: int
    meaning: str


def complete(source: str, cursor: int, release: str = "") -> list[Completion]:
    """Return what fits at the cursor, the likeliest first; nothing where anything goes.

    ``release`` names the Wireshark release whose fields there are; without it all are there.

    After a comparison these are the field's values, after a field the comparisons, after a test
    ``and`` and ``or``, else the names of fields.
    """
    left = source[:cursor]
    found = WORD.search(left)
    start = found.start() if found else cursor
    word, before = left[start:], left[:start]
    compared = COMPARED.search(before)
    if compared:
        return chosen(values(SCHEMA.names.get(compared[1])), word, start)
    behind = AFTER_FIELD.search(before)
    if behind and behind[1] in SCHEMA.names and not word:
        return chosen([*operators(SCHEMA.names[behind[1]]), *CONNECTORS], word, start)
    if not word and TEST_ENDS.search(before):
        return [Completion(f" {text}", start, meaning) for text, meaning in CONNECTORS]
    if AFTER_TEST.search(before) and not before.rstrip().endswith(CONNECTIVES):
        return chosen(list(CONNECTORS), word, start)
    known = [one for one in SCHEMA.names.items() if not release or one[1].is_in(release)]
    return chosen([(name, field.doc) for name, field in known], word, start)


def values(field: Field | None) -> list[tuple[str, str]]:
    """Return the values that a field can have, where they are known."""
    if field is None:
        return []
    if field.kind is ValueKind.BIT:
        return [("1", "set"), ("0", "clear")]
    return [(choice, "") for choice in field.choices]


def operators(field: Field) -> list[tuple[str, str]]:
    """Return the comparisons that a field takes."""
    if field.kind is ValueKind.PRESENCE:
        return []
    if field.kind is ValueKind.BYTES:
        return list(TEXT_OPERATORS)
    text = TEXT_OPERATORS if field.kind in (ValueKind.TEXT, ValueKind.NAMES) else ()
    return [*OPERATORS, *text]


def chosen(offers: list[tuple[str, str]], word: str, start: int) -> list[Completion]:
    """Return the completions that begin with the word, then those that contain it."""
    wanted = word.casefold()
    fitting = [offer for offer in offers if wanted in offer[0].casefold() and offer[0] != word]
    fitting.sort(key=lambda offer: not offer[0].casefold().startswith(wanted))
    return [Completion(text, start, meaning) for text, meaning in fitting[:MOST]]
