"""Counts sequence numbers so that all points show the same ones, whenever their captures began."""

from tcptui.between.flow_pairs import FlowAtPoint
from tcptui.engine.engine import Engine
from tcptui.engine.sequence import MASK32
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers


class CommonNumbers(RelativeNumbers):
    """Relative numbers at one point, counted from the byte that all points count from."""

    def __init__(self, engine: Engine, at: FlowAtPoint) -> None:
        super().__init__(engine)
        self.bases = (int(at.client_base) - 1, int(at.server_base) - 1)
        self.swapped = at.swapped

    def of_side(self, raw: int, from_server: bool) -> int:
        return (raw - self.bases[from_server != self.swapped]) & MASK32

    def of_sender(self, row: int, raw: int) -> int:
        return self.of_side(raw, self.engine.packets.is_from_server(row))

    def of_receiver(self, row: int, raw: int) -> int:
        return self.of_side(raw, not self.engine.packets.is_from_server(row))
