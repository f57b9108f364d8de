"""What a flow waited for: every silence has its cause, and a short one is none."""

import pytest

from tcptui.engine.ledger import Journal, Ledger, LedgerKind
from tcptui.engine.timing.thresholds import STALL
from tcptui.findings.time_split import time_split
from tcptui.findings.waits import stalls_of
from tests.diagnosis.causes import engine_of, findings

SCRIPTS = {
    "a server that thinks": (
        """
        100  A PA   1   1 64000 100
        120  B A    1 101 64000 0
        1120 B PA   1 101 64000 100
        """,
        {"stall_server_think": ("server", 1000)},
    ),
    "the way there and back is not thinking": (
        """
        100 A PA   1   1 64000 100
        300 B PA   1 101 64000 100
        """,
        {},
    ),
    "a request that waits in a queue behind this point": (
        """
        100 A A     1   1 64000 1000
        101 A A  1001   1 64000 1000
        102 A PA 2001   1 64000 500
        300 B A     1 1001 64000 0
        500 B A     1 2001 64000 0
        560 B PA    1 2501 64000 100
        """,
        {},
    ),
    "one that has arrived, and a server that thinks": (
        """
        100 A A     1   1 64000 1000
        101 A PA 1001   1 64000 500
        110 B A     1 1001 64000 0
        121 B A     1 1501 64000 0
        621 B PA    1 1501 64000 100
        """,
        {"stall_server_think": ("server", 500)},
    ),
    "a client that waits": (
        """
        100  A PA   1   1 64000 100
        120  B PA   1 101 64000 100
        2122 A PA 101 101 64000 100
        2142 B PA 101 201 64000 100
        """,
        {"stall_sender_idle": ("client", 2000)},
    ),
    "time-outs in a row": (
        """
        100  B PA   1   1 64000 100
        400  B PA   1   1 64000 100
        1000 B PA   1   1 64000 100
        1002 A A    1 101 64000 0
        """,
        {"stall_rto": ("server", 900)},
    ),
    "a closed window": (
        """
        100  B A    1   1 64000 1000
        102  A A    1 1001 0 0
        302  B A 1000   1 64000 0
        304  A A    1 1001 0 0
        802  A A    1 1001 64000 0
        812  B A 1001   1 64000 1000
        """,
        {"stall_zero_window": ("client", 700)},
    ),
    "a window still closed at the end": (
        """
        100  B A    1   1 64000 1000
        102  A A    1 1001 0 0
        302  B A 1000   1 64000 0
        304  A A    1 1001 0 0
        702  B A 1000   1 64000 0
        704  A A    1 1001 0 0
        """,
        {"stall_zero_window": ("client", 602)},
    ),
    "a window closed for a moment": (
        """
        100  B A    1   1 64000 1000
        102  A A    1 1001 0 0
        112  A A    1 1001 64000 0
        122  B A 1001   1 64000 1000
        """,
        {"stall_zero_window": ("client", 10)},
    ),
    "a window that is open by less than a segment, then by more": (
        """
        100  B A    1   1 64000 1000
        102  A A    1 1001 300 0
        602  A A    1 1001 64000 0
        612  B A 1001   1 64000 1000
        """,
        {"stall_window_limited": ("client", 512)},
    ),
    "Nagle in an answer of two writes, none of them tiny": (
        """
        100  A PA   1   1 64000 100
        120  B PA   1 101 64000 600
        162  A A  101 601 64000 0
        182  B PA 601 101 64000 500
        """,
        {"stall_delayed_ack_nagle": ("server", 40)},
    ),
    "who reads to the end is asked by the FIN": (
        """
        100  A PA   1   1 64000 100
        120  B A    1 101 64000 0
        2100 A FA 101   1 64000 0
        2120 B A    1 102 64000 0
        2125 B PA   1 102 64000 100
        """,
        {},
    ),
    "a timer runs from the copy that is sent again, not from the data before the idle time": (
        """
        100   B PA   1   1 64000 100
        102   A A    1 101 64000 0
        9000  A PA   1 101 64000 100
        9020  B A  101 101 64000 0
        60000 B PA 101 101 64000 100
        60246 B PA 101 101 64000 100
        60248 A A  101 201 64000 0
        """,
        {
            "stall_sender_idle": ("client", 8898),
            "stall_server_think": ("server", 50980),
            "stall_rto": ("server", 246),
        },
    ),
    "what is sent again after an hour was woken by no timer": (
        """
        100     A PA   1   1 64000 100
        3600100 A PA   1   1 64000 100
        3600120 B A    1 101 64000 0
        """,
        {},
    ),
    "the last of several segments is sent again: a probe": (
        """
        100  A A    1   1 64000 1000
        101  A A 1001   1 64000 1000
        102  A A 2001   1 64000 1000
        120  B A    1 1001 64000 0
        170  A A 2001   1 64000 1000
        190  B A    1 1001 64000 0 sack=2001-3001
        191  A A 1001   1 64000 1000
        210  B A    1 3001 64000 0
        """,
        {"tail_loss_probe": ("client", 68)},
    ),
    "delayed ACK against Nagle": (
        """
        100  A PA   1   1 64000 10
        160  B A    1  11 64000 0
        162  A PA  11   1 64000 10
        182  B PA   1  21 64000 10
        """,
        {"stall_delayed_ack_nagle": ("client", 40), "write_write_read": ("client", 40)},
    ),
    "delayed ACK of 200 ms": (
        """
        100  A PA   1   1 64000 10
        320  B A    1  11 64000 0
        322  A PA  11   1 64000 10
        342  B PA   1  21 64000 10
        """,
        {"stall_delayed_ack_nagle": ("client", 200), "write_write_read": ("client", 200)},
    ),
    "a prompt ACK that Nagle waited for is only the way": (
        """
        100  A PA   1   1 64000 10
        120  B A    1  11 64000 0
        122  A PA  11   1 64000 10
        142  B PA   1  21 64000 10
        """,
        {},
    ),
    "a second write long after the ACK": (
        """
        100  A PA   1   1 64000 10
        160  B A    1  11 64000 0
        200  A PA  11   1 64000 10
        220  B PA   1  21 64000 10
        """,
        {},
    ),
    "keep-alives in an idle connection": (
        """
        100  A PA   1   1 64000 100
        120  B PA   1 101 64000 100
        122  A A  101 101 64000 0
        5000 A A  100 101 64000 0
        5020 B A  101 101 64000 0
        """,
        {},
    ),
}


