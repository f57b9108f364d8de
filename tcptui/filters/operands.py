"""Makes fields of what a filter computes from fields: slices, layers, raw bytes, functions, sums.

A computed field is compared like any other; only its values are found in another way.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from operator import add, and_, floordiv, mod, mul, sub
from typing import Final

from tcptui.fields.field import Field, one_or_all
from tcptui.fields.value_kind import One, Value, ValueKind
from tcptui.fields.view import View
from tcptui.filters.filter_error import Unanswered, shortened

Change = Callable[[list[One]], list[One]]

NUMERIC: Final = (
    ValueKind.NUMBER, ValueKind.SIGNED, ValueKind.HEX, ValueKind.BIT, ValueKind.SECONDS,
)  # fmt: skip
ADDRESSES: Final = (ValueKind.IPV4, ValueKind.IPV6, ValueKind.ETHER)
RAW_SIZES: Final = {
    "tcp.port": 2, "tcp.srcport": 2, "tcp.dstport": 2, "tcp.seq_raw": 4, "tcp.ack_raw": 4,
    "tcp.window_size_value": 2, "tcp.checksum": 2, "tcp.urgent_pointer": 2,
    "tcp.options.mss_val": 2, "ip.ttl": 1, "ip.id": 2, "ip.len": 2, "ip.proto": 1,
    "ip.checksum": 2, "ip.dsfield": 1, "ipv6.hlim": 1, "ipv6.nxt": 1, "ipv6.plen": 2, "eth.type": 2,
}  # fmt: skip
"""Bytes of the numbers that fill theirs in the packet."""
PAIRS: Final = ("addr", "host", "port")
"""How the fields end that have two values in a layer."""
LAYERED: Final = ("eth", "vlan", "ip", "ipv6", "udp")
RANGE: Final = re.compile(r"(-?\d+)?(?:([:-])(-?\d+)?)?")
MOST: Final = 1 << 31
LONGEST_RANGE: Final = 100
"""Characters of a range; Python reads no numbers of some thousand digits."""
MOST_RANGES: Final = 64
"""Most ranges of a slice: each may be the whole packet."""
MOST_VALUES: Final = 4096
"""Most values that arithmetic may make of one segment: each of one side goes with each of the
other, so a sum of 40 fields with two values each would have 2^40."""
BITS: Final = 32
LONG_BITS: Final = 64

OPERATIONS: Final[dict[str, Callable[[int, int], int]]] = {
    "+": add, "-": sub, "*": mul, "/": floordiv, "%": mod, "&": and_, "bitwise_and": and_,
}  # fmt: skip

DIVISIONS: Final = ("/", "%")


class WrongOperand(Exception):
    """Something cannot be computed of a field; the message says why."""


def listed(value: Value) -> list[One]:
    """Return all values of a field in a row."""
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def computed(name: str, kind: ValueKind, change: Change, source: Field) -> Field:
    """Return a field whose values are made from those of another one."""

    def get(view: View, row: int) -> Value:
        return one_or_all(change(listed(source.get(view, row))))

    return derived(name, kind, get, source)


def derived(
    name: str, kind: ValueKind, get: Callable[[View, int], Value], *sources: Field
) -> Field:
    """Return a field that is computed from others."""
    all_leaves = [leaf for one in sources for leaf in leaves(one)]
    return Field(
        name,
        kind,
        get,
        bits=64,
        of_flow=all(one.of_flow for one in all_leaves),
        from_packet=any(one.from_packet for one in all_leaves),
        sources=tuple(all_leaves),
    )


def leaves(field: Field) -> tuple[Field, ...]:
    """Return the fields of the capture that a field is computed from, or the field itself."""
    return field.sources or (field,)


def bytes_of(field: Field, value: One) -> bytes:
    """Return the bytes of a value."""
    if isinstance(value, bytes):
        return value
    if field.kind is ValueKind.ETHER:
        return bytes.fromhex(str(value).replace(":", ""))
    if field.kind in ADDRESSES:
        return ip_address(str(value)).packed
    return str(value).encode()


def sliced(field: Field, written: str) -> Field:
    """Return the field of some of the bytes: ``[0:4]`` first and length, ``[0-3]`` first and last,
    ``[2]``, ``[:4]``, ``[4:]``, several with commas. Raises WrongOperand."""
    if field.kind not in (*ADDRESSES, ValueKind.BYTES, ValueKind.TEXT):
        raise WrongOperand(f"{field.name} is not bytes, so it has no slices")
    wanted = [found_range(part) for part in written.strip("[]").split(",")]
    if len(wanted) > MOST_RANGES:
        raise WrongOperand(
            f"a slice has {MOST_RANGES} ranges at most, and this one {len(wanted):,}"
        )
    is_text = field.kind is ValueKind.TEXT

    def cut(values: list[One]) -> list[One]:
        found: list[One] = []
        for value in values:
            whole: str | bytes = str(value) if is_text else bytes_of(field, value)
            parts = [part_of(whole, *one) for one in wanted]
            if all(part is not None for part in parts):
                found.append(type(whole)().join(parts))  # type: ignore[arg-type]
        return found

    kind = ValueKind.TEXT if is_text else ValueKind.BYTES
    return computed(field.name + written, kind, cut, field)


def found_range(part: str) -> tuple[int, str, int | None]:
    """Return first, sign and second number of a range. Raises WrongOperand."""
    found = RANGE.fullmatch(part.strip())
    if found is None or not part.strip():
        raise WrongOperand(f"[{part}] is not a slice: write [first:length], [first-last] or [at]")
    first, sign, second = found.groups()
    if len(part) > LONGEST_RANGE or max(abs(int(first or 0)), abs(int(second or 0))) > MOST:
        raise WrongOperand(f"[{part}] is beyond every packet")
    return int(first or 0), sign or "", None if second is None else int(second)


def part_of(whole: str | bytes, first: int, sign: str, second: int | None) -> str | bytes | None:
    """Return a slice; None where the value is too short for it."""
    start = first + len(whole) if first < 0 else first
    if not sign:
        end = start + 1
    elif second is None:
        end = len(whole)
    elif sign == ":":
        end = start + second
    else:
        end = (second + len(whole) if second < 0 else second) + 1
    return whole[start:end] if 0 <= start < end <= len(whole) else None


def in_layers(field: Field, written: str) -> Field:
    """Return the field's values in some of its protocol's headers: ``#2``, ``#[1-2]``, ``#[-1]``.
    Raises WrongOperand."""
    protocol, _, last = field.name.partition(".")
    if protocol not in (*LAYERED, "tcp"):
        raise WrongOperand(f"{field.name} has no layers that could be counted here")
    wanted = [found_range(part) for part in written.lstrip("#").strip(" []").split(",")]
    each = 2 if last in PAIRS and protocol != "tcp" else 1

    def chosen(values: list[One]) -> list[One]:
        if protocol == "tcp":
            layers = [values] if values else []
        else:
            layers = [values[at : at + each] for at in range(0, len(values), each)]
        numbers = {
            number
            for first, sign, second in wanted
            for number in layer_numbers(len(layers), first, sign, second)
        }
        return [value for number in sorted(numbers) for value in layers[number]]

    return computed(field.name + written, field.kind, chosen, field)._replace(
        bits=field.bits, labels=field.labels, digits=field.digits
    )


def layer_numbers(count: int, first: int, sign: str, second: int | None) -> range:
    """Return the layers of a range that are there, from 0."""
    start = first - 1 if first > 0 else count + first if first < 0 else 0
    if not sign:
        end = start + 1
    elif second is None:
        end = count
    elif sign == ":":
        end = start + second
    else:
        end = second if second > 0 else count + second + 1
    return range(max(start, 0), min(end, count))


def raw(field: Field) -> Field:
    """Return the field's bytes as they stand in the packet. Raises WrongOperand."""
    size = RAW_SIZES.get(field.name)
    if size is None and field.kind not in (*ADDRESSES, ValueKind.BYTES):
        raise WrongOperand(f"the raw bytes of {field.name} are not known here")

    def change(values: list[One]) -> list[One]:
        return [
            value.to_bytes(size or 0) if isinstance(value, int) else bytes_of(field, value)
            for value in values
        ]

    return computed(f"@{field.name}", ValueKind.BYTES, change, field)


