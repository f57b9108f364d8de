"""Writes flows as Zeek writes its conn.log: a tab-separated table behind lines that describe it.

Columns and values follow Zeek 8's scripts/base/protocols/conn/main.zeek and its ASCII writer. The
sizes of IP packets are not kept, so both columns of them are unset, as is what only Zeek's own
analysis of protocols and tunnels can tell.
"""

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint
from tcptui.engine.saturation import elapsed
from tcptui.engine.tcp_state.zeek import conn_state, history
from tcptui.fields.columns.flow_values import FlowReader
from tcptui.fields.columns.flow_writers import FlowWriter, LineWriter
from tcptui.report.capture_facts import Facts
from tcptui.report.flow_formats import AT_ONCE, TextFormat
from tcptui.text.durations import MICROSECOND

UNSET: Final = "-"
EMPTY: Final = "(empty)"
IP_PROTOCOL: Final = "6"
"""The number of TCP in an IP header."""
CLIENT: Final = False
SERVER: Final = True
MOST_ADDRESSES: Final = 1 << 16
"""How many are remembered to be local or not."""
MILLION: Final = 1_000_000
DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
UID_BYTES: Final = 12
"""Zeek's unique names have 96 bits."""

LOCAL: Final = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32"),
        *("::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:2::/48"),
        *("2001:db8::/32", "fc00::/7", "fe80::/10"),
    )
)
"""What Zeek takes for local where nobody has said more: networks that are not routed on the
Internet, by IANA's registries of special-purpose addresses."""

Cell = Callable[[FlowReader], str]
"""Makes the cell of a flow in one column."""


class LogColumn(NamedTuple):
    """A column of the log: its name, Zeek's type of it, and the flow's cell in it."""

    name: str
    type: str
    cell: Cell


def zeek_text(text: str) -> str:
    """Return a text as a cell: what does not print, and the backslash, as Zeek escapes them; what
    would read as no value begins with an escape."""
    if text in (UNSET, EMPTY):
        return f"\\x{ord(text[0]):02x}{text[1:]}"
    return "".join(map(zeek_character, text)) or EMPTY


def zeek_character(character: str) -> str:
    """Return a character of a cell, its bytes as ``\\xNN`` where it does not print."""
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    is_byte = "\udc80" <= character <= "\udcff"  # one that was no UTF-8
    data = character.encode(errors="surrogateescape" if is_byte else "surrogatepass")
    return "".join(f"\\x{byte:02x}" for byte in data)


