"""An answer acknowledges what it answers: what the server had sent before is none."""

import pytest

from tcptui.diagnosis.turn_times import turns_of
from tcptui.diagnosis.work_slices import at_once
from tests.diagnosis.causes import HANDSHAKE, engine_of, findings

FAST_OPEN = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0   0 64000 100 mss=1000 sackok ws=0
 2 20  B SA 0 ACCEPTED 64000 0 mss=1000 sackok ws=0
 3 22  A A  1 1 64000 0
"""
ACCEPTED = FAST_OPEN.replace("ACCEPTED", "101").replace("A A  1 1", "A A 101 1")
REFUSED = FAST_OPEN.replace("ACCEPTED", "1")
BANNER = "30 B PA 1 1 64000 50\n"

ANSWERED = {
    "a request and its answer": (
        HANDSHAKE,
        "100 A PA 1 1 64000 100\n120 B PA 1 101 64000 500\n",
        1,
    ),
    "the server's banner was on its way": (
        HANDSHAKE,
        "100 A PA 1 1 64000 100\n105 B PA 1 1 64000 50\n120 B A 51 101 64000 0\n",
        0,
    ),
    "and then it answers": (
        HANDSHAKE,
        "100 A PA 1 1 64000 100\n105 B PA 1 1 64000 50\n120 B PA 51 101 64000 500\n",
        1,
    ),
    "the next request meets the rest of the answer before": (
        HANDSHAKE,
        "100 A PA 1 1 64000 100\n120 B A 1 101 64000 1000\n121 A PA 101 1 64000 100\n"
        "125 B PA 1001 101 64000 1000\n141 B PA 2001 201 64000 500\n",
        2,
    ),
    "it begins to answer before it has got all": (
        HANDSHAKE,
        "100 A A 1 1 64000 1000\n101 A PA 1001 1 64000 1000\n120 B PA 1 1001 64000 500\n",
        1,
    ),
    "what it sends again acknowledges the request, and so does the answer": (
        HANDSHAKE,
        BANNER + "100 A PA 1 1 64000 100\n320 B PA 1 101 64000 50\n330 B PA 51 101 64000 500\n",
        1,
    ),
    "who acknowledges nothing that was ever sent tells nothing by it": (
        HANDSHAKE,
        "100 A PA 1 1 64000 100\n120 B PA 1 0 64000 500\n",
        1,
    ),
    "a request in the SYN": (ACCEPTED, "24 B PA 1 101 64000 500\n", 1),
    "a request in the SYN that was refused": (
        REFUSED,
        "22.1 A PA 1 1 64000 100\n44 B PA 1 101 64000 500\n",
        1,
    ),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_answered_requests(name: str) -> None:
    """The course of the flow counts what its totals do."""
    opening, script, expected = ANSWERED[name]
    engine = engine_of(script, opening)
    flow = engine.flows[0]
    answered = [turn for turn in at_once(turns_of(engine, flow)) if turn.answer_frame]
    assert (flow.answered_requests, len(answered)) == (expected, expected)


def test_who_asks_in_the_syn_has_spoken_first() -> None:
    """Of the server, which answers, nothing was to be read by a client that resets."""
    found = findings("24 B PA 1 101 64000 500\n26 A RA 101 501 0 0\n", ACCEPTED)
    assert "abort" in found
    assert "abort_unread_data" not in found


VAIN = {
    "only a banner came, which was on its way": (
        HANDSHAKE,
        "100 A PA 1 1 64000 200\n105 B PA 1 1 64000 50\n120 B A 51 201 64000 0\n"
        "121 A A 201 51 64000 0\n9000 A FA 201 51 64000 0\n",
    ),
    "a request in the SYN": (ACCEPTED, "9000 A FA 101 1 64000 0\n"),
}


@pytest.mark.parametrize("name", VAIN)
def test_no_answer(name: str) -> None:
    opening, script = VAIN[name]
    assert "no_answer" in findings(script, opening)
