"""A connection whose payload is written down: who sends which bytes, from where in its stream."""

from collections.abc import Sequence
from itertools import accumulate
from struct import pack
from typing import Final, NamedTuple

from tcptui.engine.engine import Engine
from tests.engine.feeding import Columns, column, new_engine
from tests.engine.headers import A, B, ethernet, ip

SYN, ACK, PSH, FIN, RST = 2, 16, 8, 1, 4
ISN: Final = {"c": 4_294_967_000, "s": 5000}
"""The client's numbers wrap around in the middle of a hello."""
MILLISECOND: Final = 1_000_000
START: Final = 1_700_000_000_000_000_000


class Part(NamedTuple):
    """A segment with payload: ``at`` is where in the stream of ``side`` it begins."""

    side: str
    at: int
    payload: bytes
    captured: int | None = None
    """How many of its bytes are there; None for all."""
    flags: int = ACK | PSH
    acked: int = 0
    """How many bytes of the other side it acknowledges."""


def segment(part: Part, syn: bool = False, port: int = 40000, server_port: int = 443) -> bytes:
    to_server = part.side == "c"
    ports = (port, server_port) if to_server else (server_port, port)
    seq = ISN[part.side] + part.at + (not syn)
    ack = 0 if syn and to_server else ISN["s" if to_server else "c"] + 1 + part.acked
    head = pack("!HHIIHHHH", *ports, seq % 2**32, ack % 2**32, 0x5000 | part.flags, 500, 0, 0)
    source, destination = (A, B) if to_server else (B, A)
    return ethernet(ip(head + part.payload, source=source, destination=destination))


def in_order(*turns: tuple[str, bytes], size: int = 1 << 16) -> list[Part]:
    """Payload of both sides, cut into segments of ``size``."""
    sent = {"c": 0, "s": 0}
    parts = []
    for side, payload in turns:
        for start in range(0, len(payload), size):
            piece = payload[start : start + size]
            acked = sent["s" if side == "c" else "c"]
            parts.append(Part(side, sent[side], piece, acked=acked))
            sent[side] += len(piece)
    return parts


def played(parts: Sequence[Part], opening: bool = True, server_port: int = 443) -> Engine:
    """An engine that has seen such a connection, a segment each millisecond."""
    engine = new_engine()
    frames = opened(server_port) if opening else []
    cuts = [0] * len(frames)
    for part in parts:
        frames.append(segment(part, server_port=server_port))
        cuts.append(0 if part.captured is None else len(part.payload) - part.captured)
    original = [len(data) for data in frames]
    kept = [data[: len(data) - cut] for data, cut in zip(frames, cuts, strict=True)]
    captured = [len(data) for data in kept]
    offsets = [0, *accumulate(captured)][:-1]
    engine.feed(
        b"".join(kept),
        0,
        len(kept),
        Columns(
            column([START + n * MILLISECOND for n in range(len(kept))]),
            column(offsets),
            column(offsets),
            column(captured),
            column(original),
            column([0] * len(kept)),
        ),
    )
    return engine


def opened(server_port: int) -> list[bytes]:
    syn, answer = Part("c", 0, b"", flags=SYN), Part("s", 0, b"", flags=SYN | ACK)
    return [segment(one, syn=True, server_port=server_port) for one in (syn, answer)]
