"""What the packet columns give back, in whichever shape a block keeps it."""

import pytest

from samples.packet_script import parse_script
from tcptui.engine.engine import new_flow_engine
from tcptui.engine.packets import BLOCK_ROWS, Block
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tests.engine.feeding import ETHERNET, analysed, feed, new_engine
from tests.engine.headers import ethernet, ip, tcp

SEGMENT = ethernet(ip(tcp(b"")))
OTHER = ethernet(ip(b"", protocol=47))

FRAMES = {
    "every packet is a row": [SEGMENT] * 5,
    "others between": [SEGMENT, OTHER, SEGMENT, SEGMENT, OTHER, OTHER, SEGMENT],
    "others first": [OTHER, OTHER, SEGMENT, SEGMENT],
    "others at a block's end": [*[SEGMENT] * BLOCK_ROWS, OTHER, SEGMENT, SEGMENT],
    "a block without gaps behind one with": [SEGMENT, OTHER, *[SEGMENT] * BLOCK_ROWS],
    "more between than 16 bits tell": [SEGMENT, OTHER, SEGMENT, *[OTHER] * 40_000, *[SEGMENT] * 2],
}


@pytest.mark.parametrize("packets", FRAMES.values(), ids=FRAMES)
def test_a_row_knows_its_frame(packets: list[bytes]) -> None:
    engine = new_engine()
    feed(engine, packets, range(len(packets)))
    expected = [number for number, packet in enumerate(packets, 1) if packet is SEGMENT]
    columns = engine.packets
    assert [columns.frame(row) for row in range(int(columns.count))] == expected
    assert [columns.row_of(frame) for frame in expected] == list(range(len(expected)))


def test_rows_that_are_gone_have_no_frame() -> None:
    engine = new_engine()
    feed(engine, [SEGMENT] * (2 * BLOCK_ROWS), range(2 * BLOCK_ROWS))
    engine.packets.evict_blocks(0, 1)
    assert engine.packets.first == BLOCK_ROWS
    assert {engine.packets.frame(row) for row in range(BLOCK_ROWS)} == {0}
    assert engine.packets.frame(BLOCK_ROWS) == BLOCK_ROWS + 1


def test_a_frame_may_have_several_rows() -> None:
    block = Block()
    for i, frame in enumerate([7, 7, 8, 9, 9]):
        block.put_frame(i, frame)
    assert [block.frame_at(i) for i in range(5)] == [7, 7, 8, 9, 9]


@pytest.mark.parametrize(
    "lengths", [[60, 0xFFFF, 0], [60, 0x10000, 61], [1 << 28, 0, 0x8000, 0x18000]]
)
def test_a_row_knows_how_much_was_captured(lengths: list[int]) -> None:
    block = Block()
    for i, length in enumerate(lengths):
        block.put_captured(i, length)
    assert [block.captured_at(i) for i in range(len(lengths))] == lengths


def test_what_only_segments_tell_is_not_kept_for_flows() -> None:
    engine = new_flow_engine(WIRESHARK_4_0)
    engine.add_interface(ETHERNET)
    feed(engine, [SEGMENT] * 3, range(3))
    block = engine.packets.blocks[0]
    assert [len(block.states), len(block.in_flight), len(block.push_bytes)] == [0, 0, 0]
    assert [engine.packets.flow(row) for row in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("window", [0, 1, 0x7FFF, 0x8000, 0xFFFF])
@pytest.mark.parametrize("shift", [None, 0, 7, 14])
def test_windows_are_kept_as_in_the_header(window: int, shift: int | None) -> None:
    scale = "" if shift is None else f"ws={shift}"
    script = f"""
    1  0  A  S   0  0  {window}  0  {scale}
    2 +1  B  SA  0  1  {window}  0  {scale}
    3 +1  A  A   1  1  {window}  0
    """
    packets = analysed(parse_script(script).packets).packets
    assert [packets.window_in_header(row) for row in range(3)] == [window] * 3
    assert [packets.window(row) for row in range(3)] == [window, window, window << (shift or 0)]
