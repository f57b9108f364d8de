"""What a data set says of flows is what the list of each capture says."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tcptui.capture.source import open_source
from tcptui.data_set.capture_places import captures_of
from tcptui.data_set.groups import GROUPINGS, add_up, filter_of, trouble_by_day
from tcptui.data_set.listing import SORTINGS, SweptLine, read_line
from tcptui.data_set.row_filter import asked
from tcptui.data_set.shown_flows import ShownFlows
from tcptui.data_set.swept import read_manifest
from tcptui.engine.engine import new_engine
from tcptui.engine.wireshark.release_4_6 import WIRESHARK_4_6
from tcptui.filters.filter_error import FilterError
from tcptui.findings.flow_groups import FlowWeight
from tcptui.findings.judgement import Judgement
from tcptui.findings.upshot import upshot_of
from tcptui.report.flow_texts import capture_finder
from tcptui.session import analyse
from tests.data_set.written import SAMPLES, read_rows, write_data_set  # first: it may skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, half of them of a host web, half of one called db."""
    folder = tmp_path_factory.mktemp("fleet")
    for at, sample in enumerate(sorted(SAMPLES.glob("*.pcapng"))):
        host = folder / "captures" / ("web", "db")[at % 2]
        host.mkdir(parents=True, exist_ok=True)
        shutil.copy2(sample, host)
    return write_data_set(folder / "out", folder / "captures")


def has_failed(judged: Judgement) -> bool:
    """Whether the sums of groups count the flow among those that failed."""
    weight = FlowWeight()
    weight.weigh(judged.flow, upshot_of(judged.found), 0)
    return bool(weight.failed)


@pytest.fixture
def shown(out: Path) -> ShownFlows:
    return ShownFlows(read_rows(out))


def test_flows_stand_as_in_the_lists_of_their_captures(shown: ShownFlows) -> None:
    rows = shown.rows
    standings, failed = rows.standing.combine_chunks(), rows.failed.combine_chunks()
    for part, start in zip(rows.parts, rows.part_starts, strict=False):
        source = open_source([part.capture.name])
        engine = new_engine(WIRESHARK_4_6)
        for _ in analyse(source, engine):
            pass
        find = capture_finder(engine, source)
        judged = [Judgement(engine, flow, find(flow)) for flow in engine.flows]
        own = slice(start, start + part.size)
        assert standings[own].to_pylist() == [one.standing() for one in judged], part.capture.name
        assert failed[own].to_pylist() == [has_failed(one) for one in judged]
        source.close()


def test_a_line_tells_what_the_flow_is(shown: ShownFlows) -> None:
    worst = shown.listed(0)
    assert (worst.host, worst.day, worst.verdict) == ("web", "2023-11-14", "trouble")
    assert worst.client == ("10.20.0.11", 50003)
    assert worst.sentence.startswith("The client waited 7.00 s for a connection")
    assert worst.cost == 7_000_000_000


@pytest.mark.parametrize("sort", [one.id for one in SORTINGS])
def test_every_order_has_all_flows_and_its_reverse_is_another(sort: str, shown: ShownFlows) -> None:
    orders = []
    for descending in (True, False):
        orders.append(shown.sorted_by(sort, descending).order.to_pylist())
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(shown.rows.count))
    assert orders[0] != orders[1]


FILTERS: dict[str, Callable[[SweptLine], bool]] = {
    "192.0.2.99": lambda one: "192.0.2.99" in (one.client[0], one.server[0]),
    "5432": lambda one: 5432 in (one.client[1], one.server[1]) or "5432" in one.sentence,
    "REFUSED": lambda one: "refused" in one.sentence,
    "web": lambda one: one.host == "web" or "web" in one.sentence or "web" in one.capture.name,
    '"for a connection"': lambda one: "for a connection" in one.sentence,
    "host == web": lambda one: one.host == "web",
    "host != web": lambda one: one.host != "web",
    "day >= 2024-01-01": lambda one: one.day >= "2024-01-01",
    "day in {2023-01-01..2023-12-31}": lambda one: one.day[:4] == "2023",
    "file contains openings": lambda one: "openings" in one.capture.name,
    "flow.cost > 1s": lambda one: one.cost > 1_000_000_000,
    "flow.server.port in {80, 443, 5000..6000}":
        lambda one: one.server[1] in (80, 443) or 5000 <= one.server[1] <= 6000,
    "flow.verdict == trouble": lambda one: one.verdict == "trouble",
    "not flow.verdict == trouble and host == db":
        lambda one: one.verdict != "trouble" and one.host == "db",
    "flow.verdict == ok || flow.verdict == note": lambda one: one.verdict in ("ok", "note"),
    'flow.sentence matches "^the client.*connection"':
        lambda one: one.sentence.startswith("The client") and "connection" in one.sentence,
    "flow.client.address == 10.20.0.11": lambda one: one.client[0] == "10.20.0.11",
}  # fmt: skip


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_keeps_the_flows_that_it_asks_for(text: str, shown: ShownFlows) -> None:
    rows = shown.rows
    shown = shown.kept(asked(text))
    expected = {row for row in range(rows.count) if FILTERS[text](read_line(rows, row))}
    assert set(shown.order.to_pylist()) == expected
    assert 0 < len(expected) < rows.count


