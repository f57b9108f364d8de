"""The obvious reading of these captures is false, and the capture itself holds the evidence.

Each story says what must be told, and what must not: kinds, or words of a finding's text. Beside
many stands its neighbour, which lacks the evidence.
"""

from typing import Final

import pytest

from samples.packet_script import parse_script
from tcptui.findings.capture_findings import BEHIND, CaptureFindings, in_short
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tcptui.findings.verdict import waited_in_vain
from tests.diagnosis.causes import numbered
from tests.engine.feeding import analysed_with_bytes

ENDS: Final = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n"


def shaken(client: str = "", server: str = "") -> str:
    """A handshake, with IP settings of each side; the server is 20 ms away."""
    return ENDS + (
        f"0  A S  0 0 64000 0 mss=1460 sackok ws=0 {client}\n"
        f"20 B SA 0 1 64000 0 mss=1460 sackok ws=0 {server}\n"
        f"22 A A  1 1 64000 0 {client}\n"
    )


def by_flow(script: str) -> list[list[Finding]]:
    """The findings of each flow, with the packets at hand."""
    engine, read = analysed_with_bytes(parse_script(numbered(script, 1)).packets)
    return [findings_of(engine, flow, read) for flow in engine.flows]


def exchanges(count: int, data: str, ack: str) -> str:
    """Requests and answers, with the TTLs of the server's data and of its pure ACKs."""
    return "".join(
        f"{100 + 50 * i} A PA {1 + 100 * i} {1 + 500 * i} 64000 100\n"
        f"{102 + 50 * i} B A {1 + 500 * i} {101 + 100 * i} 64000 0 {ack}\n"
        f"{140 + 50 * i} B PA {1 + 500 * i} {101 + 100 * i} 64000 500 {data}\n"
        f"{141 + 50 * i} A A {101 + 100 * i} {501 + 500 * i} 64000 0\n"
        for i in range(count)
    )


def far_server(answers: list[int]) -> str:
    """A SYN+ACK after 100 ms, and answers after so many, while ACKs come within 1 ms."""
    lines = [
        ENDS, "0 A S 0 0 64000 0 mss=1460", "100 B SA 0 1 64000 0 mss=1460", "100.1 A A 1 1 64000 0"
    ]  # fmt: skip
    for i, answer in enumerate(answers):
        at = 200 + 500 * i
        lines += [
            f"{at} A PA {1 + 100 * i} {1 + 500 * i} 64000 100",
            f"{at + 1} B A {1 + 500 * i} {101 + 100 * i} 64000 0",
            f"{at + answer} B PA {1 + 500 * i} {101 + 100 * i} 64000 500",
            f"{at + answer + 0.1} A A {101 + 100 * i} {501 + 500 * i} 64000 0",
        ]
    return "\n".join(lines) + "\n"


ASKED: Final = "30 A PA 1 1 64000 100\n50 B PA 1 101 64000 500\n52 A A 101 501 64000 0\n"


def doubled(reported: bool) -> str:
    """Four segments that pass twice, 0.1 ms apart; their receiver may report that it had them
    twice."""
    lines = []
    for n in range(4):
        seq, end, time = 1 + n * 1000, 1001 + n * 1000, 100 + n * 22
        lines += [f"{time + late:.1f} B A {seq} 1 64000 1000 id={7 + n}" for late in (0, 0.1)]
        lines.append(f"{time + 1} A A 1 {end} 64000 0")
        if reported:
            lines.append(f"{time + 1.1} A A 1 {end} 64000 0 sack={seq}-{end}")
    return "\n".join(lines) + "\n"


