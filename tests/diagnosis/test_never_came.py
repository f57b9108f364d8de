"""What never came is told, and only where the capture holds the proof of it.

Each table has the story that must be told, and its neighbours: the same packets but for the one
thing that makes them harmless.
"""

import re

import pytest

from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judgement
from tests.diagnosis.causes import engine_of, findings

ENDS = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n"
REQUEST = """
100  A PA   1   1 64000 200
120  B A    1 201 64000 0
"""
ANSWER = (
    REQUEST
    + """
150  B PA   1 201 64000 500
152  A A  201 501 64000 0
"""
)


@pytest.mark.parametrize(
    ("script", "severity"),
    [
        (REQUEST + "6000 A FA 201 1 64000 0\n6020 B A 1 202 64000 0", "warning"),
        (REQUEST + "6000 B FA 1 201 64000 0\n6002 A A 201 2 64000 0", "warning"),
        (REQUEST + "6000 A RA 201 1 64000 0", "warning"),
        (REQUEST + "6000 A A 200 1 64000 0\n6020 B A 1 201 64000 0", "warning"),
        (REQUEST + "2000 A A 200 1 64000 0\n2020 B A 1 201 64000 0", "note"),
        (ANSWER + "900 A PA 201 501 64000 300\n920 B A 501 501 64000 0\n"
         "9000 A FA 501 501 64000 0", "warning"),
        (ANSWER + "160 A PA 201 501 64000 40\n180 B A 501 241 64000 0\n"
         "9000 A FA 241 501 64000 0", "note"),
        (REQUEST + "2000 A FA 201 1 64000 0\n2020 B A 1 202 64000 0", "note"),
        (REQUEST + "600 A FA 201 1 64000 0\n620 B A 1 202 64000 0", None),
        (ANSWER + "9000 A FA 201 501 64000 0", None),
        (REQUEST + "2100 A PA 201 1 64000 50\n2120 B A 1 251 64000 0\n"
         "9000 A FA 251 1 64000 0", None),
        ("100 B PA 1 1 64000 500\n102 A A 1 501 64000 0\n9000 A FA 1 501 64000 0", None),
    ],
    ids=[
        "the client gives up", "the server closes", "the client resets",
        "keep-alives are no answer",
        "the capture ends too soon", "the second request", "a short message that wants none",
        "a first message that may want none",
        "it did not wait", "it was answered", "who sends without being asked waits for nothing",
        "the server spoke last",
    ],
)  # fmt: skip
def test_a_request_without_an_answer(script: str, severity: str | None) -> None:
    found = findings(script).get("no_answer")
    assert (found.severity if found else None) == severity
    if found:
        assert found.side == "server"


HOLE = (
    REQUEST
    + """
150  B PA 2921 201 64000 900
152  A A   201   1 64000 0 sack=2921-3821
"""
)


@pytest.mark.parametrize(
    ("script", "kinds"),
    [
        (HOLE + "9000 A FA 201 1 64000 0", {"hole_never_filled", "pmtu_black_hole"}),
        (HOLE.replace("2921", "2000") + "9000 A FA 201 1 64000 0", {"hole_never_filled"}),
        (HOLE + "400 B A 1 201 64000 1460\n401 B A 1461 201 64000 1460\n"
         "403 A A 201 3821 64000 0\n9000 A FA 201 3821 64000 0", set()),
        (HOLE + "160 A A 201 3821 64000 0\n9000 A FA 201 3821 64000 0", set()),
    ],
    ids=["full-size segments are missing", "others are", "it was repaired", "it had them"],
)  # fmt: skip
def test_a_hole_that_nobody_filled(script: str, kinds: set[str]) -> None:
    found = findings(script)
    assert found.keys() & {"hole_never_filled", "pmtu_black_hole"} == kinds
    for kind in kinds:
        assert found[kind].side == "server"


LARGE_AGAIN = (
    REQUEST
    + """
130  B A    1 201 64000 1400
430  B A    1 201 64000 1400
1030 B A    1 201 64000 1400
2230 B A    1 201 64000 1400
"""
)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (LARGE_AGAIN + "3000 A A 200 1 64000 0", True),
        (LARGE_AGAIN, False),
        (LARGE_AGAIN.replace("1400", "300") + "3000 A A 200 1 64000 0", False),
        (LARGE_AGAIN + "2250 A A 201 1401 64000 0", False),
    ],
    ids=["the client is there", "it may be gone", "they are small", "one came through"],
)
def test_large_segments_vanish_ahead(script: str, told: bool) -> None:
    assert ("pmtu_black_hole" in findings(script)) == told


