"""A half-closed connection hangs only after some time; before that it may just be closing."""

import pytest

from tests.diagnosis.causes import findings, numbered

CLOSED_BY_A = """
100 A FA 1 1 64000 0
120 B A  1 2 64000 0
"""


@pytest.mark.parametrize(
    ("last", "severity"),
    [
        ("", None),
        ("180 B PA 1 2 64000 10\n182 A A 2 11 64000 0", None),
        ("1000 A A 2 1 64000 0", "note"),
        ("5000 A A 2 1 64000 0", "note"),
        ("5200 A A 2 1 64000 0", "warning"),
        ("4000 B PA 1 2 64000 10\n5200 A A 2 11 64000 0", "note"),
    ],
    ids=["at once", "an answer", "a second", "under five", "over five", "since the last answer"],
)
def test_how_long_it_must_last(last: str, severity: str | None) -> None:
    found = findings(CLOSED_BY_A + last)
    kinds = ("hung_fin_wait_2", "hung_close_wait")
    assert {kind: found[kind].severity for kind in kinds if kind in found} == (
        dict.fromkeys(kinds, severity) if severity else {}
    )


def test_on_a_long_path_it_must_last_some_round_trips() -> None:
    slow = """
    flow A 10.0.0.1:1111 B 10.0.0.2:80
    numbers A=1000 B=5000
     1    0  A S  0 0 64000 0
     2 2000  B SA 0 1 64000 0
     3 2001  A A  1 1 64000 0
    """
    closing = "2100 A FA 1 1 64000 0\n4100 B A 1 2 64000 0\n{} A A 2 1 64000 0"
    assert findings(closing.format(10000), slow)["hung_close_wait"].severity == "note"
    assert findings(closing.format(12200), slow)["hung_close_wait"].severity == "warning"


def test_who_has_to_act_is_named() -> None:
    found = findings(CLOSED_BY_A + "9000 A A 2 1 64000 0")
    assert found["hung_fin_wait_2"].side == "client"
    assert found["hung_close_wait"].side == "server"
    assert "10.0.0.2:80" in found["hung_close_wait"].text


@pytest.mark.parametrize(
    ("before", "told"), [("", False), ("90 B PA 1 1 64000 10", True), ("90 A PA 1 1 1 9", False)]
)
def test_a_fin_may_lie_before_the_capture_where_nothing_came_since(before: str, told: bool) -> None:
    opening = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n"
    rest = "100 A FA 10 11 64000 0\n120 B A 11 11 64000 0\n9000 A A 11 11 64000 0"
    found = findings("", opening + numbered(f"{before}\n{rest}", 1))
    assert ("hung_close_wait" in found) == ("hung_fin_wait_2" in found) == told


PROBES = """
100  A PA   1 1 64000 100
{answer}
1000 A A  100 1 64000 0
2000 A A  100 1 64000 0
3000 A A  100 1 64000 0
"""


def test_acks_that_come_late_are_no_probes() -> None:
    late = "100 A PA 1 1 64000 100\n120 B A 1 101 64000 0\n130 A A 100 1 64000 0\n"
    assert "keep_alive_unanswered" not in findings(late + "143 A A 100 1 64000 0")
    assert "keep_alive_gave_up" not in findings(
        late + "143 A A 100 1 64000 0\n150 A RA 101 1 64000 0"
    )


@pytest.mark.parametrize(("answer", "told"), [("120 B A 1 101 64000 0", True), ("", False)])
def test_probes_are_unanswered_only_where_answers_would_be_seen(answer: str, told: bool) -> None:
    opening = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n"
    script = numbered(PROBES.format(answer=answer), 1)
    found = findings("", opening + script)
    assert ("keep_alive_unanswered" in found) == told
    if told:
        assert "had none from the server" in found["keep_alive_unanswered"].text


@pytest.mark.parametrize(
    ("before", "kind"),
    [("9000 B PA 1 101 64000 10", "half_open_reset"), ("122 A A 101 1 64000 0", "abort")],
)
def test_a_reset_that_answers_nothing_is_no_lost_connection(before: str, kind: str) -> None:
    found = findings(f"100 A PA 1 1 64000 100\n120 B A 1 101 64000 0\n{before}\n9001 A R 101 0 0 0")
    assert {"half_open_reset", "abort"} & found.keys() == {kind}


@pytest.mark.parametrize(
    ("opening", "severity", "why"),
    [
        ("1 0 A S 0 0 64000 0\n2 1 A S 0 0 64000 0\n", "note", "ends too soon to tell why"),
        ("1 0 A S 0 0 64000 0\n2 1000 A S 0 0 64000 0\n", "error", "no such host"),
    ],
    ids=["within a millisecond", "after a timer"],
)
def test_no_answer_is_trouble_once_a_timer_could_have_run_out(
    opening: str, severity: str, why: str
) -> None:
    told = findings("", opening)["syn_unanswered"]
    assert told.severity == severity
    assert why in told.text


@pytest.mark.parametrize(
    ("times", "count", "words"),
    [
        ([0, 0.7], 1, "the client's SYN had no answer from 10.0.0.2:80 and was not sent again"),
        ([0, 1000], 2, "the client waited 1.00 s for a connection: 2 SYNs"),
        ([0, 0.1, 1000, 1000.1], 2, "the client waited 1.00 s for a connection: 2 SYNs"),
    ],
    ids=["captured twice", "sent twice", "both"],
)
def test_a_syn_that_was_captured_twice_was_sent_once(
    times: list[float], count: int, words: str
) -> None:
    opening = "".join(
        f"{n} {at} A S 0 0 64000 0 id={7 + int(at)}\n" for n, at in enumerate(times, 1)
    )
    ends = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nflow C 10.0.0.3:1111 D 10.0.0.4:80\n"
    other = f"{len(times) + 1} 9000 C S 0 0 64000 0\n"
    told = findings("", ends + opening + other)["syn_unanswered"]
    assert words in told.text
    assert told.count == count


def test_nobody_has_waited_where_time_goes_backwards() -> None:
    opening = "1 5000 A S 0 0 64000 0\n2 1000 A S 0 0 64000 0\n"
    told = findings("", opening)["syn_unanswered"]
    assert told.cost == 0
    assert "the client waited for a connection: 2 SYNs" in told.text


def test_nobody_hangs_where_time_goes_backwards() -> None:
    found = findings("5000 B PA 1 1 64000 10\n1000 A FA 1 11 64000 0\n1020 B A 11 2 64000 0")
    assert not {"hung_close_wait", "hung_fin_wait_2"} & found.keys()


AGAIN = "100 A PA 1 1 64000 100\n400 A PA 1 1 64000 100\n1000 A PA 1 1 64000 100\n"
FOURTH = "2200 A PA 1 1 64000 100\n"


@pytest.mark.parametrize(
    ("end", "kind", "words", "told"),
    [
        ("", "loss_after_capture", "the last 2 are unanswered", True),
        ("1020 B R 1 0 0 0", "loss_after_capture", "unanswered", False),
        (FOURTH, "stall_rto", "in vain, nothing more came back", True),
        (FOURTH + "2220 B R 1 0 0 0", "stall_rto", "in vain, nothing more came back", False),
    ],
    ids=["nothing", "a RST", "nothing after three", "a RST after three"],
)
def test_a_rst_is_an_answer(end: str, kind: str, words: str, told: bool) -> None:
    heard = "30 A PA 1 1 64000 0\n"
    found = findings(heard + "40 B A 1 1 64000 0\n" + AGAIN + end)[kind]
    assert (words in found.text) == told
