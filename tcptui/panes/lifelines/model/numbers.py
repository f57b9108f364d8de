"""Counts sequence numbers so that all points show the same ones, whenever their captures began."""

from mypy_extensions import i64

from tcptui.between.flow_pairs import FlowAtPoint
from tcptui.engine.engine import Engine
from tcptui.engine.sequence import MASK32
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers


class CommonNumbers(RelativeNumbers):
    """Relative numbers at one point, counted from the byte that all points count from."""

    def __init__(self, engine: Engine, at: FlowAtPoint) -> None:
        super().__init__(engine)
        self.client_base: int = int(at.client_base) - 1
        self.server_base: int = int(at.server_base) - 1
        self.swapped: bool = at.swapped

    def of_side(self, raw: int, from_server: bool) -> int:
        base = self.server_base if from_server != self.swapped else self.client_base
        return (raw - base) & MASK32

    def of_sender(self, row: int, raw: int) -> int:
        return self.of_side(raw, self.engine.packets.is_from_server(i64(row)))

    def of_receiver(self, row: int, raw: int) -> int:
        return self.of_side(raw, not self.engine.packets.is_from_server(i64(row)))
