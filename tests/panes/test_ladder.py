"""Folding and drawing of the ladder."""

import os
from pathlib import Path

import pytest

from tcptui.drawing.cells import plain, width_of
from tcptui.drawing.names import flags_of
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS, DUPLICATE_ACK, WINDOW_UPDATE
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.panes.ladder import drawing as ladder_drawing
from tcptui.panes.ladder.drawing import LadderDrawing, Settings, TimeColumn
from tcptui.panes.ladder.model.fold import DATA_RUN, DUPLICATE_RUN, SEGMENT, Fold
from tcptui.panes.ladder.sack_blocks import ReportedBlocks, unread
from tests.panes.loaded import folded, reader, sample

GOLDENS = Path(__file__).with_name("goldens")
SAMPLES = ("closings", "openings", "fast-retransmission", "web-loss", "zero-window")


def columns(fold: Fold) -> tuple[list[int], ...]:
    return fold.kind, fold.first, fold.span, fold.amount, fold.carriers


def drawing(engine: Engine, flow: int, settings: Settings) -> LadderDrawing:
    events = engine.events.of_flow(flow)
    return LadderDrawing(engine, engine.flows[flow], folded(engine, flow), events, settings)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("rows", [1, 3, 50])
def test_slices_make_no_difference(name: str, rows: int) -> None:
    engine = sample(name)
    for flow in range(len(engine.flows)):
        assert columns(folded(engine, flow, rows)) == columns(folded(engine, flow))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_segment_is_in_one_item(name: str) -> None:
    engine = sample(name)
    for flow in range(len(engine.flows)):
        fold = folded(engine, flow)
        places = [
            place
            for item in range(len(fold.first))
            for place in range(fold.first[item], fold.first[item] + fold.span[item])
            if fold.span[item]
        ]
        assert places == list(range(len(fold.rows)))
        for place in places:
            item = fold.item_at(place)
            assert fold.first[item] <= place < fold.first[item] + fold.span[item]


@pytest.mark.parametrize("name", SAMPLES)
def test_anomalies_are_never_folded_away(name: str) -> None:
    engine = sample(name)
    for flow in range(len(engine.flows)):
        fold = folded(engine, flow)
        for item, kind in enumerate(fold.kind):
            if kind not in (DATA_RUN, DUPLICATE_RUN):
                continue
            for place in range(fold.first[item], fold.first[item] + fold.span[item]):
                bits = int(engine.packets.analysis(int(fold.rows[place])))
                quiet = (0, WINDOW_UPDATE)
                assert bits in (quiet if kind == DATA_RUN else (0, DUPLICATE_ACK))


def test_a_run_opens_and_folds_again() -> None:
    engine = sample("web-loss")
    fold = folded(engine, 1)
    before = [list(column) for column in columns(fold)]
    run = next(i for i, kind in enumerate(fold.kind) if kind == DATA_RUN)
    span = fold.span[run]
    fold.open_run(run)
    assert fold.kind[run : run + span] == [SEGMENT] * span
    assert fold.close_run(run + span - 1) == run
    assert list(columns(fold)) == before
    assert fold.close_run(0) == -1


@pytest.mark.parametrize("width", [40, 58, 80, 100, 140])
def test_lines_fit_their_width(width: int) -> None:
    engine = sample("web-loss")
    for time in TimeColumn:
        made = drawing(engine, 2, Settings(time))
        layout = ladder_drawing.lay_out(width, int(engine.frames), made.settings)
        widths = {width_of(plain(made.line(i, layout))) for i in range(len(made.fold.first))}
        assert len(widths) == 1
        if width >= 58:
            assert widths.pop() <= width


@pytest.mark.parametrize(
    ("time", "width", "shown"),
    [
        (TimeColumn.NONE, 100, ""),
        (TimeColumn.EPOCH, 100, "1700000000.000000"),
        (TimeColumn.DATE, 100, "2023-11-14 22:13:20.000000"),
        (TimeColumn.DATE, 80, "22:13:20.000000"),
        (TimeColumn.CLOCK, 100, "22:13:20.000000"),
    ],
)
def test_a_segment_has_the_time_that_is_asked_for(time: TimeColumn, width: int, shown: str) -> None:
    engine = sample("zero-window")
    made = drawing(engine, 0, Settings(time, utc=True))
    layout = ladder_drawing.lay_out(width, int(engine.frames), made.settings)
    assert plain(made.line(0, layout))[layout.number + 1 :].startswith(f"{shown} ")
    assert layout.time == len(shown)


@pytest.mark.parametrize("width", [62, 78, 100])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_flag_is_named(name: str, width: int) -> None:
    engine = sample(name)
    for flow in range(len(engine.flows)):
        made = drawing(engine, flow, Settings())
        layout = ladder_drawing.lay_out(width, int(engine.frames), made.settings)
        for item, kind in enumerate(made.fold.kind):
            if kind == SEGMENT:
                row = int(made.fold.rows[made.fold.first[item]])
                flags = flags_of(int(made.packets.analysis(row)))
                text = plain(made.line(item, layout))
                assert not flags or flags[0].title in text or flags[0].short_title in text


def test_short_names_are_short() -> None:
    assert max(len(flag.short_title) for flag in ANALYSIS_FLAGS) <= 14


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", SAMPLES)
def test_picture(name: str, width: int) -> None:
    """Written anew with ``TCPTUI_WRITE_GOLDENS=1 pytest tests/panes``."""
    engine = sample(name)
    lines: list[str] = []
    for flow in range(len(engine.flows)):
        made = drawing(engine, flow, Settings())
        made.sack.read = reader(name)
        layout = ladder_drawing.lay_out(width, int(engine.frames), made.settings)
        lines += [f"flow {flow}", plain(ladder_drawing.header(layout, made.settings)).rstrip()]
        lines += [plain(made.line(i, layout)).rstrip() for i in range(len(made.fold.first))]
    text = "\n".join(lines) + "\n"
    golden = GOLDENS / f"ladder-{name}-{width}.txt"
    if os.environ.get("TCPTUI_WRITE_GOLDENS"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


# sample, frame, and its SACK option from long to short
SACK: list[tuple[str, int, list[str]]] = [
    ("web-loss", 29, ["SACK 1639-3087"]),
    ("web-loss", 131, ["SACK 97583-109055,84551-96135", "SACK 97583-109055 +1"]),
    ("web-loss", 228, []),
    ("proofs", 8, ["D-SACK 1-801"]),
    ("openings", 1, []),
]


@pytest.mark.parametrize(("name", "frame", "texts"), SACK)
def test_sack_blocks(name: str, frame: int, texts: list[str]) -> None:
    engine = sample(name)
    row = int(engine.packets.row_of(frame))
    blocks = ReportedBlocks(engine, reader(name))
    assert blocks.texts(row, RelativeNumbers(engine)) == texts


def test_packets_that_are_gone_have_no_blocks() -> None:
    engine = sample("web-loss")
    blocks = ReportedBlocks(engine, unread)
    assert not any(blocks.of(row) for row in range(int(engine.packets.count)))