ONE_FLOW: Final[dict[str, tuple[str, set[str], set[str]]]] = {
    "before and behind a router, 60 ms apart": (
        shaken("ttl=64", "ttl=60")
        + """
        100 B A    1 1 64000 1000 id=7 ttl=60
        101 B A 1001 1 64000 1000 id=8 ttl=60
        160 B A    1 1 64000 1000 id=7 ttl=59
        161 B A 1001 1 64000 1000 id=8 ttl=59
        162 A A    1 2001 64000 0
        """,
        {"captured_twice"},
        {"loss_after_capture", "not_lost", "reordered", "stall_rto"},
    ),
    "doubled by the path, as their receiver reports": (
        shaken("ttl=64", "ttl=60") + doubled(reported=True),
        {"duplicated"},
        {"captured_twice", "loss_after_capture", "not_lost"},
    ),
    "doubled by the capture": (
        shaken("ttl=64", "ttl=60") + doubled(reported=False),
        {"captured_twice"},
        {"duplicated", "loss_after_capture", "not_lost"},
    ),
    "sent again 60 ms later, with a number of its own": (
        shaken("ttl=64", "ttl=60")
        + """
        100 B A    1 1 64000 1000 id=7 ttl=60
        160 B A    1 1 64000 1000 id=8 ttl=60
        162 A A    1 1001 64000 0
        """,
        {"loss_after_capture"},
        {"captured_twice"},
    ),
    "the handshake too, before and behind a router": (
        ENDS
        + """
        0   A S  0 0 64000 0 mss=1460 id=1 ttl=64
        30  A S  0 0 64000 0 mss=1460 id=1 ttl=63
        40  B SA 0 1 64000 0 mss=1460 id=0 ttl=60
        70  B SA 0 1 64000 0 mss=1460 id=0 ttl=59
        71  A A  1 1 64000 0 id=2 ttl=64
        101 A A  1 1 64000 0 id=2 ttl=63
        """,
        set(),
        {"stall_syn_retry", "syn_ack_repeated", "never_accepted", "deferred_accept"},
    ),
    "a SYN that is sent again": (
        ENDS
        + """
        0    A S  0 0 64000 0 mss=1460 id=1 ttl=64
        1000 A S  0 0 64000 0 mss=1460 id=2 ttl=64
        1040 B SA 0 1 64000 0 mss=1460 id=0 ttl=60
        1041 A A  1 1 64000 0 id=3 ttl=64
        """,
        {"stall_syn_retry"},
        set(),
    ),
    "a box renumbers the packet and passes it on": (
        shaken("ttl=64", "ttl=60")
        + """
        100 B A    1 1 64000 1000 id=700 ttl=60
        100.1 B A  1 1 64000 1000 id=9000 ttl=59
        122 A A    1 1001 64000 0
        """,
        {"captured_twice"},
        {"loss_after_capture", "not_lost"},
    ),
    "an answer injected before the real one": (
        shaken("ttl=64", "ttl=52")
        + """
        30 A PA 1 1 64000 100 ttl=64
        33 B PA 1 101 64000 "HTTP/1.1 302 Found" ttl=60
        50 B PA 1 101 64000 "HTTP/1.1 200 OK" ttl=52
        52 A A 101 19 64000 0 ttl=64
        """,
        {"repeated_with_other_content"},
        {"loss_after_capture", "captured_twice", "not_lost"},
    ),
    "a damaged segment and the one that repairs it": (
        shaken()
        + """
        31  A PA 1 1 64000 "right" sum=bad
        29  B A 1 1 64000 0
        300 A PA 1 1 64000 "wrong"
        320 B A 1 6 64000 0
        """,
        {"bad_checksum"},
        {"repeated_with_other_content", "loss_after_capture"},
    ),
    "the garbage byte of a keep-alive": (
        shaken()
        + ASKED
        + """
        9000  A A 100 501 64000 1
        9020  B A 501 101 64000 0
        19000 A A 100 501 64000 "x"
        19020 B A 501 101 64000 0
        """,
        set(),
        {"repeated_with_other_content"},
    ),
    "a receiver that holds the data for old": (
        shaken()
        + """
        100  A PA   1 1 64000 100 ts=5000,900
        120  B A    1 101 64000 0 ts=920,5000
        200  A PA 101 1 64000 100 ts=3000,920
        220  B A    1 101 64000 0 ts=1020,5000
        600  A PA 101 1 64000 100 ts=3400,920
        620  B A    1 101 64000 0 ts=1420,5000
        1400 A PA 101 1 64000 100 ts=4200,920
        1420 B A    1 101 64000 0 ts=2220,5000
        """,
        {"paws_drop"},
        {"loss_after_capture"},
    ),
    "a path that loses it, with time stamps that go on": (
        shaken()
        + """
        100  A PA   1 1 64000 100 ts=5000,900
        120  B A    1 101 64000 0 ts=920,5000
        200  A PA 101 1 64000 100 ts=5100,920
        220  B A    1 101 64000 0 ts=1020,5000
        600  A PA 101 1 64000 100 ts=5500,920
        620  B A    1 101 64000 0 ts=1420,5000
        1400 A PA 101 1 64000 100 ts=6300,920
        1420 B A    1 101 64000 0 ts=2220,5000
        """,
        {"loss_after_capture"},
        {"paws_drop"},
    ),
    "a proxy that acknowledges for the server": (
        shaken("", "ttl=63") + exchanges(5, "ttl=52", "ttl=63"),
        {"split_proxy"},
        set(),
    ),
    "two ways of different lengths to one server": (
        shaken("", "ttl=53")
        + exchanges(3, "ttl=52", "ttl=53")
        + "900 B PA 1501 301 64000 500 ttl=53\n901 A A 301 2001 64000 0\n",
        set(),
        {"split_proxy"},
    ),
    "acknowledgments that come sooner than the way allows": (
        far_server([101, 102, 101, 140, 103, 101]),
        {"split_proxy"},
        set(),
    ),
    "one answer that comes as soon: the SYN+ACK was late by itself": (
        far_server([101, 102, 30, 101, 103, 101]),
        set(),
        {"split_proxy"},
    ),
    "an application that takes its time behind a late SYN+ACK": (
        far_server([160, 300, 150, 210, 103, 190]),
        set(),
        {"split_proxy"},
    ),
    "a handshake by a place of its own": (
        shaken("", "ttl=250") + exchanges(3, "ttl=52", "ttl=52"),
        {"split_proxy"},
        set(),
    ),
    "the real end resets, behind a handshake by another place": (
        shaken("", "ttl=250") + exchanges(3, "ttl=52", "ttl=52")
        + "900 B RA 1501 301 64000 0 ttl=52\n",
        {"abort"},
        {"rst_by_middlebox"},
    ),
    "a beginning inside the connection, and another way behind it": (
        ENDS
        + "0 B PA 1 1 64000 100 ttl=250\n"
        + "".join(f"{100 * i} B PA {1 + 100 * i} 1 64000 100 ttl=52\n" for i in range(1, 6))
        + "600 A A 1 601 64000 0\n",
        set(),
        {"split_proxy"},
    ),
    "an abort that offers a little more room": (
        shaken() + ASKED + "200 A RA 101 501 64400 0\n",
        {"abort"},
        {"abort_unread_data"},
    ),
    "an abort that frees what was not read": (
        shaken()
        + "30 A PA 1 1 64000 100\n50 B PA 1 101 64000 1400\n52 A A 101 1401 1000 0\n"
        + "200 A RA 101 1401 2400 0\n",
        {"abort_unread_data"},
        {"abort"},
    ),
    "a deferred accept that ends after a long silence": (
        shaken("ttl=64", "ttl=57")
        + "".join(
            f"{at} B SA 0 1 64000 0 mss=1460 ttl=57\n{at + 0.1} A A 1 1 64000 0\n"
            for at in (3020, 9020, 21020)
        )
        + "75000 A PA 1 1 64000 100\n75020 B R 1 0 0 0 ttl=57\n",
        {"deferred_accept"},
        {"idle_timeout_between"},
    ),
    "an answer that breaks off, and a client that gives up": (
        shaken() + ASKED + "60 A PA 101 501 64000 200\n"
        + "".join(f"{80 + i} B A {501 + 1400 * i} 301 64000 1400\n" for i in range(4))
        + "85 A A 301 6101 64000 0\n9000 A RA 301 6101 64000 0\n",
        {"no_answer"},
        set(),
    ),
    "an answer with its end, and a client that gives up": (
        shaken() + ASKED + "60 A PA 101 501 64000 200\n"
        + "".join(f"{80 + i} B PA {501 + 1400 * i} 301 64000 1400\n" for i in range(4))
        + "85 A A 301 6101 64000 0\n9000 A RA 301 6101 64000 0\n",
        set(),
        {"no_answer"},
    ),
    "an answer that a full window stops": (
        shaken() + ASKED + "60 A PA 101 501 64000 200\n"
        + "".join(f"{80 + i} B A {501 + 1400 * i} 301 64000 1400\n" for i in range(4))
        + "85 A A 301 6101 900 0\n9000 A RA 301 6101 900 0\n",
        set(),
        {"no_answer"},
    ),
    "the last data never comes, but the close behind it": (
        shaken() + ASKED
        + "60 A PA 101 501 64000 300\n80 B A 501 401 64000 0\n9050 B FA 2903 401 64000 0\n"
        + "9050.1 A A 401 501 64000 0\n9060 A FA 401 501 64000 0\n",
        {"hole_never_filled"},
        {"capture_loss"},
    ),
    "an answer that the capture has not got, acknowledged with the close": (
        shaken()
        + "30 A PA 1 1 64000 300\n50 B A 1 301 64000 0\n9050 B FA 2903 301 64000 0\n"
        + "9050.1 A A 301 2904 64000 0\n9050.2 A FA 301 2904 64000 0\n9070 B A 2904 302 64000 0\n",
        {"capture_loss"},
        {"no_answer", "hole_never_filled"},
    ),
    "an ACK that comes sooner behind the repetition than any round trip": (
        shaken() + ASKED + "60 A PA 101 501 64000 1400\n80 B A 501 1501 64000 0\n"
        + "100 A PA 1501 501 64000 1400\n320 A PA 1501 501 64000 1400\n330 B A 501 2901 64000 0\n",
        {"spurious_timeout"},
        {"loss_after_capture", "stall_rto"},
    ),
    "an ACK that comes a round trip behind the repetition": (
        shaken() + ASKED + "60 A PA 101 501 64000 1400\n80 B A 501 1501 64000 0\n"
        + "100 A PA 1501 501 64000 1400\n320 A PA 1501 501 64000 1400\n341 B A 501 2901 64000 0\n",
        {"loss_after_capture", "stall_rto"},
        {"spurious_timeout"},
    ),
    "a capture begun inside, of which delayed ACKs alone are known": (
        ENDS + "60 A PA 101 501 64000 1400\n100 B A 501 1501 64000 0\n"
        + "200 A PA 1501 501 64000 1400\n420 A PA 1501 501 64000 1400\n421 B A 501 2901 64000 0\n",
        {"loss_after_capture"},
        {"spurious_timeout"},
    ),
    "keep-alives that gave up": (
        shaken() + ASKED
        + "".join(f"{at} A A 100 501 64000 0\n" for at in (60052, 61052, 62052, 63052))
        + "64052 A RA 101 501 64000 0\n",
        {"keep_alive_gave_up"},
        {"keep_alive_unanswered", "abort"},
    ),
    "a RST from another distance": (
        shaken("", "ttl=52") + ASKED.replace("500", "500 ttl=52", 1)
        + "90 B RA 501 101 64000 0 ttl=200\n",
        {"rst_by_middlebox"},
        {"abort"},
    ),
    "RSTs of both sides at once": (
        shaken() + ASKED + "200 A RA 101 501 0 0\n200.1 B RA 501 101 0 0\n",
        {"rst_by_middlebox"},
        {"abort", "abort_unread_data"},
    ),
    "a RST that answers data, and crosses the other side's": (
        shaken() + ASKED + "190 A PA 101 501 64000 9\n200 A RA 110 501 0 0\n200.1 B R 501 0 0 0\n",
        {"abort"},
        {"rst_by_middlebox"},
    ),
    "one side aborts, the other is not heard again": (
        shaken() + ASKED + "200 A RA 101 501 0 0\n",
        {"abort"},
        {"rst_by_middlebox"},
    ),
    "a second SYN+ACK with another number, and the RST of its sender": (
        ENDS
        + """
        0  A S      0     0 64000 0 mss=1460 ttl=64
        3  B SA 94000     1 64000 0 mss=1460 ttl=250
        4  A A      1 94001 64000 0 ttl=64
        40 B SA     0     1 64000 0 mss=1460 ttl=52
        41 A A      1 94001 64000 0 ttl=64
        80 B R  94001     0     0 0 ttl=52
        """,
        {"syn_ack_changed"},
        {"syn_ack_repeated", "rst_by_middlebox", "rst_after_fin", "half_open_reset"},
    ),
    "an older connection's number in an ACK": (
        ENDS
        + """
        0    A S       0      0 64000 0
        20   B A  777777 888888 64000 0
        21   A R  888888      0     0 0
        1000 A S       0      0 64000 0
        1020 B SA      0      1 64000 0
        1021 A A       1      1 64000 0
        1030 A PA      1      1 64000 100
        1050 B PA      1    101 64000 100
        1051 A A     101    101 64000 0
        """,
        {"connect_failed"},
        {"loss_before_capture", "capture_loss"},
    ),
    "one segment alone": (ENDS + "0 A PA 1 1 64000 100\n", {"one_sided"}, set()),
    "one SYN+ACK alone": (ENDS + "0 B SA 1 1 64000 0\n", {"one_sided"}, set()),
    "the end of one direction": (
        ENDS + "0 B A 1 1 64000 0\n1 B FA 1 1 64000 0\n",
        {"one_sided"},
        set(),
    ),
    "a clock that goes back": (
        shaken()
        + """
        30    A PA   1    1 64000 100
        50    B PA   1  101 64000 500
        -5000 A A  101  501 64000 0
        -4000 A PA 101  501 64000 100
        -3980 B PA 501  201 64000 500
        -3978 A FA 201 1001 64000 0
        -3958 B FA 1001 202 64000 0
        -3957 A A  202 1002 64000 0
        """,
        set(),
        {"stall_rto", "hung_fin_wait_2", "hung_close_wait", "no_answer"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("script", "must", "must_not"),
    ONE_FLOW.values(),
    ids=ONE_FLOW,
)
def test_one_connection(script: str, must: set[str], must_not: set[str]) -> None:
    kinds = {finding.kind for finding in by_flow(script)[0]}
    assert must <= kinds
    assert not kinds & must_not


WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "it was heard a moment before": (
        shaken() + ASKED + "60 A PA 101 501 64000 100\n80 B R 501 0 0 0\n",
        "another one got the segment",
        "crash",
    ),
    "a client's new port, as a NAT gives it one": (
        ENDS + "0 A PA 201 801 500 200\n20 B R 801 0 0 0\n",
        "it has forgotten it (crash, restart, time-out), or never had it",
        "knows nothing of the connection any more",
    ),
    "it was heard long before": (
        shaken() + ASKED + "9060 A PA 101 501 64000 100\n9080 B R 501 0 0 0\n",
        "crash",
        "another one got the segment",
    ),
    "something on the path reset it while it waited": (
        shaken("", "ttl=52")
        + "30 A PA 1 1 64000 100\n50 B A 1 101 64000 0 ttl=52\n5000 B R 1 0 0 0 ttl=200\n",
        "then something on the path reset",
        "then the server reset",
    ),
    "a SYN+ACK for each SYN": (
        ENDS
        + """
        0    A S  0 0 64000 0 mss=1460
        1000 A S  0 0 64000 0 mss=1460
        1200 B SA 0 1 64000 0 mss=1460
        1201 A A  1 1 64000 0
        2200 B SA 0 1 64000 0 mss=1460
        2201 A A  1 1 64000 0
        """,
        "or it answers the client's SYN, which came again",
        "no such host",
    ),
    "it repeated itself in vain before": (
        shaken()
        + "".join(f"{at} A PA 1 1 64000 100\n" for at in (30, 330, 930, 2130, 4530))
        + "9000 A RA 101 1 0 0\n",
        "after 4 repetitions without an answer, and reset the connection: its timer did, or",
        "application aborted",
    ),
    "a receive buffer that was full for half a millisecond": (
        shaken()
        + "30 A PA 1 1 64000 100\n50 B PA 1 101 64000 1400\n51 A A 101 1401 0 0\n"
        + "51.4 A A 101 1401 64000 0\n72 B PA 1401 101 64000 1400\n",
        "was full for a moment",
        "does not read",
    ),
    "a receive buffer that stays full": (
        shaken()
        + "30 A PA 1 1 64000 100\n50 B PA 1 101 64000 1400\n51 A A 101 1401 0 0\n"
        + "2051 A A 101 1401 64000 0\n2072 B PA 1401 101 64000 1400\n",
        "does not read",
        "for a moment",
    ),
    "probes of a window that nobody answers": (
        shaken()
        + "30 A PA 1 1 64000 100\n50 B PA 1 101 64000 1400\n51 A A 101 1401 0 0\n"
        + "".join(f"{at} B A 1400 101 64000 0\n" for at in (270, 710, 1590, 3350)),
        "the client was not heard since it closed it",
        "does not read",
    ),
    "requests that nobody acknowledges any more": (
        shaken()
        + ASKED
        + "".join(f"{at} A PA 101 501 64000 100\n" for at in (100, 320, 760, 1640, 3400)),
        "in vain, nothing more came back from the server",
        "no such host",
    ),
    "a SYN+ACK that nobody answers": (
        ENDS
        + "0 A S 0 0 64000 0\n"
        + "".join(f"{at} B SA 0 1 64000 0\n" for at in (0.1, 1000, 3000, 7000)),
        "again 3 times, the last time after 4.00 s: nothing more came from the client",
        "was lost;",
    ),
    "SYN+ACKs that come no further": (
        ENDS
        + "".join(
            f"{at} A S 0 0 64000 0\n{at + 0.1} B SA 0 1 64000 0\n" for at in (0, 1000, 3000, 7000)
        ),
        "waited 7.00 s for a connection in vain: its SYN was sent again 3 times, the last time "
        "after 4.00 s; the server's answers passed here",
        "it or its answer was lost",
    ),
    "a probe of the port": (
        shaken() + "23 A RA 1 1 64000 0\n",
        "in which no data was sent",
        "where a FIN would",
    ),
    "an answer of which the close alone comes": (
        shaken()
        + ASKED
        + "60 A PA 101 501 64000 200\n80 B A 501 301 64000 0\n10080 B FA 2501 301 64000 0\n"
        + "10080.1 A A 301 501 64000 0\n10300 B FA 2501 301 64000 0\n10300.1 A A 301 501 64000 0\n",
        "waited 10.2 s for 2,000 bytes",
        "too soon to tell",
    ),
    "a server that closes first, and is not answered first": (
        shaken()
        + "30 A PA 1 1 64000 517\n50 B A 1 518 64000 0\n5050 B FA 1 518 64000 0\n"
        + "5050.1 A FA 518 2 64000 0\n5070 B A 2 519 64000 0\n",
        "then the server closed",
        "then the client closed",
    ),
    "a server that closes on the first request": (
        shaken() + "30 A PA 1 1 64000 517\n50 B FA 1 518 64000 0\n50.1 A FA 518 2 64000 0\n",
        "the server closed 20.0 ms after the client's 517 bytes, without an answer",
        "waited",
    ),
    "a server that closes when it has taken all of an upload": (
        shaken()
        + "".join(f"{30 + n / 10} A A {1 + n * 1000} 1 64000 1000\n" for n in range(120))
        + "70 B A 1 120001 64000 0\n90 B FA 1 120001 64000 0\n90.1 A FA 120001 2 64000 0\n",
        "",
        "without an answer",
    ),
    "a client that closes behind its only message": (
        shaken() + "30 A PA 1 1 64000 517\n30.1 A FA 518 1 64000 0\n50 B FA 1 519 64000 0\n",
        "",
        "without an answer",
    ),
    "a connection in which nobody speaks": (
        shaken() + "30000 A FA 1 1 64000 0\n30020 B FA 1 2 64000 0\n30020.1 A A 2 2 64000 0\n",
        "neither side sent anything for 30.0 s, then the client closed",
        "waited 30",
    ),
    "a capture of SYN and FIN alone": (
        shaken() + "9050 B FA 2903 301 64000 0\n9050.1 A FA 301 2904 64000 0\n",
        "a filter lets SYN and FIN alone pass",
        "the capture lost 2,9",
    ),
    "segments that a server ignores beside which the capture was taken": (
        ENDS
        + "0 A S 0 0 64000 0 mss=1460\n0.1 B SA 0 1 64000 0 mss=1460\n30 A A 1 1 64000 0\n"
        + "".join(f"{at} A PA 1 1 64000 100\n" for at in (31, 331, 931))
        + "931.1 B A 1 101 64000 0\n",
        "thrown away at the server or right before it",
        "a capture at the server would tell",
    ),
}


@pytest.mark.parametrize(("script", "words", "not_these"), WORDS.values(), ids=WORDS)
def test_the_reason_in_words(script: str, words: str, not_these: str) -> None:
    texts = " ".join(finding.text for finding in by_flow(script)[0])
    assert words in texts
    assert not_these not in texts


def hosts(count: int) -> str:
    """The names of clients, each with an address of its own, of one server."""
    return "".join(f"flow A{i} 10.0.0.{i + 3}:1111 B{i} 10.0.0.2:80\n" for i in range(count))


def opened(count: int, syn: str = "", answers: tuple[str, ...] = ("",)) -> str:
    """Handshakes a second apart; the server's answers take turns."""
    return "".join(
        f"{i * 1000} A{i} S 0 0 64000 0 mss=1460 {syn}\n"
        f"{i * 1000 + 1} B{i} SA 0 1 64000 0 mss=1460 {answers[i % len(answers)].format(n=i)}\n"
        f"{i * 1000 + 2} A{i} A 1 1 64000 0\n"
        for i in range(count)
    )


ONE_CLIENT: Final = "".join(f"flow A{i} 10.0.0.1:{1111 + i} B{i} 10.0.0.2:80\n" for i in range(8))


def stamped(apart: int, bits: int) -> str:
    """Handshakes of one client so many ms apart with a server whose time stamps leave out so many
    low bits, and have a number upon them."""
    return ONE_CLIENT + "".join(
        f"{i * apart} A{i} S 0 0 64000 0 sackok ts={5000 + i},0 ws=7\n"
        f"{i * apart + 1} B{i} SA 0 1 64000 0 sackok ws=7 "
        f"ts={(i * apart + 70_001 >> bits << bits) + 40_017},5000\n"
        for i in range(8)
    )


SEVERAL_FLOWS: Final[dict[str, tuple[str, str, int]]] = {
    "hosts that begin with 64 and 128, in turn": (
        hosts(6) + opened(6, "", ("ttl=120", "ttl=58")), "two_hosts_one_address", 2,
    ),
    "one host, two ways": (
        hosts(6) + opened(6, "", ("ttl=55", "ttl=58")), "two_hosts_one_address", 0,
    ),
    "a host that was replaced": (
        hosts(6)
        + opened(3, "", ("ttl=120",))
        + "".join(
            f"{i * 1000} A{i} S 0 0 64000 0\n{i * 1000 + 1} B{i} SA 0 1 64000 0 ttl=58\n"
            for i in range(3, 6)
        ),
        "two_hosts_one_address", 0,
    ),
    "options in the low bits of the time stamps": (
        hosts(6)
        + "".join(
            f"{i * 1000} A{i} S 0 0 64000 0 sackok ts={5000 + i},0 ws=7\n"
            f"{i * 1000 + 1} B{i} SA 0 1 64000 0 sackok ts={(i * 777 + 99) * 64 + 23},5000 ws=7\n"
            for i in range(6)
        ),
        "syn_cookies", 6,
    ),
    "time stamps like any": (
        hosts(6)
        + "".join(
            f"{i * 1000} A{i} S 0 0 64000 0 sackok ts={5000 + i},0 ws=7\n"
            f"{i * 1000 + 1} B{i} SA 0 1 64000 0 sackok ts={(i * 777 + 99) * 61 + 23},5000 ws=7\n"
            for i in range(6)
        ),
        "syn_cookies", 0,
    ),
    "time stamps to one client in steps of 64": (stamped(1009, 6), "syn_cookies", 8),
    "a clock, asked at irregular times": (stamped(1009, 0), "syn_cookies", 0),
    "a clock, asked at whole steps": (stamped(6400, 0), "syn_cookies", 0),
    "the same client is granted options, then none": (
        "".join(f"flow A{i} 10.0.0.1:{1111 + i} B{i} 10.0.0.2:80\n" for i in range(6))
        + opened(6, "sackok ws=7", ("sackok ws=7", "")),
        "syn_cookies", 3,
    ),
    "a path that strips the options of one client": (
        hosts(6) + opened(6, "sackok ws=7", ("sackok ws=7", "")), "syn_cookies", 0,
    ),
    "two network cards, two kinds of host": (
        hosts(4) + opened(4, "", ("", "mac=77 ttl=128 ws=8")), "duplicate_address", 2,
    ),
    "two network cards of one host": (
        hosts(4) + opened(4, "", ("", "mac=77")), "duplicate_address", 0,
    ),
    "two routers before the host": (
        hosts(4) + opened(4, "", ("ttl=60", "mac=77 ttl=60 ws=8")), "duplicate_address", 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("script", "kind", "count"),
    SEVERAL_FLOWS.values(),
    ids=SEVERAL_FLOWS,
)
def test_several_connections(script: str, kind: str, count: int) -> None:
    found = [one for flow in by_flow(script) for one in flow if one.kind == kind]
    assert len(found) == count
    assert all(one.severity in ("note", "warning") for one in found)


def nat(stamps: tuple[int, ...], answered: tuple[bool, ...]) -> str:
    """SYNs of one address, a second apart, with time stamps of 1,000 a second upon ``stamps``."""
    names = "".join(f"flow A{i} 10.0.0.1:{2000 + i} B{i} 10.0.0.2:80\n" for i in range(len(stamps)))
    return (
        names
        + "".join(
            f"{i * 1000} A{i} S 0 0 64000 0 ts={stamp + i * 1000},0\n"
            + (f"{i * 1000 + 20} B{i} SA 0 1 64000 0\n" if there else "")
            for i, (stamp, there) in enumerate(zip(stamps, answered, strict=True))
        )
        + "9000 A0 A 1 1 64000 0\n"
    )


@pytest.mark.parametrize(
    ("stamps", "answered", "dropped"),
    [
        ((900_000, 100, 900_000, 100), (True, False, True, False), 2),
        ((900_000, 100, 900_000, 100), (True, True, True, False), 0),
        ((100, 900_000, 100, 900_000), (True, False, True, False), 0),
        ((900_000, 100, 500_000, 40_000), (True, False, True, False), 0),
    ],
    ids=[
        "those behind have no answer", "one of them has", "those ahead have none",
        "a clock that begins anew each time",
    ],
)  # fmt: skip
def test_syns_dropped_for_their_clock(
    stamps: tuple[int, ...], answered: tuple[bool, ...], dropped: int
) -> None:
    found = [one for flow in by_flow(nat(stamps, answered)) for one in flow]
    assert sum(one.kind == "paws_drop" for one in found) == dropped


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("0 C PA 1 1 64000 9\n20 D PA 1 10 64000 9\n", "speaks in other connections"),
        ("0 C S 0 0 64000 0\n20 D RA 0 1 0 0\n", "speaks in other connections"),
        ("0 C S 0 0 64000 0\n20 D SA 0 1 64000 0\n", "answered on another port"),
        ("0 C PA 1 1 64000 9\n", "no such host"),
    ],
    ids=["it speaks", "it refuses", "it accepts", "it is spoken to"],
)
def test_who_is_silent_here_may_speak_elsewhere(other: str, words: str) -> None:
    script = (
        ENDS
        + "flow C 10.0.0.9:1111 D 10.0.0.2:443\n"
        + other
        + "".join(f"{at} A S 0 0 64000 0\n" for at in (1000, 2000, 4000))
        + "9000 C A 10 1 64000 0\n"
    )
    texts = [one.text for flow in by_flow(script) for one in flow if one.kind == "syn_unanswered"]
    assert len(texts) == 1
    assert words in texts[0]
    assert ("no such host" in texts[0]) == (words == "no such host")


