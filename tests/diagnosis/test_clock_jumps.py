"""A jump of a capture's clock between two packets of the file is no wait of anybody."""

import pytest

from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tests.diagnosis.causes import engine_of, findings, numbered

DAY = 24 * 60 * 60 * 1000
"""ms, as packet scripts have them."""
FLOWS = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
flow C 10.0.0.3:1111 D 10.0.0.4:80
numbers A=1000 B=5000 C=100 D=200
0 A S 0 0 64000 0
"""
OPEN = "20 B SA 0 1 64000 0\n22 A A 1 1 64000 0\n"
CLOSED_BY_A = OPEN + "100 A FA 1 1 64000 0\n120 B A 1 2 64000 0\n"
REQUEST = OPEN + "100 A PA 1 1 64000 500\n120 B A 1 501 64000 0\n"
HOLE = OPEN + "100 B PA 501 1 64000 500\n102 A A 1 1 64000 0\n"


def told_with(script: str, kind: str, *others: int) -> Finding:
    """What is told of the first flow where packets of another one pass at these times (ms)."""
    seen = "".join(f"{time} C S 0 0 64000 0\n" for time in others)
    return findings("", numbered(FLOWS + script + seen, 1))[kind]


@pytest.mark.parametrize(
    ("script", "kind", "last"),
    [
        (CLOSED_BY_A, "hung_fin_wait_2", 1000),
        (CLOSED_BY_A, "hung_fin_wait_2", 7000),
        (CLOSED_BY_A, "hung_close_wait", 7000),
        (REQUEST, "no_answer", 2500),
        (REQUEST, "no_answer", 7000),
        (HOLE, "hole_never_filled", 500),
        (HOLE, "hole_never_filled", 7000),
        ("", "syn_unanswered", 500),
        ("", "syn_unanswered", 7000),
    ],
)
def test_a_wait_ends_where_the_clock_jumps(script: str, kind: str, last: int) -> None:
    """As if the capture ended there."""
    ended = told_with(script, kind, last)
    jumped = told_with(script, kind, last, last + DAY + 1)
    assert (jumped.severity, jumped.cost) == (ended.severity, ended.cost)
    assert jumped.text == ended.text.replace("the capture ends", "the capture's clock jumps")


def test_a_day_without_a_packet_is_a_wait() -> None:
    assert "waited 23 h 59 m" in told_with(CLOSED_BY_A, "hung_fin_wait_2", DAY).text


SERVED = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
flow C 10.0.0.3:1111 D 10.0.0.2:{port}
flow E 10.0.0.4:1111 F 10.0.0.9:80
numbers A=1000 B=5000 C=100 D=200 E=1 F=2
"""
UNANSWERED = "".join(f"{at} A S 0 0 64000 0\n" for at in (1000, 2000, 4000))
REFUSED = "1000 A S 0 0 64000 0\n1020 B RA 0 1 0 0 ttl=255\n"


def served(at: int) -> str:
    """Another connection to the server, so many ms after the unanswered one."""
    return f"{at} C S 0 0 64000 0\n{at + 20} D SA 0 1 64000 0\n"


def told_of_server(port: int, *packets: str) -> str:
    """All that is said of the flow from port 1111 of 10.0.0.1, in packets that go on to 9 s."""
    lines = "".join((*packets, "9000 E S 0 0 64000 0\n")).splitlines()
    lines.sort(key=lambda line: int(line.split()[0]))
    engine = engine_of("", numbered(SERVED.format(port=port) + "\n".join(lines), 1))
    (flow,) = (one for one in engine.flows if one.client.address == bytes([10, 0, 0, 1]))
    return " ".join(one.text for one in findings_of(engine, flow))


@pytest.mark.parametrize("port", [80, 443])
@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ([100], True),
        ([6000], True),
        ([100 - 2 * DAY], False),
        ([6000 + 2 * DAY], False),
        ([100 - 2 * DAY, 6000], False),
        ([100 - 2 * DAY, 6000 + 2 * DAY], False),
    ],
    ids=["before", "later", "before a jump", "behind a jump", "on both sides", "all elsewhere"],
)
def test_who_was_heard_at_another_time_is_not_there(
    port: int, heard: list[int], said: bool
) -> None:
    text = told_of_server(port, UNANSWERED, *(served(at) for at in heard))
    there = "so host and way are there" if port == 80 else "so it is there"
    assert (there in text) == said
    assert ("whether it was there then is not known" in text) == (not said)
    assert "no such host" not in text


@pytest.mark.parametrize(("at", "said"), [(100, True), (100 - 2 * DAY, False)])
def test_a_ttl_of_another_time_tells_no_box(at: int, said: bool) -> None:
    text = told_of_server(443, REFUSED, served(at))
    assert "refused" in text
    assert ("by something on the path" in text) == said
