"""Packet scripts: flows written down as text, to be read as a story and run as a test.

A script is a list of lines; the first comment is its title::

    # A refused connection
    flow A 10.0.0.1:1111 B 10.0.0.2:2222
    numbers A=1000 B=5000

    # no   ms  who flags  seq  ack    win  len  options         | expected
       1    0   A  S        0    0  64000    0  mss=1460 ws=7   | - ; SYN-SENT/LISTEN
    > The port is closed.
       2  +10   B  RA       0    1      0    0                  | - ; CLOSED/CLOSED

Lines
    ``# …``        a comment
    ``> …``        a comment on the next packet, kept in pcapng files
    ``flow …``     names both ends of a connection (IPv4, or ``[IPv6]:port``); without it A is
                   10.0.0.1:1111 and B is 10.0.0.2:2222. Further flows use further names
    ``numbers …``  sequence numbers, acknowledgments and SACK blocks below count from these
                   initial ones; without it they are raw

Columns of a packet
    number (from 1, checked) · milliseconds since the start, or ``+ms`` since the packet before ·
    who sends it · flags (letters of FSRPAUECe, the last is AE, ``-`` for none) · sequence number ·
    acknowledgment · window (unscaled) · payload bytes or ``"text"`` · options. A ``.`` as sequence
    number or acknowledgment means the highest end that this side, or its peer, has sent.

Options
    ``mss=1460`` ``ws=7`` ``sackok`` ``ts=100,50`` ``sack=1101-1201,1301-1401`` in the TCP header;
    ``ttl=64`` and ``id=7`` set the IP header's fields, ``mac=9`` the end of the Ethernet source.
    ``sum=bad`` gives a wrong TCP checksum, ``sum=pseudo`` that of the pseudo header alone: a host
    leaves it when its card does the rest.

Expected, after ``|``
    the flags of ``tcp.analysis`` (``-`` for none, a duplicate ACK with its frame and number:
    ``duplicate_ack(2#1)``); after ``;`` values as ``name=value``, and both ends' states as
    ``CLIENT/SERVER``. A ``#`` begins a remark.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from struct import pack
from typing import NamedTuple

MASK32 = 0xFFFFFFFF
START = 1_700_000_000_000_000_000
"""Time of a script's millisecond 0: ns since the epoch."""

DEFAULT_FLOW = "A 10.0.0.1:1111 B 10.0.0.2:2222"
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')
REMARK = re.compile(r"\s#\s")
IP_SETTINGS = ("ttl=", "id=", "sum=", "mac=")
FLAG_BITS = {letter: 1 << bit for bit, letter in enumerate("FSRPAUECe")}
SYN_OR_FIN = FLAG_BITS["S"] | FLAG_BITS["F"]


class Host(NamedTuple):
    """One end of a connection."""

    address: IPv4Address | IPv6Address
    port: int


@dataclass(frozen=True)
class Expected:
    """What is expected of a packet: flags by tshark's names, values and states as written."""

    flags: frozenset[str]
    values: dict[str, str]
    states: tuple[str, str] | None


@dataclass(frozen=True)
class Packet:
    """One segment. ``time`` in ns since the epoch, raw numbers, ``options`` as in the header."""

    time: int
    source: Host
    destination: Host
    flags: int
    seq: int
    ack: int
    window: int
    payload: bytes
    options: bytes
    ip: dict[str, str]
    comment: str
    expected: Expected | None


@dataclass
class Script:
    """A parsed script: its title and its packets in order."""

    title: str = ""
    packets: list[Packet] = field(default_factory=list)


@dataclass
class Sender:
    """What the notation remembers of one end."""

    host: Host
    peer: str
    base: int = 0
    end: int = 0
    sent: int = 0


def read_script(path: Path) -> Script:
    """Parse a file; ValueError names the file, the line and what is wrong there."""
    return parse_script(path.read_text(encoding="utf-8"), path.name)


def parse_script(text: str, name: str = "script") -> Script:
    """Parse a script; ValueError names the line and what is wrong there."""
    parser = Parser()
    for number, line in enumerate(text.splitlines(), 1):
        try:
            parser.take(line.strip())
        except (ValueError, KeyError, IndexError, SyntaxError) as error:
            raise ValueError(f"{name}, line {number}: {error}: {line.strip()}") from error
    return parser.script