MET = (
    ANSWER
    + """
60000 B FA 501 201 64000 0
{}
60022 B R  502   0     0 0
"""
)


@pytest.mark.parametrize(
    ("crossing", "told"),
    [
        ("60001 A PA 201 501 64000 200", True),
        ("60001 A PA 201 502 64000 200", True),
        ("60001 A PA 201 502 64000 31\n60002 A FA 232 502 64000 0", False),
        ("60001 A A  201 502 64000 0", False),
        ("60001 A PA 201 502 64000 200\n60021 B R 502 0 0 0\n60022 A FA 401 502 64000 0", False),
    ],
    ids=[
        "it crossed the FIN",
        "the FIN had come",
        "a farewell before its own FIN",
        "no data",
        "its FIN comes late",
    ],
)
def test_a_request_meets_the_close(crossing: str, told: bool) -> None:
    found = findings(MET.format(crossing))
    assert ("request_met_close" in found) == told
    if told:
        assert "rst_after_fin" not in found


AGAIN = "\n".join(
    f"{at} B SA 0 1 64000 0\n{at + 2} A A {{}} 1 64000 0" for at in (1020, 3020, 7020)
)
DATA = "100 A PA 1 1 64000 300\n400 A PA 1 1 64000 300\n"


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (DATA + AGAIN.format(301, 301, 301) + "\n8000 B A 1 301 64000 0", "never_accepted"),
        (AGAIN.format(1, 1, 1) + "\n9000 A PA 1 1 64000 50\n9020 B A 1 51 64000 0",
         "deferred_accept"),
        ("1020 B SA 0 1 64000 0\n1022 A A 1 1 64000 0", "syn_ack_repeated"),
        ("1020 B SA 0 1 64000 0\n1022 A A 1 1 64000 0\n1100 A PA 1 1 64000 10\n"
         "1120 B A 1 11 64000 0\n1200 B SA 0 1 64000 0", "syn_ack_repeated"),
    ],
    ids=["data was ignored too", "there was no data", "one ACK may be lost", "it had accepted"],
)  # fmt: skip
def test_a_handshake_that_the_server_ignores(script: str, kind: str) -> None:
    kinds = {"never_accepted", "deferred_accept", "syn_ack_repeated"}
    assert findings(script).keys() & kinds == {kind}


def test_acks_that_were_perhaps_ignored_are_told_as_such() -> None:
    script = DATA + AGAIN.format(301, 301, 301) + "\n8000 B A 1 301 64000 0"
    assert "unlikely to be all lost" in findings(script)["never_accepted"].text


PROBES = "120 A A 1 1 64000 0\n" + "\n".join(
    f"{at} A A 200 1 64000 0" for at in (8000, 9000, 10000, 11000)
)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (REQUEST + PROBES + "\n12000 A RA 201 1 0 0", True),
        (REQUEST + PROBES + "\n11020 B A 1 201 64000 0\n12000 A RA 201 1 0 0", False),
        (REQUEST + "12000 A RA 201 1 0 0", False),
    ],
    ids=["none was answered", "the last was", "there were none"],
)
def test_keep_alive_gives_up(script: str, told: bool) -> None:
    found = findings(script)
    assert ("keep_alive_gave_up" in found) == told
    assert ("abort" in found) == (not told)
    if told:
        gave_up = found["keep_alive_gave_up"]
        assert gave_up.text.startswith("the client waited 4.00 s for an answer to its keep-alives")
        assert (gave_up.first_frame, gave_up.last_frame) == (7, 11)  # from the first probe on


OTHERS = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
flow C 10.0.0.1:1112 D {}
numbers A=1000 B=5000 C=9000 D=7000
 1    0  A S  0 0 64000 0
 2   20  {}
 3 1000  C S  0 0 64000 0
 4 2000  C S  0 0 64000 0
 5 4000  C S  0 0 64000 0
