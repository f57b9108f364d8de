"""The table of finding kinds: one row each, which report, screens, filters and docs read.

To add a kind, write a row here and its function: in the file of its subject, the text of what the
engine counts under that name (`tcptui/engine/ledger.py`), or the detection of what it does not.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.ledger import LedgerKind
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings import (
    acceptance,
    broken_off,
    capture_point,
    closing,
    doubled,
    ecn,
    held,
    icmp,
    identity,
    loss,
    never_came,
    opening,
    options,
    queue,
    rates,
    read_again,
    resets,
    send_buffer,
    signs,
    silence,
    sizes,
    small_segments,
    tls,
    turns,
    two_points,
    waits,
    window,
)
from tcptui.findings.checksums import bad_checksums
from tcptui.findings.finding import (
    BY_APPLICATION,
    BY_PATH,
    BY_UNKNOWN,
    CLOSE,
    FindingKind,
    VainWait,
    Wait,
)
from tcptui.findings.oddities import odd_text, wrong_acknowledgment

CHAT, NOTE, WARNING, ERROR = Severity.CHAT, Severity.NOTE, Severity.WARNING, Severity.ERROR

ON_THE_PATH: Final = -1
COUNTED_BY_TIMING: Final = 0
UNANSWERED_SYN: Final = 1
HUNG_WAITING: Final = 3
HUNG_GUILTY: Final = 4
READ_AGAIN: Final = 5
VANISHED: Final = 1
"""Orders of equally bad findings; what the state machines count has the usual one, 2."""

CHALLENGE: Final = ("challenged", "opener_gone", "port_reuse", "stall_syn_retry")
"""What the tries of a connection look like that an older one on its ports answers."""
IGNORED: Final = (
    "loss_after_capture", "stall_rto", "syn_ack_repeated", "half_open_reset", "stall_sender_idle",
    "idle_timeout_between",
)  # fmt: skip
"""What it looks like that a server ignores an ACK."""
LOST: Final = ("loss_after_capture", "stall_rto")

OPENING: Final = (
    FindingKind(
        "refused", ERROR, "a RST answered the SYN: the port is closed, or a filter rejects",
        detect=opening.refused, signs=(LedgerKind.REFUSED,), cuts=True,
    ),
    FindingKind(
        "syn_unanswered", ERROR, "no answer to the SYN: no host, or a filter that drops",
        detect=opening.unanswered_syns, vain=VainWait("connection"), order=UNANSWERED_SYN,
        other_signs=signs.ONE_SIDE_ALONE,
    ),
    FindingKind(
        "connect_failed", ERROR, "no connection over all tries: an older one answers on its ports",
        detect=opening.failed_connection, vain=VainWait("connection"), leading=True,
        explains=CHALLENGE,
        signs=(LedgerKind.CHALLENGED,),
    ),
    FindingKind(
        "time_wait_at_server", ERROR,
        "no connection: the port's old one is in TIME-WAIT at the server",
        detect=opening.time_wait_at_server, vain=VainWait("connection"), leading=True,
        explains=CHALLENGE,
        signs=(LedgerKind.CHALLENGED,),
    ),
    FindingKind(
        "never_accepted", WARNING, "the server ignored the handshake's end: a full accept queue",
        detect=acceptance.never_accepted, vain=VainWait("accept", by_peer=True), leading=True,
        explains=IGNORED,
        signs=(LedgerKind.SYN_ACK_REPEATED, LedgerKind.LOSS_AFTER_CAPTURE,),
    ),
    FindingKind(
        "deferred_accept", WARNING, "the server accepts only with data, or its queue is full",
        detect=acceptance.deferred_accept, vain=VainWait("accept", by_peer=True), leading=True,
        explains=IGNORED,
        signs=(LedgerKind.SYN_ACK_REPEATED,),
    ),
    FindingKind(
        "stall_syn_retry", WARNING, "the SYN was sent again before it was answered",
        opening.retry_text, timed=True, worth=opening.is_retry_answered,
        in_vain=opening.tried_in_vain,
        wait=Wait(LedgerKind.HANDSHAKE_RETRY, "SYN retry"),
    ),
    FindingKind(
        "syn_ack_repeated", NOTE, "SYN+ACK again: it, or the ACK of it, was lost",
        opening.syn_ack_text, timed=True, worth=opening.came_by_timer,
    ),
    FindingKind(
        "opener_gone", NOTE, "the opener reset before the handshake was done", opening.gone_text
    ),
    FindingKind(
        "fast_open", CHAT, "data came with the SYN and was accepted (TCP Fast Open)",
        opening.fast_open_text,
    ),
    FindingKind(
        "fast_open_refused", NOTE, "data came with the SYN and was not accepted (TCP Fast Open)",
        opening.fast_open_refused_text,
    ),
    FindingKind(
        "port_reuse", NOTE, "a new connection on ports that were used before", opening.reuse_text
    ),
)  # fmt: skip

CLOSING: Final = (
    FindingKind(
        "half_close_used", CHAT, "one side went on sending after the other had closed",
        closing.half_close_text,
    ),
    FindingKind(
        "hung_fin_wait_2", WARNING, "it closed, and waits for the other side's FIN",
        detect=closing.hung_fin_wait_2, vain=VainWait(CLOSE), order=HUNG_WAITING,
        other_signs=signs.NOT_CLOSED,
    ),
    FindingKind(
        "hung_close_wait", WARNING, "its application does not close after the peer's FIN",
        detect=closing.hung_close_wait, vain=VainWait(CLOSE, by_peer=True), order=HUNG_GUILTY,
        other_signs=signs.NOT_CLOSED,
    ),
)  # fmt: skip

RESETS: Final = (
    FindingKind(
        "abort", WARNING, "an application aborted the connection with a RST",
        resets.abort_text, milder=resets.is_mild_abort, cuts=True,
    ),
    FindingKind(
        "abort_unread_data", WARNING, "it reset with received data unread", resets.unread_text,
        detect=resets.freed_by_reset, explains=("abort",), signs=(LedgerKind.ABORT,),
        cuts=True,
    ),
    FindingKind(
        "half_open_reset", ERROR, "it knew no such connection, and reset the other side",
        resets.half_open_text, cuts=True,
    ),
    FindingKind(
        "rst_after_fin", NOTE, "data reached a side that had closed, which reset",
        resets.after_fin_text,
    ),
    FindingKind(
        "rst_by_middlebox", WARNING, "the RST does not look like its sender's segments",
        resets.middlebox_text, cuts=True,
    ),
)  # fmt: skip

NEVER_CAME: Final = (
    FindingKind(
        "pmtu_black_hole", WARNING, "large segments vanish on the way, small ones pass",
        detect=never_came.black_hole, vain=VainWait("data", by_peer=True), leading=True,
        signs=(LedgerKind.STALL_RTO,), other_signs=signs.BYTES_MISSING,
        explains=LOST, order=VANISHED,
    ),
    FindingKind(
        "hole_never_filled", WARNING, "bytes that never came, though the receiver asked for them",
        detect=never_came.unfilled_hole, vain=VainWait("data", by_peer=True), leading=True,
        other_signs=signs.BYTES_MISSING,
    ),
    FindingKind(
        "no_answer", WARNING, "a request was acknowledged and never answered",
        detect=broken_off.no_answer, vain=VainWait("answer", by_peer=True), leading=True,
        other_signs=signs.NO_LAST_WORD,
        explains=("hung_fin_wait_2", "hung_close_wait"),
    ),
    FindingKind(
        "request_met_close", WARNING, "a request met the other side's close, and was not read",
        detect=never_came.met_close, cuts=True, leading=True, explains=("rst_after_fin",),
        signs=(LedgerKind.RST_AFTER_FIN,),
    ),
)  # fmt: skip
"""What somebody waited for in vain."""

TLS: Final = (
    FindingKind(
        "tls_alert", WARNING, "a side ended the TLS handshake with a fatal alert",
        detect=tls.alert, cuts=True, leading=True,
        other_signs=signs.HAS_TLS,
        explains=("abort", "abort_unread_data", "rst_after_fin", "request_met_close"),
    ),
    FindingKind(
        "tls_unfinished", WARNING, "a TLS handshake began and was never finished",
        detect=tls.unfinished, order=READ_AGAIN,
        other_signs=signs.HAS_TLS,
    ),
)  # fmt: skip
"""How TLS began."""

AT_TWO_POINTS: Final = (
    *LOST, "loss_before_capture", "capture_loss", "not_lost", "reordered", "captured_twice",
    "duplicated", "repeated_with_other_content", "stall_syn_retry", "syn_ack_repeated",
    "tail_loss_probe", "rack_repair", "spurious_timeout", "delay_spike", "hole_never_filled",
    "rst_by_middlebox", "duplicate_address", "split_proxy", "two_hosts_one_address",
)  # fmt: skip
"""What the same packets look like where they come again, from the next point."""

IDENTITY: Final = (
    FindingKind(
        two_points.TWO_POINTS, NOTE, "its packets are in two files, captured at two points",
        detect=two_points.seen_at_two_points, leading=True, explains=AT_TWO_POINTS,
        other_signs=signs.SEVERAL_FILES,
    ),
    FindingKind(
        "paws_drop", WARNING, "dropped for time stamps lower than those of others",
        detect=identity.paws_drop, vain=VainWait("connection"), leading=True,
        explains=("syn_unanswered", "stall_syn_retry", *LOST),
        signs=(LedgerKind.LOSS_AFTER_CAPTURE,), other_signs=signs.STRANGE_HOST,
    ),
    FindingKind(
        "duplicate_address", WARNING, "two hosts have the same address",
        detect=identity.duplicate_address, leading=True,
        explains=("refused", "half_open_reset", "rst_by_middlebox"),
        other_signs=signs.STRANGE_HOST,
    ),
    FindingKind(
        "split_proxy", NOTE, "a proxy between answers in an endpoint's name",
        detect=identity.split_proxy, order=READ_AGAIN,
        other_signs=signs.SECOND_VOICE | signs.HAS_TURNS,
    ),
    FindingKind(
        "two_hosts_one_address", NOTE, "several hosts share an address (NAT, load balancer)",
        detect=identity.two_hosts, order=READ_AGAIN,
        other_signs=signs.STRANGE_HOST,
    ),
    FindingKind(
        "syn_cookies", NOTE, "the server's queue was full: it answered with SYN cookies",
        detect=identity.syn_cookies, order=READ_AGAIN,
        other_signs=signs.STRANGE_HOST,
    ),
)  # fmt: skip
"""Who speaks in an address's name."""

