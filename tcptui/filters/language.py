"""Finds the meaning of a filter's text, or what is wrong with it and where."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.fields.field import Field
from tcptui.fields.schema import SCHEMA, not_yet
from tcptui.fields.value_kind import ValueKind
from tcptui.filters import expression as ex
from tcptui.filters import operands
from tcptui.filters.filter_error import FilterError, MissingField, shortened
from tcptui.filters.grammar import DEEPEST, TOO_MUCH, parse_tree
from tcptui.filters.intervals import HIGHEST, LOWEST, Pairs, complement, union
from tcptui.filters.literals import (
    WrongLiteral,
    byte_string,
    character,
    has_unit,
    interval,
    number,
    quoted_bytes,
)
from tcptui.filters.operands import WrongOperand
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
    first_token,
)
from tcptui.filters.tokens import Token

NEVER_AROUND_TCP: Final = frozenset(
    "arp bootp cdp dhcp dhcpv6 eapol eigrp hsrp icmp icmpv6 igmp lacp lldp llmnr mdns nbns ntp "
    "ospf pim rip ssdp stp tftp vrrp".split()
)
"""Protocols whose packets hold no TCP segment, so that they have no row here."""
OTHER_PROTOCOLS: Final = ("_ws", "bootp", "data", "ssl")
"""Names of Wireshark's that its list of protocols lacks: of its own findings, and former ones."""
NOT_HERE: Final = "tcptui does not have it: tshark does"
WHY_NOT: Final = {
    "frame.protocols": "names what it makes of the payload too (tls, http), which tcptui does not "
    "dissect; ask for a protocol by its name: ip, vlan, gre",
    "frame.time_delta_displayed": "counts from the packet shown before, which is another with each "
    "filter (alone it selects nothing in tshark); frame.time_delta counts from the packet before, "
    "tcp.time_delta from the flow's segment before",
}
"""What a field of Wireshark's asks that a segment and its packet do not tell, and what does."""
MOST_CHARACTERS: Final = 131_072
"""Most characters of a whole filter: Linux allows no more for a word of a command line."""
MOST_OF_EXPRESSION: Final = 4096
"""Most bytes of a regular expression."""
STRAY_BYTE: Final = re.compile("[\ud800-\udfff]")
"""Python's form of a byte of the command line that is not UTF-8."""
POSIX_CLASS: Final = re.compile(rb"\[[^\]]*\[:\^?[a-z]+:\]")
MASKS: Final = ("&", "bitwise_and")
LAST_OF_HEX: Final = "4.0"
"""The last Wireshark release in which a bare number beside bytes is hexadecimal, and bytes are
ordered by their length first."""
MASKED: Final = (ValueKind.NUMBER, ValueKind.SIGNED, ValueKind.HEX, *operands.ADDRESSES)
"""What has bits for `&`."""
BYTE: Final = Field("a byte", ValueKind.NUMBER, lambda view, row: None, bits=8)
"""What a number beside single bytes is read as."""
TEXTUAL: Final = (ValueKind.TEXT, ValueKind.NAMES)


class Relation(NamedTuple):
    """A comparison: which orders satisfy it, and whether for every value."""

    less: bool
    equal: bool
    more: bool
    every: bool


