"""Waits whose obvious cause the capture itself refutes: what came before was not there yet."""

from typing import Final

import pytest

from samples.packet_script import parse_script
from tcptui.diagnosis.turn_times import turns_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.findings.findings import findings_of
from tcptui.findings.time_split import time_split
from tests.diagnosis.causes import HANDSHAKE, engine_of, findings, numbered
from tests.engine.feeding import analysed

MS: Final = 1_000_000

NEAR_B: Final = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0 0 64000 0 mss=1460 sackok ws=0
 2  0.1 B SA 0 1 64000 0 mss=1460 sackok ws=0
 3 40.1 A A  1 1 64000 0
"""
"""The server is here, the client is 40 ms away and back."""

TWO_WRITES: Final = """
100 {} A 1 1 64000 1000
160 {} A 1 1001 64000 0
{} {} PA 1001 1 64000 300
"""


@pytest.mark.parametrize(
    ("sender", "receiver", "then", "told"),
    [
        pytest.param("B", "A", 163, False, id="the ACK cannot have been there yet"),
        pytest.param("B", "A", 169, False, id="nor on half of the way"),
        pytest.param("B", "A", 181, True, id="one round trip behind it"),
        pytest.param("A", "B", 161, True, id="its sender is here"),
    ],
)
def test_nagle_waits_for_an_ack_that_can_have_come(
    sender: str, receiver: str, then: float, told: bool
) -> None:
    found = findings(TWO_WRITES.format(sender, receiver, then, sender))
    assert ("stall_delayed_ack_nagle" in found) == told


LATE_ANSWERS: Final = {
    "the answer is the first ACK": ("", 600, {"stall_server_think": 580}),
    "an ACK that came at once": ("120 B A 1 101 64000 0", 600, {"stall_server_think": 580}),
    "an ACK that was delayed": ("300 B A 1 101 64000 0", 600, {"stall_server_think": 580}),
    "an ACK that was late, and the answer": ("600 B A 1 101 64000 0", 605, {"stall_late_ack": 480}),
    "a late ACK, and then a slow answer": (
        "700 B A 1 101 64000 0", 1700, {"stall_late_ack": 580, "stall_server_think": 1000},
    ),
    "an ACK that repeats an older one": ("120 B A 1 1 64000 0", 600, {"stall_server_think": 580}),
}  # fmt: skip


@pytest.mark.parametrize("name", LATE_ANSWERS)
def test_a_server_thinks_about_what_it_has_got(name: str) -> None:
    ack, answer, expected = LATE_ANSWERS[name]
    at = answer if ack[:3] in ("600", "700") else answer + 100
    found = findings(f"100 A PA 1 1 64000 100\n{ack}\n{at} B PA 1 101 64000 100")
    assert {
        kind: round(one.cost / MS) for kind, one in found.items() if one.cost is not None
    } == expected


def test_a_path_that_gets_longer_is_nobodys_application() -> None:
    """The way takes 600 ms from the third request on; the server acknowledges each at once."""
    lines, time = [], 100
    for n in range(8):
        way = 20 if n < 2 else 600
        lines += [
            f"{time} A PA {1 + 100 * n} {1 + 500 * n} 64000 100",
            f"{time + way} B A {1 + 500 * n} {101 + 100 * n} 64000 0",
            f"{time + way + 1} B PA {1 + 500 * n} {101 + 100 * n} 64000 500",
            f"{time + way + 3} A A {101 + 100 * n} {501 + 500 * n} 64000 0",
        ]
        time += way + 50
    script = "\n".join(lines)
    found = findings(script)
    assert "stall_server_think" not in found
    late = found["stall_late_ack"]
    assert (late.side, late.count, late.severity) == ("server", 6, "note")
    engine = engine_of(script)
    split = time_split(engine.flows[0])
    assert split.server < 10 * MS
    assert max(turn.server for turn in at_once(turns_of(engine, engine.flows[0]))) < 10 * MS


@pytest.mark.parametrize(
    ("lasted", "words"),
    [
        (400, "either the way there or back was late, or the server's application"),
        (900, "no host delays an ACK so long: the way to the server or back was late"),
    ],
)
def test_the_longer_no_ack_comes_the_surer_it_is_the_way(lasted: int, words: str) -> None:
    found = findings(f"""
    100 A PA 1 1 64000 100
    {120 + lasted} B A 1 101 64000 0
    {121 + lasted} B PA 1 101 64000 100
    """)
    text = found["stall_late_ack"].text
    assert text.startswith(
        f"the client waited {lasted} ms for the server's first ACK of what it had sent before #6; "
    )
    assert words in text


def test_beside_the_server_its_own_delay_is_its_own() -> None:
    found = findings(
        "100 A PA 1 1 64000 100\n700 B A 1 101 64000 0\n701 B PA 1 101 64000 100", NEAR_B
    )
    assert "stall_server_think" in found
    assert "stall_late_ack" not in found


def test_beside_the_server_a_client_may_be_late_by_its_way() -> None:
    script = """
    100 A PA   1   1 64000 100
    101 B PA   1 101 64000 100
    {} A A 101 101 64000 0
    900 A PA 101 101 64000 100
    901 B PA 101 201 64000 100
    """
    known = findings(script.format(141), NEAR_B)
    unknown = findings(script.format(899), NEAR_B)
    assert known["stall_sender_idle"].side == unknown["stall_late_ack"].side == "client"
    assert "stall_sender_idle" not in unknown
    assert "stall_late_ack" not in known


@pytest.mark.parametrize(
    ("length", "flags", "is_idle"),
    [
        pytest.param(700, "PA", True, id="the end of a message"),
        pytest.param(1000, "A", False, id="a full segment, not pushed"),
        pytest.param(700, "A", True, id="a short one of a system that pushes nothing"),
        pytest.param(10_000, "PA", False, id="full segments that a network card splits"),
        pytest.param(10_300, "PA", True, id="full ones and a rest"),
    ],
)
def test_who_left_more_to_send_was_not_idle(length: int, flags: str, is_idle: bool) -> None:
    found = findings(f"""
    100 B PA 1 1 64000 1000
    101 B {flags} 1001 1 64000 {length}
    103 A A 1 {1001 + length} 64000 0
    601 B PA {1001 + length} 1 64000 1000
    """)
    assert ("stall_sender_idle" in found) == is_idle


def test_no_queue_holds_what_was_left_for_long() -> None:
    found = findings("""
    100 B PA   1 1 64000 1000
    101 B A 1001 1 64000 1000
    103 A A    1 2001 64000 0
    20000 B PA 2001 1 64000 1000
    """)
    assert "stall_sender_idle" in found


def test_who_never_pushes_tells_nothing_by_it() -> None:
    found = findings("""
    100 B A    1 1 64000 1000
    102 A A    1 1001 64000 0
    601 B A 1001 1 64000 1000
    """)
    assert "stall_sender_idle" in found


def test_a_loss_before_this_point_comes_before_what_was_left_to_send() -> None:
    """The server's identifications skip one over a wait as long as its timer: that explains it."""
    found = findings("""
    100 B PA   1 1 64000 1000 id=1
    102 A A    1 1001 64000 0
    110 B A 1001 1 64000 1000 id=2
    112 A A    1 2001 64000 0
    510 B A 2001 1 64000 1000 id=4
    512 A A    1 3001 64000 0
    """)
    assert "stall_rto" in found
    assert "stall_sender_idle" not in found


