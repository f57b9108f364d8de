"""What held a transfer back, round trip by round trip, and what speaks against a send buffer."""

from collections.abc import Callable

import pytest

from samples.packet_script import parse_script
from tcptui.engine.engine import Engine
from tcptui.engine.ledger import LedgerKind
from tcptui.findings.limits import limits_of
from tests.diagnosis.causes import engine_of, findings, numbered
from tests.engine.feeding import analysed

ROUNDS = 14
FULL = 1000


def rounds(piece: Callable[[int], int], period: float = 21, window: int = 64000) -> str:
    """Each ``period`` ms the server sends a piece, of ``piece(n)`` bytes, in full segments and a
    rest that is pushed; the client, 2 ms from here, acknowledges the whole.

    The server is 20 ms away and back: a piece that comes 21 ms after the ACK followed it at once.
    """
    lines, begin = [], 1
    for n in range(ROUNDS):
        time, left = 100 + n * (period + 2), piece(n)
        while left > 0:
            length = min(left, FULL)
            flags = "PA" if left == length else "A"
            lines.append(f"{time:.3f} B {flags} {begin} 1 64000 {length}")
            begin, left, time = begin + length, left - length, time + 0.02
        lines.append(f"{100 + n * (period + 2) + 2:.3f} A A 1 {begin} {window} 0")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("script", "is_buffer"),
    [
        pytest.param(rounds(lambda n: 8192), True, id="the same piece each round trip"),
        pytest.param(rounds(lambda n: 4000 + n * 1000), False, id="a window that grows"),
        pytest.param(rounds(lambda n: 900), False, id="one small segment at a time"),
        pytest.param(rounds(lambda n: 8192, period=47), False, id="not when the ACK comes"),
        pytest.param(rounds(lambda n: 8192, window=8500), False, id="the receive window is full"),
        pytest.param(rounds(lambda n: 8192 if n < 5 else 3000 * n), False, id="not long enough"),
    ],
)
def test_a_send_buffer_is_told_only_where_nothing_speaks_against_it(
    script: str, is_buffer: bool
) -> None:
    found = findings(script)
    assert ("stall_send_buffer" in found) == is_buffer
    if is_buffer:
        told = found["stall_send_buffer"]
        assert (told.severity, told.side, told.count) == ("note", "server", ROUNDS)
        assert "8,192 bytes" in told.text


def bursts_apart(gap: Callable[[int], float]) -> str:
    """Two full segments at a time, of which three pairs are always on their way; ``gap(n)`` ms
    lie before each. The ACKs of the first of the three come a moment before the next pair."""
    lines, time, begin = [], 100.0, 1
    for n in range(90):
        time += gap(n)
        lines.append((time, f"B A {begin} 1 64000 {FULL}"))
        lines.append((time + 0.02, f"B PA {begin + FULL} 1 64000 {FULL}"))
        begin += 2 * FULL
        lines.append((time + 0.1, f"A A 1 {begin} 64000 0"))
    return "\n".join(f"{time:.3f} {line}" for time, line in lines)


@pytest.mark.parametrize(
    ("gap", "is_buffer"),
    [
        pytest.param(lambda n: 7, False, id="a pacing timer"),
        pytest.param(lambda n: (2, 3, 16)[n % 3], True, id="the buffer is free in three parts"),
    ],
)
def test_bursts_evenly_apart_are_those_of_a_pacing_timer(
    gap: Callable[[int], float], is_buffer: bool
) -> None:
    assert ("stall_send_buffer" in findings(bursts_apart(gap))) == is_buffer


@pytest.mark.parametrize(
    ("script", "longest"),
    [
        pytest.param(rounds(lambda n: 9000), "path", id="ACKs release each piece"),
        pytest.param(rounds(lambda n: 9000, window=9000), "receive_window", id="no more room"),
        pytest.param(rounds(lambda n: 9000, window=9400), "receive_window", id="room for a part"),
        pytest.param(rounds(lambda n: 9000, period=60), "application", id="later than the ACK"),
    ],
)
def test_the_time_between_two_pieces_has_a_cause(script: str, longest: str) -> None:
    engine = engine_of(script)
    limits = limits_of(engine, engine.flows[0])
    assert limits is not None
    assert limits.sender == "server"
    assert limits.limits[0].cause == longest
    total = sum(limit.cost for limit in limits.limits)
    assert limits.limits[0].cost > 0.8 * total


