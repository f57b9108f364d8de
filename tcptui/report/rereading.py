"""Packets read again after the analysis, by their rows."""

from collections.abc import Callable

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source
from tcptui.engine.engine import Engine


def reader(engine: Engine, source: Source) -> Callable[[int], bytes]:
    """What reads the captured bytes of the packet in a row; empty where they are gone."""

    def read(row: int) -> bytes:
        try:
            return source.read(engine.packets.position(row), engine.packets.captured(row))
        except CaptureError:
            return b""

    return read
