"""The facts that evidence consists of: how each is called, and in what it is measured."""

from typing import Final, NamedTuple


class FactText(NamedTuple):
    """The name of a fact and its unit: ``number`` (relative sequence), ``raw``,
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
    "closed_by": FactText("the window was closed in", "frame"),
    "closed_for": FactText("closed for", "time"),
    "earlier_flow": FactText("the flow that had these ports before", "count"),
    "length": FactText("payload", "bytes"),
    "segment_end": FactText("ends at", "number"),
    "ack_before": FactText("acknowledged before", "number"),
    "ack_limit": FactText("the data seen without a hole ended at", "number"),
    "counted_duplicates": FactText("the peer's duplicate ACKs, as the rule counts", "count"),
    "enough_since": FactText(
        "counts as asked for enough since unseen data was acknowledged in", "frame"
    ),
    "peer_window": FactText("the window that the peer had offered", "bytes"),
    "window_field": FactText("window in the header", "count"),
    "window_field_before": FactText("window in the header before", "count"),
    "peer_frame": FactText("the peer's last segment", "frame"),
    "base_before": FactText("numbers counted from (raw)", "raw"),
    "unknown": FactText("cannot be told from this capture", "text"),
}
