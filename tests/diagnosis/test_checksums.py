"""A segment with a wrong checksum is lost though it passed here."""

import pytest

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.diagnosis.checksums import bad_checksums
from tests.diagnosis.causes import HANDSHAKE, numbered
from tests.engine.feeding import analysed

RESENT = """
100 B A 1 1 64000 1000 {first}
400 B A 1 1 64000 1000
402 A A 1 1001 64000 0
"""


@pytest.mark.parametrize(
    ("first", "expected"), [("sum=bad", ("server", 1, 4)), ("sum=pseudo", None), ("", None)]
)
def test_the_first_copy(first: str, expected: tuple[str, int, int] | None) -> None:
    packets = parse_script(HANDSHAKE + numbered(RESENT.format(first=first))).packets
    engine = analysed(packets)
    found = bad_checksums(engine, engine.flows[0], lambda row: frame(packets[row]))
    assert (found and (found.side, found.count, found.first_frame)) == expected