def again(sender: str, what: str) -> str:
    """A side that sends the same again and again, and hears nothing."""
    return "".join(f"{at} {sender} {what}\n" for at in (100, 320, 760, 1640, 3400))


@pytest.mark.parametrize(
    ("script", "side", "what"),
    [
        (shaken() + ASKED + again("A", "PA 101 501 64000 100"), "client", "answer"),
        (shaken() + ASKED + again("B", "PA 501 101 64000 100"), "client", "data"),
        (shaken() + ASKED + again("A", "FA 101 501 64000 0"), "client", "close"),
        (
            shaken() + ASKED + again("A", "PA 101 501 64000 9") + "3420 B A 501 110 64000 0\n",
            "",
            "",
        ),
    ],
    ids=["a request", "an answer", "a close", "it is heard in the end"],
)
def test_what_a_timer_waits_for_in_vain(script: str, side: str, what: str) -> None:
    vain = waited_in_vain(by_flow(script)[0])
    assert (vain.side, vain.what) == (side, what) if vain else (side, what) == ("", "")


TRIES: Final = (
    ENDS
    + """
    0     A S      0      0 64000 0
    20    B SA     0      1 64000 0
    21    A A      1      1 64000 0
    100   B FA     1      1 64000 0
    101   A FA     1      2 64000 0
    120   B A      2      2 64000 0
    3000  A S 700000      0 64000 0
    3020  B A      2      2 64000 0
    3021  A R      2      0     0 0
    6000  A S 600000      0 64000 0
    6020  B A      2      2 64000 0
    6021  A R      2      0     0 0
    """
)