"""


@pytest.mark.parametrize(
    ("server", "answer", "words"),
    [
        (
            "10.0.0.2:80",
            "B SA 0 1 64000 0",
            "the same port answered 1 other SYN up to 980 ms before",
        ),
        ("10.0.0.2:81", "B SA 0 1 64000 0", "its host answered on another port"),
        ("10.0.0.9:80", "B SA 0 1 64000 0", "no such host, or a filter that drops"),
        ("10.0.0.2:80", "A S 0 0 64000 0", "no such host, or a filter that drops"),
    ],
    ids=["the same port", "the same host", "another host", "nobody"],
)
def test_what_other_connections_say_of_a_silent_server(
    server: str, answer: str, words: str
) -> None:
    engine = engine_of("", OTHERS.format(server, answer))
    flow = next(one for one in engine.flows if one.client.port == 1112)
    (found,) = (one for one in findings_of(engine, flow) if one.kind == "syn_unanswered")
    assert words in found.text


NO_SCALE = (
    ENDS
    + """
1  0  A S  0 0 64000 0 mss=1460
2 20  B SA 0 1 64000 0 mss=1460
3 22  A A  1 1 64000 0
"""
)
CROPPED = "100 A PA 1 1 64000 1400\n120 B A 1 1401 {0} 0\n" + "\n".join(
    f"{at} A PA {1401 + 70 * n} 1 64000 70\n{at + 20} B A 1 {1471 + 70 * n} {{0}} 0"
    for n, at in enumerate((500, 900, 1300, 1700))
)


@pytest.mark.parametrize(("window", "told"), [(70, True), (62600, False)])
def test_a_window_scale_that_was_lost(window: int, told: bool) -> None:
    """The right edge of a window never goes back by itself."""
    assert ("option_stripped" in findings(CROPPED.format(window), NO_SCALE)) == told


def test_a_wait_without_a_length_is_told_without_one() -> None:
    """Many captures stamp a burst of packets with one time."""
    at_once = re.sub("^[0-9]+", "100", CROPPED.format(70), flags=re.MULTILINE)
    assert (
        "takes them as they stand and waited; a box"
        in findings(at_once, NO_SCALE)["option_stripped"].text
    )


AFTER_SILENCE = (
    ANSWER
    + """
90000 A PA 201 501 64000 100
90300 A PA 201 501 64000 100
90900 A PA 201 501 64000 100
92100 A PA 201 501 64000 100
"""
)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (AFTER_SILENCE, True),
        (ANSWER + "90000 A PA 201 501 64000 100\n90020 B R 501 0 0 0", True),
        (AFTER_SILENCE.replace("90000 A", "2000 A"), False),
        (AFTER_SILENCE + "92120 B A 501 301 64000 0", False),
        (ANSWER + "2000 A PA 201 501 64000 100\n2020 B R 501 0 0 0", False),
    ],
    ids=["no answer", "a RST", "no silence", "answered in the end", "a RST without silence"],
)
def test_forgotten_while_it_was_idle(script: str, told: bool) -> None:
    found = findings(script)
    assert ("idle_timeout_between" in found) == told
    if told:
        assert not {"loss_after_capture", "half_open_reset", "stall_rto"} & found.keys()
        assert "of silence: it was sent " in found["idle_timeout_between"].text
        assert "had forgotten the connection by then" in found["idle_timeout_between"].text


def test_a_wait_that_goes_on_behind_the_last_packet_does_not_contradict_the_time_it_took() -> None:
    hole = REQUEST + "150 B PA 1001 201 64000 500\n152 A A 201 1 64000 0\n"
    later = "flow C 10.0.0.3:1111 D 10.0.0.4:80\nnumbers C=1000 D=5000\n9000 C S 0 0 64000 0"
    engine = engine_of(hole + later)
    flow = engine.flows[0]
    told = Judgement(engine, flow, findings_of(engine, flow)).sentence()
    assert "waited 8.8" in told
    assert ". It took, up to its last packet, 152 ms: " in told


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (REQUEST + "60 B A 1 201 64000 0\n6000 A FA 201 1 64000 0", "after the last data 5.9"),
        (ANSWER + "6000 A FA 201 501 64000 0", "idle after the last data 5.8"),
    ],
    ids=["never answered", "answered"],
)
def test_who_waits_for_an_answer_is_not_idle(script: str, told: str) -> None:
    engine = engine_of(script)
    flow = engine.flows[0]
    sentence = Judgement(engine, flow, findings_of(engine, flow)).sentence()
    assert told in sentence
    assert ("idle" in sentence) == ("idle" in told)
