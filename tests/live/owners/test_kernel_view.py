"""What the kernel says of a flow's sockets, from a recorded answer, and its words."""

import struct

import pytest

from tcptui.capture.live.owners.kernel_view import KernelEnd, TcpInfo, kernel_ends, tcp_info
from tcptui.capture.live.owners.sock_diag import KernelSocket, SockDiag, read_answer
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.states import State
from tcptui.panes.why.kernel import of_kernel
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import ethernet, ip, tcp
from tests.live.owners.recorded import CLIENT, SOCKET

FIN_WAIT_2 = 5
RST = 4
LIMITED = TcpInfo(10, 7, 2, 35_000, 1_200_000_000, 300_000_000, 20_000_000)


def recorded_info() -> bytes:
    found: list[KernelSocket] = []
    read_answer(SOCKET, 1, found)
    return found[0].info


def test_the_figures_of_a_socket() -> None:
    info = tcp_info(recorded_info())
    assert info is not None
    assert (info.window, info.threshold, info.retransmitted) == (11, None, 0)
    assert info.min_rtt is not None
    assert 0 < info.min_rtt < 1_000_000
    assert (info.by_receive_window, info.by_send_buffer) == (0, 0)


@pytest.mark.parametrize("size", [0, 1, 100, 191])
def test_an_older_kernel_has_fewer_figures(size: int) -> None:
    assert tcp_info(recorded_info()[:size]) is None


def test_what_is_not_known_is_none() -> None:
    data = bytearray(recorded_info())
    struct.pack_into("=I", data, 148, 0xFFFFFFFF)
    info = tcp_info(bytes(data))
    assert info is not None
    assert info.min_rtt is None


class OneSocket(SockDiag):
    """A kernel with the client's socket alone, or with none."""

    def __init__(self, state: int | None) -> None:
        self.state = state

    def socket_of(self, key: bytes) -> KernelSocket | None:
        if self.state is None or key != CLIENT:
            return None
        return KernelSocket(key, self.state, 0, 9, b"")


def midstream(*more: bytes) -> Flow:
    """A flow between the recorded socket's ends, of long ago."""
    local = bytes((127, 0, 0, 1))
    engine = new_engine()
    segments = [tcp(b"x", 41000, 7797), *more]
    feed(engine, [ethernet(ip(one, 6, local, local)) for one in segments], range(len(segments)))
    return engine.flows[0]


@pytest.mark.parametrize(
    ("state", "own", "ends"),
    [
        (1, None, [(False, State.ESTABLISHED, False)]),
        (FIN_WAIT_2, None, [(False, State.FIN_WAIT_2, True)]),
        (200, None, [(False, State.CLOSED, True)]),
        (None, False, [(False, State.CLOSED, True)]),
        (None, True, [(True, State.CLOSED, True)]),
        (None, None, []),
    ],
)
def test_ends(state: int | None, own: bool | None, ends: list[tuple[bool, State, bool]]) -> None:
    found = kernel_ends(OneSocket(state), midstream(), own)
    assert [(one.is_server, one.state, one.disagrees) for one in found] == ends


def test_a_later_connection_with_the_same_ports_is_not_this_one() -> None:
    reset = bytearray(tcp(b"", 41000, 7797))
    reset[13] = RST
    assert list(kernel_ends(OneSocket(1), midstream(bytes(reset)), False)) == []


def end(by_packets: State, info: TcpInfo | None, is_at_rest: bool = True) -> KernelEnd:
    return KernelEnd(False, State.CLOSE_WAIT, by_packets, info, is_at_rest)


@pytest.mark.parametrize(
    ("told", "sentences"),
    [
        (end(State.CLOSE_WAIT, None), ["Kernel: the client is CLOSE-WAIT."]),
        (
            end(State.CLOSE_WAIT, LIMITED),
            ["Kernel: the client is CLOSE-WAIT; window 10 segments, threshold 7; least round trip "
             "35 µs; 2 sent again; busy 1.20 s, 300 ms limited by the receive window, 20.0 ms "
             "limited by the send buffer."],
        ),
        (
            end(State.ESTABLISHED, None),
            ["The kernel disagrees: the client is CLOSE-WAIT, by the packets ESTABLISHED.",
             "Kernel: the client is CLOSE-WAIT."],
        ),
        (end(State.ESTABLISHED, None, is_at_rest=False), ["Kernel: the client is CLOSE-WAIT."]),
    ],
)  # fmt: skip
def test_words(told: KernelEnd, sentences: list[str]) -> None:
    assert list(of_kernel([told])) == sentences
