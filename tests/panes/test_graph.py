"""What the graph pane makes of a flow, whatever is seen of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.packet_script import parse_script
from tcptui.diagnosis.work_slices import at_once
from tcptui.drawing.cells import Run
from tcptui.drawing.doubts import doubts_of
from tcptui.drawing.graph import draw_series
from tcptui.engine.engine import Engine
from tcptui.graphs.kinds import CAPTURE_GRAPHS, FLOW_GRAPHS, CaptureGraph, FlowGraph, flow_series
from tcptui.graphs.raster import Raster
from tcptui.graphs.series import Series, Unit
from tcptui.graphs.transfer_graphs import SIDES
from tcptui.panes.graph import pictures
from tcptui.panes.graph.drawing import (
    LETTERS,
    CursorColumns,
    GraphFrame,
    area_line,
    directions,
    hollow,
    values_of,
)
from tcptui.panes.graph.model.flow_rows import FlowRows, Passed
from tcptui.panes.graph.model.thinned import VALUES, Thinned
from tcptui.panes.graph.pictures import (
    SAMPLED,
    CapturePicture,
    GraphPicture,
    GraphView,
    find_rows,
    flow_picture,
)
from tcptui.panes.graph.span import LEAST, Span, round_up
from tests.engine.feeding import analysed
from tests.panes.loaded import SAMPLES, sample

CELLS, LINES = 60, 12
NAMES = sorted(path.stem for path in SAMPLES.glob("*.pcapng"))
DRAWN = [kind for kind in FLOW_GRAPHS if kind.begin is not None and kind.name != "throughput"]
ENDS = """
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
"""
HALF_SEEN = """
1 10 A A 100 900 500 0
2 20 B PA 900 100 400 1000
3 30 A A 100 1900 500 0
"""
ONE_SIDE = """
1 10 A A 100 900 500 0
2 30 A A 100 1900 500 0
"""


def rows_of(engine: Engine, flow: int) -> FlowRows:
    rows = FlowRows(engine.packets, engine.flows[flow])
    at_once(find_rows(rows))
    return rows


def made(engine: Engine, flow: int, kind: FlowGraph, span: Span | None = None) -> GraphPicture:
    """The picture of a flow's graph, of all of its time or a part."""
    rows = rows_of(engine, flow)
    view = GraphView(span or Span(rows.earliest, rows.latest), CELLS)
    picture = flow_picture(engine, rows, kind, view, None)
    at_once(picture.work())
    return picture


def drawn(series: list[Series], span: Span, values: tuple[int, int]) -> list[str]:
    raster = Raster(CELLS, LINES, span, values)
    draw_series(raster, series)
    return raster.text_lines(is_ascii=False)


