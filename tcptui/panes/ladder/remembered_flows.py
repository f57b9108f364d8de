"""Remembered flows tell where in its file the packets of each flow of a capture lie, and how the
analysis of them went. A flow's own part is looked at once somebody asks for it.
"""

from collections.abc import Generator
from struct import Struct
from typing import Final, NamedTuple

from tcptui.capture.portions import Portion, Portions
from tcptui.engine.engine import Engine
from tcptui.engine.flow import IPV4_KEY, IPV6_KEY
from tcptui.engine.flow_portions import (
    MOST_PORTIONS,
    MOST_SEGMENTS,
    NONE,
    FlowPortions,
)
from tcptui.engine.sequence import MASK32
from tcptui.panes.sealed import sealed, unsealed

ROWS_AT_ONCE: Final = 16_384
FLOWS_AT_ONCE: Final = 256
HEADER: Final = Struct(">QqIIQI")
"""Packets of the capture, its last time, interfaces, portions, where the last one ends, flows."""
PORTION: Final = Struct(">QQ")
OFFSET: Final = Struct(">I")
FLOW: Final = Struct(">IiIH")
NUMBER: Final = Struct(">I")
LARGEST: Final = (1 << 48) - 1
"""Byte of a file: what a position can hold."""
MOST_PACKETS: Final = (1 << 31) - 1
"""Their numbers are signed."""


class RememberedFlow(NamedTuple):
    """One flow: the key of its client, how many segments it has, the number of the flow before on
    the same ports (or -1), the digest of its analysis, and the numbers of its portions."""

    key: bytes
    segments: int
    before: int
    digest: int
    portions: list[int]


class RememberedFlows:
    """All flows of a capture. ``packets``, ``last_time`` (ns) and ``interfaces`` are the
    capture's."""

    def __init__(self, body: bytes) -> None:
        """Take what lay under the seal. Raises ValueError where it is cut."""
        if len(body) < HEADER.size:
            raise ValueError("the header is cut")
        self.body = body
        self.packets, self.last_time, self.interfaces, count, end, flows = HEADER.unpack_from(body)
        self.portion_count, self.end, self.count = count, end, flows
        self.offsets = HEADER.size + count * PORTION.size
        if self.offsets + flows * OFFSET.size > len(body):
            raise ValueError("the tables are cut")
        if end > LARGEST or not 0 < self.packets <= MOST_PACKETS:
            raise ValueError("no capture is so large")

    def flow(self, number: int) -> RememberedFlow | None:
        """Return a flow; None where it cannot be analysed alone. Raises ValueError where its part
        is none."""
        if not 0 <= number < self.count:
            return None
        at = self.number_at(self.offsets + number * OFFSET.size)
        size = self.body[at] if at < len(self.body) else 0
        rest = at + 1 + size
        if size not in (IPV4_KEY, IPV6_KEY) or rest + FLOW.size > len(self.body):
            raise ValueError("the flow is cut")
        segments, before, digest, portions = FLOW.unpack_from(self.body, rest)
        rest += FLOW.size
        if not portions:
            return None
        if portions > MOST_PORTIONS or rest + portions * NUMBER.size > len(self.body):
            raise ValueError("its portions are cut")
        found = [self.number_at(rest + one * NUMBER.size) for one in range(portions)]
        if sorted(set(found)) != found or found[-1] >= self.portion_count:
            raise ValueError("its portions are in no order")
        if not 0 < segments <= MOST_SEGMENTS or not NONE <= before < number:
            raise ValueError("no flow is like this")
        return RememberedFlow(self.body[at + 1 : at + 1 + size], segments, before, digest, found)

    def number_at(self, at: int) -> int:
        """Return the number that stands at a place that is known to be there."""
        number: int = NUMBER.unpack_from(self.body, at)[0]
        return number

    def portion(self, number: int) -> Portion:
        """Return a portion of the file. Raises ValueError where it is none."""
        start, frames = self.portion_at(number)
        end, after = self.end, self.packets
        if number + 1 < self.portion_count:
            end, after = self.portion_at(number + 1)
        if not (0 <= start < end <= self.end and 0 <= frames < after <= self.packets):
            raise ValueError("the portion is none")
        return Portion(start, end, frames, after - frames)

    def portion_at(self, number: int) -> tuple[int, int]:
        """Return where a portion begins, and the packets before it."""
        start, frames = PORTION.unpack_from(self.body, HEADER.size + number * PORTION.size)
        return start, frames


def remember_flows(
    engine: Engine, portions: Portions, size: int, made_of: bytes, most: int
) -> Generator[float, None, bytes]:
    """Return all flows of a capture file of ``size`` bytes, which is at its end, as bytes;
    ``made_of`` are 32 bytes that tell of what. Nothing where they would be more than ``most``.
    Yields its progress."""
    rows, count = int(engine.packets.count), len(engine.flows)
    found = FlowPortions(count, portions.frames)
    for start in range(0, rows, ROWS_AT_ONCE):
        found.take_rows(engine.packets, start, min(start + ROWS_AT_ONCE, rows))
        yield start / rows
    found.take_events(engine.events)
    head = [
        HEADER.pack(
            engine.frames, engine.last_time, len(engine.interfaces), len(portions.starts), size,
            count,
        )
    ]  # fmt: skip
    head += map(PORTION.pack, portions.starts, portions.frames)
    at = sum(map(len, head)) + count * OFFSET.size
    parts: list[bytes] = []
    for number, flow in enumerate(engine.flows):
        if number % FLOWS_AT_ONCE == 0:
            yield number / count
        part = found.written(flow)
        head.append(OFFSET.pack(at))
        parts.append(part)
        at += len(part)
        if at > most:
            return b""
    return sealed(b"".join([*head, *parts]), made_of)


def flows_from_bytes(data: bytes, made_of: bytes) -> RememberedFlows | None:
    """Return the flows that were made of the same; None where the bytes are no such flows."""
    body = unsealed(data, made_of)
    if body is None:
        return None
    try:
        return RememberedFlows(body)
    except ValueError:
        return None


def digest_of(engine: Engine, number: int) -> int:
    """Return the digest of the analysis of a flow."""
    found = FlowPortions(len(engine.flows), [0])
    found.take_rows(engine.packets, 0, engine.packets.count)
    found.take_events(engine.events)
    return found.digest_of(number) & MASK32
