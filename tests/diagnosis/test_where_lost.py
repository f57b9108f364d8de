"""Where a segment was lost, by what passed here, what filled a hole, and what was acknowledged."""

import pytest

from tests.diagnosis.causes import HANDSHAKE, findings

LOSSES = {
    "loss_after_capture",
    "loss_before_capture",
    "capture_loss",
    "not_lost",
    "reordered",
}

SCRIPTS = {
    "the first copy passed here": (
        """
        100 B A    1 1 64000 1000
        101 B A 1001 1 64000 1000
        402 B A    1 1 64000 1000
        404 A A    1 2001 64000 0
        """,
        {"loss_after_capture"},
    ),
    "it fills a hole more than a round trip old": (
        """
        100 B A    1 1 64000 1000
        101 B A 2001 1 64000 1000
        103 A A    1 1001 64000 0 sack=2001-3001
        130 B A 1001 1 64000 1000
        132 A A    1 3001 64000 0
        """,
        {"loss_before_capture"},
    ),
    "and it had arrived by another way, as its receiver reports": (
        """
        100 B A    1 1 64000 1000
        101 B A 2001 1 64000 1000
        103 A A    1 1001 64000 0 sack=2001-3001
        130 B A 1001 1 64000 1000
        132 A A    1 3001 64000 0
        133 A A    1 3001 64000 0 sack=1001-2001
        """,
        {"capture_loss", "not_lost"},
    ),
    "it fills a hole, and another segment had come twice": (
        """
        100 B A    1 1 64000 1000
        101 B A 2001 1 64000 1000
        103 A A    1 1001 64000 0 sack=2001-3001
        130 B A 1001 1 64000 1000
        132 A A    1 3001 64000 0
        133 A A    1 3001 64000 0 sack=2001-3001
        """,
        {"loss_before_capture"},
    ),
    "it fills a hole of a moment: the path changed the order": (
        """
        100 B A    1 1 64000 1000 id=11
        101 B A 2001 1 64000 1000 id=13
        102 B A 1001 1 64000 1000 id=12
        104 A A    1 3001 64000 0
        """,
        {"reordered"},
    ),
    "the same by a sender that does not count": (
        """
        100 B A    1 1 64000 1000 id=0
        101 B A 2001 1 64000 1000 id=0
        102 B A 1001 1 64000 1000 id=0
        104 A A    1 3001 64000 0
        """,
        {"reordered"},
    ),
    "it fills a hole of a moment, numbered behind those beyond, and was asked for": (
        """
        100   B A    1 1 64000 1000 id=11
        101   B A 2001 1 64000 1000 id=13
        101.1 A A    1 1001 64000 0 sack=2001-3001
        102.6 B A 1001 1 64000 1000 id=14
        104   A A    1 3001 64000 0
        """,
        {"loss_before_capture"},
    ),
    "numbered behind those beyond, and nobody asked: the sender's own order": (
        """
        100   B A    1 1 64000 1000 id=11
        101   B A 2001 1 64000 1000 id=12
        101.2 B A 1001 1 64000 1000 id=13
        104   A A    1 3001 64000 0
        """,
        set(),
    ),
    "it fills a hole that was asked for, but was sent before those beyond": (
        """
        100   B A    1 1 64000 1000 id=11
        101   B A 2001 1 64000 1000 id=13
        101.1 A A    1 1001 64000 0 sack=2001-3001
        102.6 B A 1001 1 64000 1000 id=12
        104   A A    1 3001 64000 0
        """,
        {"reordered"},
    ),
    "it fills a hole of some milliseconds, sent after those beyond": (
        """
        100 B A    1 1 64000 1000 id=11
        101 B A 2001 1 64000 1000 id=13
        102 B A 3001 1 64000 1000 id=14
        107 B A 1001 1 64000 1000 id=15
        109 A A    1 4001 64000 0
        """,
        {"loss_before_capture"},
    ),
    "it fills an old hole, but was sent before those beyond": (
        """
        100 B A    1 1 64000 1000 id=11
        101 B A 2001 1 64000 1000 id=13
        102 B A 3001 1 64000 1000 id=14
        150 B A 1001 1 64000 1000 id=12
        152 A A    1 4001 64000 0
        """,
        {"reordered"},
    ),
    "the first data segment after the handshake is missing": (
        """
        100 B A 1001 1 64000 1000
        102 A A    1 1 64000 0 sack=1001-2001
        150 B A    1 1 64000 1000
        152 A A    1 2001 64000 0
        """,
        {"loss_before_capture"},
    ),
    "acknowledged, but never seen": (
        """
        100 B A    1 1 64000 1000
        101 B A 2001 1 64000 1000
        103 A A    1 3001 64000 0
        """,
        {"capture_loss"},
    ),
    "acknowledged a moment before it was captured": (
        """
        100   B A    1 1 64000 1000
        103   A A    1 2001 64000 0
        103.1 B A 1001 1 64000 1000
        """,
        set(),
    ),
    "D-SACK: it had arrived, and arrived again": (
        """
        100 B A    1 1 64000 1000
        400 B A    1 1 64000 1000
        402 A A    1 1001 64000 0
        403 A A    1 1001 64000 0 sack=1-1001
        """,
        {"not_lost"},
    ),
    "the ACK echoes the first copy's time stamp": (
        """
        100 B A    1 1 64000 1000 ts=500,10
        400 B A    1 1 64000 1000 ts=800,10
        401 A A    1 1001 64000 0 ts=20,500
        """,
        {"not_lost"},
    ),
    "the ACK echoes the second copy's time stamp": (
        """
        100 B A    1 1 64000 1000 ts=500,10
        400 B A    1 1 64000 1000 ts=800,10
        402 A A    1 1001 64000 0 ts=20,800
        """,
        {"loss_after_capture"},
    ),
    "the delayed ACK echoes the time stamp of a segment before the second copy": (
        """
        100 B A    1 1 64000 1000 ts=500,10
        101 B A 1001 1 64000 1000 ts=501,10
        140 B A 1001 1 64000 1000 ts=540,10
        142 A A    1 2001 64000 0 ts=20,500
        """,
        {"loss_after_capture"},
    ),
    "acknowledged here before it was sent again": (
        """
        100 B A    1 1 64000 1000
        102 A A    1 1001 64000 0
        400 B A    1 1 64000 1000
        402 A A    1 1001 64000 0
        """,
        {"not_lost"},
    ),
    "the same frame twice: the capture has it from two interfaces": (
        """
        100   B A    1 1 64000 1000 id=7
        100.1 B A    1 1 64000 1000 id=7
        102   A A    1 1001 64000 0
        """,
        set(),
    ),
    "a burst, each frame twice: the copies come between the others": (
        """
        100   B A    1 1 64000 1000 id=7
        100.1 B A 1001 1 64000 1000 id=8
        100.2 B A    1 1 64000 1000 id=7
        100.3 B A 2001 1 64000 1000 id=9
        100.4 B A 1001 1 64000 1000 id=8
        100.5 B A 2001 1 64000 1000 id=9
        102   A A    1 3001 64000 0
        102.1 B A 2001 1 64000 1000 id=9
        """,
        set(),
    ),
    "the same bytes with a number of their own: a packet sent again": (
        """
        100   B A    1 1 64000 1000 id=7
        100.1 B A 1001 1 64000 1000 id=8
        100.2 A A    1 2001 64000 0
        101   B A    1 1 64000 1000 id=9
        """,
        {"not_lost"},
    ),
    "a number is missing that a pure ACK may have had": (
        """
        98  B PA   1 1 64000 10 id=6
        100 B PA  11 1 64000 10 id=7
        101 A PA   1 21 64000 10
        900 B PA  21 11 64000 10 id=9
        """,
        set(),
    ),
    "a number is missing and nothing was to be acknowledged": (
        """
        98  B PA   1 1 64000 10 id=6
        100 B PA  11 1 64000 10 id=7
        900 B PA  21 1 64000 10 id=9
        """,
        {"loss_before_capture"},
    ),
    "acknowledged without having passed, between others that did": (
        """
        100 B A    1 1 64000 1000
        101 B A 2001 1 64000 1000
        103 A A    1 3001 64000 0
        """,
        {"capture_loss"},
    ),
    "the ACK of a FIN is lost further on": (
        """
        100 B FA 1 1 64000 0
        102 A A  1 2 64000 0
        400 B FA 1 1 64000 0
        402 A A  1 2 64000 0
        """,
        {"not_lost"},
    ),
    "a FIN inside the data is no FIN sent again": (
        """
        100 B A  1 1 64000 1000
        102 A A  1 1001 64000 0
        200 B FA 1 1 64000 0
        """,
        set(),
    ),
    "a FIN sent again": (
        """
        100 B FA 1 1 64000 0
        400 B FA 1 1 64000 0
        402 A FA 1 2 64000 0
        """,
        {"loss_after_capture"},
    ),
    "the ACK of a FIN is captured before it": (
        """
        100   A FA    1 1 64000 0
        120   B A     1 2 64000 0
        122   A A     2 2 64000 0
        122.1 B FA    1 2 64000 0
        """,
        set(),
    ),
    "sent again after a round trip, though nothing else was sent": (
        """
        100 B A 1 1 64000 1000
        125 B A 1 1 64000 1000
        127 A A 1 1001 64000 0
        """,
        {"loss_after_capture"},
    ),
    "thrown away at a closed window": (
        """
        100 B A    1 1 64000 1000
        101 B A 1001 1 64000 1000
        103 A A    1 1001 0 0
        403 B A 1001 1 64000 1000
        405 A A    1 1001 0 0
        900 A A    1 1001 64000 0
        910 B A 1001 1 64000 1000
        912 A A    1 2001 64000 0
        """,
        set(),
    ),
    "a silence as of a timer, and an IP identification is missing": (
        """
        100 A A    1 1 64000 0 id=3
        101 A PA   1 1 64000 100 id=4
        121 B PA   1 101 64000 100 id=9
        123 A A  101 101 64000 0 id=5
        440 A PA 101 101 64000 100 id=7
        460 B PA 101 201 64000 100 id=10
        """,
        {"loss_before_capture"},
    ),
    "a silence of the application": (
        """
        100 A A    1 1 64000 0 id=3
        101 A PA   1 1 64000 100 id=4
        121 B PA   1 101 64000 100 id=9
        123 A A  101 101 64000 0 id=5
        440 A PA 101 101 64000 100 id=6
        460 B PA 101 201 64000 100 id=10
        """,
        set(),
    ),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_verdict(name: str) -> None:
    script, expected = SCRIPTS[name]
    assert findings(script).keys() & LOSSES == expected


def test_bytes_and_frames_are_told() -> None:
    script, _ = SCRIPTS["the first copy passed here"]
    found = findings(script)["loss_after_capture"]
    assert (found.side, found.count, found.first_frame, found.last_frame) == ("server", 1, 6, 6)
    assert "1,000 bytes" in found.text


MIDSTREAM = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
"""

OLDER = {
    "below the first data, and below all acknowledgments": """
        1   0 B A 2001    1 64000 1000
        2   1 A A    1 3001 64000 0
        3  50 B A 1001    1 64000 1000
        """,
    "below the first data, above an acknowledgment": """
        1   0 A A    1    1 64000 0
        2   9 B A 2001    1 64000 1000
        3  11 A A    1    1 64000 0 sack=2001-3001
        4  50 B A    1    1 64000 1000
        5  51 B A 1001    1 64000 1000
        """,
    "below what its sender acknowledged with": """
        1   0 A PA   1    1 64000 100
        2  20 B A 1001  101 64000 0
        3  50 B A    1  101 64000 1000
        """,
}


@pytest.mark.parametrize("name", OLDER)
def test_a_repetition_from_before_the_capture_is_not_judged(name: str) -> None:
    assert not findings("", MIDSTREAM + OLDER[name]).keys() & LOSSES - {"not_lost"}


ONE_SIDE = {
    "the number is not that of an ACK, which was sent": (
        """
        1 100 B PA   1 101 64000 100 id=9
        2 123 B A  101 201 64000 0 id=10
        3 440 B PA 101 201 64000 100 id=12
        """,
        {"loss_before_capture"},
    ),
    "the number may be that of the ACK of what the peer has sent meanwhile": (
        """
        1 100 B PA   1 101 64000 100 id=9
        2 123 B PA 101 201 64000 100 id=10
        3 440 B PA 201 301 64000 100 id=12
        """,
        set(),
    ),
}


@pytest.mark.parametrize("name", ONE_SIDE)
def test_an_ip_identification_is_missing_and_of_the_peer_nothing_was_captured(name: str) -> None:
    script, expected = ONE_SIDE[name]
    assert findings("", MIDSTREAM + script).keys() & LOSSES == expected


def test_a_timer_is_told_all_the_same() -> None:
    script = """
    1   0 A A    1    1 64000 0
    2   9 B A 1001    1 64000 1000
    3 300 B A    1    1 64000 1000
    """
    found = findings("", MIDSTREAM + script)
    assert found["stall_rto"].side == "server"
    assert not found.keys() & LOSSES


def test_without_ip_identifications_a_verdict_says_so() -> None:
    script, _ = SCRIPTS["it fills a hole more than a round trip old"]
    uncounted = "\n".join(f"{line} id=0" for line in script.splitlines() if line.strip())
    assert "not certain" not in findings(script)["loss_before_capture"].text
    assert "not certain" in findings(uncounted)["loss_before_capture"].text
    silent, _ = SCRIPTS["a silence of the application"]
    assert "or it was lost" not in findings(silent)["stall_sender_idle"].text
    uncounted = "\n".join(
        f"{line.split('id=')[0]} id=0" for line in silent.splitlines() if line.strip()
    )
    assert "or it was lost" in findings(uncounted)["stall_sender_idle"].text


def two_repairs(first: str, second: str, last: str) -> str:
    """Two segments that are lost before this point and sent again, with the IP identifications of
    the repairs and of the server's last segment."""
    return f"""
    100 B A    1 1 64000 1000 id=11
    101 B A 2001 1 64000 1000 id=13
    103 A A    1 1001 64000 0 sack=2001-3001
    130 B A 1001 1 64000 1000 {first}
    132 A A    1 3001 64000 0
    200 B A 3001 1 64000 1000 id=15
    201 B A 5001 1 64000 1000 id=17
    203 A A    1 4001 64000 0 sack=5001-6001
    230 B A 4001 1 64000 1000 {second}
    232 A A    1 6001 64000 0
    300 B A 6001 1 64000 1000 {last}
    302 A A    1 7001 64000 0
    """


@pytest.mark.parametrize(
    ("first", "second", "last", "said"),
    [
        pytest.param("id=14", "id=18", "id=19", None, id="both are numbered"),
        pytest.param("id=14", "id=18", "id=0", None, id="both are, the last segment is not"),
        pytest.param("id=14", "id=18", "id=25", None, id="both are, the last one skips some"),
        pytest.param("id=0", "id=0", "id=16", "; likely", id="none is"),
        pytest.param("id=0", "id=0", "id=1", "; likely", id="none is, the last segments are"),
        pytest.param("id=14", "id=0", "id=18", "; of some likely", id="one is"),
        pytest.param("id=0", "id=18", "id=19", "; of some likely", id="the other one is"),
    ],
)
def test_identifications_are_asked_for_of_all_that_was_lost(
    first: str, second: str, last: str, said: str | None
) -> None:
    found = findings(two_repairs(first, second, last))["loss_before_capture"]
    assert found.count == 2
    assert ("not certain" in found.text) == (said is not None)
    assert said is None or f"{said}, but not certain: " in found.text


def test_several_late_segments_at_once_were_overtaken() -> None:
    """Their IP identifications lie behind the highest one, not one behind the other."""
    segment = "{time} B A {number}001 1 64000 1000 id={number}"
    lines = ["100 B A 1 1 64000 1000 id=0"]
    lines += [segment.format(time=100 + n, number=n) for n in range(1, 21) if n % 6]
    lines += [segment.format(time=150 + n, number=n) for n in (6, 12, 18)]
    found = findings("\n".join(lines))
    assert found["reordered"].count == 3
    assert not found.keys() & LOSSES - {"reordered"}


def test_one_direction_alone_does_not_prove_a_loss() -> None:
    """It may have been a closed window, or nothing: a note, in other words."""
    script = """
    flow A 10.0.0.1:1111 B 10.0.0.2:80
    1   0 B A    1 1 64000 1000
    2   1 B A 1001 1 64000 1000
    3 402 B A    1 1 64000 1000
    """
    found = findings("", script)["loss_after_capture"]
    assert found.severity == "note"
    assert "nothing of the client was captured that would tell which" in found.text


@pytest.mark.parametrize(("number", "lost"), [(7, False), (8, True)])
def test_the_same_ip_identification_is_the_same_packet(number: int, lost: bool) -> None:
    """On a path so short that the round trip does not tell."""
    short = HANDSHAKE.replace("2 20 ", "2 0.2 ").replace("3 22 ", "3 0.3 ")
    script = f"100 B A 1 1 64000 1000 id=7\n101 B A 1 1 64000 1000 id={number}\n"
    found = findings(script + "102 A A 1 1001 64000 0", short)
    assert ("loss_after_capture" in found) == lost


BEGINNINGS = {
    "a keep-alive": ("1 0 A A 101 1 64000 0\n2 20 B A 1 102 64000 0", False),
    "a repetition of the oldest of several": (
        "1 0 B A 1 1 64000 1000\n2 400 B A 1 1 64000 1000\n3 402 A A 1 3001 64000 0",
        False,
    ),
    "what may be a repetition, and what lies beyond it": (
        "1 0 B A 1 1 64000 1000\n2 2 A A 1 1001 64000 0\n3 9 A A 1 3001 64000 0",
        False,
    ),
    "the same some time later": (
        "1 0 B A 1 1 64000 1000\n2 2 A A 1 1001 64000 0\n3 1500 A A 1 3001 64000 0",
        True,
    ),
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_what_was_sent_before_the_capture_began_is_no_loss(name: str) -> None:
    script, lost = BEGINNINGS[name]
    assert ("capture_loss" in findings("", MIDSTREAM + script)) == lost
