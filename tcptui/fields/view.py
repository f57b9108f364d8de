"""Presents a capture under analysis to the fields."""

from collections.abc import Callable

from tcptui.engine.decode.headers import LayerHeader, headers_of
from tcptui.engine.decode.layers import Layer
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.interface_names import InterfaceName
from tcptui.engine.packets import NO_ROW
from tcptui.fields.columns.flow_values import FlowReader
from tcptui.fields.columns.segment_values import RowReader

ReadPacket = Callable[[int, int], bytes]
"""Returns the bytes of a packet by its `position` and `captured` columns. Raises CaptureError."""


class NoBytes(Exception):
    """A filter needs the packets' bytes, and there is no way to read them again."""


class View:
    """A capture as fields read it: the packet columns, the flows, the packets' bytes.

    ``row_reader`` reads the compiled values of rows, ``_flow_reader`` those of flows; each read
    moves them. The last packet that was read is kept: a filter asks several fields of it.
    """

    def __init__(self, engine: Engine, read: ReadPacket | None = None) -> None:
        self.engine = engine
        self.packets = engine.packets
        self.row_reader = RowReader(engine)
        self._flow_reader = FlowReader(engine)
        self.read = read
        self._layers: dict[int, list[Layer]] = {}
        self._read_row = NO_ROW
        self._packet = b""
        self._headers: list[LayerHeader] | None = None

    def flow(self, row: int) -> Flow:
        return self.engine.flows[self.packets.flow(row)]

    def flow_reader(self, row: int) -> FlowReader:
        """Return the flow of a row, for compiled values."""
        self._flow_reader.move_to_flow(self.packets.flow(row), self.flow(row))
        return self._flow_reader

    def sender(self, row: int) -> Endpoint:
        flow = self.flow(row)
        return flow.server if self.packets.is_from_server(row) else flow.client

    def receiver(self, row: int) -> Endpoint:
        return self.sender(row).peer

    def layers(self, row: int) -> list[Layer]:
        """Return the layers below the segment's own IP header, outermost first."""
        return self.layers_of(self.packets.path(row))

    def layers_of(self, path: int) -> list[Layer]:
        """Return the layers of a path, by its number."""
        found = self._layers.get(path)
        if found is None:
            found = self.engine.decoder.paths[path].layers
            self._layers[path] = found
        return found

    def interface(self, row: int) -> int:
        """Return the number of the interface that captured the packet."""
        return self.engine.decoder.paths[self.packets.path(row)].interface

    def interface_name(self, row: int) -> InterfaceName | None:
        """Return what the file says of that interface, if its format numbers interfaces."""
        found = self.engine.interfaces[self.interface(row)]
        return found if found.number >= 0 else None

    def packet(self, row: int) -> bytes:
        """Return the captured bytes of the row's packet. Raises NoBytes, CaptureError."""
        if row != self._read_row:
            if self.read is None:
                raise NoBytes("the packets' bytes cannot be read again here")
            self._packet = self.read(self.packets.position(row), self.packets.captured(row))
            self._headers = None
            self._read_row = row
        return self._packet

    def headers(self, row: int) -> list[LayerHeader]:
        """Return the headers that carry the row's segment, its own among them, outermost first.
        Raises NoBytes, CaptureError."""
        packet = self.packet(row)
        if self._headers is None:
            self._headers = headers_of(self.engine, row, packet)
        return self._headers
