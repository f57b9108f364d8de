"""One flow in a sentence, in a bar, in turns; where it was captured and what limited it."""

import pytest

from tcptui.diagnosis.capture_causes import causes as causes_of
from tcptui.diagnosis.capture_causes import markdown_causes
from tcptui.diagnosis.interactive import delays_of, echoes_of
from tcptui.diagnosis.turn_times import turns_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.findings.capture_point import Sureness, Where, capture_point_of
from tcptui.findings.judgement import Judge
from tcptui.findings.limits import limits_of
from tcptui.findings.time_split import split_text, time_split
from tests.diagnosis.causes import HANDSHAKE, engine_of

MS = 1_000_000

SLOW = """
22   A PA    1    1 64000 100
42   B A     1  101 64000 0
2942 B A     1  101 64000 1000
2943 B A  1001  101 64000 500
3543 B A  1001  101 64000 500
3545 A A   101 1501 64000 0
"""


def test_the_sentence() -> None:
    flow = engine_of(SLOW).flows[0]
    assert (
        split_text(time_split(flow))
        == "3.55 s: server 2.90 s, RTO ×1 600 ms (lost after this point, #8)"
    )


def test_the_bar_is_the_whole_time() -> None:
    flow = engine_of(SLOW).flows[0]
    split = time_split(flow)
    assert split.total == 3545 * MS
    assert (split.server, split.tcp, split.client) == (2900 * MS, 600 * MS, 0)


SYN_WITH_DATA = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0   0 64000 100 mss=1000 sackok ws=0
 2 20  B SA 0 101 64000 0 mss=1000 sackok ws=0
 3 22  A A  101 1 64000 0
"""


@pytest.mark.parametrize(
    ("script", "opening", "idle"),
    [
        ("6000 A FA 1 1 64000 0", HANDSHAKE, "idle 5.98 s"),
        ("6000 B RA 1 1 64000 0", HANDSHAKE, "idle 5.98 s"),
        ("6000 A A 0 1 64000 1\n6020 B A 1 1 64000 0", HANDSHAKE, "idle 6.00 s"),
        ("30 A A 1 1 64000 1\n6030 A FA 2 1 64000 0", HANDSHAKE, "idle after the last data 6.00 s"),
        ("6000 A FA 101 1 64000 0", SYN_WITH_DATA, "idle after the last data 5.98 s"),
    ],
    ids=["a FIN", "a RST", "a keep-alive with a byte", "one byte", "data in the SYN"],
)
def test_who_sent_no_data_is_not_idle_after_it(script: str, opening: str, idle: str) -> None:
    told = split_text(time_split(engine_of(script, opening).flows[0])).partition(": ")[2]
    assert idle in told.split(", ")


def test_turns() -> None:
    engine = engine_of(SLOW)
    (turn,) = at_once(turns_of(engine, engine.flows[0]))
    assert (turn.request_frame, turn.answer_frame, turn.last_frame) == (4, 6, 7)
    assert (turn.waiting, turn.network, turn.server) == (2920 * MS, 20 * MS, 2900 * MS)
    assert (turn.request_bytes, turn.answer_bytes) == (100, 1500)


def test_a_greeting_is_no_turn() -> None:
    engine = engine_of("""
    50 B PA 1 1 64000 20
    60 A PA 1 21 64000 10
    80 B PA 21 11 64000 10
    """)
    assert [turn.request_frame for turn in at_once(turns_of(engine, engine.flows[0]))] == [5]


def test_an_unanswered_request_is_a_turn() -> None:
    engine = engine_of("60 A PA 1 1 64000 10")
    (turn,) = at_once(turns_of(engine, engine.flows[0]))
    assert (turn.request_frame, turn.answer_frame, turn.waiting) == (4, 0, 0)


def test_keystrokes_and_their_echoes() -> None:
    script = "".join(
        f"{100 * n} A PA {n * 10 - 9} {n * 10 - 9} 64000 10\n"
        f"{100 * n + 24} B PA {n * 10 - 9} {n * 10 + 1} 64000 10\n"
        f"{100 * n + 66} A A {n * 10 + 1} {n * 10 + 1} 64000 0\n"
        for n in range(1, 6)
    )
    engine = engine_of(script)
    flow = engine.flows[0]
    echoes = echoes_of(at_once(turns_of(engine, flow)))
    assert echoes is not None
    assert (echoes.number, echoes.median) == (5, 24 * MS)
    delays = at_once(delays_of(engine, flow, from_server=False))
    assert delays is not None
    assert (delays.number, delays.median, delays.counts[4]) == (5, 40 * MS, 5)  # not the SYN+ACK's


def test_the_capture_point() -> None:
    point = capture_point_of(engine_of("").flows[0])
    assert (point.where, point.client_way, point.server_way) == (Where.MIDDLE, 2 * MS, 20 * MS)
    assert point.sureness is Sureness.HIGH
    assert point.text.startswith("captured 1.00 ms from the client")


def test_the_capture_point_may_be_told() -> None:
    point = capture_point_of(engine_of("").flows[0], Where.CLIENT)
    assert (point.where, point.sureness) == (Where.CLIENT, Sureness.TOLD)


def test_without_a_handshake_the_place_is_unknown() -> None:
    script = """
    flow A 10.0.0.1:1111 B 10.0.0.2:80
    1 0 A PA 1 1 64000 10
    """
    point = capture_point_of(engine_of("", script).flows[0])
    assert (point.where, point.sureness) == (Where.UNKNOWN, Sureness.NONE)


def test_what_limits_a_transfer() -> None:
    """Each window of 4,000 bytes takes a round trip of 22 ms."""
    lines = []
    for turn in range(30):
        begin, time = 1 + turn * 4000, 100 + turn * 22
        lines += [f"{time}.{n} B A {begin + n * 1000} 1 64000 1000" for n in range(4)]
        lines.append(f"{time + 2} A A 1 {begin + 4000} 4000 0")
    engine = engine_of("\n".join(["23 A A 1 1 4000 0", *lines]))
    limits = limits_of(engine, engine.flows[0])
    assert limits is not None
    assert limits.sender == "server"
    costs = {limit.cause: limit.cost for limit in limits.limits}
    assert costs["receive_window"] > 8 * costs.get("path", 0)
    assert "receive window" in limits.text


def test_a_small_flow_is_no_transfer() -> None:
    engine = engine_of(SLOW)
    assert limits_of(engine, engine.flows[0]) is None


def test_causes_of_a_capture() -> None:
    causes = at_once(causes_of(Judge(engine_of(SLOW), None), 1))
    assert [cause.kind for cause in causes] == [
        "any_trouble", "stall_rto", "loss_after_capture", "stall_server_think",
    ]  # fmt: skip
    assert causes[0].worst_pairs() == [("10.0.0.1 → 10.0.0.2:80", 1)]
    assert causes[0].worst_flows() == [0]
    table = "".join(markdown_causes(causes))
    assert "| stall_rto | warning | 1 | 1 | 600 ms | 10.0.0.1 → 10.0.0.2:80 (1) |" in table
