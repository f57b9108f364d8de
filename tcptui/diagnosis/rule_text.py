"""The rules of tcp.analysis in words: the one source for the screen, JSON and the documentation.

The meaning of a flag in one line is in :mod:`tcptui.engine.wireshark.flags`; the rules
themselves are in :mod:`tcptui.engine.wireshark.analysis` and are those of Wireshark 4.0.
"""

from typing import Final, NamedTuple

from tcptui.engine.wireshark import flags


class RuleText(NamedTuple):
    """``rule``: when the flag is given. ``state``: what the rule has to remember. ``reading``:
    what it tells about the connection, and where it misleads."""

    rule: str
    state: str
    reading: str


RULES: Final[dict[int, RuleText]] = {
    flags.REUSED_PORTS: RuleText(
        "A SYN on a four-tuple that is already known, with another sequence number than the one "
        "that the sender's numbers count from; it begins a new flow. A SYN+ACK with another "
        "number stays in its flow, and the sender's relative numbers count from there.",
        "The initial sequence number of each side.",
        "A client opens connections faster than its ports wear out, or reuses one port on "
        "purpose. On top of TIME-WAIT a server may refuse or ignore such a SYN.",
    ),
    flags.RETRANSMISSION: RuleText(
        "Takes sequence space (payload, SYN or FIN), begins below the highest end seen, and is "
        "neither a keep-alive nor spurious, fast or out of order. (Not where it begins one byte "
        "below the highest end with more than one byte.)",
        "The highest end that the sender has reached; the segments not yet acknowledged: `rto` "
        "is the time since the oldest of them.",
        "The sender's timer ran out: the connection stood still for that long. If the first copy "
        "is in the capture, it was lost after this point, or its acknowledgment was; if not, it "
        "was lost before. The rule knows no SACK and no time stamps, so a repetition that SACK "
        "asked for, and a segment that came late by more than the initial RTT, carry this name "
        "too.",
    ),
    flags.FAST_RETRANSMISSION: RuleText(
        "Begins below the highest end seen, exactly where the peer's last acknowledgment stands, "
        "after at least two duplicate ACKs, less than 20 ms after the peer's last segment.",
        "The peer's acknowledgment, its count of duplicate ACKs, the time of its last segment.",
        "Loss that cost about one round trip. TCP asks for three duplicate ACKs (RFC 5681), this "
        "rule for two. After an ACKed unseen segment the rule counts as if there had been "
        "enough of them.",
    ),
    flags.SPURIOUS_RETRANSMISSION: RuleText(
        "Carries payload, and all of it lies below what the peer has already acknowledged.",
        "The peer's last acknowledgment.",
        "The sender had not got that acknowledgment: it was lost between this point and the "
        "sender, came too late, or the timer was too short.",
    ),
    flags.OUT_OF_ORDER: RuleText(
        "Takes sequence space, begins below the highest end seen, does not end exactly there, "
        "and comes within the initial RTT (3 ms where that is not known) after the segment "
        "that reached the highest end.",
        "The highest end and the time of the segment that reached it; the initial RTT.",
        "The path reordered two segments, or a repetition came faster than the rule expects: "
        "only SACK, time stamps or the IP identification tell them apart.",
    ),
    flags.LOST_SEGMENT: RuleText(
        "Begins beyond the highest end seen of its sender, and is no RST.",
        "The highest end that the sender has reached.",
        "The bytes between were lost before this point, come later by another way, or the "
        "capture missed them: who acknowledges them later tells which.",
    ),
    flags.ACK_LOST_SEGMENT: RuleText(
        "Acknowledges beyond the end of the contiguous data seen from the other side. Where "
        "nothing more has been seen it is said once, until the other side moves on.",
        "The contiguous end of the other side's data, and its highest end.",
        "The data did arrive, so nothing is wrong with the connection: the capture lost it, or "
        "it took another way.",
    ),
    flags.WINDOW_UPDATE: RuleText(
        "A pure ACK with the sequence and acknowledgment numbers of the one before and another "
        "window, not zero.",
        "The sender's last acknowledgment, window and highest end.",
        "The application has read, and there is room again. Harmless; many small ones tell of a "
        "receiver that reads in small pieces.",
    ),
    flags.WINDOW_FULL: RuleText(
        "Carries payload that ends exactly where the peer's last acknowledgment and window end; "
        "only where the peer's window scale is known.",
        "The peer's last acknowledgment, window and window scale.",
        "The sender may send nothing more until the receiver says so: the receiver, or its "
        "buffer, sets the pace from here.",
    ),
    flags.KEEP_ALIVE: RuleText(
        "Zero or one byte, beginning one below the highest end seen; no SYN, FIN or RST.",
        "The highest end that the sender has reached.",
        "A side asks whether the other is still there; intervals and answers are what matters.",
    ),
    flags.KEEP_ALIVE_ACK: RuleText(
        "A pure ACK with the numbers and the window of the one before, when the peer's last "
        "segment was a keep-alive; the window is not zero.",
        "The sender's last numbers and window; the peer's last flags.",
        "The other side is still there.",
    ),
    flags.DUPLICATE_ACK: RuleText(
        "A pure ACK with the numbers and the window of the one before, when the peer's last "
        "segment was no keep-alive; the window is not zero. Counted since the acknowledgment "
        "last changed. (Not where a new kind of Multipath TCP option came in between.)",
        "The sender's last numbers and window, the frame that first carried the acknowledgment.",
        "The receiver got something beyond a hole, or something that it already had. TCP takes "
        "the third as a request to send again (RFC 5681).",
    ),
    flags.ZERO_WINDOW_PROBE: RuleText(
        "Exactly one byte, beginning at the highest end seen, while the peer's window is zero.",
        "The highest end that the sender has reached; the peer's last window.",
        "The sender waits for room and asks whether there is some. The byte does not count as "
        "sent.",
    ),
    flags.ZERO_WINDOW: RuleText(
        "The window is zero, and the segment is no SYN, FIN or RST, and no probe itself.",
        "Nothing.",
        "The receiver's application does not read: look there, not at the network.",
    ),
    flags.ZERO_WINDOW_PROBE_ACK: RuleText(
        "A pure ACK with the numbers of the one before and still a zero window, when the peer's "
        "last segment was a zero window probe.",
        "The sender's last numbers and window; the peer's last flags.",
        "Still no room; the sender goes on waiting.",
    ),
}  # fmt: skip