def called(name: str, arguments: list[Field]) -> Field:
    """Return the result of a function. Raises WrongOperand."""
    written = f"{name}({', '.join(one.name for one in arguments)})"
    first = arguments[0]
    if name in ("max", "min"):
        best = max if name == "max" else min
        return highest(written, best, arguments)
    if len(arguments) > 1:
        raise WrongOperand(f"{name} takes one field")
    if name == "count":
        return computed(written, ValueKind.NUMBER, lambda values: [len(values)], first)
    if name == "len":
        if first.kind in NUMERIC:
            raise WrongOperand(f"{first.name} is a number, which has no length in bytes here")
        lengths: Change = lambda values: [len(bytes_of(first, one)) for one in values]  # noqa: E731
        return computed(written, ValueKind.NUMBER, lengths, first)
    if name in ("lower", "upper"):
        if first.kind not in (ValueKind.TEXT, ValueKind.NAMES):
            raise WrongOperand(f"{first.name} is not text, which {name} is for")
        turn = str.lower if name == "lower" else str.upper
        return computed(written, first.kind, lambda values: [turn(str(v)) for v in values], first)
    if name == "abs":
        numeric(first)
        return computed(
            written,
            first.kind,
            lambda values: [abs(v) for v in values if isinstance(v, int)],
            first,
        )._replace(kind=ValueKind.SIGNED if first.kind is not ValueKind.SECONDS else first.kind)
    if name == "string":
        return computed(
            written,
            ValueKind.TEXT,
            lambda values: [first.text(one_or_all([v])) for v in values],
            first,
        )
    raise WrongOperand(
        f"{name} is no function here: there are abs, count, len, lower, max, min, string, upper"
    )


