"""Reads packets again after the analysis, by their rows."""

from collections.abc import Callable

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source
from tcptui.engine.engine import Engine

MOST_KEPT = 16
"""Packets that are kept: the findings of a flow ask for some of them again."""


def reader(engine: Engine, source: Source) -> Callable[[int], bytes]:
    """Return the function that reads the captured bytes of a row's packet; empty where they are
    gone."""
    packets = engine.packets
    kept: dict[int, bytes] = {}

    def read(row: int) -> bytes:
        packet = kept.get(row)
        if packet is None:
            if len(kept) == MOST_KEPT:
                kept.clear()
            try:
                packet = source.read(packets.position(row), packets.captured(row))
            except CaptureError:
                packet = b""
            kept[row] = packet
        return packet

    return read
