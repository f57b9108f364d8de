"""Connections that are slow for a known reason: made by real kernels, or by the wire.

Each story's decorator says which findings must be there; besides these nothing above a note may
be found.
"""

import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from tests.lab.relay import FIN, SYN, Hold, Line, Sent, Wire

NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Story(NamedTuple):
    """What is played, over which line, and which kinds with their sides must be found."""

    name: str
    play: Callable[[Wire, int], None]
    make_line: Callable[[], Line]
    kinds: dict[str, str]

    @property
    def true_kinds(self) -> set[str]:
        """The kinds that may be found: the story's own and what the kernels sometimes do."""
        return {*self.kinds, *SOMETIMES.get(self.name, ())}


STORIES: list[Story] = []
SOMETIMES: dict[str, frozenset[str]] = {"tail_lost": frozenset({"stall_rto"})}
"""What the kernels do besides in some plays: the timer runs out though a probe was sent."""


def story(make_line: Callable[[], Line] = Line, **kinds: str) -> Callable[..., Callable[..., None]]:
    """Register a story; ``kinds`` names each finding's side."""

    def register(play: Callable[[Wire, int], None]) -> Callable[[Wire, int], None]:
        STORIES.append(Story(play.__name__, play, make_line, kinds))
        return play

    return register


def read(end: socket.socket, size: int) -> None:
    """Receive ``size`` bytes."""
    while size > 0:
        got = len(end.recv(min(size, 65536)))
        assert got, "closed too early"
        size -= got


def close(*ends: socket.socket) -> None:
    for end in ends:
        end.close()


def ask(client: socket.socket, server: socket.socket, think: float = 0) -> None:
    """A request and its answer."""
    client.sendall(b"q" * 100)
    read(server, 100)
    time.sleep(think)
    server.sendall(b"a" * 600)
    read(client, 600)


def download(client: socket.socket, server: socket.socket, size: int) -> None:
    """A request, and an answer of ``size`` bytes."""
    client.sendall(b"q" * 100)
    read(server, 100)
    sender = threading.Thread(target=server.sendall, args=(b"d" * size,))
    sender.start()
    read(client, size)
    sender.join()