@pytest.mark.parametrize("kind", DRAWN, ids=[kind.name for kind in DRAWN])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", [1, 3])
def test_what_is_thinned_looks_the_same(name: str, kind: FlowGraph, part: int) -> None:
    engine = sample(name)
    for number, flow in enumerate(engine.flows):
        whole = rows_of(engine, number)
        length = max((whole.latest - whole.earliest) // part, 1)
        span = Span(whole.earliest, whole.earliest + length)
        thin = dict(directions(made(engine, number, kind, span).series))
        full = dict(directions(flow_series(kind, engine, flow, 1, None)))
        for side in thin:
            values = values_of(thin[side], is_live=False)
            pair = drawn(thin[side], span, values), drawn(full[side], span, values)
            cells = list(
                zip(
                    "".join(line.ljust(CELLS) for line in pair[0]),
                    "".join(line.ljust(CELLS) for line in pair[1]),
                    strict=True,
                )
            )
            other = [cell for cell in cells if cell[0] != cell[1]]
            assert len(other) * 100 <= len(cells), f"{SIDES} {side} of flow {number}: {other}"
            letters = [[c for c in text if c.isalnum()] for text in map("".join, pair)]
            assert letters[0] == letters[1]


@given(st.lists(st.integers(-(2**62), 2**62), max_size=300), st.integers(1, 50))
def test_a_thinned_series_keeps_the_ends_of_every_column(values: list[int], columns: int) -> None:
    end = max(len(values) - 1, 1)
    series = Thinned("c.ack", Unit.SEQUENCE, 0, end, columns)
    for time, value in enumerate(values):
        series.add_point(time + 1, time, value)
    series.flush()
    kept = [series.point(n) for n in range(len(series))]
    assert [point[1] for point in kept] == sorted(point[1] for point in kept)
    assert len(kept) <= columns * (VALUES + 1)
    by_column: dict[int, list[int]] = {}
    for time in range(len(values)):
        by_column.setdefault(series.column_of(time), []).append(time)
    times = {point[1] for point in kept}
    for inside in by_column.values():
        assert {inside[0], inside[-1]} <= times


@pytest.mark.parametrize("kind", CAPTURE_GRAPHS, ids=lambda kind: kind.name)
def test_a_part_of_the_capture_counts_what_is_in_it(kind: CaptureGraph) -> None:
    engine = sample("web-loss")
    times = [engine.packets.time(row) for row in range(engine.packets.count)]
    whole, middle = Span(min(times), max(times)), sorted(times)[len(times) // 2]
    sums = []
    for span in (whole, Span(whole.start, middle), Span(middle + 1, whole.end)):
        picture = CapturePicture(engine, kind, GraphView(span, CELLS))
        at_once(picture.work())
        (series,) = picture.series
        sums.append(sum(series.point(n)[2] for n in range(len(series))))
    assert sums[0] == sums[1] + sums[2]


def test_what_passed_between_two_segments() -> None:
    engine = sample("web-loss")
    rows = rows_of(engine, 2)
    passed = Passed(rows, 0, len(rows))
    while passed.take(7):
        pass
    lengths = [max(engine.packets.length(rows.row_at(n)), 0) for n in range(len(rows))]
    assert passed.bytes == sum(lengths)
    assert 0 < passed.resent < len(rows)


CLOCK_GOES_BACK = """
1 50 A PA 100 900 500 10
2 60 A PA 110 900 500 10
3 10 A PA 120 900 500 10
4 20 A PA 130 900 500 10
"""


@pytest.mark.parametrize("shown", [1, 3])
def test_where_the_clock_goes_back_the_bars_are_in_the_order_of_time(shown: int) -> None:
    """However often the picture is shown while it grows."""
    kind = next(kind for kind in FLOW_GRAPHS if kind.name == "time-sequence")
    picture = made(analysed(parse_script(ENDS + CLOCK_GOES_BACK).packets), 0, kind)
    for _ in range(shown - 1):
        at_once(picture.grow())
    bars = {name: [frame for frame, *_ in found] for name, found in points(picture).items()}
    assert bars["c.segment_start"] == bars["c.segment_end"] == [3, 4, 1, 2]


THROUGHPUT = next(kind for kind in FLOW_GRAPHS if kind.name == "throughput")


def points(picture: GraphPicture) -> dict[str, list[tuple[int, int, int]]]:
    return {one.name: [one.point(n) for n in range(len(one))] for one in picture.series}


@pytest.mark.parametrize("kind", [*DRAWN, THROUGHPUT], ids=lambda kind: kind.name)
def test_a_sample_comes_first_and_all_of_it_then(
    kind: FlowGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sample("web-loss")
    whole = points(made(engine, 2, kind))
    monkeypatch.setattr(pictures, "SAMPLE", 80)
    monkeypatch.setattr(pictures, "COUNTED_SAMPLE", 80)
    rows = rows_of(engine, 2)
    picture = flow_picture(
        engine, rows, kind, GraphView(Span(rows.earliest, rows.latest), CELLS), None
    )
    work = picture.work()
    while not picture.series:
        next(work)
    first = points(picture)
    assert first != whole
    if kind is THROUGHPUT:
        sums = [sum(value for _, _, value in one["s.throughput"]) for one in (first, whole)]
        assert 0.7 < sums[0] / sums[1] < 1.4
    at_once(work)
    assert points(picture) == whole


@pytest.mark.parametrize("kind", CAPTURE_GRAPHS, ids=lambda kind: kind.name)
def test_a_sample_of_the_capture_comes_first_where_rows_are_many(
    kind: CaptureGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sample("web-loss")
    times = [engine.packets.time(row) for row in range(engine.packets.count)]
    view = GraphView(Span(min(times), max(times)), CELLS)
    picture = CapturePicture(engine, kind, view)
    at_once(picture.work())
    whole = points(picture)
    monkeypatch.setattr(pictures, "COUNTED_SAMPLE", 100)
    sampled = CapturePicture(engine, kind, view)
    work = sampled.work()
    while next(work, None) is not None and not sampled.series:
        pass
    assert (points(sampled) != whole) == (kind.name in SAMPLED)
    at_once(work)
    assert points(sampled) == whole


AREAS = st.lists(st.text("⣿⡇ ", min_size=3, max_size=9), min_size=1, max_size=5)


@given(AREAS)
def test_a_cell_is_hollow_where_all_around_it_but_below_is_full(lines: list[str]) -> None:
    width = max(map(len, lines))

    def is_full(y: int, x: int) -> bool:
        return not 0 <= x < width or lines[y].ljust(width)[x] == "⣿"

    for y, line in enumerate(hollow(lines)):
        for x, cell in enumerate(line):
            inside = all((is_full(y, x), is_full(y, x - 1), is_full(y, x + 1)))
            hidden = y > 0 and inside and is_full(y - 1, x)
            assert cell == (" " if hidden else lines[y].ljust(width)[x])


UNDER_CURSOR = [
    (1, [Run(" ", "client"), Run("R", "hit"), Run("  ", "client")]),
    (0, [Run("│", "text"), Run("R  ", "error")]),
]


@pytest.mark.parametrize(("cell", "line"), UNDER_CURSOR)
def test_only_what_the_cursor_is_on_is_reversed(cell: int, line: list[Run]) -> None:
    frame = GraphFrame(4, 1, Span(0, 10), CursorColumns(cell))
    assert area_line(" R", frame, "client", LETTERS) == line


DOUBTS = {
    HALF_SEEN: {
        "c": "dotted: window scale unknown (no SYN of the server)",
        "s": "dotted: window scale unknown (no SYN of the client)",
    },
    ONE_SIDE: {
        "": "only the client is in the capture",
        "c": "no ACKs: only the client is in the capture",
        "s": "dotted: only the client is in the capture",
    },
}


@pytest.mark.parametrize("script", DOUBTS, ids=["no SYN", "one side"])
def test_what_is_not_known_is_said(script: str) -> None:
    flow = analysed(parse_script(ENDS + script).packets).flows[0]
    assert {side: doubt.words for side, doubt in doubts_of(flow).items()} == DOUBTS[script]


def test_nothing_is_doubtful_of_a_whole_flow() -> None:
    assert not doubts_of(sample("web-loss").flows[2])


WHOLE = Span(1000, 101_000)


@pytest.mark.parametrize(
    ("span", "factor", "at", "then"),
    [
        (WHOLE, 0.5, 51_000, Span(26_000, 76_000)),
        (WHOLE, 0.5, 1000, Span(1000, 51_000)),
        (Span(26_000, 76_000), 2.0, 51_000, WHOLE),
        (Span(2000, 3000), 0.5, 2500, Span(2000, 2000 + LEAST)),
        (Span(1000, 51_000), 4.0, 1000, WHOLE),
    ],
)
def test_zooming_keeps_the_cursor_in_its_place(
    span: Span, factor: float, at: int, then: Span
) -> None:
    assert span.scaled(factor, at, WHOLE) == then


@given(st.integers(0, 10**6), st.integers(-(10**6), 10**6))
def test_panning_stays_within_the_whole(start: int, by: int) -> None:
    moved = Span(start, start + 1000).within(WHOLE).moved(by, WHOLE)
    assert WHOLE.start <= moved.start < moved.end <= WHOLE.end
    assert moved.length == 1000


@given(st.integers(1, 10**15))
def test_round_numbers_are_the_next_ones(number: int) -> None:
    assert number <= round_up(number) < 2.5 * number + 1
    assert str(round_up(number)).rstrip("0") in ("1", "2", "5")
