"""What two kernels are made to do, and what tcptui must say of it at the end.

Each scenario is a function that plays the story and is told apart by its docstring; what is
expected stands in its decorator: both states with their certainty, opening, closing, and the
kinds of findings that must be among those given.
"""

import socket
import struct
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.lab.network import PORT, Lab

LINGER_0 = struct.pack("ii", 1, 0)
MSG_FASTOPEN = 0x20000000
MOMENT = 0.15


class Untold(NamedTuple):
    """A difference from the kernel that no captured segment tells of."""

    side: str
    ours: str
    kernel: str
    reason: str


class Scenario(NamedTuple):
    """A story, and what must be found at its end."""

    name: str
    play: Callable[[Lab], None]
    client: str
    server: str
    opening: str
    closing: str
    kinds: frozenset[str]
    exceptions: tuple[Untold, ...]


SCENARIOS: list[Scenario] = []


def scenario(
    client: str,
    server: str,
    opening: str = "three-way",
    closing: str = "four-way",
    kinds: str = "",
    exceptions: tuple[Untold, ...] = (),
) -> Callable[[Callable[[Lab], None]], Callable[[Lab], None]]:
    def register(play: Callable[[Lab], None]) -> Callable[[Lab], None]:
        SCENARIOS.append(
            Scenario(
                play.__name__, play, client, server, opening, closing,
                frozenset(kinds.split()), exceptions,
            )
        )  # fmt: skip
        return play

    return register


def talk(caller: socket.socket, callee: socket.socket) -> None:
    """A question and its answer."""
    caller.sendall(b"question")
    callee.recv(100)
    callee.sendall(b"answer")
    caller.recv(100)
    time.sleep(MOMENT)


