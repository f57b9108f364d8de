"""Segments that fit no state, in sentences: who sent what."""

from typing import Final

from tcptui.engine.flow import Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.findings.sides import peer, who

SAID: Final[dict[LedgerKind, str]] = {
    LedgerKind.SYN_AFTER_CLOSE: "{who} sent a SYN of the old connection after its end",
    LedgerKind.SYN_IN_CONNECTION: "{who} sent a SYN inside the connection: an old duplicate",
    LedgerKind.SYN_ACK_CHANGED: "{who} sent a second SYN+ACK with another initial number",
    LedgerKind.DATA_AFTER_FIN: "{who} sent data behind its own FIN",
    LedgerKind.DATA_AFTER_RST: "{who} sent data after its own RST",
    LedgerKind.FIN_AFTER_RST: "{who} sent a FIN after its own RST",
    LedgerKind.FIN_MOVED: "{who} sent a second FIN with another sequence number",
    LedgerKind.ACK_OF_NOTHING_SENT: "{who} acknowledged what {peer} never sent, as far as here",
    LedgerKind.RST_OUTSIDE_WINDOW: "a RST in {who}'s name has a wrong number: {peer} ignores it",
    LedgerKind.NO_ACK: "{who} sent a segment of the connection without the ACK flag",
    LedgerKind.ODD_FLAGS: "{who} sent flags that exclude each other",
    LedgerKind.CHALLENGED: "{who} answered the SYN with an ACK: the old connection still stands",
}


def odd_text(_flow: Flow, entry: LedgerEntry) -> str:
    return SAID[entry.kind].format(who=who(entry), peer=peer(entry))
