"""What `tcptui between` says of two captures of a download whose fate is known."""

import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from librt.vecs import vec
from mypy_extensions import i64

from samples.capture_files import Record, pcap
from tcptui.between.comparison import Comparison, compare
from tcptui.between.leg import Delays
from tcptui.between.point import Point, new_point_engine
from tcptui.between.told import findings_of, told_of_flow, verdict
from tcptui.capture.source import open_source
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.report.between import comparison_facts, ends_texts, markdown_lines, print_json
from tcptui.session import analyse
from tests.between.way import (
    MASK32,
    MILLISECOND,
    SECOND,
    SERVER_NUMBER,
    SIZE,
    Fates,
    Way,
    download,
)

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
    "twice, the second time late": Fates(echoed={33, 50}),
    "late": Fates(late={40}),
    "missed at A": Fates(missed_at_a={12, 13, 55}),
    "missed at B": Fates(missed_at_b={21, 70}),
    "all": Fates(lost={5}, beyond={9}, twice={33}, late={48}, missed_at_a={60}, missed_at_b={70}),
}
SEGMENTS = 100


def analysed(tmp_path: Path, *captures: bytes) -> Comparison:
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
    return compare(points)


def compared(tmp_path: Path, *captures: bytes) -> dict[str, Any]:
    """Return what the command prints of captures as JSON."""
    out = io.BytesIO()
    comparison = analysed(tmp_path, *captures)
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
        ("duplicated", "B", "A"): {*fates.twice, *fates.echoed},
        ("reordered", "B", "A"): fates.late,
        ("lost", "B", "uncaptured"): fates.missed_at_a,
        ("lost", "uncaptured", "A"): fates.missed_at_b,
    }
    return Counter({what: len(list(which)) for what, which in sizes.items() if list(which)})


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("way", WAYS)
def test_every_segment_has_its_fate(way: str, fate: str, tmp_path: Path) -> None:
    facts = compared(tmp_path, *download(WAYS[way], SEGMENTS, FATES[fate]).files())
    assert told(facts) == expected(FATES[fate])


def test_an_ack_at_the_other_point_shows_what_a_file_lacks(tmp_path: Path) -> None:
    play = download(Way(), SEGMENTS, Fates(missed_at_a={SEGMENTS - 1}))
    last = max(play.at_a, key=record_time)
    play.at_a.remove(last)  # the ACK of what is missing before it
    assert told(compared(tmp_path, *play.files())) == {("lost", "B", "uncaptured"): 1}


@pytest.mark.parametrize("way", WAYS)
def test_the_order_of_the_captures_does_not_matter(way: str, tmp_path: Path) -> None:
    at_a, at_b = download(WAYS[way], SEGMENTS, FATES["all"]).files()
    facts = compared(tmp_path, at_b, at_a)
    assert [point["name"] for point in facts["points"]] == ["B", "A"]
    assert sum(told(facts).values()) == sum(expected(FATES["all"]).values())


@pytest.mark.parametrize("way", WAYS)
def test_the_clocks_are_told_within_their_error(way: str, tmp_path: Path) -> None:
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


def test_a_clock_that_is_set_meanwhile_is_told(tmp_path: Path) -> None:
    way = Way(step_after=3 * SECOND, step=2 * SECOND)
    facts = compared(tmp_path, *download(way, 400, Fates(lost={5}), pace=20 * MILLISECOND).files())
    assert any("clock was set 1 time" in text for text in facts["warnings"])
    assert told(facts) == Counter({("lost", "B", "A"): 1})
    delays = [row for flow in facts["flows"] for row in flow["delay"]]
    assert all(0 < row["median"] <= row["p99"] < 0.1 for row in delays)


