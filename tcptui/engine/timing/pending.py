"""What is still going on at an endpoint, for the timing of its flow."""

from librt.vecs import vec
from mypy_extensions import i32, i64


class Pending:
    """Conditions still in progress at one endpoint: a closed window, holes, data sent again.

    Times are in ns, 0 for none; sequence numbers are raw. ``zero_since``: since when its window is
    closed. ``zero_span``: for how long it was; the peer's next segment shows whether that delayed
    anything. ``zero_end``: what the peer had sent below this number came when there was no room.
    ``full_since``: since when it has filled the peer's window. ``held_back``: how long the pieces
    of a request have waited for ACKs. ``hole_*``: ranges that it sent and that did not pass here.
    ``resent_*``: ranges that it sent again, with the time stamp on the second copy. ``unseen_end``:
    up to here the peer acknowledged what was not captured.
    """

    def __init__(self) -> None:
        self.zero_since: i64 = 0
        self.zero_span: i64 = 0
        self.zero_probes: i64 = 0
        self.zero_end: i64 = -1
        self.full_since: i64 = 0
        self.held_back: i64 = 0
        self.unseen_end: i64 = 0
        self.unseen_since: i64 = 0
        self.hole_start: vec[i32] = vec[i32]()
        self.hole_end: vec[i32] = vec[i32]()
        self.hole_since: vec[i64] = vec[i64]()
        self.resent_start: vec[i32] = vec[i32]()
        self.resent_end: vec[i32] = vec[i32]()
        self.resent_stamp: vec[i64] = vec[i64]()
        self.resent_time: vec[i64] = vec[i64]()

    def pending(self) -> bool:
        """Whether the next segments must be looked at."""
        return (
            self.zero_since != 0
            or self.zero_span != 0
            or self.full_since != 0
            or self.held_back != 0
            or self.unseen_since != 0
            or len(self.hole_since) > 0
            or len(self.resent_time) > 0
        )