def highest(written: str, best: Callable[[list[int]], int], arguments: list[Field]) -> Field:
    """Return the largest or smallest of all values of some fields."""
    for one in arguments:
        numeric(one)

    def get(view: View, row: int) -> Value:
        found = [v for one in arguments for v in listed(one.get(view, row)) if isinstance(v, int)]
        return best(found) if found else None

    return derived(written, arguments[0].kind, get, *arguments)


def numeric(field: Field) -> None:
    """Raise WrongOperand for what cannot be computed with."""
    if field.kind not in NUMERIC:
        raise WrongOperand(f"{field.name} is not a number")


def combined(sign: str, left: Field, right: Field) -> Field:
    """Return the field of a sum or the like, for each pair of values. Raises WrongOperand."""
    numeric(left)
    numeric(right)
    name = f"{left.name} {sign} {right.name}"
    kind = ValueKind.SECONDS if left.kind is ValueKind.SECONDS else ValueKind.SIGNED
    bits = width(kind, (*leaves(left), *leaves(right)))

    def get(view: View, row: int) -> Value:
        ones, others = listed(left.get(view, row)), listed(right.get(view, row))
        if len(ones) * len(others) > MOST_VALUES:
            why = f"would have more than {MOST_VALUES:,} values; write it with fewer terms"
            raise Unanswered(view.packets.frame(row), shortened(name), why)
        return one_or_all(results(sign, ones, others, bits))

    return derived(name, kind, get, left, right)


def results(sign: str, ones: list[One], others: list[One], bits: int) -> list[int]:
    """Return what each pair comes to; in Wireshark's so many bits, a difference in signed ones.

    What does not fit has no result.
    """
    fitting = range(-1 << bits - 1, 1 << (bits - 1 if sign == "-" else bits))
    operation = OPERATIONS[sign]
    found = [
        operation(one, other)
        for one in ones
        for other in others
        if isinstance(one, int) and isinstance(other, int)
        if one in fitting and other in fitting and (other or sign not in DIVISIONS)
    ]
    return [value for value in found if value in fitting]


def computed_number(sign: str, one: int, other: int, like: Field) -> int:
    """Return what two numbers beside a field come to. Raises WrongOperand."""
    found = results(sign, [one], [other], width(like.kind, leaves(like)))
    if not found:
        raise WrongOperand(f"{one} {sign} {other} comes to no number that {like.name} could have")
    return found[0]


def width(kind: ValueKind, computed_from: tuple[Field, ...]) -> int:
    """Return the bits of a result, as Wireshark has them."""
    long = kind is ValueKind.SECONDS or any(one.bits > BITS for one in computed_from)
    return LONG_BITS if long else BITS


def constant(value: int, like: Field) -> Field:
    """Return a number as a field, to compute with."""
    return derived(str(value), like.kind, lambda view, row: value, like)
