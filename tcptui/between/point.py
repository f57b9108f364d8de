"""A capture point: one analysed capture of the packets that passed there."""

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.engine.engine import Engine
from tcptui.engine.fingerprints import Fingerprints
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.rules import Rules


def new_point_engine(rules: Rules) -> Engine:
    """Make an engine that keeps what tells its packets from those of another point."""
    engine = Engine(rules)
    engine.fingerprints = Fingerprints()
    engine.naming = None
    return engine


class Point:
    """A capture point: all that was captured there, with the rows of each flow in the order of the
    capture.

    The engine has taken all of its packets, and has fingerprints.
    """

    def __init__(self, name: str, engine: Engine) -> None:
        fingerprints = engine.fingerprints
        assert fingerprints is not None
        self.name: str = name
        self.engine: Engine = engine
        self.fingerprints: Fingerprints = fingerprints
        self.first_of_flow: vec[i32] = vec[i32]()
        self.rows: vec[i32] = vec[i32]()
        self.sort_rows()

    def sort_rows(self) -> None:
        """Put the rows of each flow together: where they begin, and the rows one after another."""
        packets = self.engine.packets
        flows = self.engine.flows
        self.first_of_flow = vec[i32]([0] * (len(flows) + 1))
        free = vec[i32]([0] * len(flows))
        total: i64 = 0
        for flow in flows:
            free[i64(flow.index)] = i32(total)
            self.first_of_flow[i64(flow.index)] = i32(total)
            total += i64(flow.packets)
        self.first_of_flow[i64(len(flows))] = i32(total)
        self.rows = vec[i32]([0] * total)
        row: i64 = 0
        while row < packets.count:
            number = packets.flow(row)
            place = free[number]
            self.rows[i64(place)] = i32(row)
            free[number] = place + 1
            row += 1

    def keep_frames(self) -> None:
        """Let go of what else a comparison reads, once it is made: who prints it names frames."""
        self.fingerprints = Fingerprints()
        self.engine.fingerprints = self.fingerprints
        self.rows = vec[i32]()
        for block in self.engine.packets.blocks:
            block.keep_frames()

    def rows_of(self, flow: Flow) -> list[int]:
        """Return the rows of a flow."""
        at = i64(self.first_of_flow[i64(flow.index)])
        stop = i64(self.first_of_flow[i64(flow.index) + 1])
        found: list[int] = []
        while at < stop:
            found.append(int(self.rows[at]))
            at += 1
        return found

    def has_header_flag(self, flow: Flow, bits: i64) -> bool:
        """Return whether a segment of a flow has one of these bits set in its TCP header."""
        at = i64(self.first_of_flow[i64(flow.index)])
        stop = i64(self.first_of_flow[i64(flow.index) + 1])
        while at < stop:
            if self.engine.packets.has_header_flag(i64(self.rows[at]), bits):
                return True
            at += 1
        return False

    def frames(self, rows: list[int]) -> list[int]:
        """Return the frame numbers of rows, each once."""
        return sorted({int(self.engine.packets.frame(row)) for row in rows})
