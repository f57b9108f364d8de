"""Tells what the kernel itself says of a flow's sockets on this host, beside what packets say."""

import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from tcptui.capture.live.owners.sock_diag import (
    KernelSocket,
    SockDiag,
    WrongAnswer,
    key_of,
    peer_key,
)
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.states import State, state_shown

STATES: Final = (
    *(State.CLOSED, State.ESTABLISHED, State.SYN_SENT, State.SYN_RECEIVED, State.FIN_WAIT_1),
    *(State.FIN_WAIT_2, State.TIME_WAIT, State.CLOSED, State.CLOSE_WAIT, State.LAST_ACK),
    *(State.LISTEN, State.CLOSING, State.SYN_RECEIVED),
)
"""By the kernel's numbers."""
OVER: Final = (State.CLOSED, State.TIME_WAIT)
REST: Final = 500_000_000
"""Nanoseconds without a segment; by then what was captured has been analysed too."""

WINDOWS: Final = struct.Struct("=II")
WINDOWS_AT: Final = 76  # slow-start threshold and congestion window, in segments
RETRANSMITTED: Final = struct.Struct("=I")
RETRANSMITTED_AT: Final = 100
MIN_RTT: Final = struct.Struct("=I")
MIN_RTT_AT: Final = 148  # microseconds
LIMITS: Final = struct.Struct("=QQQ")
LIMITS_AT: Final = 168  # busy, limited by the receive window, by the send buffer; microseconds
NO_THRESHOLD: Final = 0x7FFFFFFF
NO_RTT: Final = 0xFFFFFFFF
MICROSECOND: Final = 1000


class TcpInfo(NamedTuple):
    """Holds figures of a socket: windows in segments, times in nanoseconds; None where the kernel
    has none."""

    window: int
    threshold: int | None
    retransmitted: int
    min_rtt: int | None
    busy: int
    by_receive_window: int
    by_send_buffer: int


class KernelEnd(NamedTuple):
    """Holds what the kernel says of one end of a flow, and the state that its packets tell."""

    is_server: bool
    state: State
    by_packets: State
    info: TcpInfo | None
    is_at_rest: bool

    @property
    def disagrees(self) -> bool:
        """Whether the packets tell another state, and none is on its way."""
        return self.is_at_rest and self.state is not self.by_packets


def kernel_ends(kernel: SockDiag, flow: Flow, own: bool | None) -> Iterator[KernelEnd]:
    """Yield the ends of a flow that are sockets of this host.

    own: whether it is the server whose process was seen; where its socket is gone it is CLOSED.
    """
    client, server = flow.client, flow.server
    key = key_of(client.address, client.port, server.address, server.port)
    at_rest = time.time_ns() - flow.last_time >= REST
    for is_server, end in ((False, client), (True, server)):
        found: KernelSocket | None = None
        with suppress(OSError, WrongAnswer):
            found = kernel.socket_of(peer_key(key) if is_server else key)
            if found is None and own is not is_server:
                continue
            state = STATES[found.state] if found and found.state < len(STATES) else State.CLOSED
            by_packets = state_shown(end.state, end.certainty).state
            if found and by_packets in OVER and state is not by_packets:
                continue  # another connection has these addresses and ports by now
            info = tcp_info(found.info) if found else None
            yield KernelEnd(is_server, state, by_packets, info, at_rest)


def tcp_info(data: bytes) -> TcpInfo | None:
    """Read a tcp_info; None where the kernel is too old for all of these figures, or sent none."""
    if len(data) < LIMITS_AT + LIMITS.size:
        return None
    threshold, window = WINDOWS.unpack_from(data, WINDOWS_AT)
    (retransmitted,) = RETRANSMITTED.unpack_from(data, RETRANSMITTED_AT)
    (rtt,) = MIN_RTT.unpack_from(data, MIN_RTT_AT)
    return TcpInfo(
        window,
        None if threshold >= NO_THRESHOLD else threshold,
        retransmitted,
        None if rtt == NO_RTT else rtt * MICROSECOND,
        *(limit * MICROSECOND for limit in LIMITS.unpack_from(data, LIMITS_AT)),
    )