JOINED = 65_160
"""45 segments of 1448 bytes, which a network card splits or has joined."""


def slots(lengths: Callable[[int], tuple[int, str]], gap: Callable[[int, int], float]) -> str:
    """The server's segments come one by one, each ``gap(n, its length)`` ms behind the one before;
    the client acknowledges each at once."""
    lines, time, begin = [], 100.0, 1
    for n in range(120):
        length, flags = lengths(n)
        time += gap(n, length)
        lines.append(f"{time:.3f} B {flags} {begin} 1 64000 {length}")
        begin += length
        lines.append(f"{time + 0.1:.3f} A A 1 {begin} 64000 0")
    return "\n".join(lines)


ON_ONE_HOST = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0    A S  0 0 64000 0 mss=1460 sackok ws=7
 2  0.03 B SA 0 1 64000 0 mss=1460 sackok ws=7
 3  0.05 A A  1 1 64000 0
"""

PUSHED_SOMETIMES = {True: (1448, "PA"), False: (1448, "A")}


@pytest.mark.parametrize(
    ("script", "longest"),
    [
        pytest.param(
            slots(lambda n: PUSHED_SOMETIMES[n % 12 == 11], lambda n, length: 6.06),
            "path", id="a queue at the sender lets one through at a time",
        ),
        pytest.param(
            slots(lambda n: (JOINED, "PA"), lambda n, length: 54.4),
            "path", id="joined segments of full ones",
        ),
        pytest.param(
            slots(lambda n: (1448 * (9 + n % 7), "PA"), lambda n, length: length / 1200),
            "path", id="joined segments of several lengths",
        ),
        pytest.param(
            slots(lambda n: (20_000, "PA"), lambda n, length: 50),
            "application", id="writes of an application",
        ),
        pytest.param(
            slots(lambda n: (1000, "PA"), lambda n, length: 20),
            "application", id="small writes",
        ),
        pytest.param(
            slots(lambda n: PUSHED_SOMETIMES[n % 2 == 1], lambda n, length: (90, 6)[n % 2]),
            "application", id="two segments at a time, and the second is pushed",
        ),
        pytest.param(
            slots(lambda n: (JOINED, "PA"), lambda n, length: 1500),
            "application", id="so slowly that nothing was waiting",
        ),
    ],
)  # fmt: skip
def test_what_a_queue_lets_through_one_by_one_is_not_the_applications(
    script: str, longest: str
) -> None:
    engine = engine_of(script, ON_ONE_HOST)
    limits = limits_of(engine, engine.flows[0])
    assert limits is not None
    assert limits.limits[0].cause == longest
    assert limits.limits[0].cost > 0.9 * sum(limit.cost for limit in limits.limits)


@pytest.mark.parametrize(
    ("gap", "is_buffer"),
    [
        pytest.param(lambda n: 1.2, False, id="at one rate"),
        pytest.param(lambda n: (8.0, 0.5, 0.5)[n % 3], True, id="a pause until there is room"),
    ],
)
def test_what_goes_on_at_its_pace_has_not_run_dry(
    gap: Callable[[int], float], is_buffer: bool
) -> None:
    """Every third segment is pushed and acknowledged just before the next."""
    lines, time, begin = [], 100.0, 1
    for n in range(120):
        time += gap(n)
        if n % 3 == 0:
            lines.append(f"{time - 0.1:.3f} A A 1 {begin} 64000 0")
        lines.append(f"{time:.3f} B {'PA' if n % 3 == 2 else 'A'} {begin} 1 64000 {1448}")
        begin += 1448
    engine = engine_of("\n".join(lines), ON_ONE_HOST)
    limits = limits_of(engine, engine.flows[0])
    assert limits is not None
    costs = {limit.cause: limit.cost for limit in limits.limits}
    assert (costs.get("send_buffer", 0) > 0.5 * sum(costs.values())) == is_buffer
    assert is_buffer or "send_buffer" not in costs


BESIDE_THE_RECEIVER = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0   A S  0 0 7000 0 mss=1000 sackok ws=0
 2 20   B SA 0 1 64000 0 mss=1000 sackok ws=0
 3 20.1 A A  1 1 7000 0
"""


