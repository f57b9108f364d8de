"""The flow list's order, columns and search."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.drawing.cells import plain, width_of
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import State
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import drawing
from tcptui.panes.flows.difference import differences
from tcptui.panes.flows.model import sorting
from tcptui.panes.flows.word_search import WrongFilter, search
from tests.engine.hellos import client_hello
from tests.engine.talks import in_order, played
from tests.panes.loaded import sample


@given(st.lists(st.integers(-5, 5) | st.integers(-(1 << 40), 1 << 40), max_size=300))
def test_sorter_is_stable_whatever_the_slices(keys: list[int]) -> None:
    sorter = sorting.Sorter(vec[i64](keys))
    while not sorter.done:
        sorter.sort_some(7)
    expected = sorted(range(len(keys)), key=keys.__getitem__)
    assert [int(item) for item in sorter.order] == expected


def test_sorter_merges_long_runs() -> None:
    keys = [(n * 7919) % 10_007 for n in range(3 * sorting.RUN + 5)]
    sorter = sorting.Sorter(vec[i64](keys))
    while not sorter.done:
        sorter.sort_some(1000)
    assert [int(item) for item in sorter.order] == sorted(range(len(keys)), key=keys.__getitem__)


def arranged(name: str, column: str, descending: bool, text: str = "") -> list[int]:
    engine = sample(name)
    key = drawing.BY_ID[column].key
    judge = Judge(engine, None)
    work = sorting.arrange(engine.flows, len(engine.flows), key, judge, descending, search(text))
    while True:
        try:
            next(work)
        except StopIteration as end:
            return [int(flow) for flow in end.value]


@pytest.mark.parametrize("column", [column.id for column in drawing.COLUMNS])
def test_every_column_sorts(column: str) -> None:
    engine = sample("web-loss")
    key = drawing.BY_ID[column].key
    judge = Judge(engine, None)
    keys = [key(engine.flows[flow], judge) for flow in arranged("web-loss", column, False)]
    assert keys == sorted(keys)


def test_worst_first() -> None:
    engine = sample("openings")
    first = arranged("openings", "trouble", True)[0]
    claim = Judge(engine, None).judge(engine.flows[first]).claim()
    assert (
        claim
        == "the client waited 7.00 s for a connection: 4 SYNs and no answer from 192.0.2.99:80"
    )


@pytest.mark.parametrize(
    ("name", "flow", "words"),
    [("openings", 0, "neither side sent data, and it is still open"),
     ("openings", 1, "192.0.2.2:81 refused: a RST answered the SYN"),
     ("closings", 4, "the client's application aborted the connection (RST)"),
     ("closings", 5, "what the server sent after the client had closed was answered with RST"),
     ("zero-window", 0, "the server waited 1.60 s for the client's closed window before #18 "
      "(3 probes by the server): the client's application does not read")],
)  # fmt: skip
def test_trouble_in_words(name: str, flow: int, words: str) -> None:
    engine = sample(name)
    assert Judge(engine, None).judge(engine.flows[flow]).claim() == words


@pytest.mark.parametrize("width", range(24, 240, 7))
def test_lines_fit_any_width(width: int) -> None:
    engine = sample("web-loss")
    placed = drawing.place_columns(
        drawing.DEFAULT, drawing.column_widths(engine.flows, 48_264), width
    )
    row = drawing.row(engine.flows[1], placed, Judge(engine, None))
    for line in (drawing.header(placed, "trouble", True), row):
        assert width_of(plain(line)) == (width if width >= 48 else width_of(plain(line)))


@pytest.mark.parametrize(
    ("text", "found"),
    [("", [0, 1, 2]), ("port:8080", [0, 1, 2]), ("flag:RZ", [2]), ("10.9.1.1 segments", [1, 2]),
     ("nothing-like-that", [])],
)  # fmt: skip
def test_search(text: str, found: list[int]) -> None:
    assert arranged("web-loss", "number", False, text) == found


@pytest.mark.parametrize("text", ["port:http", "port:99999", "state:open", "flag:?", "port:"])
def test_wrong_filters_say_what_is_wrong(text: str) -> None:
    with pytest.raises(WrongFilter, match=text.split(":")[0]):
        search(text)


class Listed(NamedTuple):
    order: vec[i32]


@pytest.mark.parametrize(("flow", "row"), [(7, 0), (3, 2), (4, -1)])
def test_row_of_a_flow(flow: int, row: int) -> None:
    assert sorting.row_of(Listed(vec[i32]([7, 5, 3])), flow) == row


def named() -> Engine:
    """A connection with a name."""
    return played(in_order(("c", client_hello())))


def test_names_have_a_column_where_there_are_some() -> None:
    engine = named()
    judge = Judge(engine, None)
    for names, titles in (((), 0), (("api.example.com",), 1)):
        widths = drawing.column_widths(engine.flows, 1, names=names)
        placed = drawing.place_columns(drawing.DEFAULT, widths, 160)
        assert plain(drawing.header(placed, "trouble", True)).count(" name ") == titles
        assert plain(drawing.row(engine.flows[0], placed, judge)).count("api.example.com") == titles


@pytest.mark.parametrize(("text", "found"), [("API.example", True), ("ftp.example", False)])
def test_a_name_is_found(text: str, found: bool) -> None:
    engine = named()
    keep = search(text)
    assert keep is not None
    assert keep(engine.flows[0], Judge(engine, None)) is found


def shown_words(flow: Flow, judge: Judge) -> str:
    """All that a word is looked for in."""
    states = f"{State(flow.client.state).label} {State(flow.server.state).label}"
    ends = f"{endpoint_text(flow.client)} {endpoint_text(flow.server)}"
    judged = judge.judge(flow)
    kinds = " ".join(finding.kind.replace("_", " ") for finding in judged.found)
    outcome = f"{opening(flow)} {closing(flow)} {kinds}"
    return f"#{flow.index} {ends} {states} {judged.claim()} {outcome}".lower()


@pytest.mark.parametrize("name", ["closings", "openings", "web-loss", "zero-window"])
def test_a_word_is_found_wherever_it_is_told(name: str) -> None:
    engine = sample(name)
    flows, judge = engine.flows, Judge(engine, None)
    pieces = {
        word[first : first + length]
        for flow in flows
        for word in shown_words(flow, judge).split()
        for first in range(len(word))
        for length in range(1, 7)
    }
    for word in sorted(pieces):
        keep = search(word)
        assert keep is not None
        assert [keep(flow, judge) for flow in flows] == [
            word in shown_words(flow, judge) for flow in flows
        ], word


def test_two_flows_differ_first_by_what_is_notable() -> None:
    engine = sample("web-loss")
    first, second = engine.flows[2], engine.flows[0]
    judge = Judge(engine, None)
    found = differences(first, second, judge)
    factors = {one.name: one.factor for one in found}
    assert factors["pkts"] == f"×{int(first.packets) / int(second.packets):.1f}"
    assert factors["what is wrong"] == "≠"
    assert factors["opening"] == ""
    assert {"#", "client", "port"}.isdisjoint(factors)
    assert [bool(one.factor) for one in found] == sorted(map(bool, factors.values()), reverse=True)
    same = differences(first, first, judge)
    assert not any(one.factor for one in same)
    assert all(width_of(plain(one.line(78))) <= 78 for one in found)