SILENCE: Final = (
    FindingKind(
        "keep_alive_gave_up", WARNING, "keep-alive had no answer and ended the connection",
        detect=silence.gave_up, vain=VainWait("answer"), leading=True,
        explains=("abort", "keep_alive_unanswered"),
        signs=(LedgerKind.KEEP_ALIVE_UNANSWERED,),
    ),
    FindingKind(
        "keep_alive_unanswered", WARNING, "keep-alive probes without an answer",
        silence.probe_text, timed=True, worth=silence.are_probes_unanswered,
        milder=silence.came_back, vain=VainWait("answer"),
    ),
    FindingKind(
        "icmp_error", WARNING, "an ICMP error quotes a segment of this connection",
        icmp.icmp_text, worth=icmp.is_other_error, milder=icmp.is_advice,
    ),
    FindingKind(
        "idle_timeout_between", WARNING, "after a long silence nothing came through any more",
        detect=silence.forgotten_while_idle, vain=VainWait("answer"), leading=True,
        explains=("loss_after_capture", "stall_rto", "half_open_reset"),
        signs=(LedgerKind.LOSS_AFTER_CAPTURE, LedgerKind.HALF_OPEN_RESET),
    ),
    FindingKind(
        "fragmentation_needed", WARNING, "a router asks for smaller packets, and is not heeded",
        detect=icmp.fragmentation_needed, leading=True,
        explains=(*LOST, "pmtu_black_hole", "option_clamped"),
        signs=(LedgerKind.ICMP_ERROR,),
    ),
)  # fmt: skip