FINDING_FILTERS: dict[str, Callable[[list[str]], bool]] = {
    "flow.findings == refused": lambda kinds: "refused" in kinds,
    "flow.finding != refused": lambda kinds: bool(kinds) and "refused" not in kinds,
    "flow.findings": lambda kinds: bool(kinds),
    "not flow.findings": lambda kinds: not kinds,
}  # fmt: skip


@pytest.mark.parametrize("text", FINDING_FILTERS)
def test_a_list_fits_where_one_of_its_values_does(text: str, shown: ShownFlows) -> None:
    kinds = shown.rows.column("findings").to_pylist()
    shown = shown.kept(asked(text))
    expected = [row for row, found in enumerate(kinds) if FINDING_FILTERS[text](found)]
    assert sorted(shown.order.to_pylist()) == expected
    assert expected


@pytest.mark.parametrize(
    ("text", "what", "column"),
    [
        ("tcp.port == 80", "tcp.port is not in the data set: open the capture with Enter", 1),
        ("flow.cost > 1s and flow.bytes > 3", "flow.bytes is not in the data set", 20),
        ("flow.cost > x", "flow.cost wants a time (0.5, 50ms, 2s), not x", 13),
        ("flow.cost > 99999999999999d", "is too large", 13),
        ("flow.cost contains x", "contains searches texts, and flow.cost is a number", 11),
        ('flow.sentence matches "("', "not a regular expression", 23),
        ("any flow.findings == refused", "one comparison at a time", 1),
        ("1 < flow.cost < 2", "one comparison at a time", 1),
        ("flow.history[0] == S", "expected the name of a field", 1),
        ("flow.findings === refused", "only ==, !=, <, <=, > and >= compare here", 15),
        ('""', "a word is missing", 1),
        ("\udc80", "the byte 80 is not UTF-8", 1),
        ("flow.cost >", "the filter ends here", 12),
        ("host == " + "x" * 5000, "4,096 characters at most", 1),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(
    text: str, what: str, column: int
) -> None:
    with pytest.raises(FilterError) as refusal:
        asked(text)
    assert what in refusal.value.what
    assert refusal.value.column == column


@pytest.mark.parametrize("by", ["host", "day", "file", "server", "client"])
def test_groups_are_the_sums_of_the_flows_that_are_shown(by: str, shown: ShownFlows) -> None:
    shown = shown.kept(asked("host == db"))
    groups = add_up(shown, by)
    lines = [shown.listed(place) for place in range(shown.count)]
    assert sum(group.flows for group in groups) == shown.count
    assert sum(group.waited for group in groups) == sum(line.cost for line in lines)
    assert sum(group.troubled for group in groups) == sum(
        line.verdict == "trouble" for line in lines
    )
    waited = [group.waited for group in groups]
    assert waited == sorted(waited, reverse=True)


def test_a_group_is_what_its_filter_keeps(shown: ShownFlows) -> None:
    for grouping in GROUPINGS:
        for group in add_up(shown, grouping.id):
            inner = shown.kept(asked(filter_of(grouping, group.key)))
            assert inner.count == group.flows, group.key


def test_the_trouble_of_the_days_is_that_of_the_flows(shown: ShownFlows) -> None:
    every, *hosts = trouble_by_day(shown, 4)
    lines = [shown.listed(place) for place in range(shown.count)]
    troubled = [line for line in lines if line.verdict == "trouble"]
    assert every.total == len(troubled) == sum(host.total for host in hosts)
    assert {host.name for host in hosts} == {"web", "db"}
    assert every.parts(1) == [every.total]
    assert len(every.parts(20)) <= 20


def test_the_captures_of_a_flow_are_those_of_the_manifest(out: Path, shown: ShownFlows) -> None:
    found = captures_of(read_manifest(out), shown.rows, shown.row_at(0))
    assert [one.name for one in found] == [shown.listed(0).capture.name]
