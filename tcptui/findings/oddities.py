"""Segments that fit no state, in sentences: who sent what."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import SERVER, Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.tcp_header import SYN
from tcptui.findings.finding import Finding, FindingKind, Read
from tcptui.findings.jumps import heard_around
from tcptui.findings.never_came import entry_of
from tcptui.findings.sides import SIDES, peer, who

# Kinds as numbers: asking a member of an enumeration for its value is slow.
ACK_OF_NOTHING_SENT: Final = int(LedgerKind.ACK_OF_NOTHING_SENT)

SAID: Final[dict[LedgerKind, str]] = {
    LedgerKind.SYN_AFTER_CLOSE: "{who} sent a SYN of the old connection after its end",
    LedgerKind.SYN_IN_CONNECTION: "{who} sent a SYN inside the connection: an old duplicate",
    LedgerKind.SYN_ACK_CHANGED: "{who} sent a second SYN+ACK with another initial number",
    LedgerKind.DATA_AFTER_FIN: "{who} sent data behind its own FIN",
    LedgerKind.DATA_AFTER_RST: "{who} sent data after its own RST",
    LedgerKind.FIN_AFTER_RST: "{who} sent a FIN after its own RST",
    LedgerKind.FIN_MOVED: "{who} sent a second FIN with another sequence number",
    LedgerKind.ACK_OF_NOTHING_SENT: "{who} acknowledged what {peer} never sent, as seen from here",
    LedgerKind.RST_OUTSIDE_WINDOW: "a RST in {who}'s name has a wrong number: {peer} ignores it",
    LedgerKind.NO_ACK: "{who} sent a segment of the connection without the ACK flag",
    LedgerKind.ODD_FLAGS: "{who} sent flags that exclude each other",
    LedgerKind.CHALLENGED: "{who} answered the SYN with an ACK: the old connection still stands",
}


NEXT_HOP: Final = 1
"""A TTL that differs by so little may be another way to the same host."""


def wrong_acknowledgment(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find an acknowledgment of what was never sent, and whether its sender can have sent it."""
    entries = [
        entry
        for entry in (entry_of(flow, ACK_OF_NOTHING_SENT, side) for side in range(2))
        if entry is not None
    ]
    if not entries:
        return None
    entry = min(entries, key=first_frame_of)
    forged = forged_answer(engine, flow, entry)
    side = None if forged or len(entries) > 1 else SIDES[entry.side]
    frames = min(one.first for one in entries), max(one.last for one in entries)
    count = sum(one.count for one in entries)
    return kind.finding(count, frames, side, None, forged or odd_text(flow, entry))


def first_frame_of(entry: LedgerEntry) -> int:
    """Return the key that orders entries as they came."""
    return entry.first


def forged_answer(engine: Engine, flow: Flow, entry: LedgerEntry) -> str:
    """Return in words that a SYN+ACK with a wrong number came by another way than what its host
    sends in other connections, or nothing."""
    row = engine.packets.row_of(i64(entry.first))
    host = heard_around(engine, flow, engine.lifecycle.servers.answers_of_host(flow.server))
    if entry.side != SERVER or host is None or host.ttl < 0 or row < engine.packets.first:
        return ""
    voice = engine.voices.second_of(flow, SERVER)
    spoke_first = voice is not None and voice.first_frame == entry.first
    ttl = int(voice.ttl) if voice is not None and spoke_first else int(flow.server.first_ttl)
    own = int(host.ttl)
    if engine.packets.flags(row) & SYN == 0 or abs(ttl - own) <= NEXT_HOP:
        return ""
    return (
        f"a SYN+ACK in the server's name came with TTL {ttl}, that host's own segments have {own}, "
        "and acknowledges what the client never sent: something on the path sent it"
    )


def odd_text(_flow: Flow, entry: LedgerEntry) -> str:
    return SAID[entry.kind].format(who=who(entry), peer=peer(entry))
