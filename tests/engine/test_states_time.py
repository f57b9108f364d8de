"""What time does without a packet: timers that run, run out, and connections that hang."""

import pytest
from mypy_extensions import i64

from samples.packet_script import START, parse_script
from tcptui.engine.clock_jumps import NEVER
from tcptui.engine.engine import Engine
from tcptui.engine.events import EventKind, Side
from tcptui.engine.tcp_state.states import State
from tcptui.engine.tcp_state.timers import (
    TIMER_LABELS,
    HangKind,
    TimerKind,
    TimerQueue,
    hang,
    timer,
)
from tests.engine.feeding import analysed

SECOND = 10**9
MS = 10**6

HANDSHAKE = """# A connection
1   0 A S  0 0 64000 0
2 +10 B SA 0 1 64000 0
3 +10 A A  1 1 64000 0
"""
CLIENT_CLOSED = """
4 +10 A FA 1 1 64000 0
5 +10 B A  1 2 64000 0
"""
BOTH_CLOSED = (
    CLIENT_CLOSED
    + """
6 +10 B FA 1 2 64000 0
7 +10 A A  2 2 64000 0
"""
)
RETRANSMISSION = """
4   +10 A PA 1 1 64000 10
5  +200 A PA 1 1 64000 10
6  +400 A PA 1 1 64000 10
"""
PROBES = """
4    +10 A PA  1  1 64000 10
5    +10 B A   1 11 64000 0
6 +60000 A A  10  1 64000 0
7 +10000 A A  10  1 64000 0
"""
SYN_RETRIES = """# Nobody there
1     0 A S 0 0 64000 0
2 +1000 A S 0 0 64000 0
3 +2000 A S 0 0 64000 0
"""


def engine_after(script: str) -> Engine:
    return analysed(parse_script(script).packets)


@pytest.mark.parametrize(
    ("script", "kind", "side", "started", "lasts"),
    [
        (HANDSHAKE + BOTH_CLOSED, TimerKind.TIME_WAIT, Side.CLIENT, 60 * MS, 60 * SECOND),
        (HANDSHAKE + CLIENT_CLOSED, TimerKind.FIN_WAIT_2, Side.CLIENT, 40 * MS, 60 * SECOND),
        (HANDSHAKE + RETRANSMISSION, TimerKind.RETRANSMISSION, Side.CLIENT, 630 * MS, 800 * MS),
        (HANDSHAKE + PROBES, TimerKind.KEEP_ALIVE, Side.CLIENT, 70_040 * MS, 10 * SECOND),
        (SYN_RETRIES, TimerKind.SYN_RETRY, Side.CLIENT, 3000 * MS, 4 * SECOND),
    ],
)
def test_a_timer_runs(script: str, kind: TimerKind, side: Side, started: int, lasts: int) -> None:
    engine = engine_after(script)
    running = timer(engine.flows[0], engine.last_time)
    assert running
    assert (running.kind, running.side) == (kind, side)
    assert (running.started - START, running.would_end - running.started) == (started, lasts)
    assert running.name == TIMER_LABELS[kind]


def test_a_timer_that_ran_out_is_none_and_changes_no_state() -> None:
    engine = engine_after(HANDSHAKE + BOTH_CLOSED)
    flow = engine.flows[0]
    engine.tick(i64(START + 61 * SECOND))
    assert timer(flow, engine.now) is None
    assert flow.client.state == State.TIME_WAIT
    event = engine.events[0]
    assert (event.kind, event.value) == (EventKind.TIMER, TimerKind.TIME_WAIT)
    assert (event.time - START, event.side) == (60_060 * MS, Side.CLIENT)


def test_an_open_connection_has_no_timer_and_does_not_hang() -> None:
    flow = engine_after(HANDSHAKE).flows[0]
    assert timer(flow, flow.last_time) is None
    assert hang(flow) is None


def test_a_reset_ends_what_was_repeated() -> None:
    flow = engine_after(HANDSHAKE + RETRANSMISSION + "7 +10 B R 1 0 0 0\n").flows[0]
    assert flow.client.state == flow.server.state == State.CLOSED
    assert timer(flow, flow.last_time) is None
    assert hang(flow) is None