@pytest.mark.parametrize(
    ("window", "is_told"),
    [
        pytest.param(7000, True, id="as much as is on the way"),
        pytest.param(40_000, False, id="room for more"),
    ],
)
def test_a_window_is_told_beside_its_receiver_too(window: int, is_told: bool) -> None:
    """A reader takes three and four segments in turn, every 18 ms. They are released by the ACK
    before the last one; the last one has made room again, but only just begun its way."""
    lines, begin = [], 1
    for n in range(60):
        time = 100 + 18 * n
        for place in range(3 + n % 2):
            lines.append(f"{time + place * 0.02:.2f} B A {begin} 1 64000 {FULL}")
            begin += FULL
        lines.append(f"{time + 15} A A 1 {begin} {window} 0")
    found = findings("\n".join(lines), BESIDE_THE_RECEIVER)
    assert ("stall_window_limited" in found) == is_told
    if is_told:
        assert found["stall_window_limited"].side == "client"
        assert found["stall_window_limited"].cost == pytest.approx(1.04e9, rel=0.1)


def test_a_segment_cut_to_the_window_had_waited_for_it() -> None:
    """The window has room for 700 bytes; its sender keeps a whole segment back until the persist
    timer runs out."""
    lines, time, begin = [], 100, 1
    for _ in range(20):
        lines.append(f"{time} B A {begin} 1 64000 700")
        begin += 700
        lines.append(f"{time + 2} A A 1 {begin} 700 0")
        time += 300
    script = "23 A A 1 1 1000 0\n24 B A 1 1 64000 1000\n26 A A 1 1001 700 0\n"
    engine = engine_of(script + move("\n".join(lines), 1000))
    limits = limits_of(engine, engine.flows[0])
    assert limits is not None
    assert limits.limits[0].cause == "receive_window"


def test_what_the_window_released_was_acknowledged_however_short_the_way() -> None:
    """The window has room for one segment. Each third ACK is answered after 17 ms, sooner than the
    handshake's 20: no pacing timer sent that segment."""
    lines, time = [], 100
    for n in range(110):
        time += 19 if n % 3 == 0 else 23
        lines.append(f"{time} B A {1 + n * FULL} 1 64000 {FULL}")
        lines.append(f"{time + 2} A A 1 {1 + (n + 1) * FULL} {FULL} 0")
    engine = engine_of("\n".join(lines))
    limits = limits_of(engine, engine.flows[0])
    assert limits is not None
    longest, *others = limits.limits
    assert longest.cause == "receive_window"
    assert sum(limit.cost for limit in others) < longest.cost / 20


TWO_FLOWS = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
flow C {0}:1112 D 10.0.0.2:80
numbers C=3000 D=9000
 1  0    A S  0 0 64000 0 mss=1460 sackok ws=7
 2  0.03 B SA 0 1 64000 0 mss=1460 sackok ws=7
 3  0.05 A A  1 1 64000 0
 4  1    C S  0 0 64000 0 mss=1460 sackok ws=7
 5  1.03 D SA 0 1 64000 0 mss=1460 sackok ws=7
 6  1.05 C A  1 1 64000 0
