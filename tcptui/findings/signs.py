"""Signs are facts about a flow without which it has no finding of some kind.

The engine knows them at once, and most flows have none. So a kind of finding that names its signs
is looked for only where there is one of them, and what looks for it may search rows and read
packets.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import SERVER, Flow
from tcptui.engine.tcp_state.states import BEGAN_INSIDE, CLOSE_WAIT, FIN_OUT, RST_OUT
from tcptui.findings.ecn import asks_for_ecn
from tcptui.findings.finding import ANY_FLOW
from tcptui.findings.limits import is_transfer
from tcptui.findings.never_came import may_lack_bytes
from tcptui.findings.others_queue import may_share_a_path
from tcptui.findings.sizes import is_below_its_mss
from tcptui.findings.turns import FEWEST

ONE_SIDE_ALONE: Final = 1 << 1
"""Nothing of the other one was captured."""
NOT_CLOSED: Final = 1 << 2
"""One side has closed, and the other one has not."""
BYTES_MISSING: Final = 1 << 3
"""Not all that a side has sent, or seems to have, passed here."""
NO_LAST_WORD: Final = 1 << 4
"""The server was not the last one to speak, or has neither closed since nor reset."""
ASKS_FOR_ECN: Final = 1 << 5
HAS_TLS: Final = 1 << 6
HAS_TURNS: Final = 1 << 7
"""The client asked several times, and had answers."""
SECOND_VOICE: Final = 1 << 8
"""See :mod:`tcptui.engine.voices`."""
STRANGE_HOST: Final = 1 << 9
"""See :mod:`tcptui.engine.hosts`."""
TRANSFER: Final = 1 << 10
SHARED_PATH: Final = 1 << 11
"""A large transfer may have passed beside it."""
SMALL_FOR_ITS_MSS: Final = 1 << 12
"""The largest of many segments are smaller than both SYNs allow."""
SEVERAL_FILES: Final = 1 << 13
"""The capture comes from them."""
CAN_BE_READ: Final = 1 << 14
"""Its packets can be read again."""


def signs_of(engine: Engine, flow: Flow, can_read: bool) -> i64:
    """Return the signs of a flow as bits; ``can_read``: whether its packets can be read again."""
    return (
        signs_of_ends(flow)
        | signs_of_speech(engine, flow)
        | signs_of_amounts(engine, flow)
        | signs_of_capture(engine, can_read)
    )


def signs_of_ends(flow: Flow) -> i64:
    """Return what the two endpoints of a flow tell."""
    client, server = flow.client, flow.server
    found: i64 = ANY_FLOW
    if client.packets == 0 or server.packets == 0:
        found |= ONE_SIDE_ALONE
    if client.state == CLOSE_WAIT or server.state == CLOSE_WAIT:
        found |= NOT_CLOSED
    if not flow.has(BEGAN_INSIDE) and (may_lack_bytes(client) or may_lack_bytes(server)):
        found |= BYTES_MISSING
    if flow.last_data_side != SERVER or not server.has(FIN_OUT | RST_OUT):
        found |= NO_LAST_WORD
    return found


def signs_of_speech(engine: Engine, flow: Flow) -> i64:
    """Return what it tells who speaks, and how."""
    found: i64 = 0
    names = flow.names
    if names is not None and names.tls is not None:
        found = HAS_TLS
    if flow.answered_requests >= FEWEST:
        found |= HAS_TURNS
    if asks_for_ecn(engine.packets, flow):
        found |= ASKS_FOR_ECN
    if engine.voices.tells_of(flow):
        found |= SECOND_VOICE
    if engine.known_hosts().tells_of(i64(flow.index)):
        found |= STRANGE_HOST
    return found


def signs_of_amounts(engine: Engine, flow: Flow) -> i64:
    """Return what it tells how much was sent, and in which pieces."""
    found: i64 = 0
    if is_transfer(flow):
        found = TRANSFER
    if may_share_a_path(engine, flow):
        found |= SHARED_PATH
    if is_below_its_mss(flow.client) or is_below_its_mss(flow.server):
        found |= SMALL_FOR_ITS_MSS
    return found


def signs_of_capture(engine: Engine, can_read: bool) -> i64:
    """Return what it tells where a flow's packets come from."""
    found: i64 = 0
    if engine.has_several_files:
        found = SEVERAL_FILES
    if can_read:
        found |= CAN_BE_READ
    return found