@pytest.mark.parametrize(
    ("script", "kind", "guilty", "since"),
    [
        (HANDSHAKE + CLIENT_CLOSED, HangKind.NOT_CLOSED, Side.SERVER, 40 * MS),
        (HANDSHAKE + RETRANSMISSION, HangKind.DATA_UNANSWERED, Side.SERVER, 10 * MS),
        (HANDSHAKE + PROBES, HangKind.KEEP_ALIVE_UNANSWERED, Side.SERVER, 40 * MS),
        (SYN_RETRIES, HangKind.SYN_UNANSWERED, Side.SERVER, 0),
    ],
)
def test_a_hang_names_the_guilty_end(script: str, kind: HangKind, guilty: Side, since: int) -> None:
    found = hang(engine_after(script).flows[0])
    assert found
    assert (found.kind, found.guilty, found.since - START) == (kind, guilty, since)


@pytest.mark.parametrize("script", [HANDSHAKE + CLIENT_CLOSED, HANDSHAKE + RETRANSMISSION])
def test_a_hang_shows_up_without_a_packet(script: str) -> None:
    engine = engine_after(script)
    known = len(engine.events)
    engine.tick(i64(engine.last_time + 4 * SECOND))
    assert len(engine.events) == known
    engine.tick(i64(engine.last_time + 6 * SECOND))
    assert engine.events[known].kind is EventKind.HANG
    engine.tick(i64(engine.last_time + 50 * SECOND))
    assert len(engine.events) == known + 1, "said once"


def test_whoever_goes_on_does_not_hang() -> None:
    engine = engine_after(HANDSHAKE + RETRANSMISSION + "\n7 +10 B A 1 11 64000 0\n")
    engine.tick(i64(engine.last_time + 20 * SECOND))
    assert len(engine.events) == 0


def test_packet_time_is_time_too() -> None:
    """A timer runs out in a file as it does live: before the first packet behind its end."""
    later = "\n8 +100000 A A 2 2 64000 0\n"
    engine = engine_after(HANDSHAKE + BOTH_CLOSED + later)
    assert [event.kind for event in engine.events.of_flow(0)] == [EventKind.TIMER]
    assert engine.events[0].row == 6


def test_only_flows_that_wait_are_kept() -> None:
    engine = engine_after(HANDSHAKE)
    clock = engine.lifecycle.clock
    engine.tick(i64(engine.last_time + 10 * SECOND))
    assert clock.due == clock.jumps.due, "nothing but a jump of the clock"
    assert clock.waiting.due() == NEVER


DAY = 24 * 60 * 60 * 1000
"""ms, as packet scripts have them."""


@pytest.mark.parametrize(
    ("steps", "hangs"),
    [
        ([DAY], True),
        ([DAY + 1], False),
        ([6000, 2 * DAY], True),
        ([2 * DAY, -2 * DAY, 6000], False),
        ([4000, -2 * DAY, 3 * DAY], False),
    ],
    ids=["a day", "a jump", "before a jump", "and back", "back and ahead"],
)
def test_nobody_sees_a_connection_hang_while_the_clock_jumps(steps: list[int], hangs: bool) -> None:
    """Packets of another connection pass, so many ms one behind the other."""
    others = [f"{6 + at} {step:+} C S {at} 0 64000 0" for at, step in enumerate(steps)]
    flows = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nflow C 10.0.0.3:1111 D 10.0.0.2:80\n"
    numbers = "numbers A=1000 B=5000 C=100 D=200\n"
    engine = engine_after(flows + numbers + HANDSHAKE + CLIENT_CLOSED + "\n".join(others))
    told = [event.kind for event in engine.events.of_flow(0)]
    assert (EventKind.HANG in told) == hangs


def test_a_queue_forgets_what_it_has_passed_on() -> None:
    queue = TimerQueue(i64(10))
    for number in range(5000):
        queue.add_flow(i64(number), i64(number))
        if number >= 2:
            assert queue.due() == number - 2 + 10
            assert queue.take_flow() == number - 2
    assert len(queue.flow) < 2500
    assert queue.due() == 4998 + 10