LOSS: Final = (
    FindingKind(
        "loss_after_capture", WARNING, "passed here, sent again: lost after this point",
        loss.after_text, milder=loss.cannot_prove_loss, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "loss_before_capture", WARNING, "sent, but never came here: lost before",
        loss.before_text, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "capture_loss", WARNING, "acknowledged, but never captured",
        loss.capture_text, milder=loss.is_without_data, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "one_sided", NOTE, "one direction alone was captured: how it went is not known",
        detect=capture_point.one_direction, order=READ_AGAIN,
        other_signs=signs.ONE_SIDE_ALONE,
    ),
    FindingKind(
        "not_lost", NOTE, "sent again for nothing: the first copy had arrived",
        loss.not_lost_text, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "reordered", NOTE, "the path changed the order of segments",
        loss.reordered_text, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "captured_twice", NOTE, "the capture holds the same segment twice",
        loss.twice_text, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "duplicated", NOTE, "something on the path doubled packets: their receiver had them twice",
        detect=doubled.doubled, leading=True, explains=("captured_twice",),
        signs=(LedgerKind.CAPTURED_TWICE,),
    ),
    FindingKind(
        "ecn_marks", NOTE, "a queue on the way reports congestion (ECN)",
        ecn.marks_text, worth=ecn.is_sure, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "ecn_bleached", NOTE, "ECN was agreed, but the marking is taken away on the way",
        ecn.bleached_text, worth=ecn.is_seen_away, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "ecn_refused", WARNING, "a SYN that asked for ECN was not answered, or without it",
        detect=ecn.refused, leading=True, explains=("stall_syn_retry",),
        other_signs=signs.ASKS_FOR_ECN,
    ),
    FindingKind(
        "repeated_with_other_content", WARNING, "the same bytes came again with other content",
        detect=read_again.other_content, leading=True, explains=("loss_after_capture", "not_lost"),
        signs=(LedgerKind.LOSS_AFTER_CAPTURE, LedgerKind.NOT_LOST),
    ),
    FindingKind(
        "bad_checksum", ERROR, "a segment with a wrong checksum was thrown away",
        detect=bad_checksums, explains=("loss_after_capture",), order=READ_AGAIN,
        other_signs=signs.CAN_BE_READ,
    ),
)  # fmt: skip

