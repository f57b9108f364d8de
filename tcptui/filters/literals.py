"""Reads values as they are written in a filter: numbers, times, sizes, addresses."""

import re
import sys
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from tcptui.fields.field import Field
from tcptui.fields.value_kind import BILLION, ValueKind

NUMBER: Final = re.compile(r"0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+")
DECIMAL: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]{1,9}))?")
SIZED: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(k|M|G|Ki|Mi|Gi)?B?")
TIMED: Final = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|min|m|h|d)")
SHARE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(%?)")
BYTE_TEXT: Final = re.compile(r":?([0-9a-fA-F]{2}(?:[:.-]?[0-9a-fA-F]{2})*):?")
MAC: Final = re.compile(r"[0-9a-fA-F]{2}([:.-]?[0-9a-fA-F]{2}){5}")
SEPARATORS: Final = dict.fromkeys(map(ord, ":.-"))

SIZES: Final = {
    None: 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30,
}  # fmt: skip
DURATIONS: Final = {
    "ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": BILLION, "m": 60 * BILLION,
    "min": 60 * BILLION, "h": 3600 * BILLION, "d": 86_400 * BILLION,
}  # fmt: skip
TRUTH: Final = {"true": 1, "True": 1, "TRUE": 1, "false": 0, "False": 0, "FALSE": 0}
DATES: Final = ("%b %d, %Y %H:%M:%S", "%b %d, %Y")

WANTED: Final = {
    ValueKind.NUMBER: "a number (80, 0x50, 1.5kB)",
    ValueKind.SIGNED: "a number (-2, 128)",
    ValueKind.HEX: "a number (0x12, 18)",
    ValueKind.BIT: "0, 1, True or False",
    ValueKind.SECONDS: "a time (0.5, 50ms, 2s)",
    ValueKind.TIME: 'a date ("2024-05-01 12:00:00")',
    ValueKind.SHARE: "a share (1%, 0.01)",
    ValueKind.IPV4: "an IPv4 address or subnet (10.0.0.1, 10.0.0.0/8)",
    ValueKind.IPV6: "an IPv6 address or subnet (2001:db8::1, 2001:db8::/32)",
    ValueKind.ETHER: "a hardware address (00:1b:2c:3d:4e:5f)",
}
"""What a value of each kind looks like."""


class WrongLiteral(Exception):
    """A text is not a value of the field; the message says what was expected."""


def interval(field: Field, text: str) -> tuple[int, int]:
    """Return the numbers that ``text`` stands for: one, or those of a subnet. Raises
    WrongLiteral."""
    try:
        low, high = READERS[field.kind](text)
    except (ValueError, OverflowError) as error:
        raise WrongLiteral(f"{field.name} wants {WANTED[field.kind]}, not {text}") from error
    if field.kind in (ValueKind.NUMBER, ValueKind.HEX) and high >> field.bits:
        raise WrongLiteral(f"{field.name} is {(1 << field.bits) - 1:,} at most")
    if field.kind is ValueKind.SIGNED and not -half(field) <= low < half(field):
        raise WrongLiteral(f"{field.name} is {-half(field):,} to {half(field) - 1:,}")
    return low, high


def half(field: Field) -> int:
    """Return the first number that a signed field is too small for."""
    return 1 << field.bits - 1


def single(value: int) -> tuple[int, int]:
    return value, value


