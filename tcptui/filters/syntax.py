"""Says what parts a filter has, as it is written; their meaning is found in ``language.py``."""

from typing import NamedTuple

from tcptui.filters.tokens import Token


class Named(NamedTuple):
    """A word: the name of a field, or a value. ``@`` before it, layers and a slice behind it."""

    raw: Token | None
    name: Token
    layers: Token | None
    cut: Token | None


class Called(NamedTuple):
    """A function of operands, and a slice of its result."""

    name: Token
    arguments: list["Operand"]
    cut: Token | None


class Text(NamedTuple):
    """A text or a character in quotes."""

    token: Token


class Computed(NamedTuple):
    """Arithmetic with two operands."""

    left: "Operand"
    sign: Token
    right: "Operand"


Operand = Named | Called | Text | Computed


class Everything(NamedTuple):
    """The empty filter."""


class Either(NamedTuple):
    sides: list["Test"]


class Both(NamedTuple):
    sides: list["Test"]


class Negated(NamedTuple):
    test: "Test"


class Alone(NamedTuple):
    """An operand alone."""

    operand: Operand


class Related(NamedTuple):
    """Comparisons of an operand with a second, of that with a third, and so on."""

    quantifier: Token | None
    first: Operand
    others: list[tuple[Token, Operand]]


class Among(NamedTuple):
    """A set of values, and of ranges from a first value to a last."""

    quantifier: Token | None
    operand: Operand
    ranges: list[tuple[Token, Token | None]]


class Searched(NamedTuple):
    """A search with `contains` or `matches`, which is the word."""

    operand: Operand
    word: Token
    value: Operand


Test = Everything | Either | Both | Negated | Alone | Related | Among | Searched


def first_token(operand: Operand) -> Token:
    """Return where an operand begins."""
    while isinstance(operand, Computed):
        operand = operand.left
    if isinstance(operand, Text):
        return operand.token
    return operand.name if isinstance(operand, Called) else operand.raw or operand.name