THINKING = """
100  A PA   1   1 64000 100
{number}
1120 B PA   1 101 64000 100 id=9
1122 A A  101 101 64000 0
1500 B PA 101 101 64000 100 id=10
"""


@pytest.mark.parametrize(("before", "doubt"), [(4, True), (8, False)])
def test_a_silence_may_hide_a_loss_unless_the_next_packet_came(before: int, doubt: bool) -> None:
    """Its sender's IP identification tells; two packets do not tell yet whether it counts."""
    found = findings(THINKING.format(number=f"120 B A 1 101 64000 0 id={before}"))
    assert ("or it was lost before" in found["stall_server_think"].text) == doubt
    assert "lost before" not in found["stall_sender_idle"].text


def beats(waits: list[int], ids: list[int]) -> str:
    """The server sends after waits (ms), its packets with these IP identifications; each is
    acknowledged."""
    lines, now, seq = [], 100, 1
    for wait, number in zip(waits, ids, strict=True):
        now += wait
        lines += [
            f"{now} B PA {seq} 1 64000 100 id={number}",
            f"{now + 2} A A 1 {seq + 100} 64000 0",
        ]
        seq += 100
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("waits", "ids", "lost"),
    [
        ([0, 10, 400], [1, 2, 4], True),
        ([0, 10, 2900], [1, 2, 5], True),
        ([0, 10, 2900], [1, 2, 4], False),
        ([0, 10, 5000, 10, 400], [1, 2, 4, 5, 7], False),
    ],
    ids=["one timer", "two timers", "too long for one", "a counter that others use too"],
)
def test_numbers_that_were_skipped_tell_of_losses_where_timers_take_so_long(
    waits: list[int], ids: list[int], lost: bool
) -> None:
    found = findings(beats(waits, ids))
    assert ("stall_rto" in found) == lost
    assert ("loss_before_capture" in found) == lost


@pytest.mark.parametrize(
    ("script", "act"),
    [
        pytest.param("900 B PA 1 1 64000 40", "speak", id="a late banner"),
        pytest.param("30 A PA 1 1 64000 40\n900 B PA 1 41 64000 40", "answer", id="a late answer"),
    ],
)
def test_a_server_that_was_not_asked_does_not_answer(script: str, act: str) -> None:
    told = findings(script)["stall_server_think"].text
    assert f"for the server's application to {act} before #" in told


