"""ICMP errors that quote a segment of a flow: what they say, in words."""

from typing import Final

from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.events import ICMPV6_MARK, MTU_SHIFT
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.never_came import entry_of
from tcptui.findings.sides import SIDES, who
from tcptui.findings.sizes import largest_since
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

# Kinds as numbers: asking a member of an enumeration for its value is slow.
ICMP_ERROR: Final = int(LedgerKind.ICMP_ERROR)
STALL_RTO: Final = int(LedgerKind.STALL_RTO)

ICMP_TEXTS: Final[dict[tuple[int, int], str]] = {
    (3, 0): "network unreachable",
    (3, 1): "host unreachable",
    (3, 2): "protocol unreachable",
    (3, 3): "port unreachable",
    (3, 4): "fragmentation needed",
    (3, 5): "source route failed",
    (3, 6): "network unknown",
    (3, 7): "host unknown",
    (3, 8): "host isolated",
    (3, 9): "network prohibited",
    (3, 10): "host prohibited",
    (3, 11): "network unreachable for this type of service",
    (3, 12): "host unreachable for this type of service",
    (3, 13): "prohibited by a filter",
    (3, 14): "host precedence violation",
    (3, 15): "precedence cut off",
    (4, 0): "source quench",
    (5, 0): "redirect",
    (11, 0): "time to live exceeded (a loop of routers, or too far)",
    (11, 1): "fragments did not all come in time",
    (12, 0): "a header field is wrong",
    (12, 1): "an option is missing",
    (12, 2): "wrong length",
}
"""By type and code (RFC 792, RFC 1122, RFC 1812)."""

ICMPV6_TEXTS: Final[dict[tuple[int, int], str]] = {
    (1, 0): "no route",
    (1, 1): "prohibited by a filter",
    (1, 2): "beyond the scope of the source address",
    (1, 3): "address unreachable",
    (1, 4): "port unreachable",
    (1, 5): "source address refused by policy",
    (1, 6): "route rejected",
    (1, 7): "wrong source routing header",
    (1, 8): "headers too long",
    (2, 0): "packet too big",
    (3, 0): "hop limit exceeded (a loop of routers, or too far)",
    (3, 1): "fragments did not all come in time",
    (4, 0): "a header field is wrong",
    (4, 1): "unknown next header",
    (4, 2): "unknown IPv6 option",
    (4, 3): "first fragment has not all headers",
}
"""By type and code (RFC 4443, RFC 7112, RFC 8883)."""

V4_HEADERS: Final = 40
V6_HEADERS: Final = 60
"""Of IP and TCP, without options."""
ADVICE: Final = (4, 5)
"""Types of ICMP that report no loss."""
TOO_BIG: Final = ((False, 3, 4), (True, 2, 0))
"""Version 6, type and code of those that ask for smaller packets."""


def icmp_words(value: int) -> str:
    """Return a number of events and ledger in words: ``ICMP: fragmentation needed, MTU 1400``."""
    v6 = bool(value & ICMPV6_MARK)
    number = (value >> 8 & 0xFF, value & 0xFF)
    texts = ICMPV6_TEXTS if v6 else ICMP_TEXTS
    what = texts.get(number, f"type {number[0]} code {number[1]}")
    mtu = mtu_of(value) if is_too_big(value) else 0
    return f"{'ICMPv6' if v6 else 'ICMP'}: {what}{f', MTU {mtu}' if mtu else ''}"


def mtu_of(value: int) -> int:
    """Return the MTU of the next hop, or 0 if the router does not say."""
    return value >> MTU_SHIFT


def is_too_big(value: int) -> bool:
    """Return whether the error asks for smaller packets."""
    return (bool(value & ICMPV6_MARK), value >> 8 & 0xFF, value & 0xFF) in TOO_BIG


def is_advice(_flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the packet was passed on all the same: a redirect, or a source quench, which
    hosts ignore (RFC 6633)."""
    return not entry.amount & ICMPV6_MARK and entry.amount >> 8 & 0xFF in ADVICE


def icmp_text(_flow: Flow, entry: LedgerEntry) -> str:
    times = f", {amount(entry.count, 'time')}" if entry.count > 1 else ""
    return f"{icmp_words(entry.amount)}, came back for a segment of {who(entry)}{times}"


def is_other_error(_flow: Flow, entry: LedgerEntry) -> bool:
    """Return whether the error is one that has no finding of its own."""
    return not is_too_big(entry.amount)


def refused_size(mtu: int, is_v6: bool, sender: Endpoint) -> int:
    """Return the smallest payload (bytes) that does not fit an MTU whatever the options are, or
    that of the sender's largest segment where the router does not say its MTU."""
    headers = V6_HEADERS if is_v6 else V4_HEADERS
    return mtu - headers + 1 if mtu > headers else max(int(sender.largest_payload), 1)


def fragmentation_needed(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a router that asks for smaller packets. That is how a path tells its MTU; it is trouble
    where the sender does not heed it."""
    if flow.ledger is None:
        return None
    for side in range(2):
        entry = entry_of(flow, ICMP_ERROR, side)
        if entry is None or not is_too_big(entry.amount):
            continue
        timer = entry_of(flow, STALL_RTO, side)
        sender = flow.server if side else flow.client
        later = largest_since(engine, flow, sender, entry.last)
        again = largest_since(engine, flow, sender, entry.first, resent=True)
        mtu = mtu_of(entry.amount)
        refused = refused_size(mtu, bool(entry.amount & ICMPV6_MARK), sender)
        repeated = max(again, later) >= refused
        heeded = not repeated and (timer is None or timer.last < entry.first or later > 0)
        router = engine.routers.get(int(flow.index))
        of_router = f" the router {address_text(router)}" if router is not None else " a router"
        text = (
            f"{amount(entry.count, 'segment')} of the {SIDES[side]} did not fit:{of_router} asked "
            "for smaller packets (fragmentation needed), "
            + (f"the MTU of its next hop is {mtu}" if mtu else "without saying its MTU")
        )
        if not heeded:
            waited = f" for {duration(timer.cost)}" if timer is not None else ""
            text += (
                f"; the {SIDES[side]} goes on with packets of the same size{waited}: the ICMP does "
                "not reach it, or it ignores it"
                if repeated
                else f"; nothing smaller came after it{waited}"
            )
        elif later > 0:
            text += f"; it sent segments of at most {amount(later, 'byte')} from then on"
        last = max(entry.last, frame_of(engine, int(flow.last_row)))
        cost = timer.cost if timer is not None and not heeded else None
        found = kind.finding(entry.count, (entry.first, last), SIDES[side], cost, text)
        if heeded:
            found.severity = Severity.NOTE.value
        return found
    return None
