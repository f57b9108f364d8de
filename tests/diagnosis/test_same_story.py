"""What is said of a segment has no other cause than what is said of its flow."""

import pytest

from samples.packet_script import parse_script
from tcptui.diagnosis.explain import why
from tests.diagnosis.causes import HANDSHAKE, findings, numbered
from tests.engine.feeding import analysed_with_bytes

FAST_OPEN = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0 0 64000 200 mss=1000 sackok ws=0
 2 20  B SA 0 1 64000 0   mss=1000 sackok ws=0
 3 22  A PA 1 1 64000 200
"""
CHALLENGED = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S 0     0 64000 0 mss=1000
 2 20  B A 1 50000 64000 0
 3 22  A R 50000 0     0 0
"""
PASSED = "100 A PA 1 1 64000 200\n120 B A 1 201 64000 0\n130 B PA 1 201 64000 500\n"
AGAIN = "930 B PA 1 201 64000 500\n"
OVERTAKEN = "100 B A 1 1 64000 1000 id=0\n" + "\n".join(
    f"{100 + n if n % 6 else 150 + n} B A {n}001 1 64000 1000 id={n}"
    for n in sorted(range(1, 21), key=lambda n: (n % 6 == 0, n))
)


@pytest.mark.parametrize(
    ("opening", "script", "frame", "kind", "said"),
    [
        (FAST_OPEN, "", 3, "fast_open_refused",
         "The first copy came with the SYN, and was not accepted (TCP Fast Open)."),
        (HANDSHAKE, PASSED + AGAIN + "931 A A 201 501 64000 0\n932 A A 201 501 64000 0 sack=1-501",
         7, "spurious_timeout", "The first copy passed this point and was not lost"),
        (HANDSHAKE, PASSED + AGAIN + "932 A A 201 501 64000 0", 7, "loss_after_capture",
         "lost or thrown away after it, towards the client, or its acknowledgment was lost."),
        (HANDSHAKE, OVERTAKEN, 22, "reordered", "what was sent after it overtook it"),
        (CHALLENGED, "", 2, "connect_failed", "a number of the old connection on these ports"),
    ],
    ids=["fast open", "it had come", "nobody knows", "overtaken", "an old connection"],
)  # fmt: skip
def test_a_flagged_segment(opening: str, script: str, frame: int, kind: str, said: str) -> None:
    assert kind in findings(script, opening)
    packets = parse_script(opening + numbered(script)).packets
    engine, read = analysed_with_bytes(packets)
    row = int(engine.packets.row_of(frame))
    assert said in why(engine, row, read)
