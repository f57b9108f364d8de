"""Feeding packets to the engine without any capture file between."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from librt.vecs import vec
from mypy_extensions import i64

from samples.frames import frame
from samples.packet_script import Packet
from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.engine.wireshark.rules import Rules
from tcptui.session import analyse

ETHERNET = 1


def column(values: Sequence[int]) -> vec[i64]:
    """Numbers as the engine takes them."""
    return vec[i64](list(values))


class Columns(NamedTuple):
    """The records of a batch, as the engine takes them."""

    time: vec[i64]
    position: vec[i64]
    offset: vec[i64]
    captured: vec[i64]
    original: vec[i64]
    interface: vec[i64]


def new_engine(rules: Rules = WIRESHARK_4_0) -> Engine:
    """An engine with one Ethernet interface."""
    engine = Engine(rules)
    engine.add_interface(ETHERNET)
    return engine


def feed(engine: Engine, frames: Sequence[bytes], times: Sequence[int], position: int = 0) -> None:
    """One batch: whole frames and their times (ns); ``position`` is that of the first byte."""
    sizes = [len(data) for data in frames]
    offsets = [0, *accumulate(sizes)][:-1]
    engine.feed(
        b"".join(frames),
        0,
        len(frames),
        Columns(
            column(times),
            column([position + offset for offset in offsets]),
            column(offsets),
            column(sizes),
            column(sizes),
            column([0] * len(frames)),
        ),
    )


def analysed(packets: Sequence[Packet], rules: Rules = WIRESHARK_4_0) -> Engine:
    """An engine that has taken all packets of a script."""
    return analysed_with_bytes(packets, rules)[0]


def analysed_with_bytes(
    packets: Sequence[Packet], rules: Rules = WIRESHARK_4_0, without: int = 0
) -> tuple[Engine, Callable[[int], bytes]]:
    """An engine that has taken all packets of a script, and a reader of the packet bytes of its
    rows; those of the frame ``without`` are gone."""
    engine = new_engine(rules)
    frames = [frame(packet) for packet in packets]
    feed(engine, frames, [packet.time for packet in packets])

    def read(row: int) -> bytes:
        number = int(engine.packets.frame(row))
        return b"" if number == without else frames[number - 1]

    return engine, read


def analysed_file(path: Path) -> tuple[Engine, Callable[[int], bytes]]:
    """An engine that has taken a capture file, and a reader of the packet bytes of its rows."""
    engine = Engine(WIRESHARK_4_0)
    source = open_source([str(path)])
    for _ in analyse(source, engine):
        pass
    packets = engine.packets
    return engine, lambda row: source.read(packets.position(row), packets.captured(row))