def fitting(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found


def number(text: str) -> tuple[int, int]:
    """Read a number: decimal, hexadecimal, octal (a leading 0), binary, or with a unit of size."""
    if NUMBER.fullmatch(text):
        octal = text[0] == "0" and text.isdigit()
        return single(int(text, 8) if octal else int(text, 0))
    figure, unit = fitting(SIZED, text).groups()
    if unit is None and "." in figure and not text.endswith("B"):
        raise ValueError(text)
    return single(scaled(figure, SIZES[unit]))


def signed(text: str) -> tuple[int, int]:
    """Read a number that may have a minus before it."""
    value, _ = number(text.removeprefix("-"))
    return single(-value if text.startswith("-") else value)


def scaled(figure: str, factor: int) -> int:
    """Return ``figure`` times ``factor``, exactly; what is left of a unit is cut off."""
    whole, _, decimals = figure.lstrip("-").partition(".")
    value: int = int(whole + decimals) * factor // 10 ** len(decimals)
    return -value if figure.startswith("-") else value


def bit(text: str) -> tuple[int, int]:
    """Read a boolean: any number but 0 is true, as in Wireshark."""
    return single(TRUTH[text] if text in TRUTH else min(number(text)[0], 1))


def seconds(text: str) -> tuple[int, int]:
    timed = TIMED.fullmatch(text)
    if timed:
        return single(scaled(timed[1], DURATIONS[timed[2]]))
    fitting(DECIMAL, text)
    return single(scaled(text, BILLION))


def fraction(text: str) -> tuple[int, int]:
    figure, percent = fitting(SHARE, text).groups()
    return single(scaled(figure, BILLION // 100 if percent else BILLION))


def date(text: str) -> tuple[int, int]:
    """Read a date: ISO 8601 or Wireshark's way (May 1, 2024 12:00:00.5); local time unless it says
    otherwise."""
    whole, _, decimals = text.partition(".")
    zone = re.search(r"(Z|UTC| ?[+-]\d\d:?\d\d)$", decimals)
    if zone:
        decimals, whole = decimals[: zone.start()].strip(), whole + zone[0].strip()
    if decimals and not decimals.isdigit():
        raise ValueError(text)
    when = moment(whole.removesuffix("UTC").strip() + ("Z" if whole.endswith("UTC") else ""))
    return single(int(when.timestamp()) * BILLION + int(decimals.ljust(9, "0")[:9]))


def moment(text: str) -> datetime:
    for form in DATES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return datetime.fromisoformat(text)


def ipv4(text: str) -> tuple[int, int]:
    return network(IPv4Network(text, strict=False))


def ipv6(text: str) -> tuple[int, int]:
    return network(IPv6Network(text, strict=False))


def ether(text: str) -> tuple[int, int]:
    """Read a hardware address, its bytes with colons, hyphens or dots between them."""
    return single(int(fitting(MAC, text)[0].translate(SEPARATORS), 16))


def network(found: IPv4Network | IPv6Network) -> tuple[int, int]:
    return int(found.network_address), int(found.broadcast_address)


READERS: Final = {
    ValueKind.NUMBER: number,
    ValueKind.SIGNED: signed,
    ValueKind.HEX: number,
    ValueKind.BIT: bit,
    ValueKind.SECONDS: seconds,
    ValueKind.TIME: date,
    ValueKind.SHARE: fraction,
    ValueKind.IPV4: ipv4,
    ValueKind.IPV6: ipv6,
    ValueKind.ETHER: ether,
}


def has_unit(kind: ValueKind, text: str) -> bool:
    """Return whether a value is written as Wireshark does not write it: 50ms, 1.5kB, 1%."""
    if kind is ValueKind.SECONDS:
        return DECIMAL.fullmatch(text) is None
    if kind in (ValueKind.NUMBER, ValueKind.SIGNED):
        return NUMBER.fullmatch(text.removeprefix("-")) is None
    return kind is ValueKind.SHARE


def byte_string(text: str) -> bytes:
    """Return bytes written as in ``47:45:54``, or a number's one byte. Raises ValueError."""
    return bytes.fromhex(re.sub("[:.-]", "", fitting(BYTE_TEXT, text)[1]))


ESCAPES: Final = {
    "a": b"\a", "b": b"\b", "f": b"\f", "n": b"\n", "r": b"\r", "t": b"\t", "v": b"\v",
    "\\": b"\\", '"': b'"', "'": b"'",
}  # fmt: skip
ESCAPE: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
FIRST_UNIVERSAL: Final = 0xA0
UNIVERSAL_BELOW: Final = frozenset(b"$@`")
"""What C allows as a universal character name, and so Wireshark: these and the first on."""
SURROGATES: Final = range(0xD800, 0xE000)


def quoted_bytes(token: str) -> bytes:
    """Return the bytes of a quoted string, ``"…"`` or raw ``r"…"``, with escapes or UTF-8.
    Raises WrongLiteral."""
    if token[0] in "rR":
        return token[2:-1].encode()
    parts: list[bytes] = []
    text, at = token[1:-1], 0
    for found in ESCAPE.finditer(text):
        parts += text[at : found.start()].encode(), escaped(found)
        at = found.end()
    return b"".join(parts) + text[at:].encode()


def escaped(found: re.Match[str]) -> bytes:
    """Return what an escape stands for, by Wireshark's rules. Raises WrongLiteral."""
    hexadecimal, octal, short, long, other = found.groups()
    if hexadecimal:
        return bytes([int(hexadecimal, 16)])
    if octal:
        if int(octal, 8) > 255:
            raise WrongLiteral(f"{found[0]} is more than a byte, \\377")
        return bytes([int(octal, 8)])
    if short or long:
        return universal(int(short or long, 16), found[0])
    if other not in ESCAPES:
        what = "stands for nothing"
        raise WrongLiteral(
            f'{found[0]} {what}: write \\\\ for a backslash, or r"…" for text as it is'
        )
    return ESCAPES[other]


def universal(number: int, written: str) -> bytes:
    """Return a character by its number, in UTF-8. Raises WrongLiteral."""
    named = number >= FIRST_UNIVERSAL or number in UNIVERSAL_BELOW
    if not named or number in SURROGATES or number > sys.maxunicode:
        raise WrongLiteral(f"{written} is not the name of a character; a byte is written as \\x41")
    return chr(number).encode()


def character(token: str) -> int:
    """Return the number of a character constant: ``'a'``. Raises WrongLiteral."""
    found = quoted_bytes(token)
    if len(found) != 1:
        raise WrongLiteral(f"{token} is more than one byte")
    return found[0]
