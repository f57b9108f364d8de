"""Reads packets again after the analysis, by their rows."""

from collections.abc import Callable

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source
from tcptui.engine.engine import Engine


def reader(engine: Engine, source: Source) -> Callable[[int], bytes]:
    """Return the function that reads the captured bytes of a row's packet; empty where they are
    gone."""

    def read(row: int) -> bytes:
        try:
            return source.read(engine.packets.position(row), engine.packets.captured(row))
        except CaptureError:
            return b""

    return read
