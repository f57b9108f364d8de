"""What `tcptui between` says of two captures of a download whose fate is known."""

import io
import json
from collections import Counter
from typing import Any

import pytest

from tcptui.between.comparison import compare
from tcptui.between.point import Point, new_point_engine
from tcptui.capture.source import open_source
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.report.between import comparison_facts, print_json
from tcptui.session import analyse
from tests.between.way import MILLISECOND, SECOND, Fates, Way, download

WAYS = {
    "plain": Way(),
    "NAT": Way(nat=True),
    "sequence numbers rewritten": Way(shift=3_000_000_000),
    "NAT and numbers rewritten": Way(nat=True, shift=77),
    "no time stamps": Way(stamps=False),
    "no IP identification": Way(identifications=False),
    "neither": Way(stamps=False, identifications=False),
    "NAT without time stamps": Way(stamps=False, nat=True),
    "numbers rewritten, no time stamps": Way(stamps=False, shift=5),
    "clock hours ahead": Way(offset=7 * 3600 * SECOND),
    "clock ten seconds behind, drifting": Way(offset=-10 * SECOND, drift=50e-6),
    "microseconds": Way(resolution=1000, offset=123_456_789),
    "snap length 96": Way(snaplen=96),
    "slow way back": Way(to_client=40 * MILLISECOND),
}
FATES = {
    "nothing": Fates(),
    "lost": Fates(lost={5, 17, 18, 19, 60}),
    "lost beyond": Fates(beyond={7, 90}),
    "twice": Fates(twice={33}),
    "late": Fates(late={40}),
    "missed at A": Fates(missed_at_a={12, 13, 55}),
    "missed at B": Fates(missed_at_b={21, 70}),
    "all": Fates(lost={5}, beyond={9}, twice={33}, late={48}, missed_at_a={60}, missed_at_b={70}),
}
SEGMENTS = 100


def compared(tmp_path: Any, *captures: bytes) -> dict[str, Any]:
    """Compare captures as the command does; the points are called A, B and so on."""
    points = []
    for name, content in zip("ABC", captures, strict=False):
        path = tmp_path / f"{name}.pcap"
        path.write_bytes(content)
        source = open_source([str(path)], seekable=False)
        engine = new_point_engine(RULE_SETS["4.6"])
        for _ in analyse(source, engine):
            pass
        source.close()
        points.append(Point(name, engine))
    out = io.BytesIO()
    comparison = compare(points)
    print_json(
        out,
        comparison_facts(comparison, [[p.name] for p in comparison.points], comparison.warnings()),
    )
    facts: dict[str, Any] = json.loads(out.getvalue())
    return facts


def told(facts: dict[str, Any]) -> Counter[tuple[str, str, str]]:
    """Count the segments that something happened to: what, from where, to where."""
    found: Counter[tuple[str, str, str]] = Counter()
    for flow in facts["flows"]:
        for what in ("lost", "duplicated", "reordered"):
            for row in flow[what]:
                found[what, row["from"], row["to"]] += row["segments"]
    return found


def expected(fates: Fates) -> Counter[tuple[str, str, str]]:
    sizes = {
        ("lost", "B", "A"): fates.lost,
        ("lost", "A", "beyond"): fates.beyond,
        ("duplicated", "B", "A"): fates.twice,
        ("reordered", "B", "A"): fates.late,
        ("lost", "B", "uncaptured"): fates.missed_at_a,
        ("lost", "uncaptured", "A"): fates.missed_at_b,
    }
    return Counter({what: len(list(which)) for what, which in sizes.items() if list(which)})


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("way", WAYS)
def test_every_segment_has_its_fate(way: str, fate: str, tmp_path: Any) -> None:
    facts = compared(tmp_path, *download(WAYS[way], SEGMENTS, FATES[fate]).files())
    assert told(facts) == expected(FATES[fate])


@pytest.mark.parametrize("way", WAYS)
def test_the_order_of_the_captures_does_not_matter(way: str, tmp_path: Any) -> None:
    at_a, at_b = download(WAYS[way], SEGMENTS, FATES["all"]).files()
    facts = compared(tmp_path, at_b, at_a)
    assert [point["name"] for point in facts["points"]] == ["B", "A"]
    assert sum(told(facts).values()) == sum(expected(FATES["all"]).values())


@pytest.mark.parametrize("way", WAYS)
def test_the_clocks_are_told_within_their_error(way: str, tmp_path: Any) -> None:
    chosen = WAYS[way]
    facts = compared(
        tmp_path, *download(chosen, 400, Fates(lost={5}), pace=20 * MILLISECOND).files()
    )
    clock = facts["points"][1]
    assert abs(clock["clock_offset"] * SECOND - chosen.offset) <= clock["clock_error"] * SECOND
    assert (
        clock["clock_error"] * SECOND <= (chosen.to_client + chosen.to_server + 4 * MILLISECOND) / 2
    )
    if chosen.to_client == chosen.to_server:
        wrong = abs(clock["clock_offset"] * SECOND - chosen.offset)
        assert wrong <= max(50_000, 0.05 * 2 * chosen.to_client)
        assert clock["clock_drift_ppm"] == pytest.approx(chosen.drift * 1e6, abs=1)
