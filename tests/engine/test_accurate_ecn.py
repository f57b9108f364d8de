"""Where a flow uses accurate ECN (RFC 9768), three header flags are a counter."""

import pytest

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.drawing.names import header_flags
from tcptui.fields.columns.segment_values import HAS_COUNTER
from tcptui.fields.segment_fields import flags_text
from tests.engine.feeding import feed, new_engine

TALK = """
flow A 10.0.0.1:40000 B 10.0.0.2:80
numbers A=1000 B=5000
 1   0  A  {asked}  0   0  64000   0  mss=1460
 2 +10  B  {agreed} 0   1  65000   0  mss=1460
 3 +10  A  AEe      1   1    500   0
 4 +10  B  PAC      1   1    500  "hello"
"""


@pytest.mark.parametrize(
    ("asked", "agreed", "shown"),
    [
        ("SECe", "SAC", ["ACK ACE=5", "ACK PSH ACE=2"]),
        ("SECe", "SAEC", ["ACK ACE=5", "ACK PSH ACE=2"]),
        ("SECe", "SAe", ["ACK ACE=5", "ACK PSH ACE=2"]),
        ("SECe", "SACe", ["ACK ACE=5", "ACK PSH ACE=2"]),
        ("SECe", "SAE", ["ACK ECE AE", "ACK PSH CWR"]),  # agrees to ECN as it was
        ("SECe", "SA", ["ACK ECE AE", "ACK PSH CWR"]),
        ("SEC", "SAC", ["ACK ECE AE", "ACK PSH CWR"]),  # was not asked
    ],
)
def test_what_both_sides_say_decides(asked: str, agreed: str, shown: list[str]) -> None:
    packets = parse_script(TALK.format(asked=asked, agreed=agreed)).packets
    engine = new_engine()
    feed(engine, [frame(packet) for packet in packets], [packet.time for packet in packets])
    assert [header_flags(engine.packets, row) for row in (2, 3)] == shown


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (0x150, "···A·E·A····"),
        (0x150 | HAS_COUNTER, "···-5-·A····"),
        (0xF10 | HAS_COUNTER, "RRR-4-·A····"),
    ],
)
def test_letters_make_room_for_the_counter(flags: int, text: str) -> None:
    assert flags_text(flags) == text
