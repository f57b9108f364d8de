"""Transfers of many kinds between two kernels, and what the sender's kernel says held them back.

The server sends, and the tap stands beside it: what is captured is what the sender sees.
"""

import fcntl
import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.lab.relay import Line, Sent, Wire

KB = 1000
LASTS = 2.2
"""Seconds for which a sender writes."""
LONGEST = 9.0
"""Seconds that a transfer may take."""
SIOCOUTQ = 0x5411
LIMITS_AT = 168
"""Where `struct tcp_info` has busy time, and of it limited by window and by send buffer."""


class KernelTimes(NamedTuple):
    """What `tcp_info` has of a sender at the end of its transfer, in seconds and pieces."""

    busy: float
    receive_window: float
    send_buffer: float
    least_round_trip: float
    retransmissions: int
    delivered_marked: int
    doubles_reported: int
    reorderings_seen: int


class Transfer(NamedTuple):
    """How much is written and read at a time, and how long either end rests after that; buffers
    of 0 bytes are left to the kernel."""

    kind: str
    line: Line
    send_buffer: int = 0
    receive_buffer: int = 0
    write: int = 64 * KB
    rest_after_write: float = 0.0
    read: int = 64 * KB
    rest_after_read: float = 0.0
    no_delay: bool = False
    control: str = "cubic"


def line_of(chance: random.Random, shortest: float = 5, longest: float = 120) -> Line:
    """A line whose whole delay lies between the sender and the client, in ms."""
    return Line(near=chance.uniform(shortest, longest) / 2, far=0)


def lossy(line: Line, chance: random.Random, share: float) -> Line:
    """The line, which loses a share of the sender's data behind the tap."""

    def lost(sent: Sent) -> bool:
        return sent.from_server and sent.length > 0 and chance.random() < share

    line.lost_near = lost
    return line


def narrow(line: Line, chance: random.Random) -> Line:
    """The line with a narrow part, and a queue before it."""
    line.rate = chance.choice((60, 120, 250, 500)) * KB
    line.queue = chance.choice((15, 30, 60)) * KB
    return line


Make = Callable[[random.Random], Transfer]
MAKERS: list[Make] = []


def kind(make: Make) -> Make:
    """Register a kind of transfer."""
    MAKERS.append(make)
    return make


@kind
def small_send_buffer(chance: random.Random) -> Transfer:
    size = chance.choice((2, 4, 8, 16, 32, 64)) * 1024
    write = chance.choice((1, 4, 16, 64)) * KB
    return Transfer("small send buffer", line_of(chance), send_buffer=size, write=write)


@kind
def small_send_buffer_and_large_writes(chance: random.Random) -> Transfer:
    size = chance.choice((4, 8, 16, 32, 64, 128)) * 1024
    line = line_of(chance, 5, 60)
    return Transfer("small send buffer, large writes", line, send_buffer=size, write=400 * KB)


@kind
def small_receive_buffer(chance: random.Random) -> Transfer:
    size = chance.choice((4, 8, 16, 32, 64)) * 1024
    return Transfer("small receive buffer", line_of(chance), receive_buffer=size)


@kind
def slow_reader(chance: random.Random) -> Transfer:
    size = chance.choice((0, 16, 32)) * 1024
    pace = chance.choice((0.02, 0.1, 0.5))
    read = round(chance.choice((40, 100, 200)) * KB * pace)
    return Transfer(
        "slow reader", line_of(chance, 2, 60), receive_buffer=size, read=read, rest_after_read=pace
    )


@kind
def slow_writer(chance: random.Random) -> Transfer:
    pace = chance.choice((0.005, 0.02, 0.1, 0.3))
    write = chance.choice((0.5, 2, 10, 40)) * KB
    return Transfer(
        "slow writer", line_of(chance), write=round(write), rest_after_write=pace,
        no_delay=chance.random() < 0.5,
    )  # fmt: skip


@kind
def long_path(chance: random.Random) -> Transfer:
    return Transfer("long path", line_of(chance, 150, 250))


@kind
def loss(chance: random.Random) -> Transfer:
    share = chance.choice((0.005, 0.02, 0.05))
    return Transfer("loss", lossy(line_of(chance, 5, 60), chance, share))


