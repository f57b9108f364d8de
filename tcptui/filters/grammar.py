"""The grammar of filters is a subset of Wireshark's display filters.

    either     = both (OR both)*
    both       = test (AND test)*
    test       = NOT test | "(" either ")" | comparison
    comparison = [QUANTIFIER] masked (RELATION masked)+
               | [QUANTIFIER] masked [NOT] IN "{" range ("," range)* [","] "}"
               | [QUANTIFIER] masked (CONTAINS | MATCHES) masked
               | masked
    range      = value [".." value]
    masked     = sum (MASK sum)*
    sum        = product (SIGN product)*
    product    = atom (FACTOR atom)*
    atom       = "{" masked "}" | STRING | CHARACTER | [RAW] WORD [LAYERS] [SLICE]
               | WORD "(" masked ("," masked)* ")" [SLICE]

Each rule is a method of the parser; the words are in ``tokens.py``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tcptui.filters import tokens
from tcptui.filters.filter_error import FilterError
from tcptui.filters.syntax import (
    Alone,
    Among,
    Both,
    Called,
    Computed,
    Either,
    Everything,
    Named,
    Negated,
    Operand,
    Related,
    Searched,
    Test,
    Text,
)
from tcptui.filters.tokens import END, IN_SET, JOINT, OPERATOR, TEST, VALUE, Place, Token

DEEPEST: Final = 64
"""How many parentheses and `not`, and how many steps of computing, may be nested."""
TOO_DEEP: Final = f"nested too deeply: {DEEPEST} parentheses and `not` at most"
TOO_MUCH: Final = f"computes too much: {DEEPEST} steps at most"

EXPECTED: Final = (
    ("RELATION", "a comparison (==, !=, <, >, in, contains, matches)"),
    ("OR", "and, or"),
    ("STRING", "a value"),
    ("QUANTIFIER", "a field (tcp.port, ip.addr, flow.state …)"),
    ("WORD", "a field"),
    ("LBRACE", "{"),
    ("RBRACE", "} or ,"),
    ("IN", "in"),
    ("RPAR", ")"),
    (END, "the end"),
)
"""The kinds of words as people call them, the most telling first."""
IMPLIED: Final = {"QUANTIFIER": "WORD", "RELATION": "IN"}
"""What need not be mentioned beside another kind."""
CLOSING: Final = ("RPAR", END)


def parse_tree(source: str) -> Test:
    """Return the parts of a filter. Raises FilterError, which says where and what was expected."""
    return Parser(source).everything()


class Parser:
    """Reads a filter from left to right, a word ahead.

    ``tried`` are the kinds of words that would have fitted where it is.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.ahead: Token | None = None
        self.tried: set[str] = set()
        self.depth = 0

    # -- words -------------------------------------------------------------------------------

    def take(self, place: Place, *kinds: str) -> Token | None:
        """Go over the next word if it is of one of these kinds."""
        if self.ahead is None:
            self.ahead = tokens.token_at(self.source, self.at, place)
        token = self.ahead
        if token.kind not in kinds:
            self.tried.update(kinds)
            return None
        self.at, self.ahead = token.end, None
        self.tried.clear()
        return token

    def need(self, place: Place, *kinds: str) -> Token:
        """Go over the next word, which must be of one of these kinds. Raises FilterError."""
        token = self.take(place, *kinds)
        return self.refuse() if token is None else token

    def refuse(self) -> Token:
        """Raise FilterError: the next word does not fit."""
        token = self.ahead
        assert token is not None
        found = f"{token} does not fit here" if token else "the filter ends here"
        what = f"{found}: expected {expected(self.tried, token.kind)}"
        raise FilterError(what, self.source, token.start + 1, max(len(token), 1))

    @contextmanager
    def nested(self, token: Token, too_deep: str) -> Iterator[None]:
        """Count a level of nesting. Raises FilterError where it is one too many."""
        if self.depth == DEEPEST:
            raise FilterError(too_deep, self.source, token.start + 1, len(token))
        self.depth += 1
        yield
        self.depth -= 1

    # -- tests -------------------------------------------------------------------------------

    def everything(self) -> Test:
        if self.take(TEST, END) is not None:
            return Everything()
        test = self.either()
        self.need(JOINT, END)
        return test

    def either(self) -> Test:
        sides = [self.both()]
        while self.take(JOINT, "OR"):
            sides.append(self.both())
        return sides[0] if len(sides) == 1 else Either(sides)

    def both(self) -> Test:
        sides = [self.test()]
        while self.take(JOINT, "AND"):
            sides.append(self.test())
        return sides[0] if len(sides) == 1 else Both(sides)

    def test(self) -> Test:
        if word := self.take(TEST, "NOT"):
            with self.nested(word, TOO_DEEP):
                return Negated(self.test())
        if opening := self.take(TEST, "LPAR"):
            with self.nested(opening, TOO_DEEP):
                inner = self.either()
                self.need(JOINT, "RPAR")
                return inner
        return self.comparison()

    def comparison(self) -> Test:
        quantifier = self.take(TEST, "QUANTIFIER")
        first = self.masked(VALUE if quantifier else TEST)
        if sign := self.take(OPERATOR, "RELATION"):
            return Related(quantifier, first, self.others(sign))
        if self.take(OPERATOR, "NOT"):
            self.need(tokens.IN, "IN")
            return Negated(Among(quantifier, first, self.set()))
        if self.take(OPERATOR, "IN"):
            return Among(quantifier, first, self.set())
        if word := self.take(OPERATOR, "CONTAINS", "MATCHES"):
            return Searched(first, word, self.masked(VALUE))
        if quantifier:
            self.refuse()
        return Alone(first)

    def others(self, sign: Token | None) -> list[tuple[Token, Operand]]:
        """Return what a chain of comparisons compares with."""
        found = []
        while sign:
            found.append((sign, self.masked(VALUE)))
            sign = self.take(OPERATOR, "RELATION")
        return found

    def set(self) -> list[tuple[Token, Token | None]]:
        self.need(tokens.SET, "LBRACE")
        ranges = [self.range()]
        while self.take(IN_SET, "COMMA"):
            if self.take(VALUE, "RBRACE"):
                return ranges
            ranges.append(self.range())
        self.need(IN_SET, "RBRACE")
        return ranges

    def range(self) -> tuple[Token, Token | None]:
        first = self.value()
        return first, self.value() if self.take(IN_SET, "RANGE") else None

    def value(self) -> Token:
        return self.need(VALUE, "WORD", "STRING", "CHARACTER")

    # -- operands ----------------------------------------------------------------------------

    def masked(self, place: Place) -> Operand:
        return self.computed(place, self.sum, "MASK")

    def sum(self, place: Place) -> Operand:
        return self.computed(place, self.product, "SIGN")

    def product(self, place: Place) -> Operand:
        return self.computed(place, self.atom, "FACTOR")

    def computed(self, place: Place, part: Callable[[Place], Operand], kind: str) -> Operand:
        """Return what signs of one kind join, from left to right."""
        left = part(place)
        while sign := self.take(OPERATOR, kind):
            left = Computed(left, sign, part(VALUE))
        return left

    def atom(self, place: Place) -> Operand:
        if opening := self.take(place, "LBRACE"):
            with self.nested(opening, TOO_MUCH):
                inner = self.masked(VALUE)
                self.need(OPERATOR, "RBRACE")
                return inner
        if text := self.take(place, "STRING", "CHARACTER"):
            return Text(text)
        raw = self.take(place, "RAW")
        name = self.need(VALUE if raw else place, "WORD")
        if raw is None and self.take(OPERATOR, "LPAR"):
            with self.nested(name, TOO_MUCH):
                return Called(name, self.arguments(), self.take(OPERATOR, "SLICE"))
        return Named(raw, name, self.take(OPERATOR, "LAYERS"), self.take(OPERATOR, "SLICE"))

    def arguments(self) -> list[Operand]:
        found = [self.masked(VALUE)]
        while self.take(OPERATOR, "COMMA"):
            found.append(self.masked(VALUE))
        self.need(OPERATOR, "RPAR")
        return found


def expected(tried: set[str], found: str) -> str:
    """Return what may stand where a word of the kind ``found`` does, in words."""
    if "STRING" in tried and "NOT" not in tried:
        return "a value"
    unspoken = {"STRING"} | {IMPLIED[kind] for kind in tried if kind in IMPLIED}
    if found in CLOSING and "OR" in tried:
        unspoken |= {"RELATION", "IN"}  # who closes has ended the comparison
    words = [words for kind, words in EXPECTED if kind in tried - unspoken]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