def test_a_sentence_over_several_tries_names_this_ones_share() -> None:
    """What the cost of the flow counts stands in its sentence too."""
    texts = [
        one.text for flow in by_flow(TRIES) for one in flow if one.kind == "time_wait_at_server"
    ]
    assert "waited 21.0 ms for a connection in vain, in 1 try:" in texts[0]
    assert "waited 3.02 s for a connection in vain, in 2 tries, 21.0 ms of it in this" in texts[1]


FORGED: Final = (
    "flow A 10.0.0.1:1111 B 10.0.0.2:80\nflow C 10.0.0.1:1112 D 10.0.0.2:80\n"
    "0  A S   700 0 64000 0 mss=1460 ttl=64\n"
    "20 B SA 9999 7 64000 0 mss=1460 ttl={ttl}\n"
    "21 A R     7 0     0 0 ttl=64\n"
    "30 C S   900 0 64000 0 mss=1460 ttl=64\n"
    "50 D SA    5 901 64000 0 mss=1460 ttl=49\n"
    "51 C A   901 6 64000 0 ttl=64\n"
)


@pytest.mark.parametrize(
    ("ttl", "side", "words"),
    [(90, None, "TTL 90, that host's own segments have 49"), (49, "server", "the server acknow")],
    ids=["by another way", "by the host's own way"],
)
def test_who_sent_a_wrong_acknowledgment(ttl: int, side: str | None, words: str) -> None:
    found = [one for flow in by_flow(FORGED.format(ttl=ttl)) for one in flow]
    wrong = [one for one in found if one.kind == "ack_of_nothing_sent"]
    assert [one.side for one in wrong] == [side]
    assert words in wrong[0].text