STALLS: Final = (
    FindingKind(
        "stall_rto", WARNING, "silence until a retransmission timer ran out",
        waits.rto_text, timed=True, in_vain=waits.repeated_in_vain,
        wait=Wait(LedgerKind.STALL_RTO, "RTO"), order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "tail_loss_probe", NOTE, "the last segment was sent again early, to find out what is lost",
        loss.probe_text, timed=True,
        wait=Wait(LedgerKind.TAIL_LOSS_PROBE, "tail loss probe"), order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "rack_repair", CHAT, "sent again by time, without three duplicate ACKs",
        loss.rack_text, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "spurious_timeout", WARNING, "a retransmission timer ran out though the original arrived",
        held.spurious_text, timed=True, milder=held.is_short, leading=True,
        wait=Wait(LedgerKind.SPURIOUS_TIMEOUT, "time-out for nothing"), order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "delay_spike", WARNING, "the path held segments for a while, and lost none",
        held.spike_text, timed=True, milder=held.is_short, leading=True,
        wait=Wait(LedgerKind.DELAY_SPIKE, "held by the path", BY_PATH), order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "stall_zero_window", WARNING, "a full receive buffer stopped the sender",
        waits.zero_text, timed=True, milder=waits.is_short,
        wait=Wait(LedgerKind.STALL_ZERO_WINDOW, "{side}'s window closed"), order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "stall_window_limited", NOTE, "the receive window was smaller than needed",
        waits.limited_text, timed=True, worth=waits.is_long,
        detect=window.small_window, other_signs=signs.TRANSFER,
        wait=Wait(LedgerKind.STALL_WINDOW_LIMITED, "{side}'s window too small"),
        order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "stall_send_buffer", NOTE, "a send buffer that holds less than the path",
        detect=send_buffer.small_send_buffer, order=READ_AGAIN,
        other_signs=signs.TRANSFER,
    ),
    FindingKind(
        "option_stripped", WARNING, "a box on the path removed an option from a SYN",
        detect=options.stripped_scale, leading=True, explains=("silly_window",),
        signs=(LedgerKind.STALL_WINDOW_LIMITED,),
    ),
    FindingKind(
        "option_clamped", CHAT, "full segments are smaller than both SYNs allow here",
        detect=sizes.clamped_mss, order=READ_AGAIN,
        other_signs=signs.SMALL_FOR_ITS_MSS,
    ),
    FindingKind(
        "stall_delayed_ack_nagle", WARNING, "Nagle waited for a delayed ACK",
        waits.nagle_text, timed=True, milder=waits.is_single,
        wait=Wait(LedgerKind.STALL_DELAYED_ACK_NAGLE, "delayed ACK against Nagle"),
        order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "stall_server_think", NOTE, "the server's application took long to answer",
        waits.think_text, timed=True,
        wait=Wait(LedgerKind.STALL_SERVER_THINK, "server thinking", BY_APPLICATION),
        order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "stall_late_ack", NOTE, "a late answer that no earlier ACK shows to be the application's",
        waits.late_ack_text, timed=True,
        wait=Wait(LedgerKind.STALL_LATE_ACK, "{side}'s ACK late", BY_UNKNOWN),
        order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "many_turns", WARNING, "many questions one after the other: the way is most of the time",
        detect=turns.many_turns, order=READ_AGAIN,
        other_signs=signs.HAS_TURNS,
    ),
    FindingKind(
        "long_path", NOTE, "few questions, and yet the way is most of the time",
        detect=turns.long_path, order=READ_AGAIN,
        other_signs=signs.HAS_TURNS,
    ),
    FindingKind(
        "stall_sender_idle", CHAT, "the sender's application had nothing to send",
        waits.idle_text, timed=True,
        wait=Wait(LedgerKind.STALL_SENDER_IDLE, "{side} idle", BY_APPLICATION),
        order=COUNTED_BY_TIMING,
    ),
)  # fmt: skip

