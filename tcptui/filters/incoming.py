"""Reads a text pasted into the filter bar: a display filter, or a capture filter put into its
words.

A capture filter is understood where it says what a display filter of ours can say: hosts, nets,
ports, TCP flags, IP versions, VLANs, joined by and, or, not. Whatever libpcap accepts beyond that
is refused with the place where understanding ended.
"""

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Final, NamedTuple

from tcptui.filters.filter_error import FilterError, MissingField
from tcptui.filters.grammar import DEEPEST
from tcptui.filters.language import Expression, parse

AskLibpcap = Callable[[str], None]
"""Raises an exception with libpcap's words where it refuses a capture filter."""

TOKEN: Final = re.compile(r"\w+\[[^\]]*\]|&&|\|\||[<>!=]=|[()!=<>&|]|[^\s()!&|=<>]+")
BPF_WORDS: Final = re.compile(
    r"(?<![\w.])(host|net|port|portrange|src|dst|tcp\[\w+\]|vlan \d|ip6)(?![\w.])"
)

PROTOCOLS: Final = {"tcp": "tcp", "ip": "ip", "ip6": "ipv6"}
SIDES: Final = ("src", "dst")
KINDS: Final = ("host", "net", "port", "portrange")
JOINTS: Final = {"and": "&&", "&&": "&&", "or": "||", "||": "||"}
FLAGS_BYTE: Final = re.compile(r"tcp\[\s*(tcpflags|13)\s*(:\s*1\s*)?\]")
FLAG_BITS: Final = {
    "tcp-fin": 1, "tcp-syn": 2, "tcp-rst": 4, "tcp-push": 8, "tcp-ack": 16, "tcp-urg": 32,
    "tcp-ece": 64, "tcp-cwr": 128,
}  # fmt: skip
LOW_BITS: Final = 0xFF


class Understood(NamedTuple):
    """A pasted filter; ``read_as`` is how a capture filter reads as a display filter."""

    expression: Expression
    read_as: str = ""


class Qualifiers(NamedTuple):
    """The words before an address or a port, which also apply to the next one without any."""

    protocol: str = ""
    side: str = ""
    kind: str = ""


def understand(text: str, check: AskLibpcap | None = None, release: str = "") -> Understood:
    """Return what a pasted text means; ``check`` asks libpcap, ``release`` is as in `parse`. Raises
    FilterError."""
    try:
        return Understood(parse(text, release))
    except MissingField:
        raise
    except FilterError:
        if not BPF_WORDS.search(text):
            raise
    if check is not None:
        try:
            check(text)
        except Exception as error:
            raise FilterError(f"as a capture filter: {error}", text, 1, len(text)) from None
    display = Translator(text).whole()
    return Understood(parse(display), display)


class Translator:
    """Reads a capture filter from left to right, as pcap-filter(7) describes it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = [(found[0], found.start()) for found in TOKEN.finditer(source)]
        self.at = 0
        self.depth = 0
        self.latest = Qualifiers()

    # -- tokens ------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take_token(self) -> str:
        token = self.token
        self.at += 1
        return token

    def take_any_of(self, choices: tuple[str, ...]) -> str:
        """Return the next token if it is one of these, else nothing."""
        return self.take_token() if self.token in choices else ""

    def refuse(self, what: str, back: int = 0) -> FilterError:
        at = self.at - back
        place = self.tokens[at][1] if at < len(self.tokens) else len(self.source)
        length = len(self.tokens[at][0]) if at < len(self.tokens) else 1
        return FilterError(f"this is a capture filter, but {what}", self.source, place + 1, length)

    # -- grammar: `and` and `or` bind alike, from the left -----------------------------------

    def whole(self) -> str:
        said = self.joined()
        if self.token:
            raise self.refuse(f"{self.token} is not understood here")
        return said

    def joined(self) -> str:
        parts = [self.negation()]
        before = ""
        while self.token in JOINTS:
            sign = JOINTS[self.take_token()]
            if before and sign != before:
                parts = ["(", *parts, ")"]
            parts += f" {sign} ", self.negation()
            before = sign
        return f"({''.join(parts)})" if before else parts[0]

    def negation(self) -> str:
        if self.token not in ("not", "!", "("):
            return self.primitive()
        if self.depth == DEEPEST:
            raise self.refuse(f"nested too deeply: at most {DEEPEST} parentheses and `not`")
        self.depth += 1
        said = self.nested()
        self.depth -= 1
        return said

    def nested(self) -> str:
        """Return what `not` or a parenthesis holds."""
        if self.take_token() != "(":
            return f"!({self.negation()})"
        said = self.joined()
        if not self.take_any_of((")",)):
            raise self.refuse("a ) is missing")
        return said

    def primitive(self) -> str:
        if FLAGS_BYTE.fullmatch(self.token):
            return self.flags()
        if self.take_any_of(("vlan",)):
            return f"vlan.id == {self.take_token()}" if self.token.isdigit() else "vlan"
        said = Qualifiers(
            self.take_any_of(tuple(PROTOCOLS)), self.take_any_of(SIDES), self.take_any_of(KINDS)
        )
        if said.protocol and not said.side and not said.kind:
            return PROTOCOLS[said.protocol]
        if any(said):
            self.latest = said
        word = self.take_token()
        if not word:
            raise self.refuse("it ends here", 1)
        return self.named(self.latest, word)

    def named(self, said: Qualifiers, word: str) -> str:
        if said.kind in ("port", "portrange"):
            return self.ports(said.side, word)
        try:
            network = ip_network(complete_net(word) if said.kind == "net" else word, strict=False)
        except ValueError:
            raise self.refuse(f"{word} is not understood (names are not looked up)", 1) from None
        ip = "ip" if network.version == 4 else "ipv6"
        address = network if network.num_addresses > 1 else network.network_address
        return f"{ip}.{said.side or 'addr'} == {address}"

    def ports(self, side: str, word: str) -> str:
        if not re.fullmatch(r"\d+(-\d+)?", word):
            raise self.refuse(f"{word} is not a port number", 1)
        low, _, high = word.partition("-")
        field = f"tcp.{side}port"
        return f"{field} in {{{low}..{high}}}" if high else f"{field} == {low}"

    def flags(self) -> str:
        """Return ``tcp[tcpflags] & mask != 0`` and its like as a display filter."""
        self.take_token()
        mask = self.mask() if self.take_any_of(("&",)) else LOW_BITS
        sign = self.take_any_of(("!=", "==", "="))
        if not sign:
            raise self.refuse("a comparison of the flags is missing")
        value = self.mask()
        return f"tcp.flags & {mask:#x} {'!=' if sign == '!=' else '=='} {value:#x}"

    def mask(self) -> int:
        """Return a number, a flag's name, or some of them joined by | in parentheses."""
        if not self.take_any_of(("(",)):
            return self.bits(self.take_token())
        value = self.bits(self.take_token())
        while self.take_any_of(("|",)):
            value |= self.bits(self.take_token())
        if not self.take_any_of((")",)):
            raise self.refuse("a ) is missing")
        return value

    def bits(self, word: str) -> int:
        if word in FLAG_BITS:
            return FLAG_BITS[word]
        try:
            return int(word, 0)
        except ValueError:
            raise self.refuse(f"{word} is not a flag", 1) from None


def complete_net(word: str) -> str:
    """Return a net with all its parts: ``10.1`` becomes ``10.1.0.0/16``."""
    if "/" in word or ":" in word:
        return word
    parts = word.split(".")
    return ".".join(parts + ["0"] * (4 - len(parts))) + f"/{8 * len(parts)}"