@pytest.mark.parametrize(
    ("others", "kinds"),
    [(2000, {"stall_late_ack", "stall_server_think"}), (5000, {"stall_server_think"})],
)
def test_an_ack_is_not_looked_for_far_back(others: int, kinds: set[str]) -> None:
    """So many packets of another flow pass between the late ACK and the answer."""
    busy = "".join(f"{701 + n / 20:.2f} D A {1 + n} 1 64000 1\n" for n in range(others))
    script = f"100 A PA 1 1 64000 100\n700 B A 1 101 64000 0\n{busy}1000 B PA 1 101 64000 100\n"
    opening = "flow C 10.0.0.7:1111 D 10.0.0.8:80\nnumbers C=1000 D=5000\n" + HANDSHAKE
    engine = analysed(parse_script(opening + numbered(script)).packets)
    asked = next(flow for flow in engine.flows if flow.client.address == bytes((10, 0, 0, 1)))
    stalls = {one.kind for one in findings_of(engine, asked)}
    assert {one for one in stalls if one.startswith("stall")} == kinds


DOWNLOAD: Final = """
100 B A 1 1 64000 1000
101 A A 1 1001 64000 0
110 A A    1 1001 64000 1000
111 A A 1001 1001 64000 1000
121 B A 1001 {before} 64000 1000
122 A A 2001 2001 64000 0
700 B A 2001 {ack} 64000 1000
701 A A 2001 3001 64000 0
"""
UPLOAD: Final = """
100 A A 1 1 64000 1000
101 B A 1 1001 64000 0
110 B A    1 1001 64000 1000
111 B A 1001 1001 64000 1000
121 A A 1001 {before} 64000 1000
122 B A 2001 2001 64000 0
700 A A 2001 {ack} 64000 1000
701 B A 2001 3001 64000 0
"""


@pytest.mark.parametrize(
    ("script", "opening", "side"),
    [(DOWNLOAD, HANDSHAKE, "server"), (UPLOAD, NEAR_B, "client")],
    ids=["server", "client"],
)
@pytest.mark.parametrize(
    ("before", "ack", "told"),
    [
        pytest.param(1, 1, False, id="nothing of the other transfer has come there"),
        pytest.param(1001, 1001, False, id="a part of it has not"),
        pytest.param(2001, 2001, True, id="all of it has"),
        pytest.param(0, 0, True, id="a number that tells nothing"),
    ],
)
def test_who_sends_beside_a_late_transfer_of_its_peer_is_not_idle(
    script: str, opening: str, side: str, before: int, ack: int, told: bool
) -> None:
    """What the peer had sent half a second before is not acknowledged yet: nor can its ACKs of this
    transfer have been there."""
    lines = script.format(before=before, ack=ack)
    idle = findings(lines, opening).get("stall_sender_idle")
    assert (idle is not None and idle.side == side) == told
    engine = engine_of(lines, opening)
    split = time_split(engine.flows[0])
    used = split.server if side == "server" else split.client
    assert (used > 500 * MS) == told
