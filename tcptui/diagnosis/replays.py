"""Runs the rules again wherever somebody looks in a capture."""

from typing import Final

from tcptui.diagnosis import explain
from tcptui.diagnosis.explain import Evidence
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.replay import Replay
from tcptui.findings.finding import Read

MOST_FLOWS: Final = 16
"""Flows of one screen whose replay is kept; a woven ladder shows several."""


class Replays:
    """Explains segments in any order: the flows looked at last keep their replay, which goes on
    from the last segment instead of from the first.

    ``read(row)`` gives the bytes of a row's packet, or nothing; ``most`` is how many flows keep
    theirs.
    """

    def __init__(self, engine: Engine, read: Read, most: int = MOST_FLOWS) -> None:
        self.engine = engine
        self.read = read
        self.most = most
        self.kept: dict[int, Replay] = {}  # by the flow's index, looked at last at the end

    def why(self, row: int) -> str:
        """Return one or two sentences about the segment of a row."""
        return explain.why(self.engine, row, self.read, self.of_row(row))

    def evidence(self, row: int) -> Evidence:
        """Return everything about the segment of a row."""
        return explain.evidence(self.engine, row, self.read, self.of_row(row))

    def of_row(self, row: int) -> Replay:
        """Return the replay of the row's flow."""
        index = int(self.engine.packets.flow(row))
        replay = self.kept.pop(index, None)
        if replay is None:
            replay = Replay(self.engine, self.engine.flows[index], self.read)
        self.kept[index] = replay
        if len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]
        return replay
