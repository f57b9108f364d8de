"""Finds the words of a filter: names, values, operators.

What a piece of text is depends on what may stand at its place: `-` is a sign behind a field and
part of the word `-1` before one; `in` is an operator there and a value here.
"""

import re
from functools import cache
from typing import Final

from tcptui.filters.filter_error import FilterError

TERMINALS: Final = {
    "OR": r"or(?![\w.])|\|\|",
    "AND": r"and(?![\w.])|&&",
    "NOT": r"not(?![\w.])|!(?!=)",
    "IN": r"in(?![\w.])",
    "CONTAINS": r"contains(?![\w.])",
    "MATCHES": r"matches(?![\w.])|~(?!=)",
    "QUANTIFIER": r"(?:any|all)(?![\w.])",
    "RELATION": r"===|!==|==|!=|~=|<=|>=|<|>|(?:(?:any|all)_)?(?:eq|ne)(?![\w.])|[lg][te](?![\w.])",
    "STRING": r'[rR]?"(?:[^"\\]|\\(?s:.))*"',
    "CHARACTER": r"'(?:[^'\\]|\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3}|\\.)'",
    "WORD": r"(?:[\w:/%-]|\.(?!\.)|(?<=\d)\+(?=\d\d:?\d\d))+",
    "LAYERS": r"#\s*(?:\d+|\[[^\]\[]*\])",
    "SLICE": r"\[[^\]\[]*\]",
    "MASK": r"&(?!&)|bitwise_and(?![\w.])",
    "SIGN": r"[+-]",
    "FACTOR": r"[*/%]",
    "RAW": "@",
    "RANGE": r"\.\.",
    "COMMA": ",",
    "LPAR": r"\(",
    "RPAR": r"\)",
    "LBRACE": r"\{",
    "RBRACE": r"\}",
}
"""The kinds of words; where two fit the first one counts."""
END: Final = "END"

Place = tuple[str, ...]
"""The kinds that may stand somewhere; any other word there is a mistake."""

TEST: Final[Place] = (
    "NOT", "QUANTIFIER", "STRING", "CHARACTER", "WORD", "RAW", "LBRACE", "LPAR",
)  # fmt: skip
VALUE: Final[Place] = ("STRING", "CHARACTER", "WORD", "RAW", "LBRACE")
OPERATOR: Final[Place] = (
    "OR", "AND", "NOT", "IN", "CONTAINS", "MATCHES", "RELATION", "LAYERS", "SLICE", "MASK", "SIGN",
    "FACTOR", "COMMA", "LPAR", "RPAR", "RBRACE",
)  # fmt: skip
JOINT: Final[Place] = ("OR", "AND", "RPAR")
IN: Final[Place] = ("IN",)
SET: Final[Place] = ("LBRACE",)
IN_SET: Final[Place] = ("RANGE", "COMMA", "RBRACE")
ANYWHERE: Final[Place] = tuple(TERMINALS)

SPACE: Final = re.compile(r"\s*")


class Token(str):
    """A word of a filter, with its kind and where it starts."""

    __slots__ = ("kind", "start")
    kind: str
    start: int

    def __new__(cls, kind: str, text: str, start: int) -> "Token":
        token = super().__new__(cls, text)
        token.kind = kind
        token.start = start
        return token

    @property
    def end(self) -> int:
        return self.start + len(self)

    def part(self, first: int, last: int | None = None) -> "Token":
        """Return a piece of the word, with its own place in the filter."""
        return Token(self.kind, self[first:last], self.start + first)


@cache
def scanner(place: Place) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{TERMINALS[kind]})" for kind in place))


def token_at(source: str, start: int, place: Place) -> Token:
    """Return the word that begins behind the spaces at ``start``. Raises FilterError."""
    at = start + len(SPACE.match(source, start)[0])  # type: ignore[index]
    if at == len(source):
        return Token(END, "", len(source.rstrip()))
    found = scanner(place).match(source, at) or scanner(ANYWHERE).match(source, at)
    if found is None:
        raise FilterError(stray(source[at:]), source, at + 1)
    return Token(str(found.lastgroup), found[0], at)


def stray(rest: str) -> str:
    """Return what to say about text that is not a word of the language."""
    if rest[0] == "=":
        return "= is not a comparison: expected =="
    if rest[0] in "\"'":
        return f"this text has no closing {rest[0]}"
    if rest[0] == "[":
        return "this slice has no closing ]"
    if rest[0] == "$":
        return "references to the selected packet and macros are Wireshark's alone"
    return f"{rest[0]} does not fit here"
