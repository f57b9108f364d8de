"""The name that a client asked DNS for before it connected."""

import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from tcptui.engine.engine import Engine
from tcptui.engine.share import Share
from tests.capture.builders import block, interface, packet, section, write
from tests.engine.feeding import analysed_file, feed, new_engine
from tests.engine.headers import A, B, ethernet, ip, tcp, u16, u32, udp

C = bytes([10, 0, 0, 3])
RESOLVER = bytes([10, 0, 0, 53])
A_RECORD, CNAME, AAAA_RECORD = 1, 5, 28
QUESTION = 12
"""Where the name that is asked for stands in a message."""


def name(text: str) -> bytes:
    return b"".join(bytes([len(one)]) + one.encode() for one in text.split(".")) + b"\0"


def pointer(place: int) -> bytes:
    return u16(0xC000 | place)


def record(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + u16(kind, 1) + u32(60) + u16(len(data)) + data


def answer(asked: str, *records: bytes, flags: int = 0x8180) -> bytes:
    head = u16(7, flags, 1, len(records), 0, 0)
    return head + name(asked) + u16(A_RECORD, 1) + b"".join(records)


PLAIN = answer("api.example.com", record(pointer(QUESTION), A_RECORD, B))
ALIAS = answer(
    "Api.example.com",
    record(pointer(QUESTION), CNAME, name("edge.example.net")),
    record(name("EDGE.example.net"), A_RECORD, C),
    record(name("edge.example.net"), A_RECORD, B),
)
OTHERS = answer("api.example.com", record(name("bank.example.com"), A_RECORD, B))
CIRCLE = answer("api.example.com", record(pointer(12 + 17 + 4), A_RECORD, B))


def over_udp(message: bytes, client: bytes = A) -> list[bytes]:
    return [ethernet(ip(udp(message, 40000, 53), 17, RESOLVER, client))]


def over_tcp(message: bytes, client: bytes = A, size: int = 1 << 16) -> list[bytes]:
    stream = u16(len(message)) + message
    frames = []
    for at in range(0, len(stream), size):
        head = bytearray(tcp(stream[at : at + size], 53, 40000))
        head[4:8] = u32(1 + at)
        frames.append(ethernet(ip(bytes(head), source=RESOLVER, destination=client)))
    return frames


CONNECTION = [ethernet(ip(tcp(b"", 40001, 443)))]


def fed(frames: Sequence[bytes], share: Share | None = None) -> Engine:
    engine = new_engine()
    engine.share = share
    feed(engine, frames, range(len(frames)))
    return engine


def names_of_last(frames: Sequence[bytes]) -> list[str]:
    engine = fed(frames)
    assert engine.naming is not None
    names = engine.naming.of(engine.flows[-1])
    return [] if names is None else names.dns


@pytest.mark.parametrize(
    ("before", "names"),
    [
        (over_udp(PLAIN), ["api.example.com"]),
        (over_udp(ALIAS), ["Api.example.com", "edge.example.net"]),
        (over_tcp(PLAIN), ["api.example.com"]),
        (over_tcp(ALIAS, size=9), ["Api.example.com", "edge.example.net"]),
        (over_udp(PLAIN) + over_udp(ALIAS), ["Api.example.com", "edge.example.net"]),
        (over_udp(PLAIN, client=C), []),
        (over_udp(OTHERS), []),
        (over_udp(CIRCLE), []),
        (over_udp(PLAIN[:-1]), []),
        (over_udp(answer("a.b", record(name("a.b"), A_RECORD, B), flags=0x8183)), []),
        (over_udp(answer("a.b", record(name("a.b"), AAAA_RECORD, B)), A), []),
    ],
)
def test_what_was_asked_before(before: list[bytes], names: list[str]) -> None:
    assert names_of_last([*before, *CONNECTION]) == names


def test_what_was_asked_later_is_not_why_it_connected() -> None:
    engine = fed([*CONNECTION, *over_udp(PLAIN)])
    assert engine.name_of(engine.flows[0]) == ""


@pytest.mark.parametrize("before", [over_udp(PLAIN), over_tcp(ALIAS, size=9)])
def test_all_processes_know_what_was_asked(before: list[bytes]) -> None:
    """A connection is analysed by one of them, DNS is read by all."""
    frames = [*before, *CONNECTION]
    engines = [fed(frames, Share(number, 3)) for number in range(3)]
    names = [engine.name_of(flow).lower() for engine in engines for flow in engine.flows]
    assert "api.example.com" in names


def resolution(kind: int, data: bytes, order: str, claimed: int | None = None) -> bytes:
    """A block with a record of a name, and the record that ends it."""
    size = len(data) if claimed is None else claimed
    padded = data + bytes(-len(data) % 4)
    return block(4, struct.pack(order + "HH", kind, size) + padded + bytes(4), order)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("kind", "data", "claimed", "name"),
    [
        (1, B + b"api.example.com\0alias\0", None, "api.example.com"),
        (1, B + b"\x1b[2J\0", None, r"\x1b[2J"),
        (1, A + b"client.example.com\0", None, ""),
        (1, B, None, ""),
        (1, B + b"api\0", 4000, ""),
        (2, B + b"api.example.com\0", None, ""),
        (2, B + b"a\0", None, ""),
        (7, B + b"api.example.com\0", None, ""),
    ],
)
def test_names_of_addresses_in_the_file(
    tmp_path: Path, order: str, kind: int, data: bytes, claimed: int | None, name: str
) -> None:
    parts = [section(order), interface(order=order), resolution(kind, data, order, claimed),
             packet(0, CONNECTION[0], order=order)]  # fmt: skip
    engine, _ = analysed_file(Path(write(tmp_path, "x.pcapng", parts)))
    assert engine.name_of(engine.flows[0]) == name
