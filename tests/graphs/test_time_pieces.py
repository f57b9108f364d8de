"""The pieces of a flow's time come to what the report says of each part."""

from typing import Final

import pytest

from tcptui.diagnosis.work_slices import at_once
from tcptui.findings.time_split import time_split
from tcptui.graphs.time_pieces import (
    CLIENT,
    IDLE,
    NETWORK,
    SERVER,
    TCP,
    TimeSpan,
    agreeing,
    part_of,
)
from tcptui.graphs.time_spent import pieces_of
from tests.diagnosis.causes import engine_of

NAMES: Final = {part: part for part in (CLIENT, SERVER, TCP, NETWORK, IDLE)}
PIECES: Final = [
    TimeSpan(0, 100, NETWORK),
    TimeSpan(100, 130, CLIENT),
    TimeSpan(130, 150, NETWORK),
    TimeSpan(150, 160, SERVER),
]
AGREEING: Final = {
    "nothing to give": ((30, 10, 120), PIECES),
    "a piece that is as long": (
        (50, 10, 100),
        [PIECES[0], PIECES[1], TimeSpan(130, 150, CLIENT), PIECES[3]],
    ),
    "the end of the shortest that is long enough": (
        (30, 25, 105),
        [PIECES[0], PIECES[1], TimeSpan(130, 135, NETWORK), TimeSpan(135, 150, SERVER), PIECES[3]],
    ),
    "more than any has": (
        (145, 10, 5),
        [TimeSpan(0, 100, CLIENT), PIECES[1], TimeSpan(130, 135, NETWORK),
         TimeSpan(135, 150, CLIENT), PIECES[3]],
    ),
    "from an application": (
        (0, 10, 150),
        [PIECES[0], TimeSpan(100, 130, NETWORK), PIECES[2], PIECES[3]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "expected"), AGREEING.values(), ids=AGREEING.keys())
def test_parts_are_given_what_they_lack(
    wanted: tuple[int, int, int], expected: list[TimeSpan]
) -> None:
    client, server, network = wanted
    parts = {CLIENT: client, SERVER: server, TCP: 0, NETWORK: network, IDLE: 0}
    assert agreeing(PIECES, parts, NAMES) == expected


SCRIPTS: Final = {
    "one side goes on after a pause": "30 A PA 1 1 64000 10\n900 A PA 11 1 64000 10",
    "a window that stays closed": (
        "30 A A 1 1 64000 1000\n50 B A 1 1001 0 0\n300 A A 1000 1 64000 0\n301 B A 1 1001 0 0"
    ),
    "a request crosses a close": (
        "30 A PA 1 1 64000 10\n50 B FA 1 1 64000 0\n600 A PA 11 2 64000 10\n"
        "900 B A 2 21 64000 0\n3000 A FA 21 2 64000 0"
    ),
    "the clock goes back": "90 A PA 1 1 64000 10\n10 B PA 1 11 64000 10\n5 A A 11 11 64000 0",
    "no data": "6000 A FA 1 1 64000 0\n6020 B FA 1 2 64000 0\n6022 A A 2 2 64000 0",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_the_sums_are_the_reports(script: str) -> None:
    engine = engine_of(script)
    flow = engine.flows[0]
    client, server, tcp, network, idle = time_split(flow).parts()
    found = dict.fromkeys((CLIENT, SERVER, TCP, NETWORK, IDLE), 0)
    before = int(flow.first_time)
    for piece in at_once(pieces_of(engine, flow)):
        assert before <= piece.start < piece.end <= flow.last_time
        before = piece.end
        found[part_of(piece.name)] += piece.end - piece.start
    assert list(found.values()) == [client, server, tcp, network, idle]
