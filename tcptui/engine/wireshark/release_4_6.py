"""The rule set of Wireshark 4.6 has what that release decides in its own way (4.6.9)."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import IPV4_KEY, UNKNOWN_MSS, Endpoint
from tcptui.engine.saturation import waited_since
from tcptui.engine.segment import Segment
from tcptui.engine.wireshark.release_4_4 import Release44

PORTS_TO_FLAGS: Final = 14
"""Bytes of a header up to its window, behind the flags."""
DEFAULT_MSS: Final = 536
DEFAULT_MSS_IPV6: Final = 1220


class Release46(Release44):
    """The rules of 4.6: those of 4.4, but the peer's last packet says how late a segment is, and
    bytes in flight wait for the peer's first acknowledgment."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "4.6"
        self.counts_in_flight_at_once = False
        self.late_since_peer = True
        self.tells_ambiguous_acks = True
        self.first_has_no_delta = True
        self.tells_exceeded_mss = True
        self.quoted_from = PORTS_TO_FLAGS

    def since_peer(self, receiver: Endpoint, seg: Segment) -> i64:
        """Return the time since the peer's last packet: none where the clock went back."""
        return waited_since(seg.time, receiver.last_time)

    def settle_mss(self, sender: Endpoint, receiver: Endpoint) -> None:
        """Without the option both sides have RFC 9293's default."""
        if sender.mss == UNKNOWN_MSS:
            default = DEFAULT_MSS if len(sender.key) == IPV4_KEY else DEFAULT_MSS_IPV6
            sender.set_mss(default)
            receiver.set_mss(default)


WIRESHARK_4_6: Final = Release46()
