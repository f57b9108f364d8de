"""A wire in user space between two kernels: it delays, loses, reorders and captures as told.

Each connection has a server port of its own, and so a :class:`Line` of its own::

    client ── near ── tap ── far ── server

What a line loses before the tap was never captured, what it loses behind it was; what the tap
misses arrives all the same. Both ends are real kernels in network namespaces.
"""

import heapq
import multiprocessing
import os
import random
import selectors
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection
from struct import unpack
from typing import NamedTuple

from tests.lab.network import Host, run

ETH_P_ALL = 3
SOL_PACKET, PACKET_STATISTICS, PACKET_IGNORE_OUTGOING = 263, 6, 23
SO_RCVBUFFORCE = 33
ROOM = 16_000_000
"""Bytes that may wait for the relay, on each side."""
OFFLOADS = "tx off rx off tso off gso off gro off"
FIN, SYN, ACK = 0x01, 0x02, 0x10
MILLISECOND = 1_000_000
ECHO = 50_000
"""ns by which the second of two copies comes later."""
LONGEST_WAIT = 100 * MILLISECOND


class Sent(NamedTuple):
    """A segment on the wire; ``number`` counts the new data segments of its side from 1, and is
    0 for any other segment."""

    from_server: bool
    flags: int
    seq: int
    length: int
    number: int
    time: int

    @property
    def pure_ack(self) -> bool:
        return self.length == 0 and self.flags & 0x17 == ACK


def never(sent: Sent) -> bool:
    return False


class Hold:
    """A part of the way that keeps what comes while it stands still: from the server's data segment
    ``number`` on, for some seconds."""

    def __init__(self, number: int, seconds: float) -> None:
        self.number = number
        self.seconds = seconds
        self.until = 0


def held_until(hold: Hold | None, sent: Sent, due: int) -> int:
    """When a segment that is ``due`` leaves a part of the way that may stand still."""
    if hold is None:
        return due
    if not hold.until and sent.number >= hold.number:
        hold.until = due + round(hold.seconds * 1_000_000_000)
    return max(due, hold.until)


class Line:
    """How the segments of one server port are carried. Delays are one way, in ms."""

    def __init__(self, near: float = 1, far: float = 9) -> None:
        self.near = round(near * MILLISECOND)
        self.far = round(far * MILLISECOND)
        self.lost_near: Callable[[Sent], bool] = never
        self.lost_far: Callable[[Sent], bool] = never
        self.missed: Callable[[Sent], bool] = never
        self.twice = False
        self.doubled: frozenset[int] = frozenset()
        """The data segments of the server with these numbers come out of the far part twice."""
        self.late: dict[int, float] = {}
        """More delay for the data segments of the server with these numbers, in ms."""
        self.rate = 0
        """Bytes a second to the client behind the tap; a queue of ``queue`` bytes before it."""
        self.queue = 30_000
        self.busy_until = 0
        self.policer = 0
        """Bytes a second behind the tap to the client; what is above them is dropped, but for a
        bucket of ``queue`` bytes."""
        self.tokens = 0.0
        self.jitter = 0.0
        """ms that each frame may take longer behind the tap, in its order."""
        self.chance = random.Random(1)
        self.on_until = [0, 0]
        self.held_near: Hold | None = None
        self.held_far: Hold | None = None
        """Both directions stand still for a while, at one side of the tap."""
        self.captured: list[tuple[int, bytes]] = []
        self.dropped: list[tuple[str, Sent]] = []
        self.data_sent = [0, 0]
        self.highest: list[int | None] = [None, None]

    def read(self, frame: bytes, from_server: bool, now: int) -> Sent:
        """The segment in an Ethernet frame."""
        at = 14 + (frame[14] & 15) * 4
        header = (frame[at + 12] >> 4) * 4
        length = int.from_bytes(frame[16:18]) - (at - 14) - header
        seq = int.from_bytes(frame[at + 4 : at + 8])
        number = 0
        if length > 0:
            highest = self.highest[from_server]
            end = seq + length & 0xFFFFFFFF
            if highest is None or 0 < end - highest & 0xFFFFFFFF < 1 << 31:
                self.highest[from_server] = end
                self.data_sent[from_server] += 1
                number = self.data_sent[from_server]
        return Sent(from_server, frame[at + 13], seq, length, number, now)

    def with_jitter(self, from_server: bool, on: int) -> int:
        """When a frame that would go on ``on`` does: later, and behind the one before it."""
        if self.jitter:
            on += round(self.chance.uniform(0, self.jitter) * MILLISECOND)
            on = self.on_until[from_server] = max(on, self.on_until[from_server] + 1)
        return on

    def is_above_rate(self, size: int, now: int) -> bool:
        """Whether the policer drops a frame."""
        if not self.policer:
            return False
        passed = (now - self.busy_until) * self.policer / 1e9 if self.busy_until else self.queue
        self.tokens = min(self.tokens + passed, self.queue)
        self.busy_until = now
        if self.tokens < size:
            return True
        self.tokens -= size
        return False

    def queue_delay(self, size: int, now: int) -> int | None:
        """How long a frame waits for the narrow part, in ns; None if there is no room."""
        if not self.rate:
            return 0
        waiting = max(self.busy_until - now, 0)
        if waiting * self.rate // 1_000_000_000 > self.queue:
            return None
        self.busy_until = max(self.busy_until, now) + size * 1_000_000_000 // self.rate
        return self.busy_until - now