@kind
def queue(chance: random.Random) -> Transfer:
    control = chance.choice(("reno", "cubic"))
    return Transfer("queue", narrow(line_of(chance, 5, 40), chance), control=control)


@kind
def loss_with_small_send_buffer(chance: random.Random) -> Transfer:
    size = chance.choice((8, 16, 32)) * 1024
    line = lossy(line_of(chance, 5, 60), chance, 0.005)
    write = chance.choice((64, 400)) * KB
    return Transfer("loss, small send buffer", line, send_buffer=size, write=write)


@kind
def queue_with_small_send_buffer(chance: random.Random) -> Transfer:
    size = chance.choice((8, 16, 64)) * 1024
    return Transfer(
        "queue, small send buffer", narrow(line_of(chance), chance), send_buffer=size,
        write=chance.choice((64, 400)) * KB,
    )  # fmt: skip


@kind
def queue_with_small_receive_buffer(chance: random.Random) -> Transfer:
    size = chance.choice((8, 16, 32)) * 1024
    line = narrow(line_of(chance), chance)
    return Transfer("queue, small receive buffer", line, receive_buffer=size)


@kind
def both_buffers_small(chance: random.Random) -> Transfer:
    sizes = chance.choice(((8, 32), (16, 16), (64, 8)))
    return Transfer(
        "both buffers small", line_of(chance), send_buffer=sizes[0] * 1024,
        receive_buffer=sizes[1] * 1024, write=chance.choice((64, 400)) * KB,
    )  # fmt: skip


@kind
def writer_that_rests(chance: random.Random) -> Transfer:
    return Transfer(
        "small send buffer, rests", line_of(chance, 5, 60), send_buffer=16 * 1024,
        write=100 * KB, rest_after_write=0.4,
    )  # fmt: skip


def transfer_of(number: int, seed: int) -> Transfer:
    """The transfer with this number: the kinds come in turns."""
    chance = random.Random(f"{seed} {number}")
    made = MAKERS[number % len(MAKERS)](chance)
    return made._replace(control=chance.choice(("reno", "cubic", "bbr")))


def kernel_times(sender: socket.socket) -> KernelTimes:
    """What the sender's kernel has counted so far."""
    info = sender.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 240)
    busy, window, buffer = struct.unpack_from("QQQ", info, LIMITS_AT)
    (retransmissions,) = struct.unpack_from("I", info, 100)
    (least,) = struct.unpack_from("I", info, 148)
    marked, doubles, reorderings = (struct.unpack_from("I", info, at)[0] for at in (196, 216, 220))
    return KernelTimes(
        busy / 1e6, window / 1e6, buffer / 1e6, least / 1e6, retransmissions, marked, doubles,
        reorderings,
    )  # fmt: skip


def play(wire: Wire, port: int, transfer: Transfer) -> KernelTimes:
    """Let the server write for some time, and return what its kernel says when all is
    acknowledged."""
    listener = wire.server.open_socket(port)
    listener.listen()
    caller = wire.client.open_socket()
    if transfer.receive_buffer:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, transfer.receive_buffer // 2)
    client, server = wire.call(caller, listener, port)
    if transfer.send_buffer:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, transfer.send_buffer // 2)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, transfer.control.encode())
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, transfer.no_delay)
    ends = time.monotonic() + LASTS

    def read() -> None:
        while client.recv(transfer.read):
            time.sleep(transfer.rest_after_read if time.monotonic() < ends else 0)

    reader = threading.Thread(target=read)
    reader.start()
    client.sendall(b"go")
    server.recv(2)
    piece = b"d" * transfer.write
    while time.monotonic() < ends:
        server.sendall(piece)
        time.sleep(transfer.rest_after_write)
    while unacknowledged(server) and time.monotonic() < ends + LONGEST:
        time.sleep(0.005)
    times = kernel_times(server)
    server.close()
    reader.join()
    client.close()
    return times


def unacknowledged(sender: socket.socket) -> int:
    """Bytes in the send buffer."""
    return int(struct.unpack("i", fcntl.ioctl(sender, SIOCOUTQ, b"\0\0\0\0"))[0])
