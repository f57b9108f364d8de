"""The table of findings' kinds: one row each, which report, screens and documentation read."""

from typing import Final, NamedTuple

from tcptui.engine.wireshark.flags import Severity


class FindingKind(NamedTuple):
    """A kind of finding: its name in the report, how bad it is, and what it means."""

    name: str
    severity: Severity
    meaning: str


KINDS: Final[tuple[FindingKind, ...]] = (
    # Opening
    FindingKind("refused", Severity.ERROR, "a RST answered the SYN: nothing listens on that port"),
    FindingKind(
        "syn_unanswered", Severity.ERROR, "no answer to the SYN: no host, or a filter that drops"
    ),
    FindingKind(
        "stall_syn_retry", Severity.WARNING, "the SYN was sent again before it was answered"
    ),
    FindingKind("syn_ack_repeated", Severity.NOTE, "SYN+ACK again: it, or the ACK of it, was lost"),
    FindingKind("opener_gone", Severity.NOTE, "the opener reset before the handshake was done"),
    FindingKind(
        "fast_open", Severity.CHAT, "data came with the SYN and was accepted (TCP Fast Open)"
    ),
    FindingKind("port_reuse", Severity.NOTE, "a new connection on ports that were used before"),
    # Closing
    FindingKind(
        "half_close_used", Severity.CHAT, "one side went on sending after the other had closed"
    ),
    FindingKind(
        "hung_fin_wait_2", Severity.WARNING, "it closed, and waits for the other side's FIN"
    ),
    FindingKind(
        "hung_close_wait", Severity.WARNING, "its application does not close after the peer's FIN"
    ),
    # Resets
    FindingKind("abort", Severity.WARNING, "an application aborted the connection with a RST"),
    FindingKind("abort_unread_data", Severity.WARNING, "it reset with received data unread"),
    FindingKind(
        "half_open_reset", Severity.ERROR, "it had lost the connection and reset the other side"
    ),
    FindingKind("rst_after_fin", Severity.NOTE, "data reached a side that had closed, which reset"),
    FindingKind(
        "rst_by_middlebox", Severity.WARNING, "the RST does not look like its sender's segments"
    ),
    # Silence
    FindingKind("keep_alive_unanswered", Severity.WARNING, "keep-alive probes without an answer"),
    FindingKind(
        "icmp_error", Severity.WARNING, "an ICMP error quotes a segment of this connection"
    ),
    # Where segments were lost
    FindingKind(
        "loss_after_capture", Severity.WARNING, "passed here, sent again: lost after this point"
    ),
    FindingKind("loss_before_capture", Severity.WARNING, "sent, but never came here: lost before"),
    FindingKind("capture_loss", Severity.WARNING, "acknowledged, but never captured"),
    FindingKind("not_lost", Severity.NOTE, "sent again for nothing: the first copy had arrived"),
    FindingKind("reordered", Severity.NOTE, "the path changed the order of segments"),
    FindingKind("captured_twice", Severity.NOTE, "the capture holds the same segment twice"),
    FindingKind("bad_checksum", Severity.ERROR, "a segment with a wrong checksum was thrown away"),
    # Why it waited
    FindingKind("stall_rto", Severity.WARNING, "silence until a retransmission timer ran out"),
    FindingKind("stall_zero_window", Severity.WARNING, "a full receive buffer stopped the sender"),
    FindingKind(
        "stall_window_limited", Severity.NOTE, "the receive window was smaller than needed"
    ),
    FindingKind("stall_delayed_ack_nagle", Severity.WARNING, "Nagle waited for a delayed ACK"),
    FindingKind(
        "stall_server_think", Severity.NOTE, "the server's application took long to answer"
    ),
    FindingKind("stall_sender_idle", Severity.CHAT, "the sender's application had nothing to send"),
    # Interactive data
    FindingKind(
        "write_write_read", Severity.WARNING, "requests written in pieces that waited for an ACK"
    ),
    FindingKind("tinygrams", Severity.NOTE, "a stream of tiny segments"),
    FindingKind("silly_window", Severity.NOTE, "small segments into a window opened bit by bit"),
    # Oddities: segments that fit no state
    FindingKind("syn_after_close", Severity.NOTE, "a SYN of the old connection after its end"),
    FindingKind("syn_in_connection", Severity.NOTE, "a SYN inside a connection: an old duplicate"),
    FindingKind(
        "syn_ack_changed", Severity.WARNING, "a second SYN+ACK with another initial number"
    ),
    FindingKind("data_after_fin", Severity.WARNING, "data behind its own FIN"),
    FindingKind("data_after_rst", Severity.WARNING, "data from a side that had sent a RST"),
    FindingKind("fin_after_rst", Severity.NOTE, "a FIN from a side that had sent a RST"),
    FindingKind("fin_moved", Severity.WARNING, "a second FIN with another sequence number"),
    FindingKind(
        "ack_of_nothing_sent", Severity.WARNING, "acknowledges what the other side never sent"
    ),
    FindingKind(
        "rst_outside_window", Severity.NOTE, "a RST that its receiver ignores: wrong number"
    ),
    FindingKind("no_ack", Severity.NOTE, "a segment of a connection without the ACK flag"),
    FindingKind("odd_flags", Severity.WARNING, "flags that exclude each other"),
    FindingKind(
        "challenged", Severity.NOTE, "an ACK answered the SYN: the old connection still stands"
    ),
)

KIND_BY_NAME: Final = {kind.name: kind for kind in KINDS}
SEVERITIES: Final[dict[str, str]] = {kind.name: kind.severity.value for kind in KINDS}
