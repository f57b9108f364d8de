"""Limits that decide what counts as a wait, a loss or a habit. Times are in ns."""

from typing import Final

MILLISECOND: Final = 1_000_000

# Waits

STALL: Final = 200 * MILLISECOND
"""A wait longer than this, and than two initial round trips, is a stall."""
SHORTEST_WAIT: Final = 4 * MILLISECOND
"""The cause of a shorter wait is not looked for."""
UNASKED_WAIT: Final = 1_000 * MILLISECOND
"""Who goes on after a longer wait in which nothing came does not wait for answers."""
HOST_TURNAROUND: Final = 3 * MILLISECOND
"""Host turnaround: a segment that an ACK released is sent at most this long (plus the path)
after it."""
SHORTEST_DELAYED_ACK: Final = 20 * MILLISECOND
"""An ACK that comes sooner was not delayed on purpose."""
LONGEST_DELAYED_ACK: Final = 600 * MILLISECOND
"""No host delays an ACK longer: RFC 1122, section 4.2.3.2, allows 500 ms. Linux takes 40 ms,
many others 200 ms."""
USUAL_DELAYED_ACK: Final = 230 * MILLISECOND
"""Hosts delay an ACK for no longer than this, whatever they are allowed."""
SHORTEST_HOLD: Final = 100 * MILLISECOND
"""The path held a segment back if it came later than this behind its time stamp."""
LONGEST_FIRST_TIMER: Final = 1_000 * MILLISECOND
"""The first retransmission timer takes at most this long and two round trips: RFC 6298 (2.4) asks
for 1 s at least, and Linux begins with 200 ms and a round trip."""
LONGEST_BACK_OFF: Final = 8_000 * MILLISECOND
"""After a longer wait, a skipped IP identification no longer speaks for a retransmission timer."""
LONGEST_TIMER: Final = 150_000 * MILLISECOND
"""No retransmission timer runs longer: Linux stops at 120 s, others at 64 s (RFC 6298 asks for 60 s
at least). What is sent again later was woken by something else."""
LONGEST_RTT: Final = 1 << 58
"""Round-trip times are cut off here, so that several of them still fit in 64 bits."""
MOST_MICROS: Final = 2_000_000_000
"""Sums of microseconds are cut off here: their fields have 32 bits."""

# Losses

SAME_PACKET_SPAN: Final = 10 * MILLISECOND
"""A repeated segment that also has the sender's last IP identification again is the same packet
captured twice, not a retransmission, if it comes within this time."""
LATEST_SYN_COPY: Final = 500 * MILLISECOND
"""A SYN without an identification that comes later may have been sent again, whatever its TTL: its
timer runs for a second (RFC 6298), and of a copy that a router lets pass so late nothing tells."""
REORDERING_SPAN: Final = 3 * MILLISECOND
"""A reordered segment is at most this late, where no round trip was measured; and so soon nobody
sends again for sure, where nothing but time tells."""
CAPTURE_BEGINNING: Final = 1_000 * MILLISECOND
"""For this long after a capture began inside a connection, losses before it are still repaired."""
MOST_SKIPPED_IDS: Final = 8
"""A sender that numbers its packets one by one may skip this many IP identifications; more is a
jump, and tells nothing."""
BACKWARD_ID_STEP: Final = 0x10000 - 4096
"""From here on (modulo 2**16), a step between two IP identifications goes backwards, by 4096 at
most: the packet was sent earlier and was overtaken."""
CLOSE_BACKWARD_ID_STEP: Final = 0x10000 - 64
"""The same limit where the sender's last two IP identifications were not consecutive: only a step
back by 64 at most is taken for an overtaken packet."""
MOST_PENDING_RANGES: Final = 32
"""Holes, and ranges sent again, that are remembered for one endpoint."""

# Sizes, in bytes unless said otherwise

TINY_SEGMENT: Final = 128
"""A segment with less payload is tiny."""
TINY_RUN: Final = 8
"""From this many on, tiny segments that follow each other are a habit."""
TYPING_WAIT: Final = 20 * MILLISECOND
"""Time between tiny segments (ns): a slower sender may be a person who types."""
SMALL_WINDOW: Final = 536
"""A smaller window takes no full segment on any path: the default maximum segment size (RFC 9293,
section 3.7.1)."""
MOST_OPTIONS: Final = 40
"""What TCP's options may take of each segment."""
LARGEST_SEGMENT: Final = 1460
"""The payload of one Ethernet frame; more may be several segments that a network card joined."""
MOST_ROUND_SEGMENTS: Final = 64
"""A window of more full segments than this is hardly filled within one round trip."""