def microseconds(ns: int) -> str:
    """Return nanoseconds as seconds with six decimals, the nearest."""
    rounded = (abs(ns) + MICROSECOND // 2) // MICROSECOND
    sign = "-" if ns < 0 and rounded else ""
    return f"{sign}{rounded // MILLION}.{rounded % MILLION:06d}"


def uid(at: FlowReader) -> str:
    """Return a name for the flow that is always the same for the same capture: from its number,
    its addresses and ports, and when it began."""
    flow = at.here()
    data = flow.client.key + f"{flow.first_time},{at.number}".encode()
    number = int.from_bytes(blake2b(data, digest_size=UID_BYTES).digest())
    digits = []
    while number:
        number, digit = divmod(number, len(DIGITS))
        digits.append(DIGITS[digit])
    return "C" + "".join(digits)


def lasted(at: FlowReader) -> int:
    """Return how long the flow lasted (ns)."""
    flow = at.here()
    return int(elapsed(flow.last_time, flow.first_time))


def duration(at: FlowReader) -> str:
    """Return how long the flow lasted, where time has passed."""
    return microseconds(lasted(at)) if lasted(at) > 0 else UNSET


def missed(end: Endpoint) -> int:
    """Return the bytes that were skipped in what an endpoint sent."""
    holes = end.holes
    return 0 if holes is None else sum(holes.ends) - sum(holes.starts)


def size(is_server: bool) -> Cell:
    """Return what tells how much a side sent, by its sequence numbers; Zeek does where time has
    passed."""

    def cell(at: FlowReader) -> str:
        end = at.end(is_server)
        return str(end.unique_bytes + missed(end)) if lasted(at) > 0 else UNSET

    return cell


def missed_bytes(at: FlowReader) -> str:
    return str(missed(at.end(CLIENT)) + missed(at.end(SERVER)))


def letters(at: FlowReader) -> str:
    """Return Zeek's history of the flow."""
    text = history(at.here())
    return zeek_text(text) if text else UNSET


def unset(at: FlowReader) -> str:
    """Return the cell of what is not known."""
    return UNSET


@lru_cache(maxsize=MOST_ADDRESSES)
def is_local(address: bytes) -> str:
    """Return whether an address is local, as Zeek writes it; so is a 6to4 address of one that
    is."""
    host = ip_address(address)
    inner = None if host.version == 4 else host.sixtofour
    local = any(one in network for one in (host, inner or host) for network in LOCAL)
    return "T" if local else "F"


COLUMNS: Final = (
    LogColumn("ts", "time", lambda at: microseconds(at.here().first_time)),
    LogColumn("uid", "string", uid),
    LogColumn("id.orig_h", "addr", lambda at: at.address(at.end(CLIENT).address)),
    LogColumn("id.orig_p", "port", lambda at: str(at.end(CLIENT).port)),
    LogColumn("id.resp_h", "addr", lambda at: at.address(at.end(SERVER).address)),
    LogColumn("id.resp_p", "port", lambda at: str(at.end(SERVER).port)),
    LogColumn("proto", "enum", lambda at: "tcp"),
    LogColumn("service", "string", unset),
    LogColumn("duration", "interval", duration),
    LogColumn("orig_bytes", "count", size(CLIENT)),
    LogColumn("resp_bytes", "count", size(SERVER)),
    LogColumn("conn_state", "string", lambda at: conn_state(at.here())),
    LogColumn("local_orig", "bool", lambda at: is_local(at.end(CLIENT).address)),
    LogColumn("local_resp", "bool", lambda at: is_local(at.end(SERVER).address)),
    LogColumn("missed_bytes", "count", missed_bytes),
    LogColumn("history", "string", letters),
    LogColumn("orig_pkts", "count", lambda at: str(at.end(CLIENT).packets)),
    LogColumn("orig_ip_bytes", "count", unset),
    LogColumn("resp_pkts", "count", lambda at: str(at.end(SERVER).packets)),
    LogColumn("resp_ip_bytes", "count", unset),
    LogColumn("tunnel_parents", "set[string]", unset),
    LogColumn("ip_proto", "count", lambda at: IP_PROTOCOL),
)


def line(at: FlowReader) -> bytes:
    """Return the flow's line."""
    return "\t".join([column.cell(at) for column in COLUMNS]).encode()


def line_writer(engine: Engine, is_judged: bool) -> FlowWriter:
    """Return what writes flows as lines."""
    return LineWriter(engine, is_judged, line)


def head(facts: Facts) -> str:
    """Return the lines that describe the table; it was opened when the capture began."""
    seconds = int(float(facts["first"] or 0))
    rows = (
        ("#set_separator", ","),
        ("#empty_field", EMPTY),
        ("#unset_field", UNSET),
        ("#path", "conn"),
        ("#open", time.strftime("%Y-%m-%d-%H-%M-%S", time.gmtime(seconds))),
        ("#fields", *(column.name for column in COLUMNS)),
        ("#types", *(column.type for column in COLUMNS)),
    )
    return "#separator \\x09\n" + "".join("\t".join(row) + "\n" for row in rows)


def print_conn_log(
    out: BinaryIO, facts: Facts, texts: Iterator[bytes], evidence: bool, is_judged: bool
) -> None:
    """Print a line for each flow behind the lines that describe the table."""
    out.write(head(facts).encode())
    while block := list(islice(texts, AT_ONCE)):
        out.write(b"\n".join(block) + b"\n")


CONN_LOG: Final = TextFormat(line_writer, print_conn_log, tells_judgement=False)
