"""Connections in which nothing is wrong, over many paths and seen in many ways: none is accused."""

import os
import random
import socket
import threading
import time
from collections.abc import Sequence
from functools import partial

import pytest

from tests.lab.causes import NODELAY, ask, close, download, read
from tests.lab.relay import Line, Wire
from tests.lab.test_causes import (
    FIRST_PORT,
    TRIES,
    VIEWS,
    Capture,
    Play,
    found_in,
    other_causes,
    played,
)

pytestmark = pytest.mark.lab

SEED = int(os.environ.get("TCPTUI_CLEAN_SEED", "1"))
NUMBER = int(os.environ.get("TCPTUI_CLEAN_NUMBER", "48"))
"""Six of each kind."""


def turns(chance: random.Random, wire: Wire, port: int) -> None:
    """Some requests, each answered after the server has thought for a moment."""
    client, server = wire.connect(port)
    for _ in range(chance.randrange(3, 12)):
        ask(client, server, chance.uniform(0, 0.05))
        time.sleep(chance.uniform(0, 0.2))
    close(client, server)


def bulk(chance: random.Random, wire: Wire, port: int) -> None:
    """One download, which either side closes first."""
    ends = wire.connect(port)
    download(*ends, chance.randrange(50_000, 1_500_000))
    close(*(ends if chance.random() < 0.5 else reversed(ends)))


def upload(chance: random.Random, wire: Wire, port: int) -> None:
    """One upload, and a short answer to all of it."""
    client, server = wire.connect(port)
    size = chance.randrange(50_000, 1_000_000)
    sender = threading.Thread(target=client.sendall, args=(b"u" * size,))
    sender.start()
    read(server, size)
    sender.join()
    server.sendall(b"thanks")
    read(client, 6)
    close(client, server)


def idle_ssh(chance: random.Random, wire: Wire, port: int) -> None:
    """Keystrokes and their echoes with rests, and keep-alives in the longest one."""
    client, server = wire.connect(port)
    for end in (client, server):
        end.setsockopt(*NODELAY)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    for n in range(8):
        client.sendall(b"k" * 36)
        read(server, 36)
        server.sendall(b"e" * 36)
        read(client, 36)
        time.sleep(3.2 if n == 4 else chance.uniform(0.02, 0.6))
    close(client, server)


def video(chance: random.Random, wire: Wire, port: int) -> None:
    """A piece of a stream every while, each asked for on the same connection."""
    client, server = wire.connect(port)
    for _ in range(6):
        download(client, server, chance.randrange(30_000, 200_000))
        time.sleep(chance.uniform(0.2, 0.7))
    close(client, server)


def pipelining(chance: random.Random, wire: Wire, port: int) -> None:
    """Several requests before the first answer."""
    client, server = wire.connect(port)
    client.setsockopt(*NODELAY)
    number = chance.randrange(4, 20)
    for _ in range(number):
        client.sendall(b"r" * 60)
    read(server, 60 * number)
    for _ in range(number):
        server.sendall(b"a" * 900)
    read(client, 900 * number)
    close(client, server)


def half_close(chance: random.Random, wire: Wire, port: int) -> None:
    """The client has said all, and the server goes on for a while."""
    client, server = wire.connect(port)
    server.setsockopt(*NODELAY)
    client.sendall(b"q" * 100)
    client.shutdown(socket.SHUT_WR)
    read(server, 100)
    assert server.recv(1) == b""
    for _ in range(6):
        server.sendall(b"d" * 3000)
        time.sleep(chance.uniform(0.02, 0.3))
    read(client, 18_000)
    close(server, client)


def banner(chance: random.Random, wire: Wire, port: int) -> None:
    """The server speaks first, as mail and database servers do."""
    client, server = wire.connect(port)
    server.sendall(b"220 ready\r\n")
    read(client, 11)
    for _ in range(chance.randrange(3, 8)):
        ask(client, server)
    close(client, server)


KINDS = (turns, bulk, upload, idle_ssh, video, pipelining, half_close, banner)
PLAYS = tuple(f"{KINDS[n % len(KINDS)].__name__} {n}" for n in range(NUMBER))


def clean_line(number: int) -> Line:
    """A path of up to 300 ms that loses and reorders nothing, the tap anywhere on it."""
    chance = random.Random(f"{SEED} line {number}")
    way = chance.choice((0.2, 2, 10, 40, 100, 150))
    near = chance.choice((0, 0.1, 0.5, 0.9, 1)) * way
    line = Line(near, way - near)
    line.jitter = chance.choice((0, 0, 0.1 * way, 0.5 * way))
    return line


def played_at_once(numbers: Sequence[int]) -> dict[str, Capture]:
    """What the tap saw of these plays, side by side, by the play's name."""
    plays: dict[int, Play] = {
        FIRST_PORT + n: partial(KINDS[n % len(KINDS)], random.Random(f"{SEED} play {n}"))
        for n in numbers
    }
    wire = played({FIRST_PORT + n: partial(clean_line, n) for n in numbers}, plays)
    return {PLAYS[n]: wire.captured[FIRST_PORT + n] for n in numbers}


@pytest.fixture(scope="module")
def captures() -> dict[str, Capture]:
    """What the tap saw of every play. Where a busy machine let a kernel's timer run out, that one
    is played again, alone."""
    captures = played_at_once(range(NUMBER))
    for n, play in enumerate(PLAYS):
        for _ in range(TRIES):
            if not other_causes(set(), found_in(captures[play])):
                break
            captures |= played_at_once([n])
    return captures


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("play", PLAYS)
def test_nothing_above_a_note_is_said(play: str, view: str, captures: dict[str, Capture]) -> None:
    """A round trip that grows at once lets a timer run out; one direction does not prove that
    nothing was lost."""
    true = {"stall_rto"} if "alone" in view else set()
    assert other_causes(true, found_in(VIEWS[view](captures[play]))) == []
