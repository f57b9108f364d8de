"""The capture point is where the capture was taken: how far from each end, and how sure that is."""

from enum import Enum
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import UNKNOWN_TTL, Endpoint, Flow
from tcptui.engine.hosts import FIRST_TTLS
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.findings.finding import Finding, FindingKind, Read, frames_of_flow
from tcptui.findings.sides import SIDES, is_fragment, is_one_sided
from tcptui.text.amounts import amount
from tcptui.text.durations import measured

HOPS: Final[list[int]] = [
    next(first for first in FIRST_TTLS if first >= ttl) - ttl for ttl in range(256)
]
"""How many routers a packet has passed that comes with a TTL."""
NEAR_SHARE: Final = 0.05
"""Of the whole round trip: an end that is nearer than this is said to be here."""
LOOPBACK: Final = 127
IPV4_LENGTH: Final = 4
LOOPBACK_V6: Final = bytes(15) + b"\x01"
LARGEST_FRAME: Final = 9000
"""More payload in one segment was put together by a network card, or not yet taken apart."""


def one_direction(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find that only one direction passed here: what the other side did, and how it
    went, is not known."""
    if not is_one_sided(flow) and not is_fragment(flow):
        return None
    side = int(flow.server.packets > 0)
    frames = frames_of_flow(engine, flow)
    text = (
        f"only {amount(int(flow.packets), 'segment')} of the {SIDES[side]} and nothing of the "
        f"{SIDES[1 - side]} was captured, which is too one-sided to tell whether it went well; "
        if is_fragment(flow)
        else f"only the {SIDES[side]}'s direction was captured: the other took another way or was "
        "filtered out, so whether it went well is not known; "
    ) + "a capture of both directions would tell"
    return kind.finding(int(flow.packets), frames, SIDES[side], None, text)


class Where(Enum):
    """The end at which the capture was taken."""

    CLIENT = "client"
    SERVER = "server"
    MIDDLE = "middle"
    UNKNOWN = "unknown"


class Sureness(Enum):
    """The degrees of trust in a capture point."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"
    TOLD = "told"


class CapturePoint(NamedTuple):
    """The capture point of one flow: round trips from here to each end (ns, 0 unknown), how sure,
    and why."""

    where: Where
    client_way: int
    server_way: int
    sureness: Sureness
    text: str


def capture_point_of(flow: Flow, told: Where | None = None) -> CapturePoint:
    """Infer the capture point from the split handshake, TTLs and super-segments; ``told``
    overrules it."""
    client, server = int(rtt_to(flow, flow.client)), int(rtt_to(flow, flow.server))
    hops = hops_of(flow.client), hops_of(flow.server)
    where, sureness = told or judge(flow, client, server), sureness_of(flow, client, server)
    if told is not None:
        sureness = Sureness.TOLD
    text = capture_point_text(where, client, server, hops, sureness)
    return CapturePoint(where, client, server, sureness, text)


def where_of(flow: Flow) -> Where:
    """Return which end the capture of one flow was taken at."""
    return judge(flow, rtt_to(flow, flow.client), rtt_to(flow, flow.server))


def is_taken_at(flow: Flow, side: int) -> bool:
    """Return whether the capture of a flow was taken at this side, or on its host."""
    client, server = flow.client.address, flow.server.address
    if client == server or is_loopback(client) or is_loopback(server):
        return True
    return where_of(flow) is (Where.SERVER if side else Where.CLIENT)


def is_loopback(address: bytes) -> bool:
    """Return whether an address never leaves its host."""
    return address[0] == LOOPBACK if len(address) == IPV4_LENGTH else address == LOOPBACK_V6


def hops_of(end: Endpoint) -> int | None:
    """Return the number of routers between an end and here, by its TTL."""
    if end.first_ttl == UNKNOWN_TTL:
        return None
    return HOPS[int(end.first_ttl)]


def judge(flow: Flow, client: i64, server: i64) -> Where:
    """Return which end is here."""
    big_client = flow.client.largest_payload > LARGEST_FRAME
    big_server = flow.server.largest_payload > LARGEST_FRAME
    if big_client != big_server:
        big = flow.client if big_client else flow.server
        if hops_of(big) in (0, None):
            return Where.CLIENT if big_client else Where.SERVER
    if client > 0 and server > 0:
        share = float(client) / float(client + server)
        if share < NEAR_SHARE:
            return Where.CLIENT
        return Where.SERVER if share > 1 - NEAR_SHARE else Where.MIDDLE
    hops = hops_of(flow.client), hops_of(flow.server)
    if None not in hops and hops[0] != hops[1] and 0 in hops:
        return Where.CLIENT if hops[0] == 0 else Where.SERVER
    return Where.UNKNOWN


def sureness_of(flow: Flow, client: int, server: int) -> Sureness:
    """Return how sure the capture point is: sure by a handshake of which nothing was sent again,
    less so by single ACKs."""
    if client <= 0 or server <= 0:
        return Sureness.NONE
    if flow.syn_to_synack < 0 or (
        flow.ledger is not None and flow.ledger.cost_of(LedgerKind.HANDSHAKE_RETRY.value)
    ):
        return Sureness.LOW
    return Sureness.HIGH


def capture_point_text(
    where: Where,
    client: int,
    server: int,
    hops: tuple[int | None, int | None],
    sureness: Sureness,
) -> str:
    """Return the capture point in words.

    As in ``captured 0.2 ms from the client, 31 ms from the server (sure: by the handshake)``.
    """
    parts = [
        f"{measured(way // 2)} from the {side}"
        + (f" ({amount(count, 'hop')})" if count is not None else "")
        for side, way, count in (("client", client, hops[0]), ("server", server, hops[1]))
        if way > 0
    ]
    distance = ", ".join(parts) or "at an unknown distance from both ends"
    why = {
        Sureness.HIGH: "sure: by the handshake, one way taken as half of both",
        Sureness.LOW: "not sure: by single ACKs; a capture with the handshake would be surer",
        Sureness.NONE: "unknown: neither handshake nor prompt ACKs of both sides",
        Sureness.TOLD: f"told: at the {where.value}" if where is not Where.MIDDLE else "told",
    }[sureness]
    at = f", that is near the {where.value}" if where in (Where.CLIENT, Where.SERVER) else ""
    return f"captured {distance}{at} ({why})"