def test_a_full_segment_beside_those_of_a_network_card_is_not_small() -> None:
    script = """
    100 B A      1 1 64000 14600
    102 A A      1 14601 64000 0
    122 B A  14601 1 64000 1460
    164 A A      1 16061 64000 0
    184 B A  16061 1 64000 1460
    186 A A      1 17521 64000 0
    """
    assert "stall_delayed_ack_nagle" not in findings(script)


@pytest.mark.parametrize("name", SCRIPTS)
def test_cause(name: str) -> None:
    script, expected = SCRIPTS[name]
    timed = {
        kind: (finding.side, round(finding.cost / 1e6))
        for kind, finding in findings(script).items()
        if finding.cost is not None
    }
    assert timed == expected


REPORTED = """
100  B A    1   1 64000 1000
100.1 B A 1001   1 64000 1000
100.2 B A 2001   1 64000 1000
102  A A    1 1001 64000 0
102.1 A A   1 1001 64000 0 sack={}
{} B A 1001   1 64000 1000
"""


@pytest.mark.parametrize(
    ("reported", "again", "kind"),
    [("2001-3001", 126, "rack_repair"), ("2001-3001", 340, "stall_rto")],
)
def test_a_repair_that_needed_no_three_duplicates(reported: str, again: int, kind: str) -> None:
    """Two segments alone can be reported, so no fast retransmission is possible."""
    found = findings(REPORTED.format(reported, again))
    assert found.keys() & {"rack_repair", "stall_rto"} == {kind}


@pytest.mark.parametrize(
    ("turns", "pause", "kind"), [(60, 1, {"many_turns"}), (60, 200, set()), (10, 1, set())]
)
def test_many_turns_cost_their_way(turns: int, pause: int, kind: set[str]) -> None:
    """At 22 ms a round trip, where the client asks again at once and not like one who types."""
    lines = [
        line
        for n in range(turns)
        for line in (
            f"{100 + n * (22 + pause)} A PA {1 + 50 * n} {1 + 50 * n} 64000 50",
            f"{120 + n * (22 + pause)} B PA {1 + 50 * n} {51 + 50 * n} 64000 50",
        )
    ]
    assert findings("\n".join(lines)).keys() & {"many_turns", "long_path"} == kind


def test_one_delayed_ack_is_no_habit() -> None:
    turn = "{0}00 A PA {1} {2} 64000 10\n{0}60 B A {2} {3} 64000 0\n{0}62 A PA {3} {2} 64000 10\n"
    answer = "{0}82 B PA {2} {4} 64000 10\n"
    turns = [
        (turn + answer).format(n, 20 * n - 19, 10 * n - 9, 20 * n - 9, 20 * n + 1) for n in (1, 2)
    ]
    assert findings(turns[0])["stall_delayed_ack_nagle"].severity == "note"
    assert findings("".join(turns))["stall_delayed_ack_nagle"].severity == "warning"


def test_an_answer_tells_how_soon_it_can_be_acknowledged() -> None:
    """In a connection whose beginning was not captured the delayed ACK alone would look like a
    long way."""
    turn = "{0}00 A PA {1} {2} 64000 10\n{0}60 B A {2} {3} 64000 0\n{0}62 A PA {3} {2} 64000 10\n"
    answer = "{0}63 B PA {2} {4} 64000 10\n"
    turns = [
        (turn + answer).format(n, 20 * n - 19, 10 * n - 9, 20 * n - 9, 20 * n + 1) for n in (1, 2)
    ]
    inside = "flow A 10.0.0.1:1111 B 10.0.0.2:80\n"
    inside += "".join(f"{n} {n} A A 1 1 64000 0\n" for n in (1, 2, 3))
    assert findings("".join(turns), inside)["stall_delayed_ack_nagle"].count == 1


def test_one_side_alone_blames_no_application() -> None:
    """The client, of whom nothing was captured, may have asked late."""
    script = """
    flow A 10.0.0.1:1111 B 10.0.0.2:80
    1    0 B SA   0   1 64000    0
    2 1000 B A    1 101 64000    0
    3 1001 B PA   1 101 64000 1000
    """
    assert "stall_server_think" not in findings("", script)