RATES: Final = (
    FindingKind(
        "policed", WARNING, "a policer on the path drops what is above its rate",
        detect=rates.policed, leading=True, explains=(*LOST, "loss_before_capture"),
        signs=(
            LedgerKind.LOSS_AFTER_CAPTURE, LedgerKind.LOSS_BEFORE_CAPTURE, LedgerKind.STALL_RTO
        ),
        order=ON_THE_PATH,
    ),
    FindingKind(
        "shaped", NOTE, "the path lets data pass at a rate of its own; the rest waits in a queue",
        detect=rates.shaped, leading=True, order=ON_THE_PATH,
        other_signs=signs.TRANSFER,
    ),
    FindingKind(
        "queue_delay", NOTE, "a full queue on the path makes the round trip longer",
        detect=queue.full_queue, leading=True,
        explains=("stall_server_think", "stall_late_ack", "delay_spike"),
        other_signs=signs.TRANSFER | signs.SHARED_PATH,
        order=ON_THE_PATH,
    ),
)  # fmt: skip
"""What the path does to long transfers."""

SMALL_SEGMENTS: Final = (
    FindingKind(
        "write_write_read", WARNING, "requests written in pieces that waited for an ACK",
        small_segments.pieces_text, timed=True, milder=waits.is_single, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "tinygrams", NOTE, "a stream of tiny segments",
        small_segments.tiny_text, worth=small_segments.is_stream, order=COUNTED_BY_TIMING,
    ),
    FindingKind(
        "silly_window", NOTE, "small segments into a window opened bit by bit",
        small_segments.silly_text, worth=small_segments.is_repeated, order=COUNTED_BY_TIMING,
    ),
)  # fmt: skip