@story()
def clean_turns(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    for _ in range(20):
        ask(client, server)
    close(client, server)


@story()
def clean_download(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 400_000)
    close(server, client)


@story()
def clean_upload(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    sender = threading.Thread(target=client.sendall, args=(b"d" * 400_000,))
    sender.start()
    read(server, 400_000)
    sender.join()
    server.sendall(b"thanks")
    read(client, 6)
    close(client, server)


@story()
def clean_keystrokes(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    for end in (client, server):
        end.setsockopt(*NODELAY)
    for _ in range(25):
        client.sendall(b"k" * 36)
        read(server, 36)
        server.sendall(b"e" * 36)
        read(client, 36)
        time.sleep(0.06)
    close(client, server)


@story()
def clean_keep_alive(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    ask(client, server)
    time.sleep(2.5)
    ask(client, server)
    close(client, server)


@story()
def clean_half_close(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    client.sendall(b"q" * 100)
    client.shutdown(socket.SHUT_WR)
    read(server, 100)
    assert server.recv(1) == b""
    for _ in range(5):
        server.sendall(b"d" * 3000)
        time.sleep(0.05)
    read(client, 15_000)
    close(server, client)


@story()
def clean_pipeline(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    client.setsockopt(*NODELAY)
    for _ in range(20):
        client.sendall(b"r" * 60)
    read(server, 1200)
    for _ in range(20):
        server.sendall(b"a" * 900)
    read(client, 18_000)
    close(client, server)


@story(lambda: Line(1, 39))
def clean_both_ways(wire: Wire, port: int) -> None:
    ends = wire.connect(port)
    work = [threading.Thread(target=end.sendall, args=(b"u" * 100_000,)) for end in ends]
    work += [threading.Thread(target=read, args=(end, 100_000)) for end in ends]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    close(*ends)


def numbered(*numbers: int) -> Callable[[Sent], bool]:
    """The first copies of the server's data segments with these numbers."""
    return lambda sent: sent.from_server and sent.number in numbers


def losing(
    side: str, lost: Callable[[Sent], bool], near: float = 1, far: float = 9
) -> Callable[[], Line]:
    """A line that loses at one side, ``near`` the client or ``far`` from it, or at the tap."""

    def make() -> Line:
        line = Line(near, far)
        setattr(line, "missed" if side == "tap" else f"lost_{side}", lost)
        return line

    return make


@story(losing("far", numbered(10, 40)), loss_before_capture="server")
def lost_before(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


@story(losing("near", numbered(10, 40)), loss_after_capture="server")
def lost_after(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


@story(losing("tap", numbered(10, 11, 40)), capture_loss="server")
def lost_by_the_capture(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


IN_A_ROW = numbered(*range(30, 42))


@story(losing("far", IN_A_ROW, 1, 39), loss_before_capture="server")
def burst_lost_before(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


@story(losing("near", IN_A_ROW, 60, 1), loss_after_capture="server")
def burst_lost_after(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


@story(losing("tap", lambda sent: sent.pure_ack))
def only_acks_not_captured(wire: Wire, port: int) -> None:
    """What they acknowledged was captured."""
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


def for_a_while(seconds: float, which: Callable[[Sent], bool]) -> Callable[[Sent], bool]:
    """What fits, from the first time it fits and for some seconds."""
    began: list[int] = []

    def lost(sent: Sent) -> bool:
        if which(sent):
            began.append(sent.time)
        return bool(began) and which(sent) and sent.time - began[0] < seconds * 1e9

    return lost


def server_data(sent: Sent) -> bool:
    return sent.from_server and sent.length > 0


def client_data(sent: Sent) -> bool:
    return not sent.from_server and sent.length > 0


@story(
    losing("near", for_a_while(0.9, server_data)),
    stall_rto="server",
    loss_after_capture="server",
)
def back_off_after(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    ask(client, server)
    close(client, server)


@story(
    losing("near", for_a_while(0.3, client_data)),
    stall_rto="client",
    loss_before_capture="client",
)
def request_lost_before(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    ask(client, server)
    close(client, server)


@story(
    losing("far", for_a_while(0.3, client_data)),
    stall_rto="client",
    loss_after_capture="client",
)
def request_lost_after(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    ask(client, server)
    close(client, server)


def acks_of_data(seconds: float) -> Callable[[Sent], bool]:
    """The client's ACKs from the server's first data on, for some seconds."""
    began: list[int] = []

    def lost(sent: Sent) -> bool:
        if sent.from_server and sent.length:
            began.append(sent.time)
        return bool(began) and sent.pure_ack and sent.time - began[0] < seconds * 1e9

    return lost


@story(
    losing("near", acks_of_data(0.3)),
    spurious_timeout="server",
    not_lost="server",
    loss_after_capture="server",
)
def acks_lost(wire: Wire, port: int) -> None:
    """The server sends its data again for want of an ACK. D-SACK shows that it had arrived,
    except for the tail that it sent again while the D-SACKs were lost too."""
    client, server = wire.connect(port)
    server.sendall(b"a" * 3000)
    read(client, 3000)
    time.sleep(0.8)
    close(client, server)


@story(losing("far", lambda sent: bool(sent.flags & SYN) and first(sent)), stall_syn_retry="client")
def syn_lost(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    ask(client, server)
    close(client, server)


def first(sent: Sent, seen: dict[int, int] = {}) -> bool:  # noqa: B006
    """Whether this sequence number is seen for the first time."""
    seen[sent.seq] = seen.get(sent.seq, 0) + 1
    return seen[sent.seq] == 1


def opening(sent: Sent) -> bool:
    return sent.from_server and bool(sent.flags & SYN)


@story(losing("near", for_a_while(0.5, opening)), stall_syn_retry="client")
def syn_ack_lost(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    ask(client, server)
    close(client, server)


def closing(sent: Sent) -> bool:
    return not sent.from_server and bool(sent.flags & FIN)


@story(losing("far", for_a_while(0.1, closing)), stall_rto="client", loss_after_capture="client")
def fin_lost(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    ask(client, server)
    client.close()
    assert server.recv(1) == b""
    server.close()


def write_write_read(wire: Wire, port: int, nodelay: bool) -> None:
    client, server = wire.connect(port)
    if nodelay:
        client.setsockopt(*NODELAY)
    for _ in range(30):
        client.sendall(b"head" * 10)
        client.sendall(b"body" * 10)
        read(server, 80)
        server.sendall(b"a" * 60)
        read(client, 60)
    close(client, server)


@story(stall_delayed_ack_nagle="client", write_write_read="client")
def delayed_ack_and_nagle(wire: Wire, port: int) -> None:
    write_write_read(wire, port, nodelay=False)


@story(lambda: Line(1, 39), stall_delayed_ack_nagle="client", write_write_read="client")
def delayed_ack_and_nagle_far_away(wire: Wire, port: int) -> None:
    write_write_read(wire, port, nodelay=False)


@story()
def clean_with_nodelay(wire: Wire, port: int) -> None:
    write_write_read(wire, port, nodelay=True)


@story(stall_zero_window="client")
def sleeping_reader(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    client.sendall(b"q" * 100)
    read(server, 100)
    sender = threading.Thread(target=server.sendall, args=(b"d" * 150_000,))
    sender.start()
    time.sleep(1.2)
    read(client, 150_000)
    sender.join()
    close(server, client)


@story(stall_zero_window="server")
def sleeping_server(wire: Wire, port: int) -> None:
    listener = wire.server.open_socket(port)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
    listener.listen()
    client, server = wire.call(wire.client.open_socket(), listener, port)
    sender = threading.Thread(target=client.sendall, args=(b"u" * 100_000,))
    sender.start()
    time.sleep(1.8)
    read(server, 100_000)
    sender.join()
    close(client, server)


@story(lambda: Line(2, 23), stall_window_limited="client")
def tiny_receive_buffer(wire: Wire, port: int) -> None:
    listener = wire.server.open_socket(port)
    listener.listen()
    caller = wire.client.open_socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    client, server = wire.call(caller, listener, port)
    download(client, server, 100_000)
    close(server, client)


@story(stall_server_think="server")
def thinking_server(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    ask(client, server)
    ask(client, server, think=0.6)
    close(client, server)


USER_TIMEOUT = (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1500)


@story(
    losing("far", lambda sent: client_data(sent) and sent.number != 1),
    half_open_reset="client",
    stall_rto="client",
    loss_after_capture="client",
)
def client_gives_up(wire: Wire, port: int) -> None:
    """Its kernel's time-out tells the server nothing; what comes later is answered by a RST."""
    client, server = wire.connect(port)
    ask(client, server)
    client.setsockopt(*USER_TIMEOUT)
    client.sendall(b"q" * 100)
    with suppress(TimeoutError):
        client.recv(1)
    server.sendall(b"late")
    time.sleep(0.1)
    close(client, server)


@story()
def late_request(wire: Wire, port: int) -> None:
    """Nobody can tell whether a user or a program made it wait."""
    client, server = wire.connect(port)
    time.sleep(1)
    ask(client, server)
    close(client, server)


@story(stall_sender_idle="client")
def slow_client(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    for _ in range(2):
        ask(client, server)
        time.sleep(0.5)
    ask(client, server)
    close(client, server)


@story(stall_sender_idle="server")
def hesitating_server(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 50_000)
    time.sleep(0.5)
    server.sendall(b"d" * 20_000)
    read(client, 20_000)
    close(server, client)


def narrow() -> Line:
    line = Line()
    line.rate, line.queue = 400_000, 12_000
    return line


@story(
    losing("near", numbered(20, 21), far=39), tail_loss_probe="server", loss_after_capture="server"
)
def tail_lost(wire: Wire, port: int) -> None:
    """The last two of 21 segments: the kernel probes with the last one, before its timer."""
    client, server = wire.connect(port)
    download(client, server, 30_000)
    close(server, client)


@story(losing("near", numbered(20), far=39), rack_repair="server", loss_after_capture="server")
def last_but_one_lost(wire: Wire, port: int) -> None:
    """One segment alone can be reported: no fast retransmission, but RACK's timer."""
    client, server = wire.connect(port)
    download(client, server, 30_000)
    close(server, client)


@story(lambda: Line(1, 59), many_turns="client")
def chatty_client(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    for _ in range(25):
        ask(client, server)
    close(client, server)


@story(narrow, loss_after_capture="server")
def narrow_queue(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 250_000)
    close(server, client)


def long_queue() -> Line:
    line = Line()
    line.rate, line.queue = 500_000, 2_000_000
    return line


@story(long_queue, queue_delay="server", shaped="server")
def bufferbloat(wire: Wire, port: int) -> None:
    """A transfer fills a queue in which nothing is lost: that harms only what shares the path."""
    client, server = wire.connect(port)
    download(client, server, 1_500_000)
    close(server, client)


def policing() -> Line:
    line = Line()
    line.policer, line.queue = 500_000, 40_000
    return line


@story(policing, policed="server")
def policer(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 1_500_000)
    close(server, client)


def holding(side: str) -> Callable[[], Line]:
    """A line on which everything stands still for a while at one side of the tap."""

    def make() -> Line:
        line = Line()
        setattr(line, f"held_{side}", Hold(20, 0.6))
        return line

    return make


@story(holding("far"), delay_spike="server")
def held_before(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


@story(holding("near"), spurious_timeout="server")
def held_after(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 200_000)
    close(server, client)


def reordering() -> Line:
    line = Line()
    line.late = {12: 4, 30: 4}
    return line


@story(reordering, reordered="server")
def other_order(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 100_000)
    close(server, client)


def much_reordering() -> Line:
    line = Line()
    line.late = dict.fromkeys(range(10, 200, 13), 6)
    return line


@story(much_reordering, reordered="server")
def order_of_many_changed(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 250_000)
    close(server, client)


def doubling() -> Line:
    line = Line()
    line.twice = True
    return line


@story(doubling)
def captured_twice(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    for _ in range(3):
        ask(client, server)
    download(client, server, 50_000)
    close(server, client)


def echoing() -> Line:
    line = Line()
    line.doubled = frozenset(range(5, 60, 9))
    return line


@story(echoing, duplicated="server")
def doubled_by_the_path(wire: Wire, port: int) -> None:
    """The client has them twice as well, and says so."""
    client, server = wire.connect(port)
    download(client, server, 100_000)
    close(server, client)


@story(tinygrams="client")
def one_byte_writes(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    client.setsockopt(*NODELAY)
    for _ in range(300):
        client.sendall(b"x")
        time.sleep(0.0005)
    read(server, 300)
    server.sendall(b"done")
    read(client, 4)
    close(client, server)


LOSSY = range(6)
LOSS = 0.02


def lossy_line(number: int) -> Line:
    """Loses the server's data at random on both sides of the tap, at some distance from it."""
    chance = random.Random(number)
    line = Line(near=chance.choice((0.2, 2, 8)), far=chance.choice((1, 5, 20)))

    def lost(sent: Sent) -> bool:
        return server_data(sent) and chance.random() < LOSS

    line.lost_near = line.lost_far = lost
    return line


def lossy_download(wire: Wire, port: int) -> None:
    client, server = wire.connect(port)
    download(client, server, 300_000)
    close(server, client)
