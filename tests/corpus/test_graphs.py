"""The points of graphs against the verdicts of tshark: windows, bytes in flight, round trips.

Each value that tshark prints is a point in the graph of its flow, of the side that it tells of, and
there are no other points. What EXCEPTIONS and EXCEPTIONS_OF_4_6 name differs in the rows too.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

import pytest

from tcptui.capture.source import open_source
from tcptui.engine.addresses import address_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint
from tcptui.engine.tcp_header import RST
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.engine.wireshark.rules import Rules
from tcptui.graphs.kinds import FLOW_GRAPHS, flow_series
from tcptui.graphs.series import value_text
from tcptui.session import analyse
from tests.corpus.test_verdicts import (
    CORPUS,
    EXCEPTIONS,
    EXCEPTIONS_OF_4_6,
    FOLDERS,
    NAMES,
    STEP,
    UNSEEN_BY_4_6,
    Row,
    tsharks_rows,
)
from tests.sampling import sample

KINDS: Final = [kind for kind in FLOW_GRAPHS if kind.name in ("rtt", "window")]
COLUMNS: Final = {"window": "window_size", "in_flight": "bytes_in_flight", "rtt": "ack_rtt"}
"""The column of tshark that a series shows."""
OF_THE_PEER: Final = {"window", "rtt"}
"""Told by the receiver of the data; the series stands with the data."""
BIN: Final = 100_000_000


class Point(NamedTuple):
    """A point of a flow's graph."""

    flow: int
    frame: int
    series: str
    value: str


def analysed(name: str, rules: Rules) -> Engine:
    engine = Engine(rules)
    source = open_source([str(CORPUS / "captures" / name)], seekable=False)
    try:
        for _ in analyse(source, engine):
            pass
    finally:
        source.close()
    return engine


def our_points(engine: Engine) -> Iterator[Point]:
    """The points of both graphs of each flow."""
    for flow in engine.flows:
        graphs = [flow_series(kind, engine, flow, BIN, None) for kind in KINDS]
        for one in chain.from_iterable(graphs):
            if one.name[2:] in COLUMNS:
                for frame, _, value in map(one.point, range(len(one))):
                    yield Point(flow.index, frame, one.name, value_text(value, one.unit))


def their_points(engine: Engine, rows: dict[int, list[Row]]) -> Iterator[Point]:
    """The values of tshark's rows; of the engine only which end is the client."""
    for frame, row in ((frame, row) for frame, of_frame in rows.items() for row in of_frame):
        flow = int(row["stream"])
        is_client = is_from(row, engine.flows[flow].client)
        for series, column in COLUMNS.items():
            if not row.get(column) or (series == "window" and int(row["flags"], 16) & RST):
                continue
            side = "c" if is_client != (series in OF_THE_PEER) else "s"
            yield Point(flow, frame, f"{side}.{series}", row[column])


def is_from(row: Row, client: Endpoint) -> bool:
    if row["srcport"] != row["dstport"]:
        return row["srcport"] == str(client.port)
    sources = (row.get(name, "").split(",")[-1] for name in ("ip.src", "ipv6.src"))
    return address_text(client.address) in sources


def differences(name: str, release: str, compared: Counter[str]) -> list[str]:
    """The points that one side alone has; ``compared`` counts all.

    Where tshark joins the values of several headers, which belongs to which cannot be told.
    """
    left_out, unseen = set(EXCEPTIONS.get(name, ())), set[int]()
    if release == "4.6":
        left_out |= EXCEPTIONS_OF_4_6.get(name, set())
        unseen = UNSEEN_BY_4_6.get(name, unseen)
    engine = analysed(name, RULE_SETS[release])
    rows = tsharks_rows(CORPUS / FOLDERS[release] / f"{name}.tsv.gz")
    joined = {
        (frame, series)
        for frame, of_frame in rows.items()
        for series, column in COLUMNS.items()
        if any(column not in row for row in of_frame)
    }
    theirs = Counter(their_points(engine, rows))
    ours = Counter(
        point
        for point in our_points(engine)
        if point.frame not in unseen and (point.frame, point.series[2:]) not in joined
    )
    compared.update(point.series[2:] for point in theirs)
    return [
        f"{name} {who}: {point}"
        for who, some in (("tshark", theirs - ours), ("tcptui", ours - theirs))
        for point in sorted(some)
        if COLUMNS[point.series[2:]] not in left_out
    ]


def all_differences(names: list[str], release: str) -> list[str]:
    compared = Counter[str]()
    found = [line for name in names for line in differences(name, release, compared)]
    assert compared.keys() == COLUMNS.keys()
    return found


@pytest.mark.skipif(not NAMES, reason="no corpus at ../shared/corpus")
@pytest.mark.parametrize("release", FOLDERS)
def test_points_are_the_values_of_tshark(release: str) -> None:
    assert all_differences(list(sample(NAMES, STEP)), release) == []


@pytest.mark.slow
@pytest.mark.skipif(not NAMES, reason="no corpus at ../shared/corpus")
@pytest.mark.parametrize("release", FOLDERS)
def test_every_point_is_a_value_of_tshark(release: str) -> None:
    assert all_differences(NAMES, release) == []
