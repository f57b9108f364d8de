"""What a graph has of segments that are rare."""

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.graphs.kinds import FLOW_GRAPHS, flow_series
from tcptui.graphs.series import Unit
from tests.diagnosis.causes import HANDSHAKE
from tests.engine.feeding import analysed_with_bytes, feed, new_engine

DATA_OFFSET = 14 + 20 + 12
"""Where it stands behind Ethernet and IPv4."""
TENTH = 100_000_000
LAST = 5


def test_a_header_that_makes_no_sense_says_nothing() -> None:
    """Its data offset is below 20 bytes: there are a sequence number and a length at most."""
    script = HANDSHAKE + "4 30 A PA 1 1 64000 100\n5 50 B FA 1 101 4000 50\n"
    packets = parse_script(script).packets
    frames = [bytearray(frame(one)) for one in packets]
    frames[LAST - 1][DATA_OFFSET] = 0x40
    engine = new_engine()
    feed(engine, [bytes(one) for one in frames], [one.time for one in packets])
    graphs = [flow_series(kind, engine, engine.flows[0], TENTH, None) for kind in FLOW_GRAPHS]
    told = {
        one.name
        for series in graphs
        for one in series
        if one.unit in (Unit.SEQUENCE, Unit.BYTES)
        and LAST in [one.point(number)[0] for number in range(len(one))]
    }
    assert told == {"s.segment_start", "s.segment_end"}


def test_blocks_are_found_without_reading_every_packet() -> None:
    """Here in a flow without a flag: what they tell of came by another way."""
    script = HANDSHAKE + "".join(f"{number} {number} A A 1 1 64000 0\n" for number in range(4, 40))
    script += "40 50 A A 1 1 64000 0 sack=101-201\n"
    engine, read = analysed_with_bytes(parse_script(script).packets)
    rows_read: list[int] = []

    def counted(row: int) -> bytes:
        rows_read.append(row)
        return read(row)

    found = flow_series(FLOW_GRAPHS[0], engine, engine.flows[0], TENTH, counted)
    edges = {one.name: one.point(0) for one in found if "sack" in one.name and len(one)}
    assert [point[::2] for point in edges.values()] == [(40, 101), (40, 201)]
    assert list(edges) == ["s.sack_start", "s.sack_end"]
    assert len(rows_read) < 5