class Parser:
    """Takes a script line by line."""

    def __init__(self) -> None:
        self.script = Script()
        self.senders: dict[str, Sender] = {}
        self.comment: list[str] = []
        self.time = START

    def take(self, line: str) -> None:
        keyword, _, rest = line.partition(" ")
        if keyword == "#":
            self.script.title = self.script.title or rest
        elif keyword == ">":
            self.comment.append(rest)
        elif keyword == "flow":
            self.open_flow(rest)
        elif keyword == "numbers":
            for who, base in (word.split("=") for word in rest.split()):
                self.senders[who].base = self.senders[who].end = int(base)
        elif line:
            self.take_packet(line)

    def open_flow(self, words: str) -> None:
        first, one, second, other = words.split()
        self.senders[first] = Sender(parse_host(one), second)
        self.senders[second] = Sender(parse_host(other), first)

    def take_packet(self, line: str) -> None:
        if not self.senders:
            self.open_flow(DEFAULT_FLOW)
        left, _, right = line.partition("|")
        number, time, who, letters, seq, ack, window, size, *words = TOKEN.findall(left)
        if int(number) != len(self.script.packets) + 1:
            raise ValueError(f"this is packet {len(self.script.packets) + 1}")
        sender = self.senders[who]
        peer = self.senders[sender.peer]
        since = self.time if time.startswith("+") else START
        self.time = since + round(float(time) * 1_000_000)
        flags = sum(FLAG_BITS[letter] for letter in letters if letter != "-")
        first = sender.end if seq == "." else (sender.base + int(seq)) & MASK32
        has_ack = ack != "0" or flags & FLAG_BITS["A"]
        acked = peer.end if ack == "." else (peer.base + int(ack)) & MASK32 if has_ack else 0
        payload = ast.literal_eval("b" + size) if size.startswith('"') else filler(int(size))
        end = (first + len(payload) + bool(flags & SYN_OR_FIN)) & MASK32
        if sender.sent == 0 or (end - sender.end) & MASK32 < 1 << 31:
            sender.end = end
        sender.sent += 1
        below = dict(word.split("=") for word in words if word.startswith(IP_SETTINGS))
        below.setdefault("id", str(sender.sent))
        options = b"".join(
            parse_option(word, peer.base) for word in words if not word.startswith(IP_SETTINGS)
        )
        self.script.packets.append(
            Packet(
                self.time, sender.host, peer.host, flags, first, acked, int(window), payload,
                options, below, "\n".join(self.comment), parse_expected(right),
            )
        )  # fmt: skip
        self.comment.clear()


def parse_host(text: str) -> Host:
    address, _, port = text.rpartition(":")
    return Host(ip_address(address.strip("[]")), int(port))


def filler(size: int) -> bytes:
    """Payload that shows its own length."""
    return (b"abcdefghijklmnopqrstuvwxyz" * (size // 26 + 1))[:size]


def parse_option(word: str, base: int) -> bytes:
    """A TCP option, with NOPs before it to fill four bytes."""
    name, _, value = word.partition("=")
    if name == "mss":
        return pack("!BBH", 2, 4, int(value))
    if name == "ws":
        return pack("!BBBB", 1, 3, 3, int(value))
    if name == "sackok":
        return pack("!BBBB", 1, 1, 4, 2)
    if name == "ts":
        own, echoed = map(int, value.split(","))
        return pack("!BBBBII", 1, 1, 8, 10, own, echoed)
    if name == "sack":
        edges = [(base + int(edge)) & MASK32 for edge in re.split("[-,]", value)]
        return pack(f"!BBBB{len(edges)}I", 1, 1, 5, 2 + 4 * len(edges), *edges)
    raise ValueError(f"unknown option {name}")


def parse_expected(text: str) -> Expected | None:
    text = REMARK.split(text)[0]
    if not text.strip():
        return None
    left, _, right = text.partition(";")
    values: dict[str, str] = {}
    states: tuple[str, str] | None = None
    for word in right.split():
        if "=" in word:
            key, _, value = word.partition("=")
            values[key] = value
        else:
            client, server = word.split("/")
            states = (client, server)
    return Expected(frozenset(parse_flags(left, values)), values, states)


def parse_flags(text: str, values: dict[str, str]) -> Iterator[str]:
    """Names of flags; fast and spurious retransmissions are retransmissions too, as in tshark."""
    for word in text.split():
        name, _, details = word.partition("(")
        if details:
            values["dup"] = details.rstrip(")")
        if name in ("fast_retransmission", "spurious_retransmission"):
            yield "retransmission"
        if name != "-":
            yield name
