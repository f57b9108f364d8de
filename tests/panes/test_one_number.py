"""A sequence number is the same wherever it is shown, also when a second SYN+ACK moves it."""

from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.diagnosis.explain import evidence, why
from tcptui.engine.decode.header_search import payload_of
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tcptui.filters.language import parse
from tcptui.filters.selection import Selection
from tcptui.panes.ladder import drawing as ladder
from tcptui.screens.byte_stream import StreamPiece, stream_pieces
from tests.filters.samples import Loaded
from tests.panes.loaded import folded

SCRIPT = """
 1   0  A  S  1000     0  64000  0    mss=1000 sackok
 2  10  B  SA 5000  1001  64000  0    mss=1000 sackok
 3  20  A  A  1001  5001  64000  0
 4  30  B  PA 5001  1001  64000  100
 5  40  A  A  1001  5101  64000  0    sack=5201-5301
 6  50  B  SA 5700  1001  64000  0    mss=1000 sackok
 7  60  A  A  1001  5701  64000  0
 8  70  B  PA 5701  1001  64000  100
 9  80  A  A  1001  5801  64000  0    sack=5901-6001
"""

SEQ = {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 0, 7: 1, 8: 1, 9: 1}
ACK = {2: 1, 3: 1, 4: 1, 5: 101, 6: 1, 7: 1, 8: 1, 9: 101}
LADDER = {
    2: "SYN ACK 0 ack 1",
    4: "1:101 (100) ack 1",
    5: "ACK 101 win 64,000 SACK 201-301",
    6: "SYN ACK 0 ack 1",
    8: "1:101 (100) ack 1",
    9: "ACK 101 win 64,000 SACK 201-301",
}
WHY = {4: "1:101 (100 bytes)", 5: "up to 101", 8: "1:101 (100 bytes)", 9: "up to 101"}


@pytest.fixture
def moved(tmp_path: Path) -> Loaded:
    """A capture in which the server's initial number moves with frame 6."""
    path = tmp_path / "moved.pcap"
    packets = parse_script(SCRIPT).packets
    path.write_bytes(pcap([Record(packet.time, frame(packet)) for packet in packets]))
    return Loaded(path)


def read(loaded: Loaded, row: int) -> bytes:
    packets = loaded.engine.packets
    return loaded.source.read(int(packets.position(row)), int(packets.captured(row)))


def test_rows_have_these_numbers(moved: Loaded) -> None:
    view = View(moved.engine)
    for frame_number, seq in SEQ.items():
        assert SCHEMA.by_name["tcp.seq"].get(view, frame_number - 1) == seq
    for frame_number, ack in ACK.items():
        assert SCHEMA.by_name["tcp.ack"].get(view, frame_number - 1) == ack


@pytest.mark.parametrize("field", ["tcp.seq", "tcp.ack"])
def test_filters_select_by_the_same(moved: Loaded, field: str) -> None:
    numbers = SEQ if field == "tcp.seq" else ACK | {1: 0}
    for number in (0, 1, 101):
        selected = Selection(parse(f"{field} == {number}"), moved.engine).rows(0, moved.count)
        wanted = [frame_number for frame_number in numbers if numbers[frame_number] == number]
        assert moved.frames([int(row) for row in selected]) == sorted(wanted)


def test_the_ladder_draws_the_same(moved: Loaded) -> None:
    flow = moved.engine.flows[0]
    made = ladder.LadderDrawing(
        moved.engine, flow, folded(moved.engine, 0), [], ladder.Settings(),
        lambda row: read(moved, row),
    )  # fmt: skip
    for frame_number, text in LADDER.items():
        assert any(text in label for label in labels(made, frame_number - 1)), text


def labels(made: ladder.LadderDrawing, row: int) -> list[str]:
    core = made.core_texts(row)
    return made.full_texts(row, core[0])


def test_why_says_the_same(moved: Loaded) -> None:
    for frame_number, text in WHY.items():
        assert text in why(moved.engine, frame_number - 1, lambda row: read(moved, row))
    for frame_number in (5, 9):
        found = evidence(moved.engine, frame_number - 1, lambda row: read(moved, row))
        assert found.sack == ("201:301",)


def test_the_stream_has_no_hole_where_the_numbers_began_anew(moved: Loaded) -> None:
    reading = stream_pieces(
        moved.engine, moved.engine.flows[0], list(range(moved.count)),
        lambda row: payload_of(moved.engine, row, read(moved, row)),
    )  # fmt: skip
    pieces: list[StreamPiece] = []
    while True:
        try:
            next(reading)
        except StopIteration as end:
            pieces = end.value
            break
    assert [(len(piece.data), piece.missing) for piece in pieces] == [(200, 0)]