"""


@pytest.mark.parametrize(
    ("client", "uploads", "length", "longest"),
    [
        pytest.param("10.0.0.1", True, 1448, "path", id="its own upload fills the way of the ACKs"),
        pytest.param("10.0.0.1", False, 1448, "application", id="a download has another way"),
        pytest.param("10.0.0.9", True, 1448, "application", id="another client's upload"),
        pytest.param("10.0.0.1", True, 900, "application", id="small writes beside an upload"),
    ],
)
def test_acks_may_wait_behind_the_clients_own_upload(
    client: str, uploads: bool, length: int, longest: str
) -> None:
    """The server sends a pushed segment every 80 ms, 80 ms behind the ACK of the one before."""
    lines = []
    for n in range(100):
        time, begin = 100.0 + 80 * n, 1 + n * length
        lines.append((time, f"B PA {begin} 1 64000 {length}"))
        lines.append((time + 0.1, f"A A 1 {begin + length} 64000 0"))
        sender, receiver = ("C", "D") if uploads else ("D", "C")
        lines.append((time + 1, f"{sender} A {1 + n * 14_600} 1 64000 14600"))
        lines.append((time + 60, f"{receiver} A 1 {1 + (n + 1) * 14_600} 64000 0"))
    script = "\n".join(f"{time:.1f} {line}" for time, line in lines)
    opening = TWO_FLOWS.format(client)
    engine = analysed(parse_script(opening + numbered(script, 7)).packets)
    limits = limits_of(engine, engine.flows[0])
    assert limits is not None
    assert limits.limits[0].cause == longest
    assert limits.limits[0].cost > 0.9 * sum(limit.cost for limit in limits.limits)


LOST_UPDATE = {
    "a probe of what looks full": """
        {0} B A 59999 1 64000 0
        {1} A A 1 60000 10000 0
        {2} B A 60000 1 64000 1000
        """,
    "a segment cut to the window": """
        {0} B PA 60000 1 64000 300
        {1} A A 1 60300 10000 0
        {2} B A 60300 1 64000 1000
        """,
    "an update that comes again": """
        {1} A A 1 60000 12000 0
        {2} B A 60000 1 64000 1000
        """,
}  # fmt: skip


@pytest.mark.parametrize("how", LOST_UPDATE)
@pytest.mark.parametrize("window", [0, 300, 10_000])
def test_a_lost_update_is_no_small_window(how: str, window: int) -> None:
    """Six windowfuls, and the update behind the last one, which passes here, never reaches the
    sender: for 1.4 s it had room as far as is seen here. Finding and limits say so alike."""
    lines, time, begin = ["30 B A 0 1 64000 1000"], 100.0, 1000
    for _ in range(6):
        for n in range(10 if begin > 1000 else 9):
            lines.append(f"{time + n / 10:.2f} B A {begin} 1 64000 1000")
            begin += 1000
        lines.append(f"{time + 3:.2f} A A 1 {begin} {10_000 if begin < 60_000 else window} 0")
        time += 24
    assert begin == 60_000
    lines.append(f"{time - 15:.2f} A A 1 {begin} 10000 0")
    ending = LOST_UPDATE[how].format(*(f"{time + late:.2f}" for late in (1400, 1401, 1421)))
    script = "\n".join(lines) + ending
    engine = engine_of(script)
    limits = limits_of(engine, engine.flows[0])
    counted = window_waits(engine)
    assert counted < 160_000_000
    assert limits is not None
    costs = {limit.cause: limit.cost for limit in limits.limits}
    assert abs(costs.get("receive_window", 0) - counted) < 60_000_000
    assert limits.limits[0].cause == "path"


def window_waits(engine: Engine) -> int:
    """What the ledger has of waits for a window that was too small, in ns."""
    ledger = engine.flows[0].ledger
    return int(ledger.cost_of(LedgerKind.STALL_WINDOW_LIMITED)) if ledger is not None else 0


def move(script: str, by: int) -> str:
    """The script with the server's numbers further on."""
    moved = []
    for line in script.splitlines():
        time, side, flags, seq, ack, window, length = line.split()
        if side == "B":
            seq = str(int(seq) + by)
        else:
            ack = str(int(ack) + by)
        moved.append(f"{time} {side} {flags} {seq} {ack} {window} {length}")
    return "\n".join(moved)