@scenario("TIME-WAIT seen", "CLOSED assumed")
def client_closes_first(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    time.sleep(MOMENT)
    talk(caller, callee)
    caller.close()
    time.sleep(MOMENT)
    callee.close()
    time.sleep(MOMENT)


@scenario("CLOSED assumed", "TIME-WAIT seen")
def server_closes_first(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    callee.close()
    time.sleep(MOMENT)
    caller.close()
    time.sleep(MOMENT)


@scenario("TIME-WAIT seen", "CLOSED assumed", closing="three-way")
def three_segment_close(lab: Lab) -> None:
    """The server closes before its ACK of the FIN has left."""
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    callee.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
    caller.shutdown(socket.SHUT_WR)
    callee.recv(1)
    callee.close()
    time.sleep(MOMENT)


@scenario("TIME-WAIT seen", "CLOSED assumed", kinds="half_close_used")
def half_close(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    caller.shutdown(socket.SHUT_WR)
    time.sleep(MOMENT)
    for _ in range(3):
        callee.sendall(b"more" * 100)
        time.sleep(MOMENT)
    callee.close()
    time.sleep(MOMENT)
    caller.close()


@scenario("TIME-WAIT assumed", "TIME-WAIT assumed", closing="simultaneous")
def simultaneous_close(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    lab.slow_down()
    caller.close()
    callee.close()
    time.sleep(0.6)


@scenario("CLOSED assumed", "CLOSED seen", closing="reset", kinds="abort_unread_data")
def abort_with_unread_data(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    caller.sendall(b"never read")
    time.sleep(MOMENT)
    callee.close()
    time.sleep(MOMENT)


@scenario("CLOSED seen", "CLOSED assumed", closing="reset", kinds="abort")
def abort_by_linger(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    caller.close()
    time.sleep(MOMENT)


@scenario("CLOSED assumed", "CLOSED seen", opening="refused", closing="reset", kinds="refused")
def refused(lab: Lab) -> None:
    caller = lab.client.open_socket()
    try:
        caller.connect((lab.server.address, PORT))
    except ConnectionRefusedError:
        time.sleep(MOMENT)


@scenario(
    "SYN-SENT seen", "LISTEN assumed", opening="unanswered", closing="open", kinds="syn_unanswered"
)
def unanswered(lab: Lab) -> None:
    lab.server.listen()
    lab.server.drop("input", "tcp flags syn")
    caller = lab.client.open_socket()
    caller.setblocking(False)
    caller.connect_ex((lab.server.address, PORT))
    time.sleep(3.5)


@scenario("ESTABLISHED seen", "ESTABLISHED assumed", closing="open", kinds="stall_syn_retry")
def answered_late(lab: Lab) -> None:
    listener = lab.server.listen()
    lab.server.drop("input", "tcp flags syn")
    caller = lab.client.open_socket()
    caller.setblocking(False)
    caller.connect_ex((lab.server.address, PORT))
    time.sleep(0.5)
    lab.server.let_through()
    time.sleep(1.0)
    lab.accept(listener)


@scenario(
    "FIN-WAIT-2 assumed",
    "CLOSE-WAIT seen",
    closing="half-closed",
)
def server_never_closes(lab: Lab) -> None:
    """The capture ends with the client's close, so nothing in it tells that the server hangs."""
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    caller.close()
    time.sleep(1.0)


@scenario(
    "CLOSED assumed",
    "CLOSED seen",
    closing="reset",
    kinds="half_open_reset",
    exceptions=(
        Untold("server", "ESTABLISHED", "CLOSED", "killed without a segment"),
        Untold("server", "ESTABLISHED", "LISTEN", "killed without a segment"),
    ),
)
def killed_peer(lab: Lab) -> None:
    """The server's process dies while its cable is out; later the client's data meets a RST."""
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    lab.server.drop("output", "meta l4proto tcp")
    lab.server.drop("input", "meta l4proto tcp")
    caller.sendall(b"anybody there?")
    time.sleep(0.6)
    callee.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    callee.close()
    time.sleep(0.5)
    lab.server.let_through()
    time.sleep(2.2)


@scenario("TIME-WAIT seen", "CLOSED assumed", kinds="fast_open")
def fast_open(lab: Lab) -> None:
    for host in lab.hosts:
        host.set(tcp_fastopen=0x607)
    listener = lab.server.open_socket(PORT)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    listener.listen()
    caller = lab.client.open_socket()
    caller.sendto(b"question", MSG_FASTOPEN, (lab.server.address, PORT))
    callee = lab.accept(listener)
    callee.recv(100)
    callee.sendall(b"answer")
    caller.recv(100)
    time.sleep(MOMENT)
    caller.close()
    time.sleep(MOMENT)
    callee.close()
    time.sleep(MOMENT)


@scenario(
    "ESTABLISHED seen",
    "ESTABLISHED seen",
    opening="simultaneous",
    closing="open",
)
def simultaneous_open(lab: Lab) -> None:
    callers = [lab.client.open_socket(7001), lab.server.open_socket(7002)]
    lab.slow_down()
    for caller, host, port in zip(callers, lab.hosts[::-1], (7002, 7001), strict=True):
        caller.setblocking(False)
        caller.connect_ex((host.address, port))
    time.sleep(0.6)


@scenario("TIME-WAIT seen", "CLOSED assumed", opening="simultaneous", kinds="")
def simultaneous_open_in_use(lab: Lab) -> None:
    callers = [lab.client.open_socket(7001), lab.server.open_socket(7002)]
    lab.slow_down()
    for caller, host, port in zip(callers, lab.hosts[::-1], (7002, 7001), strict=True):
        caller.setblocking(False)
        caller.connect_ex((host.address, port))
    time.sleep(0.6)
    lab.speed_up()
    for caller in callers:
        caller.setblocking(True)
    talk(*callers)
    callers[0].close()
    time.sleep(MOMENT)
    callers[1].close()
    time.sleep(MOMENT)


@scenario(
    "ESTABLISHED seen",
    "ESTABLISHED assumed",
    closing="open",
    kinds="syn_ack_repeated stall_syn_retry",
)
def syn_ack_lost(lab: Lab) -> None:
    """Behind the tap: captured, but it never arrives."""
    listener = lab.server.listen()
    lab.client.drop("input", "tcp flags syn,ack")
    caller = lab.client.open_socket()
    caller.setblocking(False)
    caller.connect_ex((lab.server.address, PORT))
    time.sleep(0.5)
    lab.client.let_through()
    time.sleep(1.0)
    lab.accept(listener)


@scenario(
    "ESTABLISHED seen",
    "ESTABLISHED assumed",
    closing="open",
    kinds="syn_ack_repeated",
    exceptions=(Untold("server", "ESTABLISHED", "SYN-RECEIVED", "the ACK is lost behind the tap"),),
)
def handshake_ack_lost(lab: Lab) -> None:
    listener = lab.server.listen()
    lab.server.drop("input", "tcp flags & (syn|ack) == ack")
    caller = lab.client.open_socket()
    caller.connect((lab.server.address, PORT))
    time.sleep(0.5)
    lab.server.let_through()
    time.sleep(2.2)
    lab.accept(listener)


@scenario(
    "TIME-WAIT seen",
    "CLOSED assumed",
    exceptions=(Untold("server", "CLOSED", "LAST-ACK", "the last ACK is lost behind the tap"),),
)
def last_ack_lost(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    caller.close()
    time.sleep(MOMENT)
    lab.server.drop("input", "tcp flags & (fin|ack) == ack")
    callee.close()
    time.sleep(0.5)
    lab.server.let_through()
    time.sleep(1.8)


@scenario(
    "TIME-WAIT seen",
    "CLOSED assumed",
    exceptions=(Untold("client", "FIN-WAIT-2", "FIN-WAIT-1", "the ACK of its FIN is lost"),),
)
def fin_ack_lost(lab: Lab) -> None:
    """The ACK of the first FIN is lost behind the tap."""
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    lab.client.drop("input", "tcp flags & (fin|ack) == ack")
    caller.close()
    time.sleep(0.5)
    lab.client.let_through()
    time.sleep(1.6)
    callee.close()
    time.sleep(MOMENT)


@scenario("TIME-WAIT seen", "CLOSED assumed")
def fin_lost(lab: Lab) -> None:
    """The first FIN is lost behind the tap and sent again."""
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    lab.server.drop("input", "tcp flags fin")
    caller.close()
    time.sleep(0.3)
    lab.server.let_through()
    time.sleep(1.6)
    callee.close()
    time.sleep(MOMENT)


@scenario(
    "ESTABLISHED assumed",
    "ESTABLISHED seen",
    closing="open",
    exceptions=(
        Untold("client", "ESTABLISHED", "FIN-WAIT-1", "the FIN waits behind a closed window"),
    ),
)
def fin_behind_closed_window(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    callee.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    caller.setblocking(False)
    try:
        while True:
            caller.send(b"." * 65536)
    except BlockingIOError:
        time.sleep(0.5)
    caller.setblocking(True)
    caller.close()
    time.sleep(0.7)


@scenario("CLOSED seen", "CLOSED assumed", closing="reset", kinds="rst_after_fin")
def data_after_close(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    caller.close()
    time.sleep(MOMENT)
    callee.sendall(b"too late")
    time.sleep(MOMENT)


@scenario(
    "CLOSED seen", "LISTEN assumed", opening="incomplete", closing="reset", kinds="opener_gone"
)
def probed(lab: Lab) -> None:
    """A SYN without a socket behind it: the client's own kernel resets the answer."""
    lab.server.listen()
    with lab.client.inside():
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    syn = struct.pack("!HHIIHHHH", 7003, PORT, 1000, 0, 5 << 12 | 2, 1024, 0, 0)
    ends = socket.inet_aton(lab.client.address) + socket.inet_aton(lab.server.address)
    pseudo = ends + struct.pack("!BBH", 0, 6, len(syn)) + syn
    total = sum(struct.unpack(f"!{len(pseudo) // 2}H", pseudo))
    total = (total & 0xFFFF) + (total >> 16)
    raw.sendto(syn[:16] + struct.pack("!HH", ~total & 0xFFFF, 0), (lab.server.address, 0))
    time.sleep(MOMENT)


@scenario("ESTABLISHED seen", "ESTABLISHED assumed", closing="open", kinds="port_reuse")
def port_reused_over_time_wait(lab: Lab) -> None:
    """The second connection; the server still holds the first one in TIME-WAIT."""
    listener = lab.server.listen()
    caller, callee = lab.connect(listener, 7004)
    talk(caller, callee)
    callee.close()
    time.sleep(MOMENT)
    caller.close()
    time.sleep(1.1)
    lab.connect(listener, 7004)
    time.sleep(MOMENT)


@scenario(
    "ESTABLISHED seen",
    "ESTABLISHED assumed",
    closing="open",
    kinds="keep_alive_unanswered",
    exceptions=(
        Untold("server", "ESTABLISHED", "CLOSED", "killed without a segment"),
        Untold("server", "ESTABLISHED", "LISTEN", "killed without a segment"),
    ),
)
def keep_alive_unanswered(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    talk(caller, callee)
    time.sleep(1.2)
    lab.server.drop("input", "meta l4proto tcp")
    time.sleep(3.1)
    lab.server.drop("output", "meta l4proto tcp")
    callee.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    callee.close()
    time.sleep(MOMENT)


@scenario("FIN-WAIT-1 seen", "ESTABLISHED assumed", closing="half-closed")
def fin_unanswered(lab: Lab) -> None:
    caller, callee = lab.connect(lab.server.listen())
    talk(caller, callee)
    lab.server.drop("input", "meta l4proto tcp")
    caller.close()
    time.sleep(0.8)


@scenario(
    "CLOSED assumed",
    "TIME-WAIT seen",
    kinds="fast_open syn_ack_repeated",
    exceptions=(
        Untold("server", "ESTABLISHED", "SYN-RECEIVED", "the client's ACK is lost behind the tap"),
        Untold("server", "FIN-WAIT-2", "FIN-WAIT-1", "the ACK of its FIN is lost behind the tap"),
    ),
)
def closes_before_established(lab: Lab) -> None:
    """Fast Open lets a server close in SYN-RECEIVED: its FIN overtakes the client's ACK."""
    for host in lab.hosts:
        host.set(tcp_fastopen=0x607)
    listener = lab.server.open_socket(PORT)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    listener.listen()
    caller = lab.client.open_socket()
    lab.server.drop("input", "tcp flags & (syn|ack) == ack")
    caller.sendto(b"question", MSG_FASTOPEN, (lab.server.address, PORT))
    callee = lab.accept(listener)
    callee.recv(100)
    time.sleep(MOMENT)
    callee.close()
    time.sleep(MOMENT)
    lab.server.let_through()
    time.sleep(2.2)
    caller.close()
    time.sleep(MOMENT)


@scenario("CLOSED assumed", "TIME-WAIT seen")
def lossy_transfer(lab: Lab) -> None:
    """Every tenth segment of the client is lost behind the tap."""
    caller, callee = lab.connect(lab.server.listen())
    caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    lab.server.drop("input", "tcp flags & (syn|fin) == 0 numgen inc mod 10 == 0")
    caller.sendall(b"." * 20_000)
    got = 0
    while got < 20_000:
        got += len(callee.recv(65536))
    callee.sendall(b"thanks")
    caller.recv(100)
    lab.server.let_through()
    callee.close()
    time.sleep(0.6)
    caller.close()
    time.sleep(MOMENT)