ODDITIES: Final = (
    FindingKind("syn_after_close", NOTE, "a SYN of the old connection after its end", odd_text),
    FindingKind("syn_in_connection", NOTE, "a SYN inside a connection: an old duplicate", odd_text),
    FindingKind(
        "syn_ack_changed", WARNING, "a second SYN+ACK with another initial number", odd_text
    ),
    FindingKind("data_after_fin", WARNING, "data behind its own FIN", odd_text),
    FindingKind("data_after_rst", WARNING, "data from a side that had sent a RST", odd_text),
    FindingKind("fin_after_rst", NOTE, "a FIN from a side that had sent a RST", odd_text),
    FindingKind("fin_moved", WARNING, "a second FIN with another sequence number", odd_text),
    FindingKind(
        "ack_of_nothing_sent", WARNING, "acknowledges what the other side never sent",
        detect=wrong_acknowledgment, signs=(LedgerKind.ACK_OF_NOTHING_SENT,),
    ),
    FindingKind(
        "rst_outside_window", NOTE, "a RST that its receiver ignores: wrong number", odd_text
    ),
    FindingKind("no_ack", NOTE, "a segment of a connection without the ACK flag", odd_text),
    FindingKind("odd_flags", WARNING, "flags that exclude each other", odd_text),
    FindingKind(
        "challenged", NOTE, "an ACK answered the SYN: the old connection still stands", odd_text
    ),
)  # fmt: skip
"""Segments that fit no state."""

ROWS: Final = (
    *OPENING, *CLOSING, *RESETS, *NEVER_CAME, *TLS, *IDENTITY, *SILENCE, *LOSS, *STALLS, *RATES,
    *SMALL_SEGMENTS, *ODDITIES,
)  # fmt: skip

FINDING_KINDS: Final[dict[str, FindingKind]] = {}
"""The table by name."""


class DetectedKinds:
    """Those rows that have a function to detect them, and the signs that all of them have."""

    def __init__(self) -> None:
        self.kinds: list[FindingKind] = []
        self.signs: i64 = 0
        self.other_signs: i64 = 0

    def add(self, kind: FindingKind) -> None:
        """Look for a kind from now on, in flows that have one of its signs."""
        self.kinds.append(kind)
        self.signs |= kind.signs
        self.other_signs |= kind.other_signs


DETECTED: Final = DetectedKinds()


def add_finding_kind(kind: FindingKind) -> None:
    """Put a row into the table: from now on it is found, told and documented."""
    FINDING_KINDS[kind.name] = kind
    if kind.detect is not None:
        DETECTED.add(kind)


for _row in ROWS:
    add_finding_kind(_row)

WAITS: Final[dict[LedgerKind, Wait]] = {
    kind.wait.counted_as: kind.wait for kind in ROWS if kind.wait is not None
}
"""What a flow waits for, by the kind of the ledger that counts it."""
WAIT_NAMES: Final[dict[LedgerKind, str]] = {
    kind.wait.counted_as: kind.name for kind in ROWS if kind.wait is not None
}
"""The kind of finding that tells of each wait, by the kind of the ledger that counts it."""