def overflowed(tap: socket.socket) -> int:
    """Frames for which a tap had no room."""
    frames: tuple[int, int] = unpack("II", tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    return frames[1]


class Wire:
    """Two hosts and the relay between them."""

    def __init__(self, lines: dict[int, Line]) -> None:
        tag = f"tcptui-relay-{os.getpid()}"
        self.client = Host(f"{tag}-c", "10.9.0.1", "wire")
        self.server = Host(f"{tag}-s", "10.9.0.2", "wire")
        self.relay = Host(f"{tag}-r", "", "")
        self.lines = lines
        self.due: list[tuple[int, int, Callable[[], object]]] = []
        self.numbers = count()
        self.taps: list[socket.socket] = []
        self.captured: dict[int, list[tuple[int, bytes]]] = {}
        self.dropped: dict[int, list[tuple[str, Sent]]] = {}
        self.epoch = time.time_ns() - time.monotonic_ns()
        self.latest = 0
        """How late a frame went on, or the relay woke up, at most, in ns: how long this machine
        stood still."""
        self.overflowed = 0
        """Frames that the relay never got."""

    @contextmanager
    def running(self) -> Iterator["Wire"]:
        """Build it, relay while the body runs, and take it down; then ``captured`` has the times
        and frames that the tap saw, by port, and ``dropped`` what was lost ``before`` or
        ``behind`` it."""
        control, inner = multiprocessing.Pipe()
        relay = multiprocessing.get_context("fork").Process(target=self.carry, args=(inner,))
        try:
            self.build()
            relay.start()
            yield self
            control.send("stop")
            self.captured, self.dropped, self.latest = control.recv()
            self.overflowed = sum(map(overflowed, self.taps))
        finally:
            if relay.pid:
                relay.kill()
                relay.join()
            for host in (self.client, self.server, self.relay):
                subprocess.run(["ip", "netns", "del", host.namespace], capture_output=True)
                for opened in host.sockets:
                    opened.close()
            for tap in self.taps:
                tap.close()

    def now(self) -> int:
        """Nanoseconds of a clock that nobody sets meanwhile."""
        return self.epoch + time.monotonic_ns()

    def build(self) -> None:
        for host in (self.client, self.server, self.relay):
            run(f"ip netns add {host.namespace}")
            host.run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
        for host, side in ((self.client, "left"), (self.server, "right")):
            run(
                f"ip link add {side} netns {self.relay.namespace} type veth"
                f" peer name wire netns {host.namespace}"
            )
            self.relay.run(f"ip link set {side} up promisc on")
            self.relay.run(f"ethtool -K {side} {OFFLOADS}")
            host.run(f"ethtool -K wire {OFFLOADS}")
            host.run(f"ip addr add {host.address}/24 dev wire")
            host.run("ip link set wire up")
            host.run("sysctl -qw net.ipv4.tcp_no_metrics_save=1")
            host.run("sysctl -qw net.ipv4.tcp_congestion_control=reno")
            with self.relay.inside():
                tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            tap.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
            tap.bind((side, 0))
            tap.setblocking(False)
            self.taps.append(tap)

    def carry(self, control: Connection) -> None:
        """The relay's process: before all others, or its delays would not be those told. Where that
        is not allowed, ``latest`` tells how far they were."""
        with suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        selector = selectors.DefaultSelector()
        for side, tap in enumerate(self.taps):
            selector.register(tap, selectors.EVENT_READ, side)
        while not control.poll():
            while self.due and self.due[0][0] <= (now := self.now()):
                when, _, action = heapq.heappop(self.due)
                self.latest = max(self.latest, now - when)
                action()
            began = self.now()
            wait = min(max(self.due[0][0] - began, 0), LONGEST_WAIT) if self.due else LONGEST_WAIT
            ready = selector.select(wait / 1e9)
            self.latest = max(self.latest, self.now() - began - wait)
            for key, _ in ready:
                self.receive(int(key.data))
        control.send(
            (
                {port: line.captured for port, line in self.lines.items()},
                {port: line.dropped for port, line in self.lines.items()},
                self.latest,
            )
        )

    def receive(self, side: int) -> None:
        """Take all frames that wait on one side."""
        for _ in range(64):
            try:
                frame = self.taps[side].recv(65536)
            except BlockingIOError:
                return
            self.enter(frame, side == 1, self.now())

    def later(self, when: int, action: Callable[[], object]) -> None:
        heapq.heappush(self.due, (when, next(self.numbers), action))

    def enter(self, frame: bytes, from_server: bool, now: int) -> None:
        """A frame comes from a host."""
        out = self.taps[not from_server]
        if frame[12:14] != b"\x08\x00" or frame[23] != socket.IPPROTO_TCP:
            out.send(frame)
            return
        at = 14 + (frame[14] & 15) * 4
        port = int.from_bytes(frame[at : at + 2] if from_server else frame[at + 2 : at + 4])
        line = self.lines[port]
        sent = line.read(frame, from_server, now)
        before, behind = (line.lost_far, line.lost_near) if from_server else (
            line.lost_near, line.lost_far,
        )  # fmt: skip
        if before(sent):
            line.dropped.append(("before", sent))
            return
        first, second = (line.far, line.near) if from_server else (line.near, line.far)
        if from_server:
            first += round(line.late.get(sent.number, 0) * MILLISECOND)

        def pass_tap() -> None:
            moment = self.now()
            if not line.missed(sent):
                line.captured += [(moment, frame)] * (2 if line.twice else 1)
            waits = line.queue_delay(len(frame), moment) if from_server and line.rate else 0
            dropped = waits is None or (from_server and line.is_above_rate(len(frame), moment))
            if dropped or behind(sent):
                line.dropped.append(("behind", sent))
            else:
                on = held_until(second_hold, sent, moment + second + (waits or 0))
                self.later(line.with_jitter(from_server, on), lambda: out.send(frame))

        first_hold, second_hold = line.held_near, line.held_far
        if from_server:
            first_hold, second_hold = second_hold, first_hold
        for late in range(1 + (from_server and sent.number in line.doubled)):
            self.later(held_until(first_hold, sent, now + first) + late * ECHO, pass_tap)

    def connect(self, port: int) -> tuple[socket.socket, socket.socket]:
        """The client's and the server's end of a new connection to ``port``."""
        listener = self.server.open_socket(port)
        listener.listen()
        caller = self.client.open_socket()
        return self.call(caller, listener, port)

    def call(
        self, caller: socket.socket, listener: socket.socket, port: int
    ) -> tuple[socket.socket, socket.socket]:
        caller.connect((self.server.address, port))
        accepted, _ = listener.accept()
        self.server.sockets.append(accepted)
        return caller, accepted
