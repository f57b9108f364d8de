"""The course of a flow: its requests, waits, kept ACKs and echoes, in sentences."""

from tcptui.diagnosis.course import course_of, is_interactive
from tcptui.diagnosis.work_slices import at_once
from tests.diagnosis.causes import HANDSHAKE, engine_of

LOST_REQUEST = """
100  A PA   1   1 64000 100
400  A PA   1   1 64000 100
430  B PA   1 101 64000 500
431  B PA 501 101 64000 500
433  A A  101 1001 64000 0
600  A PA 101 1001 64000 100
1620 B PA 1001 201 64000 500
1660 A A  201 1501 64000 0
"""

TYPING = "".join(
    f"{100 * n} A PA {n * 10 - 9} {n * 10 - 9} 64000 10\n"
    f"{100 * n + 24} B PA {n * 10 - 9} {n * 10 + 1} 64000 10\n"
    f"{100 * n + 66} A A {n * 10 + 1} {n * 10 + 1} 64000 0\n"
    for n in range(1, 6)
)

PIECES = "".join(
    f"{200 * n} A PA {n * 20 - 19} {n * 10 - 9} 64000 10\n"
    f"{200 * n + 60} B A {n * 10 - 9} {n * 20 - 9} 64000 0\n"
    f"{200 * n + 62} A PA {n * 20 - 9} {n * 10 - 9} 64000 10\n"
    f"{200 * n + 82} B PA {n * 10 - 9} {n * 20 + 1} 64000 10\n"
    for n in range(1, 4)
)


def sentences(script: str) -> list[str]:
    engine = engine_of(script)
    flow = engine.flows[0]
    return list(at_once(course_of(engine, flow)).sentences())


def explaining(script: str, opening: str = HANDSHAKE) -> list[str]:
    """What the Why line and the Markdown report add; nothing for a flow that is not walked."""
    engine = engine_of(script, opening)
    flow = engine.flows[0]
    return list(at_once(course_of(engine, flow)).interactive()) if is_interactive(flow) else []


def test_the_time_of_requests_is_told_by_who_took_it() -> None:
    assert sentences(LOST_REQUEST)[:3] == [
        "2 requests: server 1.01 s, TCP's timers and windows 300 ms, client 243 ms, "
        "round trips 40.0 ms, transfer 1.00 ms",
        "the slowest: #9 (100 bytes) to #10 (500 bytes) 1.02 s: server 1.00 s, round trip 20.0 ms; "
        "#4 (100 bytes) to #7 (1,000 bytes) 331 ms: TCP's timers and windows 300 ms, "
        "round trip 20.0 ms, server 10.0 ms, transfer 1.00 ms",
        "the longest waits: 1.00 s before #10 (server thinking), 300 ms before #5 (RTO)",
    ]


def test_echoes_and_the_acks_that_were_kept() -> None:
    assert explaining(TYPING) == [
        "5 keys (or as short requests) were echoed after 24.0 ms",
        "the client's ACKs (5) came 40.0 ms after the data: 5 of 35 to 60 ms",
    ]


def test_what_nagle_waited_for() -> None:
    assert explaining(PIECES) == [
        "the server's ACKs (3) came 40.0 ms after the data: 3 of 35 to 60 ms",
    ]


def test_without_the_handshake_an_answer_tells_the_way() -> None:
    """And where there is none, nothing is taken off."""
    inside = "flow A 10.0.0.1:1111 B 10.0.0.2:80\n"
    inside += "".join(f"{n} {n} A A 1 1 64000 0\n" for n in (1, 2, 3))
    assert "came 40.0 ms after the data" in explaining(PIECES, inside)[0]
    (echoed,) = explaining(TYPING, inside)
    assert "echoed after 24.0 ms" in echoed


def test_a_download_is_not_walked_over() -> None:
    assert explaining("100 A PA 1 1 64000 100\n130 B A 1 101 64000 1000") == []
