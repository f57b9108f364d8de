"""A capture under analysis, as the fields read it."""

from collections.abc import Callable

from tcptui.engine.decode.layers import Layer
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.filters.scan import Deltas
from tcptui.filters.search import Searcher

ReadPacket = Callable[[int, int], bytes]
"""The bytes of a packet by its `position` and `captured` columns; CaptureError."""


class NoBytes(Exception):
    """A filter wants the packets' bytes, and there is no way to read them again."""


class View:
    """What the getters of the fields need: the columns, relative numbers, the packets' bytes."""

    def __init__(self, engine: Engine, read: ReadPacket | None = None) -> None:
        self.engine = engine
        self.packets = engine.packets
        self.numbers = RelativeNumbers(engine)
        self.deltas = Deltas(engine)
        self.read = read
        self.searcher = Searcher()
        self._layers: dict[int, list[Layer]] = {}

    def flow(self, row: int) -> Flow:
        return self.numbers.flow(row)

    def sender(self, row: int) -> Endpoint:
        return self.numbers.sender(row)

    def receiver(self, row: int) -> Endpoint:
        return self.numbers.sender(row).peer

    def note(self, row: int, bit: int) -> tuple[int, int]:
        """``(frame, value)`` kept with the flag ``bit``; zeros where the row has it not."""
        if self.packets.analysis(row) & bit:
            return self.packets.note_at(row) or (0, 0)
        return (0, 0)

    def layers(self, row: int) -> list[Layer]:
        """The layers below the segment's own IP header, outermost first."""
        return self.layers_of(int(self.packets.path(row)))

    def layers_of(self, path: int) -> list[Layer]:
        """The layers of a path, by its number."""
        found = self._layers.get(path)
        if found is None:
            found = self.engine.decoder.paths[path].layers
            self._layers[path] = found
        return found

    def interface(self, row: int) -> int:
        """The number of the interface that captured the packet."""
        return self.engine.decoder.paths[int(self.packets.path(row))].interface

    def packet(self, row: int) -> bytes:
        """The captured bytes of the row's packet. NoBytes, CaptureError."""
        if self.read is None:
            raise NoBytes("the packets' bytes cannot be read again here")
        return self.read(int(self.packets.position(row)), int(self.packets.captured(row)))