@pytest.mark.parametrize("way", ["plain", "NAT", "no IP identification"])
def test_a_file_that_lacks_some_packets_sets_no_clock(way: str, tmp_path: Path) -> None:
    """A lacks the first of several ACKs of the same number: the second one is no pair of it."""
    short = replace(WAYS[way], to_server=20_000, to_client=20_000)
    play = download(short, 100, Fates(lost={44}), pace=MILLISECOND // 10)
    asked = pack("!I", SERVER_NUMBER + 1 + 44 * SIZE & MASK32)
    acks = [record for record in play.at_a if record.data[42:46] == asked]
    play.at_a.remove(min(acks, key=record_time))
    facts = compared(tmp_path, *play.files())
    assert not any("clock was set" in text for text in facts["warnings"])
    assert abs(facts["points"][1]["clock_offset"]) <= facts["points"][1]["clock_error"]
    assert told(facts)["lost", "B", "A"] == 1


def test_what_nobody_can_tell_is_not_said_to_have_passed(tmp_path: Path) -> None:
    """B lacks data that passed it, and two ACKs: they were lost, or B lacks them too."""
    play = download(Way(), 50, Fates(missed_at_b={21}))
    acks = sorted((one for one in play.at_b if len(one.data) < 80), key=record_time)
    for gone in acks[10:12]:
        play.at_b.remove(gone)
    comparison = analysed(tmp_path, *play.files())
    [flow] = comparison.flows
    doubt = "for certain; of 2 nobody can tell."
    assert doubt in verdict(comparison)
    assert told_of_flow(comparison, flow, findings_of(comparison, flow))[0].endswith(doubt)


def test_captures_without_a_common_flow_share_no_connection(tmp_path: Path) -> None:
    here, _ = download(Way(), 20).files()
    _, there = download(Way(seed=3, nat=True, stamps=False), 20, pace=SECOND // 10).files()
    ports = there.replace(pack("!HH", 80, 61_234), pack("!HH", 81, 61_234))
    other = ports.replace(pack("!HH", 61_234, 80), pack("!HH", 61_234, 81))
    numbers = other.replace(pack("!I", 1_000_000), pack("!I", 1_000_009))
    facts = compared(tmp_path, here, numbers)
    assert facts["flows"] == []
    assert "share no connection" in facts["verdict"]
    lines = list(markdown_lines(facts | {"flows": iter(facts["flows"])}))
    assert not any("Flow numbers" in line for line in lines), "the flows come one by one"


def test_the_same_capture_twice_is_told(tmp_path: Path) -> None:
    here, _ = download(Way(), 50, Fates(lost={3})).files()
    facts = compared(tmp_path, here, here)
    assert any("the same capture" in text for text in facts["warnings"])
    assert "none of" in facts["verdict"]
    lines = list(markdown_lines(facts))
    table = next(number for number, line in enumerate(lines) if line.startswith("| point"))
    assert lines[table - 1] == "", "a table right below a list is a part of it"
    rules = f"Wireshark {facts['rules']}"
    assert f"Flow numbers (`tcp.stream`) are those of {rules}." in lines[table:]


def test_an_address_of_ipv6_has_brackets() -> None:
    ends = {"client": {"address": "2001:db8::1", "port": 5}, "server": {"address": "::", "port": 6}}
    assert ends_texts(ends) == ["[2001:db8::1]:5", "[::]:6"]


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=300))
def test_delays_are_those_of_the_sorted_values(values: list[int]) -> None:
    found = Delays(vec[i64](values))
    ordered = sorted(values)
    assert (found.least, found.median) == (ordered[0], ordered[len(values) // 2])
    assert found.p99 == ordered[min(len(values) * 99 // 100, len(values) - 1)]


@pytest.mark.parametrize("way", ["plain", "NAT", "sequence numbers rewritten"])
def test_without_the_clock_no_delay_is_told(way: str, tmp_path: Path) -> None:
    """A sees what the server sends, and B what both send: nothing tells how far the clocks are
    apart."""
    play = download(WAYS[way], SEGMENTS, Fates(lost={5, 60}))
    play.at_a = [record for record in play.at_a if record.data[26:30] == bytes((10, 9, 9, 9))]
    facts = compared(tmp_path, *play.files())
    assert [point["clock_offset"] for point in facts["points"]].count(None) == 1
    assert all(flow["delay"] == [] for flow in facts["flows"])
    assert told(facts)["lost", "B", "A"] == 2


def test_what_the_way_changes_is_told_with_both_values(tmp_path: Path) -> None:
    facts = compared(tmp_path, *download(Way(nat=True, shift=77, mss=1300), 20).files())
    (flow,) = facts["flows"]
    changed = {
        (one["field"], one["direction"]): (one["before"], one["after"]) for one in flow["rewritten"]
    }
    assert changed["address", "c"] == ("10.0.0.1", "192.0.2.7")
    assert changed["port", "c"] == (40_000, 61_234)
    assert changed["mss", "c"] == (1460, 1300)
    assert changed["ttl", "c"] == (64, 60)
    assert changed["isn", "s"] == (4_294_900_000, 4_294_900_077)


def test_large_segments_that_vanish_point_at_the_mtu(tmp_path: Path) -> None:
    play = download(Way(repair_size=500), 4, Fates(lost={0, 1, 2, 3}))
    facts = compared(tmp_path, *play.files())
    kinds = {one["kind"] for flow in facts["flows"] for one in flow["findings"]}
    assert "mtu_between" in kinds
    assert "all larger than" in facts["verdict"]


@given(
    st.lists(st.sets(st.integers(0, 59), max_size=6), min_size=4, max_size=4),
    st.sampled_from(sorted(WAYS)),
)
@settings(max_examples=40, deadline=None)
def test_no_mixture_of_fates_is_mistaken(fates: list[set[int]], way: str) -> None:
    lost, beyond, at_a, at_b = fates
    beyond -= lost
    at_a -= lost | beyond
    at_b -= lost | beyond | at_a
    chosen = Fates(lost=lost, beyond=beyond, missed_at_a=at_a, missed_at_b=at_b)
    with TemporaryDirectory() as folder:
        facts = compared(Path(folder), *download(WAYS[way], 60, chosen).files())
    assert told(facts) == expected(chosen)


def test_three_points_say_on_which_part_of_the_way(tmp_path: Path) -> None:
    """A middle point M sees what A does, but for what is lost behind it."""
    play = download(Way(), SEGMENTS, Fates(lost={5, 60}))
    at_a, at_b = play.files()
    middle = [replaced_time(record) for record in play.at_a]
    play.at_a = [record for n, record in enumerate(play.at_a) if n not in (30, 31, 32)]
    facts = compared(tmp_path, play.files()[0], at_b, pcap(sorted(middle, key=record_time)))
    assert [point["name"] for point in facts["points"]] == ["A", "C", "B"]
    assert told(facts)["lost", "B", "C"] == 2
    assert told(facts)["lost", "C", "uncaptured"] + told(facts)["lost", "C", "A"] == 3
    assert at_a


def test_a_flow_that_passed_no_middle_point_is_told_between_the_outer_ones(
    tmp_path: Path,
) -> None:
    """The middle point, C, saw another flow of the same way alone."""
    play = download(Way(), SEGMENTS, Fates(lost={5, 60}))
    beside = download(Way(port=40_001, seed=5), 30)
    middle = [replaced_time(record) for record in beside.at_a]
    captures = ([*play.at_a, *beside.at_a], [*play.at_b, *beside.at_b], middle)
    facts = compared(tmp_path, *(pcap(sorted(some, key=record_time)) for some in captures))
    assert [point["name"] for point in facts["points"]] == ["A", "C", "B"]
    assert "Between A and B, 2 of" in facts["verdict"]
    assert "Between A and C, none of" in facts["verdict"]


def replaced_time(record: Record) -> Record:
    """Return the record as a point behind A sees it: nearer to the server by 2 ms."""
    from_server = record.data[26:30] == bytes((10, 9, 9, 9))
    moved = -2 * MILLISECOND if from_server else 2 * MILLISECOND
    return record._replace(time=record.time + moved)


def record_time(record: Record) -> int:
    return record.time