def test_a_probe_that_the_peer_ignores_for_its_closed_window_is_no_keep_alive() -> None:
    script = """
    100 B A    1    1 64000 1000
    102 A A    1 1001     0    0
    302 B A 1000    1 64000    0
    304 A A    1 1001     0    0
    502 B A 1000    1 64000    0
    702 B A 1000    1 64000    0
    704 A A    1 1001     0    0
    """
    assert findings(script).keys() == {"stall_zero_window"}


def test_each_stall_has_its_moment() -> None:
    script, _ = SCRIPTS["time-outs in a row"]
    engine = engine_of(script)
    stalls = stalls_of(engine, engine.flows[0])
    assert [(stall.kind.name, stall.frame, stall.cost // 1_000_000) for stall in stalls] == [
        ("STALL_RTO", 5, 300),
        ("STALL_RTO", 6, 600),
    ]
    assert stalls[1].start == stalls[0].start + stalls[0].cost


def test_a_longer_wait_is_a_stall() -> None:
    script, _ = SCRIPTS["a server that thinks"]
    engine = engine_of(script)
    assert len(stalls_of(engine, engine.flows[0])) == 1
    assert STALL == 200_000_000


def test_silly_window() -> None:
    step = """
    {t}.0 B PA {seq} 1 64000 20
    {t}.5 A A  1 {end} 20 0
    """
    parts = [step.format(t=100 + n * 30, seq=1 + 20 * n, end=21 + 20 * n) for n in range(6)]
    found = findings("".join(parts))["silly_window"]
    assert (found.side, found.count) == ("client", 5)


def test_tinygrams_are_a_stream_and_not_a_typist() -> None:
    def typed(gap: int) -> str:
        return "\n".join(f"{100 + gap * n} A PA {1 + n} 1 64000 1" for n in range(80))

    assert findings(typed(1))["tinygrams"].side == "client"
    assert "tinygrams" not in findings(typed(60))


NEAR_THE_RECEIVER = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
 1  0  A S  0 0 8000 0 mss=1000 ws=0
 2 40  B SA 0 1 8000 0 mss=1000 ws=0
 3 41  A A  1 1 4000 0
"""


@pytest.mark.parametrize(("window", "limited"), [(4000, True), (30000, False)])
def test_a_window_is_seen_to_be_full_by_who_stands_beside_the_receiver(
    window: int, limited: bool
) -> None:
    """Rounds of four segments, each acknowledged 1 ms after it passed here."""
    script = "".join(
        f"{100 + 42 * n}.{part} B A {1 + 4000 * n + 1000 * part} 1 8000 1000\n"
        for n in range(10)
        for part in range(4)
    )
    acks = "".join(
        f"{101 + 42 * n}.{part} A A 1 {1001 + 4000 * n + 1000 * part} {window} 0\n"
        for n in range(10)
        for part in range(4)
    )
    lines = sorted((script + acks).splitlines(), key=lambda line: float(line.split()[0]))
    found = findings("\n".join(lines), NEAR_THE_RECEIVER)
    assert ("stall_window_limited" in found) == limited


def test_where_time_goes_backwards_nobody_has_waited() -> None:
    ledger, journal = Ledger(), Journal()
    for cost in (-5, 7, -(1 << 62)):
        ledger.add_case(int(LedgerKind.STALL_WINDOW_LIMITED), 1, 1, cost, 0)
        journal.add_case(0, 1, 0, int(LedgerKind.STALL_WINDOW_LIMITED), 1, cost)
    assert [(entry.count, entry.cost, entry.worst) for entry in ledger.entries()] == [(3, 7, 7)]
    assert [case.cost for case in journal.of_flow(0, 0, 9, 9)] == [0, 7, 0]


def test_a_window_that_closed_after_the_last_segment_cost_nothing() -> None:
    closed = """
     100 A PA   1   1 64000 100
     120 B A    1 101     0   0
    5000 A A  101   1 64000   1
    5020 B A    1 101     0   0
    {} A A    101   1 64000   1
    """
    shares = {last: time_split(engine_of(closed.format(last)).flows[0]) for last in (50, 9000)}
    assert {last: share.tcp for last, share in shares.items()} == {50: 0, 9000: 8_880_000_000}