RELATIONS: Final = {
    "==": Relation(False, True, False, False),
    "!=": Relation(True, False, True, True),
    "===": Relation(False, True, False, True),
    "!==": Relation(True, False, True, False),
    "<": Relation(True, False, False, False),
    "<=": Relation(True, True, False, False),
    ">": Relation(False, False, True, False),
    ">=": Relation(False, True, True, False),
}
SPELLINGS: Final = {
    "eq": "==", "any_eq": "==", "ne": "!=", "all_ne": "!=", "all_eq": "===", "any_ne": "!==",
    "~=": "!==", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip


class Expression:
    """A filter that was understood.

    ``reads_bytes``: it looks into packets, so the capture file must be readable again.
    ``of_flows``: it speaks of whole flows, and is certain when the capture has ended.
    ``only_flows``: of nothing else, so that all segments of a flow have the same answer.
    ``of_rows``: of nothing but rows of a flow, and their packets.
    ``searches``: it looks for regular expressions, which may take long.
    ``wireshark``: Wireshark understands it as it stands; units and fields of its own it has not.
    """

    def __init__(self, source: str, root: ex.Node, plain: bool) -> None:
        self.source = source
        self.root = root
        used = list(ex.every_field(root))
        self.fields = tuple(dict.fromkeys(field.name for field in used))
        self.reads_bytes = reads_bytes(root)
        self.searches = searches(root)
        self.of_flows = any(field.of_flow for field in used)
        self.only_flows = bool(used) and all(field.of_flow for field in used)
        self.of_rows = all(field.is_of_rows for field in used)
        self.wireshark = plain and not any(map(SCHEMA.is_own, self.fields))


def reads_bytes(node: ex.Node) -> bool:
    """Return whether a part needs more than to know that bytes are there."""
    own = any(
        field.from_packet and not (isinstance(node, ex.Present) and field.exists)
        for field in node.fields()
    )
    return own or any(reads_bytes(part) for part in node.parts())


def searches(node: ex.Node) -> bool:
    """Return whether a part looks for a regular expression."""
    return isinstance(node, ex.Matches) or any(searches(part) for part in node.parts())


def parse(source: str, release: str = "") -> Expression:
    """Understand a filter; the empty one matches everything. Raises FilterError.

    ``release`` names the Wireshark release whose fields there are; without it all are there.
    """
    refuse_strange(source)
    reader = Reader(source, release)
    root = reader.node(parse_tree(source))
    return Expression(source, root, reader.plain)


def refuse_strange(source: str) -> None:
    """Refuse what is not text, or is too long. Raises FilterError."""
    stray = STRAY_BYTE.search(source)
    if stray:
        byte = ord(stray[0]) & 0xFF
        what = f'the byte {byte:02x} is not UTF-8: write "\\x{byte:02x}", with quotes'
        raise FilterError(what, source, stray.start() + 1)
    if len(source) > MOST_CHARACTERS:
        what = f"a filter has {MOST_CHARACTERS:,} characters at most, and this one {len(source):,}"
        raise FilterError(what, source, 1)


def joined(join: Callable[[ex.Node, ex.Node], ex.Node], sides: list[ex.Node]) -> ex.Node:
    """Join the sides in pairs, and the pairs in pairs: thousands of sides make no deep tree."""
    if len(sides) == 1:
        return sides[0]
    half = (len(sides) + 1) // 2
    return join(joined(join, sides[:half]), joined(join, sides[half:]))


class Reader:
    """Gives the parts of a tree their meaning."""

    def __init__(self, source: str, release: str) -> None:
        self.source = source
        self.release = release
        self.plain = True
        self.computing = 0
        self.denied = False

    def node(self, test: Test) -> ex.Node:
        match test:
            case Everything():
                return ex.All()
            case Either(sides):
                return joined(ex.Or, [self.node(side) for side in sides])
            case Both(sides):
                return joined(ex.And, [self.node(side) for side in sides])
            case Negated(inner):
                return self.negated(inner)
            case Alone(operand):
                return self.present(operand)
            case Related():
                return self.related(test)
            case Among():
                return self.among(test)
            case Searched():
                return self.searched(test)

    def negated(self, test: Test) -> ex.Node:
        self.denied = not self.denied
        node = ex.Not(self.node(test))
        self.denied = not self.denied
        return node

    def error(self, what: str, token: Token, kind: type[FilterError] = FilterError) -> FilterError:
        return kind(what, self.source, token.start + 1, len(token))

    # -- fields ------------------------------------------------------------------------------

    def operand(self, operand: Operand) -> tuple[Field, Token, int]:
        """Return the field, where it stands, and the mask after `&`."""
        first = first_token(operand)
        if isinstance(operand, Computed) and operand.sign in MASKS:
            left, _, mask = operand
            if is_constant(mask) and not is_constant(left):
                field = self.value_field(left)
                if field.kind in MASKED:
                    return field, first, self.number(mask, field)
                if field.kind is ValueKind.BYTES:
                    return self.as_number(field), first, self.number(mask, BYTE)
                what = f"{field.name} is not a number, so it has no bits for &"
                raise self.error(what, first_token(mask))
        return self.value_field(operand), first, ex.NO_MASK

    def value_field(self, operand: Operand) -> Field:
        """Return the field that an operand names or computes."""
        word = literal(operand)
        if word is not None:
            raise self.error(self.not_a_field(word), word)
        if self.computing == DEEPEST:
            raise self.error(TOO_MUCH, first_token(operand))
        self.computing += 1
        try:
            return self.named_or_computed(operand)
        except WrongOperand as error:
            raise self.error(str(error), first_token(operand)) from None
        finally:
            self.computing -= 1

    def named_or_computed(self, operand: Operand) -> Field:
        match operand:
            case Named():
                return self.named_field(operand)
            case Called(name, arguments, cut):
                field = operands.called(name, [self.value_field(one) for one in arguments])
                return operands.sliced(field, cut) if cut else field
            case Computed():
                return self.combined(operand)
            case Text(token):
                raise WrongOperand(self.not_a_field(token))

    def not_a_field(self, word: Token) -> str:
        if word.kind != "WORD":
            return "expected a field (tcp.port, ip.addr, flow.state …)"
        return unknown(word)

    def named_field(self, operand: Named) -> Field:
        """Return a field, its raw bytes, its values in some layers, or a part of their bytes."""
        negative = operand.name.startswith("-")
        field = self.field(operand.name.part(1) if negative else operand.name)
        if operand.layers:
            field = operands.in_layers(field, operand.layers)
        if operand.raw:
            field = operands.raw(field)
        if operand.cut:
            field = operands.sliced(field, operand.cut)
        return operands.combined("-", operands.constant(0, field), field) if negative else field

    def combined(self, operand: Computed) -> Field:
        """Return the field that arithmetic makes; a number beside a field is of its kind."""
        left, sign, right = operand
        if is_constant(operand):
            raise WrongOperand("this computes with numbers alone: one side must be a field")
        if is_constant(left):
            field = self.value_field(right)
            return operands.combined(sign, self.constant(left, field), field)
        field = self.value_field(left)
        other = self.constant(right, field) if is_constant(right) else self.value_field(right)
        return operands.combined(sign, field, other)

    def constant(self, operand: Operand, like: Field) -> Field:
        """Return a number beside a field. Raises WrongOperand."""
        operands.numeric(like)
        return operands.constant(self.number(operand, like._replace(bits=64)), like)

    def number(self, operand: Operand, like: Field) -> int:
        """Return what numbers alone come to. Raises WrongOperand."""
        word = literal(operand)
        if word is not None:
            return self.interval(like, word)[0]
        assert isinstance(operand, Computed)
        if self.computing == DEEPEST:
            raise self.error(TOO_MUCH, first_token(operand))
        operands.numeric(like)
        self.computing += 1
        one, other = (self.number(side, like) for side in (operand.left, operand.right))
        self.computing -= 1
        return operands.computed_number(operand.sign, one, other, like)

    def as_number(self, field: Field) -> Field:
        """Return bytes as a number, to look at their bits."""
        change: operands.Change = lambda values: [  # noqa: E731
            int.from_bytes(value) for value in values if isinstance(value, bytes)
        ]
        return operands.computed(field.name, ValueKind.NUMBER, change, field)

    def field(self, name: Token) -> Field:
        field = SCHEMA.names.get(name)
        if field is None:
            raise self.error(unknown(name), name)
        if self.release and not field.is_in(self.release):
            raise self.error(f"{name}: {not_yet(field, self.release)}", name, MissingField)
        return field

    # -- comparisons -------------------------------------------------------------------------

    def present(self, operand: Operand) -> ex.Node:
        word = literal(operand)
        if word is not None and of_no_row(word):
            if self.denied:
                return ex.Nothing()
            raise self.error(without_rows(word), word)
        field, _, mask = self.operand(operand)
        if mask != ex.NO_MASK or (field.sources and field.kind in operands.NUMERIC):
            return ex.Within(field, complement([(0, 0)]), False, mask)
        return ex.Present(field)

    def related(self, test: Related) -> ex.Node:
        """Return a comparison, or several of a chain: ``1 < tcp.len < 100``."""
        first = test.first
        if self.denied and (word := literal(first)) and of_no_row(word):
            return ex.Nothing()
        parts = []
        for sign, second in test.others:
            parts.append(self.relation(test.quantifier, first, sign, second))
            first = second
        return joined(ex.And, parts)

    def relation(
        self, quantifier: Token | None, operand: Operand, sign: Token, value: Operand
    ) -> ex.Node:
        relation = RELATIONS[SPELLINGS.get(sign, sign)]
        if literal(operand) is not None and self.names_field(value):
            operand, value = value, operand
            relation = relation._replace(less=relation.more, more=relation.less)
        field, _, mask = self.operand(operand)
        if quantifier:
            relation = relation._replace(every=quantifier == "all")
        if isinstance(value, Computed) and is_constant(value):
            low = high = self.number_beside(field, value)
            return ex.Within(field, ordered(relation, low, high), relation.every, mask)
        token = word_of(value) if field.choices else literal(value)
        if token is None:
            other, where, _ = self.operand(value)
            return self.compared(field, relation, other, where)
        if field.kind is ValueKind.PRESENCE:
            raise self.error(
                f"{field.name} has no value to compare: test it by its name alone", sign
            )
        if field.kind is ValueKind.BYTES:
            return self.compared_bytes(field, relation, token)
        if field.kind in TEXTUAL:
            return self.compared_text(field, relation, token)
        low, high = self.interval(field, token)
        return ex.Within(field, ordered(relation, low, high), relation.every, mask)

    def number_beside(self, field: Field, value: Operand) -> int:
        """Return what the numbers that a field is compared with come to."""
        try:
            return self.number(value, field)
        except WrongOperand as error:
            raise self.error(str(error), first_token(value)) from None

    def names_field(self, operand: Operand) -> bool:
        """Return whether an operand is a field, or computed from one."""
        word = literal(operand)
        return word is None or word in SCHEMA.names

    def compared(self, field: Field, relation: Relation, other: Field, token: Token) -> ex.Node:
        if not comparable(field, other):
            raise self.error(f"{field.name} and {other.name} cannot be compared", token)
        return ex.Compared(
            field, other, relation.less, relation.equal, relation.more, relation.every
        )

    def compared_bytes(self, field: Field, relation: Relation, token: Token) -> ex.Node:
        wanted = self.bytes(field, token)
        if relation.less == relation.more:
            return ex.Equals(field, wanted, not relation.equal, relation.every)
        by_length = self.release <= LAST_OF_HEX
        return ex.Ordered(field, wanted, relation.less, relation.equal, relation.every, by_length)

    def compared_text(self, field: Field, relation: Relation, token: Token) -> ex.Node:
        text = self.text(field, token)
        if relation.less == relation.more:
            return ex.Written(field, frozenset([text]), relation.every, not relation.equal)
        return ex.Ordered(field, text, relation.less, relation.equal, relation.every)

    def among(self, test: Among) -> ex.Node:
        field, name, mask = self.operand(test.operand)
        every = test.quantifier == "all"
        if field.kind in (ValueKind.PRESENCE, ValueKind.BYTES):
            raise self.error(f"{field.name} has no values to look for in a set", name)
        if field.kind in TEXTUAL:
            return ex.Written(
                field, frozenset(self.one_text(field, *one) for one in test.ranges), every
            )
        pairs = union([self.range(field, *one) for one in test.ranges])
        return ex.Within(field, pairs, every, mask)

    def range(self, field: Field, first: Token, last: Token | None) -> tuple[int, int]:
        """Return a value, or two with `..` (or `-`) between them."""
        if last is None:
            found = re.fullmatch(r"([0-9][^-]*)-([0-9][^-]*)", first)
            if not found or first.kind != "WORD":
                return self.interval(field, first)
            self.plain = False
            first, last = first.part(*found.span(1)), first.part(*found.span(2))
        low, high = self.interval(field, first)[0], self.interval(field, last)[1]
        if low > high:
            raise self.error(f"the range begins above its end, {last}", first)
        return low, high

    def one_text(self, field: Field, first: Token, last: Token | None) -> str:
        if last is not None:
            raise self.error(f"{field.name} is text, which has no ranges", first)
        return self.text(field, first)

    def searched(self, test: Searched) -> ex.Node:
        """Return a search of `contains` or `matches`."""
        field, name, _ = self.operand(test.operand)
        if field.kind in operands.ADDRESSES:
            field = operands.raw(field)
        if field.kind not in (*TEXTUAL, ValueKind.BYTES):
            what = f"{test.word} is for text and bytes (tcp.payload), and {field.name} is neither"
            raise self.error(what, name)
        value = literal(test.value)
        if value is None:
            raise self.error(f"{test.word} wants a value, not a field", first_token(test.value))
        return (
            self.contains(field, value)
            if test.word.kind == "CONTAINS"
            else self.matches(field, value)
        )

    def contains(self, field: Field, value: Token) -> ex.Node:
        is_bytes = field.kind is ValueKind.BYTES
        return ex.Contains(field, self.bytes(field, value) if is_bytes else self.plain_bytes(value))

    def matches(self, field: Field, value: Token) -> ex.Node:
        if value.kind != "STRING":
            raise self.error('matches wants a regular expression in quotes: "GET|POST"', value)
        pattern = self.quoted(value)
        wrong = what_is_wrong(pattern)
        if wrong:
            raise self.error(f"this is not a regular expression: {wrong}", value)
        return ex.Matches(field, pattern, shortened(f"{field.name} matches {value}"))

    # -- values ------------------------------------------------------------------------------

    def interval(self, field: Field, token: Token) -> tuple[int, int]:
        try:
            if token.kind == "CHARACTER":
                value = character(token)
                return value, value
            label = str(token) if token.kind == "WORD" else ""
            if field.labels and token.kind == "STRING":
                label = self.plain_bytes(token).decode(errors="replace")
            if label in field.labels:
                return field.labels[label], field.labels[label]
            if token.kind == "STRING" and field.kind is not ValueKind.TIME:
                raise WrongLiteral(f"{field.name} is not text: leave the quotes out")
            text = self.plain_bytes(token).decode(errors="replace")
            self.plain = self.plain and not has_unit(field.kind, text)
            return interval(field, text)
        except WrongLiteral as error:
            raise self.error(str(error), token) from None

    def quoted(self, token: Token) -> bytes:
        """Return the bytes of a text in quotes."""
        try:
            return quoted_bytes(token)
        except WrongLiteral as error:
            raise self.error(str(error), token) from None

    def plain_bytes(self, token: Token) -> bytes:
        """Return the bytes of a text, in quotes or without."""
        return str(token).encode() if token.kind == "WORD" else self.quoted(token)

    def text(self, field: Field, token: Token) -> str:
        """Return the text of a value; for a field with choices it is one of these, in their
        spelling."""
        text = self.plain_bytes(token).decode("utf-8", "surrogateescape")
        if not field.choices:
            return text
        spelled = {choice.casefold(): choice for choice in field.choices}
        if text.casefold() not in spelled:
            raise self.error(f"{field.name} is one of {', '.join(field.choices)}", token)
        return spelled[text.casefold()]

    def bytes(self, field: Field, token: Token) -> bytes:
        if token.kind != "WORD":
            return self.quoted(token)
        try:
            if token.startswith("0x") or (token.isdigit() and self.release > LAST_OF_HEX):
                return number(token)[0].to_bytes(1)
            return byte_string(token if len(token) > 1 else f"0{token}")
        except (ValueError, OverflowError):
            raise self.error(
                f'{field.name} wants text in quotes ("GET") or bytes (47:45:54)', token
            ) from None


def unknown(name: str) -> str:
    """Say what is wrong with a word that is not a field."""
    if of_no_row(name):
        return without_rows(name)
    if protocol := elsewhere(name):
        what = "a protocol" if protocol == name else f"a field of Wireshark's {protocol}"
        own = " dissector" if protocol != name else " that Wireshark dissects"
        return f"{name} is {what}{own}, and {WHY_NOT.get(name, NOT_HERE)}"
    from difflib import get_close_matches

    known = SCHEMA.names
    near = get_close_matches(name, known, 3) or get_close_matches(name.lower(), known, 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"{name} is not a field{hint}"


def without_rows(name: str) -> str:
    """Say that packets of a protocol that holds no TCP segment have no row."""
    protocol = name.partition(".")[0]
    what = f"{name}: packets of {protocol} hold no TCP segment and have no row here"
    if f"flow.{name}" in SCHEMA.names:
        return f"{what}; flow.{name} finds the flows that such errors quote"
    if protocol in ("icmp", "icmpv6"):
        return f"{what}; flow.findings == icmp_error finds the flows that ICMP errors quote"
    return f"{what}: tshark finds them"


def elsewhere(name: str) -> str:
    """Return the protocol of a name that Wireshark knows and tcptui does not; empty otherwise."""
    from tcptui.filters.wireshark_fields import WHOLE, WIRESHARK_FIELDS
    from tcptui.filters.wireshark_protocols import WIRESHARK_PROTOCOLS

    protocol, _, field = name.partition(".")
    if protocol in WIRESHARK_FIELDS:
        is_wiresharks = field in WIRESHARK_FIELDS[protocol] or name.startswith(WHOLE)
    else:
        is_wiresharks = protocol in WIRESHARK_PROTOCOLS or protocol in OTHER_PROTOCOLS
    return protocol if is_wiresharks else ""


def what_is_wrong(pattern: bytes) -> str:
    """Say why this is not a regular expression; empty if it is one."""
    if len(pattern) > MOST_OF_EXPRESSION:
        return f"it has {len(pattern):,} bytes, and {MOST_OF_EXPRESSION:,} are the most"
    if POSIX_CLASS.search(pattern):
        return "classes such as [:alpha:] are not supported: write [a-z]"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of what other Pythons may read else
            re.compile(pattern, re.IGNORECASE)
    except RecursionError:
        return "its parts are nested too deeply"
    except (re.error, ValueError, OverflowError, MemoryError) as error:
        return str(error)
    return ""


def of_no_row(word: str) -> bool:
    """Return whether this is a field of a protocol whose packets hold no TCP segment."""
    return word.partition(".")[0] in NEVER_AROUND_TCP and bool(elsewhere(word))


def literal(operand: Operand) -> Token | None:
    """Return the token of an operand that is a plain word or text, but for the name of a field."""
    word = word_of(operand)
    if word is None or word.kind != "WORD":
        return word
    is_field = word in SCHEMA.names or (word.startswith("-") and word[1:] in SCHEMA.names)
    return None if is_field else word


def is_constant(operand: Operand) -> bool:
    """Return whether an operand is a value, or computed from values alone."""
    rest = [operand]
    while rest:
        one = rest.pop()
        if isinstance(one, Computed):
            rest += one.left, one.right
        elif literal(one) is None:
            return False
    return True


def word_of(operand: Operand) -> Token | None:
    """Return the token of a plain operand, whether it is a field's name or not."""
    match operand:
        case Text(token) | Named(None, token, None, None):
            return token
    return None


def ordered(relation: Relation, low: int, high: int) -> Pairs:
    """Return the numbers that have this order relative to the interval."""
    sides = (
        (relation.less, (LOWEST, low - 1)),
        (relation.equal, (low, high)),
        (relation.more, (high + 1, HIGHEST)),
    )
    return union([pair for wanted, pair in sides if wanted])


def comparable(field: Field, other: Field) -> bool:
    numeric = (ValueKind.NUMBER, ValueKind.SIGNED, ValueKind.HEX, ValueKind.BIT)
    if field.kind in numeric and other.kind in numeric:
        return True
    known = (
        *numeric,
        ValueKind.SECONDS,
        ValueKind.TIME,
        ValueKind.SHARE,
        ValueKind.IPV4,
        ValueKind.IPV6,
    )
    return field.kind is other.kind and field.kind in known