def test_a_voice_begins_with_its_own_first_segment() -> None:
    found = by_flow(shaken("", "ttl=250") + exchanges(3, "ttl=52", "ttl=52"))[0]
    handshake = next(one for one in found if one.kind == "split_proxy")
    assert handshake.frames == "#2"


@pytest.mark.parametrize(("size", "told_so"), [(1440, True), (1452, False)])
def test_the_sizes_that_a_cookie_keeps(size: int, told_so: bool) -> None:
    script = ONE_CLIENT + "".join(
        f"{i * 1000} A{i} S 0 0 64000 0 mss=1452 sackok ws=7\n"
        f"{i * 1000 + 1} B{i} SA 0 1 64000 0 mss=1460 {'sackok ws=7' if i % 2 else ''}\n"
        f"{i * 1000 + 2} A{i} A 1 1 64000 0\n{i * 1000 + 3} B{i} PA 1 1 64000 {size}\n"
        for i in range(8)
    )
    texts = [one.text for flow in by_flow(script) for one in flow if one.kind == "syn_cookies"]
    assert len(texts) == 4
    assert all(("as a cookie has room for few sizes" in text) == told_so for text in texts)


def test_one_cause_over_many_flows_is_one_row() -> None:
    """20 SYNs that nobody answers and 3 that are refused are two causes."""
    silent = "".join(f"flow A{i} 10.0.0.1:{3000 + i} B{i} 10.0.0.2:80\n" for i in range(20))
    closed = "".join(f"flow C{i} 10.0.0.1:{4000 + i} D{i} 10.0.0.3:81\n" for i in range(3))
    asked = "".join(f"{at + i} A{i} S 0 0 64000 0\n" for at in (0, 1000, 3000) for i in range(20))
    refused = "".join(
        f"{4000 + 2 * i} C{i} S 0 0 64000 0\n{4001 + 2 * i} D{i} RA 0 1 0 0\n" for i in range(3)
    )
    causes = CaptureFindings()
    for number, found in enumerate(by_flow(silent + closed + asked + refused)):
        if found:
            causes.take_text(in_short(number, found).removesuffix(BEHIND))
    rows = [(row.kind, list(row.flows)) for row in causes.ranked()]
    assert rows == [
        ("syn_unanswered", list(range(20))),
        ("refused", list(range(20, 23))),
    ]
