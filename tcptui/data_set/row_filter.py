"""Finds the flows that a filter asks for: words, or comparisons of what the data set has a column
for. The rest needs the packets, and is refused with that reason."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tcptui.data_set.parts import FlowPart
from tcptui.data_set.swept_rows import SweptRows
from tcptui.data_set.value_tests import ValueTest, known
from tcptui.fields.field import Field
from tcptui.fields.flow_fields import PREFIX, FlowField
from tcptui.fields.reported import REPORTED
from tcptui.fields.value_kind import BILLION, ValueKind
from tcptui.filters.filter_error import FilterError
from tcptui.filters.grammar import parse_tree
from tcptui.filters.language import SPELLINGS, refuse_strange
from tcptui.filters.literals import WrongLiteral, interval
from tcptui.filters.syntax import (
    Alone,
    Among,
    Both,
    Either,
    Everything,
    Named,
    Negated,
    Operand,
    Related,
    Searched,
    Test,
    Text,
    first_token,
)
from tcptui.filters.tokens import Token
from tcptui.tables.flows import flow_column

Mask = Callable[[SweptRows], Any]
"""Says which flows fit: an array of true and false, a value for each."""

MEANT: Final = re.compile(r"[=<>!&|{}~()]|\b(contains|matches)\b|(?<![\w.])flow\.[a-z]")
"""What only a filter has; a text without it is words."""
WORDS: Final = re.compile(r'"([^"]+)"|([^\s"]+)')
IN_ADDRESS: Final = frozenset("0123456789abcdef.:")
ADDRESSES: Final = ("client_address", "server_address")
PORTS: Final = ("client_port", "server_port")
TEXTS: Final = ("sentence", "names_sni", "names_http_host", "names_greeting")
"""Where words are looked for, besides host, file and DNS names."""
DNS: Final = "names_dns"
SEARCHED: Final = (*TEXTS, DNS)
HIGHEST_PORT: Final = 65535
MOST_CHARACTERS: Final = 4096
OPERATIONS: Final = {
    "==": pc.equal, "<": pc.less, "<=": pc.less_equal, ">": pc.greater, ">=": pc.greater_equal,
}  # fmt: skip
NEEDS_PACKETS: Final = "is not in the data set: open the capture with Enter and filter there"
OF_PART: Final[dict[str, Callable[[FlowPart], str]]] = {
    "host": lambda part: part.file.host,
    "file": lambda part: part.capture.name,
    "day": lambda part: part.file.day,
}
"""What a filter can ask of the part that has a flow."""


class AskedRows(NamedTuple):
    """Holds what was asked for, how that was understood, and which flows fit; None: all. The flows
    of a group have what was asked for ``outside`` of it."""

    text: str = ""
    kind: str = ""
    mask: Mask | None = None
    outside: "AskedRows | None" = None


EVERYTHING: Final = AskedRows()


def asked(text: str) -> AskedRows:
    """Understand what was typed. Raises FilterError."""
    wanted = text.strip()
    if not wanted:
        return EVERYTHING
    refuse_strange(text)
    if len(wanted) > MOST_CHARACTERS:
        raise FilterError(f"{MOST_CHARACTERS:,} characters at most", wanted, 1)
    if not MEANT.search(wanted):
        words = [(quoted or word).lower() for quoted, word in WORDS.findall(wanted)]
        if not words:
            raise FilterError("a word is missing", wanted, 1)
        return AskedRows(wanted, "text search: flows with all of these words", words_mask(words))
    return AskedRows(wanted, "filter", FilterReader(text.rstrip()).mask(parse_tree(text.rstrip())))


def within(outside: AskedRows, group: AskedRows) -> AskedRows:
    """Return what asks for the flows of a group, of those that were asked for before."""
    before, inner = outside.mask, group.mask
    if before is None or inner is None:
        return group._replace(outside=EVERYTHING)
    mask: Mask = lambda rows: pc.and_(before(rows), inner(rows))  # noqa: E731
    return group._replace(mask=mask, outside=outside)


# -- words -----------------------------------------------------------------------------------------


def words_mask(words: Sequence[str]) -> Mask:
    """Return which flows have all of some words somewhere."""
    return lambda rows: joined(and_mask, [word_found(rows, word) for word in words])


def word_found(rows: SweptRows, word: str) -> Any:
    """Return which flows have a word in an address, a name, a finding, their host or file."""
    found = [in_parts(rows, lambda one: word in f"{one.file.host}\n{one.capture.name}".lower())]
    if IN_ADDRESS.issuperset(word):
        found += [rows.tested(name, contains(word, False)) for name in ADDRESSES]
    if word.isdecimal() and int(word) <= HIGHEST_PORT:
        found += [rows.tested(name, lambda one: pc.equal(one, int(word))) for name in PORTS]
    found += [rows.tested(name, contains(word, True)) for name in SEARCHED]
    return joined(or_mask, found)


def contains(text: str, ignore_case: bool) -> ValueTest:
    """Return the test whether values have a text in them: as a regular expression, which is found
    three times as fast in long texts."""
    return lambda values: pc.match_substring_regex(values, re.escape(text), ignore_case=ignore_case)


def in_parts(rows: SweptRows, fits: Callable[[FlowPart], bool]) -> Any:
    """Return which flows are in parts that fit."""
    return rows.of_parts(fits, pa.bool_())


def and_mask(left: Any, right: Any) -> Any:
    return pc.and_(left, right)


def or_mask(left: Any, right: Any) -> Any:
    return pc.or_(left, right)


def joined(join: Callable[[Any, Any], Any], masks: Sequence[Any]) -> Any:
    """Return masks joined to one that has no nulls."""
    whole = known(masks[0])
    for mask in masks[1:]:
        whole = join(whole, known(mask))
    return whole


# -- comparisons -----------------------------------------------------------------------------------


class RowSubject(NamedTuple):
    """Names what a filter can compare: a column of flows by its field, or what all flows of a part
    have in common."""

    name: str
    field: Field
    column: str
    of_part: Callable[[FlowPart], str] | None = None

    @property
    def is_text(self) -> bool:
        return self.field.kind in (ValueKind.TEXT, ValueKind.NAMES)

    def values(self, rows: SweptRows, test: ValueTest) -> Any:
        """Return which flows have a value that passes a test of columns."""
        if self.of_part is not None:
            of_part = self.of_part
            each = known(test(pa.array([of_part(part) for part in rows.parts], pa.string())))
            return each.take(rows.part_numbers)
        return rows.tested(self.column, test)


@cache
def subjects() -> dict[str, RowSubject]:
    """Return all that can be compared, by its names in filters."""
    found = {}
    for row in REPORTED.rows:
        for name in (row.path, *row.aliases):
            found[PREFIX + name] = RowSubject(
                PREFIX + name, row.filter_field(), flow_column(row).name
            )
    for name, of_part in OF_PART.items():
        field = FlowField(name, ValueKind.TEXT, REPORTED.rows[0].value, "").filter_field()
        found[name] = RowSubject(name, field, "", of_part)
    return found


class FilterReader:
    """Gives the parts of a filter their meaning."""

    def __init__(self, source: str) -> None:
        self.source = source

    def refuse(self, what: str, token: Token) -> FilterError:
        return FilterError(what, self.source, token.start + 1, max(len(token), 1))

    def mask(self, test: Test) -> Mask:
        """Return which flows a part of the filter asks for. Raises FilterError."""
        match test:
            case Either(sides):
                return self.joined(or_mask, sides)
            case Both(sides):
                return self.joined(and_mask, sides)
            case Negated(inner):
                denied = self.mask(inner)
                return lambda rows: pc.invert(denied(rows))
            case Alone(operand):
                subject = self.subject(operand)
                return lambda rows: subject.values(rows, pc.is_valid)
            case Related(None, first, [(relation, value)]):
                return self.compared(self.subject(first), relation, value)
            case Among(None, operand, ranges):
                return self.among(self.subject(operand), ranges)
            case Searched(operand, word, value):
                return self.searched(self.subject(operand), word, value)
            case Related(quantifier, first) | Among(quantifier, first):
                raise self.refuse(
                    "one comparison at a time, without any and all",
                    quantifier or first_token(first),
                )
            case Everything():
                return lambda rows: in_parts(rows, lambda part: True)

    def joined(self, join: Callable[[Any, Any], Any], sides: Sequence[Test]) -> Mask:
        masks = [self.mask(side) for side in sides]
        return lambda rows: joined(join, [mask(rows) for mask in masks])

    def subject(self, operand: Operand) -> RowSubject:
        """Return what an operand names. Raises FilterError."""
        token = first_token(operand)
        if not isinstance(operand, Named) or operand.raw or operand.layers or operand.cut:
            raise self.refuse("expected the name of a field (flow.cost, host, file, day)", token)
        found = subjects().get(operand.name)
        if found is None:
            raise self.refuse(f"{operand.name} {NEEDS_PACKETS}", token)
        return found

    def plain(self, operand: Operand) -> tuple[str, Token]:
        """Return a value as it is written, and where. Raises FilterError."""
        token = first_token(operand)
        if isinstance(operand, Text):
            return unquoted(token), token
        if isinstance(operand, Named) and not (operand.raw or operand.layers or operand.cut):
            return str(operand.name), token
        raise self.refuse("expected a value", token)

    def number(self, subject: RowSubject, text: str, token: Token) -> Any:
        """Return a value as its column has it. Raises FilterError."""
        try:
            value, _ = interval(subject.field, text)
        except WrongLiteral as error:
            raise self.refuse(str(error), token) from error
        if not -(1 << 63) <= value < 1 << 63:
            raise self.refuse(f"{text} is too large", token)
        return value / BILLION if subject.field.kind is ValueKind.SHARE else value

    def compared(self, subject: RowSubject, relation: Token, operand: Operand) -> Mask:
        text, token = self.plain(operand)
        sign = SPELLINGS.get(relation, str(relation))
        value = text if subject.is_text else self.number(subject, text, token)
        if sign == "!=":
            return lambda rows: not_equal(subject, rows, value)
        if (operation := OPERATIONS.get(sign)) is None:
            raise self.refuse("only ==, !=, <, <=, > and >= compare here", relation)
        return lambda rows: subject.values(rows, lambda column: operation(column, value))

    def among(self, subject: RowSubject, ranges: Sequence[tuple[Token, Token | None]]) -> Mask:
        """Return which flows have one of some values, or a value in one of some ranges."""
        tests = [self.within(subject, low, high or low) for low, high in ranges]
        return lambda rows: joined(or_mask, [subject.values(rows, test) for test in tests])

    def within(self, subject: RowSubject, low: Token, high: Token) -> ValueTest:
        ends = [unquoted(one) if one.kind == "STRING" else str(one) for one in (low, high)]
        first, last = (
            ends
            if subject.is_text
            else (self.number(subject, ends[0], low), self.number(subject, ends[1], high))
        )
        return lambda column: pc.and_(pc.greater_equal(column, first), pc.less_equal(column, last))

    def searched(self, subject: RowSubject, word: Token, operand: Operand) -> Mask:
        text, token = self.plain(operand)
        if not subject.is_text:
            raise self.refuse(f"{word} searches texts, and {subject.name} is a number", word)
        if word == "contains":
            return lambda rows: subject.values(rows, contains(text, False))
        try:
            pc.match_substring_regex(pa.array([""]), text)
        except pa.ArrowInvalid as error:
            raise self.refuse("not a regular expression that can be searched for", token) from error
        return lambda rows: subject.values(
            rows, lambda one: pc.match_substring_regex(one, text, ignore_case=True)
        )


def not_equal(subject: RowSubject, rows: SweptRows, value: Any) -> Any:
    """Return which flows have values, and none that is equal."""
    there = subject.values(rows, pc.is_valid)
    same = subject.values(rows, lambda column: pc.equal(column, value))
    return pc.and_(there, pc.invert(same))


def unquoted(token: Token) -> str:
    """Return the text in quotes; a backslash stands for the character behind it."""
    if token[:1] in "rR":
        return token[2:-1]
    return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
