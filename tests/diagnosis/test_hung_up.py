"""Who hung up: a reset is told as what it was, as far as the capture shows it."""

import pytest

from tests.diagnosis.causes import findings

ENDS = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n"
RESETS = {"abort", "abort_unread_data", "half_open_reset", "rst_after_fin", "refused"}

UNREAD = """
100 A PA   1 1 64000 100
120 B A    1 101 64000 0
320 B RA   1 101 64000 0
"""


def test_a_request_is_left_unread() -> None:
    found = findings(UNREAD)["abort_unread_data"]
    assert found.side == "server"
    assert "or aborted instead of an answer" in found.text


def test_inside_a_connection_nobody_knows_what_was_read() -> None:
    script = """
    1   0 B PA   1   1 64000 100
    2   1 A A    1 101 64000 0
    3 100 A RA   1 101 64000 0
    """
    assert findings("", ENDS + script).keys() & RESETS == {"abort"}


def test_a_reset_that_was_lost_is_still_the_same_abort() -> None:
    """Its receiver goes on, and what it sends is answered by a reset again."""
    script = """
    100 A PA   1   1 64000 100
    120 B A    1 101 64000 1000
    121 A RA 101   1 64000 0
    420 B A    1 101 64000 1000
    421 A R  101   0 0 0
    """
    found = findings(script)
    assert found.keys() & RESETS == {"abort"}
    assert found["abort"].side == "client"


def test_whom_a_middlebox_has_reset_has_not_forgotten_the_connection() -> None:
    script = """
    100 A PA   1   1 64000 100
    119 B R    1   0     0 0   ttl=200
    120 B A    1 101 64000 1000
    121 A R  101   0     0 0
    """
    assert findings(script).keys() & RESETS == set()
    assert findings(script)["rst_by_middlebox"].side == "server"


@pytest.mark.parametrize(
    ("acked", "given_up"),
    [pytest.param(101, True, id="lost"), pytest.param(201, False, id="acknowledged in the end")],
)
def test_who_repeats_in_vain_has_given_up_by_itself(acked: int, given_up: bool) -> None:
    """Its peer hears nothing of that: the first segment that comes again is answered by a RST."""
    script = f"""
    100  A PA   1   1 64000 100
    120  B A    1 101 64000 0
    200  A PA 101   1 64000 100
    500  A PA 101   1 64000 100
    1100 A PA 101   1 64000 100
    2300 A PA 101   1 64000 100
    3000 B PA   1 {acked} 64000 100
    3002 A R {acked}  0     0 0
    """
    found = findings(script)["half_open_reset"]
    assert found.side == "client"
    assert ("given up, by a timer" in found.text) == given_up
    assert ("full accept queue" in found.text) != given_up


def test_a_repeated_syn_is_not_said_to_have_had_no_answer() -> None:
    opening = """
    1    0 A S 0 0 64000 0
    2   20 B SA 0 1 64000 0
    3 1000 A S 0 0 64000 0
    4 1020 B SA 0 1 64000 0
    5 1022 A A 1 1 64000 0
    """
    found = findings("", ENDS + opening)["stall_syn_retry"]
    assert "waited 1.00 s for a connection: its SYN was sent again once" in found.text
    assert "it or its answer was lost" in found.text


def test_a_reset_before_all_else_tells_nothing() -> None:
    assert not findings("", ENDS + "1 0 B RA 1 1 64000 0").keys() & RESETS


def test_one_direction_alone_does_not_tell_what_was_answered() -> None:
    script = """
    1   0 B SA   0 1 64000 0
    2 100 B PA   1 1 64000 100
    3 400 B R  101 0 0 0
    """
    found = findings("", ENDS + script)["abort"]
    assert found.severity == "note"
    assert "of the client, which was not captured" in found.text


@pytest.mark.parametrize(
    ("calls", "severity"),
    [("1 0 A S 0 0 64000 0", "note"), ("1 0 A S 0 0 64000 0\n2 1000 A S 0 0 64000 0", "error")],
    ids=["just called", "called again"],
)
def test_an_answer_may_still_come_when_the_capture_ends(calls: str, severity: str) -> None:
    assert findings("", ENDS + calls)["syn_unanswered"].severity == severity
