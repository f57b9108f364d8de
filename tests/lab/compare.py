"""tcptui's states beside the kernels'."""

from collections.abc import Sequence
from pathlib import Path
from struct import unpack_from
from typing import NamedTuple

from tcptui.engine.engine import Engine
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import state_shown, states_shown
from tests.engine.feeding import feed, new_engine
from tests.lab.network import Lab


class Captured(NamedTuple):
    """A frame and its time (ns)."""

    time: int
    data: bytes


def packets_of(path: Path) -> list[Captured]:
    """The packets of a file that tcpdump has written."""
    data = path.read_bytes()
    at, found = 24, []
    while at < len(data):
        seconds, micros, size = unpack_from("<III", data, at)
        at += 16 + size
        found.append(Captured(seconds * 10**9 + micros * 1000, data[at - size : at]))
    return found


def engine_of(packets: Sequence[Captured]) -> Engine:
    """An engine that has taken the packets."""
    engine = new_engine()
    feed(engine, [packet.data for packet in packets], [packet.time for packet in packets])
    return engine


def outcome(path: Path) -> tuple[str, str, str, str]:
    """What is said of the last flow: both states with their certainty, opening and closing."""
    flow = engine_of(packets_of(path)).flows[-1]
    client, server = (
        " ".join(shown.label for shown in state_shown(int(end.state), int(end.certainty)))
        for end in (flow.client, flow.server)
    )
    return client, server, opening(flow).label, closing(flow).label


class Difference(NamedTuple):
    """A quiet moment at which tcptui and the kernel do not agree."""

    side: str
    ours: str
    kernel: str
    certainty: str
    row: int


def differences(lab: Lab) -> tuple[list[Difference], int]:
    """All of them, and how many quiet moments there were."""
    engine = engine_of(packets_of(lab.path))
    times = [int(engine.packets.time(row)) / 1e9 for row in range(engine.packets.count)]
    found = []
    quiet = 0
    for sample in lab.samples:
        row = sum(time < sample.began for time in times) - 1
        near = any(sample.began - lab.quiet < time < sample.ended + lab.quiet for time in times)
        if row < 0 or near:
            continue
        quiet += 1
        flow = engine.flows[int(engine.packets.flow(row))]
        at_client = sample.host is lab.client
        mine = flow.client if flow.client.address[3] == (1 if at_client else 2) else flow.server
        state, certainty = states_shown(int(engine.packets.states(row)))[int(flow.side_of(mine))]
        ours, sure = state.label, certainty.label
        kernel = sample.state(mine.port, mine.peer.port)
        if ours != kernel and not (ours == "CLOSED" and kernel == "LISTEN"):
            side = "client" if mine is flow.client else "server"
            found.append(Difference(side, ours, kernel, sure, row + 1))
    return found, quiet
