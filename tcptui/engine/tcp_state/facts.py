"""What the state machines remember of a connection, as bits.

Of an endpoint: *out* is what it sent, *in* what it received for certain (it acknowledged it),
*done* what its peer acknowledged.
"""

from typing import Final

SYN_OUT: Final = 1 << 0
SYN_ACK_OUT: Final = 1 << 1
FIN_OUT: Final = 1 << 2
RST_OUT: Final = 1 << 3
ACK_OUT: Final = 1 << 4
SYN_DONE: Final = 1 << 5
FIN_DONE: Final = 1 << 6
FIN_IN: Final = 1 << 7
RST_IN: Final = 1 << 8
SYN_DATA: Final = 1 << 9
"""Its SYN carried data (TCP Fast Open)."""
FIN_BRINGS_ACK: Final = 1 << 10
"""Its FIN acknowledged the peer's."""
FIN_GUESSED: Final = 1 << 11
"""Its FIN was not captured; what follows tells that there was one."""
PROBING: Final = 1 << 12
"""What it repeats are keep-alives."""

# Doubts: while one stands, the state is assumed.
UNPROVEN: Final = 1 << 0
"""Nobody answers the segment that changed the state; `otherwise` is the state without it."""
INSIDE: Final = 1 << 1
"""The capture began inside the connection."""
BLOCKED: Final = 1 << 2
"""The peer's window is closed: a FIN may wait behind the data."""
SILENT: Final = 1 << 3
"""It does not answer what the peer repeats: it may be gone."""
HOLE: Final = 1 << 4
"""Something at the end of one side's data was acknowledged but not captured: maybe a FIN."""
DEFERRED: Final = 1 << 5
"""An ACK of its FIN passed behind a FIN that it has not acknowledged yet."""

SKIPPED: Final = 1 << 6
"""Its last ACK has a number beyond all that was captured of it: maybe a FIN is missing."""

# Of a flow.
BEGAN_INSIDE: Final = 1 << 0
CROSSED_SYNS: Final = 1 << 1
WAS_REFUSED: Final = 1 << 2
SHOOK_HANDS: Final = 1 << 3
WAS_RESET: Final = 1 << 4
CROSSED_FINS: Final = 1 << 5
FIN_BROUGHT_FIRST_ACK: Final = 1 << 6
SERVER_SPOKE_FIRST: Final = 1 << 7
SPOKEN: Final = 1 << 8
"""Somebody sent data."""