class FactText(NamedTuple):
    """How a fact is called, and in what it is measured: ``number`` (relative sequence), ``raw``,
    ``bytes``, ``count``, ``frame``, ``frames``, ``time`` (ns; seconds in JSON), ``text``."""

    label: str
    unit: str


FACTS: Final[dict[str, FactText]] = {
    "actual": FactText("begins at", "number"),
    "actual_raw": FactText("begins at (raw)", "raw"),
    "expected": FactText("expected, the highest end seen", "number"),
    "expected_raw": FactText("expected (raw)", "raw"),
    "expected_from": FactText("which segment reached it", "frame"),
    "hole": FactText("bytes missing before it", "bytes"),
    "overlap": FactText("bytes below the highest end", "bytes"),
    "missing": FactText("never captured before", "text"),
    "missing_bytes": FactText("bytes of that", "bytes"),
    "filled_by": FactText("the missing bytes came in", "frame"),
    "first_copy": FactText("first sent in", "frame"),
    "first_copy_before": FactText("time since then", "time"),
    "last_copy": FactText("last sent in", "frame"),
    "last_copy_before": FactText("time since then", "time"),
    "copies": FactText("earlier segments with bytes of it", "frames"),
    "repeated": FactText("bytes that passed here before", "bytes"),
    "duplicate_acks": FactText("duplicate ACKs for it", "count"),
    "duplicate_ack_frames": FactText("those duplicate ACKs", "frames"),
    "number": FactText("number of this duplicate ACK", "count"),
    "repeats": FactText("first segment with this acknowledgment", "frame"),
    "caused_by": FactText("the segment that it answers", "frame"),
    "rto": FactText("since the oldest segment not acknowledged (rto)", "time"),
    "rto_frame": FactText("that oldest segment", "frame"),
    "rtt": FactText("last round trip measured here", "time"),
    "rtt_frame": FactText("measured by", "frame"),
    "initial_rtt": FactText("initial RTT", "time"),
    "rto_estimate": FactText("timer by RFC 6298, 200 ms at least", "time"),
    "acknowledged": FactText("the peer had acknowledged", "number"),
    "acknowledged_raw": FactText("the peer had acknowledged (raw)", "raw"),
    "acknowledged_by": FactText("in", "frame"),
    "acknowledged_before": FactText("time since then", "time"),
    "ack": FactText("acknowledges", "number"),
    "ack_raw": FactText("acknowledges (raw)", "raw"),
    "since_highest": FactText("time since the highest end was reached", "time"),
    "reorder_limit": FactText("limit for out of order", "time"),
    "since_peer": FactText("time since the peer's last segment", "time"),
    "fast_limit": FactText("limit for fast", "time"),
    "window": FactText("window", "bytes"),
    "window_before": FactText("window before", "bytes"),
    "edge": FactText("the edge that the peer offered", "number"),
    "edge_from": FactText("offered in", "frame"),
    "quiet": FactText("quiet before it", "time"),
    "answered_by": FactText("answered by", "frame"),
    "answers": FactText("answers", "frame"),
    "opened_by": FactText("the window opened in", "frame"),
    "closed_for": FactText("closed for", "time"),
    "earlier_flow": FactText("the flow that had these ports before", "count"),
    "unknown": FactText("cannot be told from this capture", "text"),
}
