"""Segments that fit no state are told as what a side did."""

import pytest

from tcptui.diagnosis.plain import sentence
from tcptui.diagnosis.trail import SegmentContext
from tcptui.findings.findings import findings_of
from tcptui.findings.oddities import SAID
from tests.diagnosis.causes import engine_of, findings

WRONG_ACK = "ack_of_nothing_sent"

CLOSED = "100 A FA 1 1 64000 0\n120 B FA 1 2 64000 0\n122 A A 2 2 64000 0\n"


@pytest.mark.parametrize(
    ("script", "kind", "text"),
    [
        (CLOSED + "200 A PA 2 2 64000 10", "data_after_fin",
         "the client sent data behind its own FIN"),
        ("100 A PA 1 1 64000 10\n120 B R 90000 0 0 0\n130 B A 1 11 64000 0", "rst_outside_window",
         "a RST in the server's name has a wrong number: the client ignores it"),
        ("100 A - 1 1 64000 0", "no_ack",
         "the client sent a segment of the connection without the ACK flag"),
    ],
)  # fmt: skip
def test_who_did_what(script: str, kind: str, text: str) -> None:
    assert findings(script)[kind].text == text


FORGED = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0    0 64000 0 mss=1000
 2 20  B SA 0 -770 64000 0 mss=1000
 3 20  A R -770  0     0 0
"""


def test_a_syn_ack_for_another_syn_accepts_nothing() -> None:
    """RFC 9293, section 3.10.7.3: its receiver refuses it."""
    engine = engine_of("", FORGED)
    (found,) = (one for one in findings_of(engine, engine.flows[0]) if one.kind == WRONG_ACK)
    assert found.text == "the server acknowledged what the client never sent, as seen from here"
    said = sentence(SegmentContext(engine, 1))
    assert said == (
        "The server answers, 20.0 ms after #1, but with the acknowledgment of another SYN "
        "(230 raw, where 1001 would be right); its numbers count from 5000 (raw)."
    )


@pytest.mark.parametrize("said", SAID.values())
def test_each_is_a_sentence_about_its_sender(said: str) -> None:
    assert said.startswith(("{who} ", "a RST in {who}'s name "))  # which a box may have sent
