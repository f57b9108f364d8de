"""Everything that the screen draws of a capture, at random widths."""

from collections.abc import Generator
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from tcptui.diagnosis.capture_causes import CaptureCauses, pair_of
from tcptui.diagnosis.event_text import event_text
from tcptui.diagnosis.replays import Replays
from tcptui.diagnosis.trust import trust_in
from tcptui.drawing import hexdump, overview, svg
from tcptui.drawing.cells import Run, plain
from tcptui.engine.decode.header_search import link_type_of, payload_of
from tcptui.engine.flow import Flow
from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import drawing as flow_drawing
from tcptui.panes.flows import time_bar
from tcptui.panes.head.drawing import health_line
from tcptui.panes.ladder import drawing as ladder_drawing
from tcptui.panes.ladder import minimap
from tcptui.panes.ladder.drawing import LadderDrawing, Settings, TimeColumn
from tcptui.panes.ladder.model.fold import SEGMENT, Fold
from tcptui.panes.ladder.timeline import Item, Timeline, unit_of, ways_of
from tcptui.panes.ladder.weave import Weave
from tcptui.panes.state import diagram, timer_text
from tcptui.panes.state.history import moment
from tcptui.panes.why import drawing as why_drawing
from tcptui.report.rereading import reader
from tcptui.screens import byte_stream, packet_fields
from tests.fuzz.checks import check_line, check_lines, check_text, promise

if TYPE_CHECKING:
    from tests.fuzz.targets import Opened

MOST_FLOWS: Final = 4
MOST_ITEMS: Final = 80
LATEST: Final = (1 << 63) - 1
WIDTHS: Final = (1, 10, 24, 40, 56, 80, 88, 100, 140, 300)
ALL_COLUMNS: Final = [column.id for column in flow_drawing.COLUMNS]

Value = TypeVar("Value")


def last_of(work: Generator[object, None, Value]) -> Value:
    """What a task that pauses comes to."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Value = end.value
            return found


def draw(opened: "Opened", random: Random) -> None:
    """The flow list, the overview, and for some flows each view of them."""
    engine = opened.engine
    draw_list(opened, random)
    draw_overview(opened, random)
    drawings = [draw_flow(opened, flow, random) for flow in engine.flows[:MOST_FLOWS]]
    if drawings:
        draw_scale(drawings, random)


def draw_list(opened: "Opened", random: Random) -> None:
    engine = opened.engine
    shown, judge = engine.flows[:20], Judge(engine, reader(engine, opened.source))
    now = min(int(engine.last_time) + random.choice((0, 1, 10**9, 10**15)), LATEST)
    width = random.choice(WIDTHS)
    ids = random.choice((ALL_COLUMNS, list(flow_drawing.DEFAULT)))
    names = [engine.name_of(flow) for flow in shown]
    placed = flow_drawing.place_columns(
        ids, flow_drawing.column_widths(shown, len(engine.flows), names=names), width
    )
    check_line(flow_drawing.header(placed, "trouble", True), "the list's titles")
    for flow in shown:
        check_line(flow_drawing.row(flow, placed, judge), "a flow's line")
        for column in flow_drawing.COLUMNS:
            column.key(flow, judge)
        check_text(timer_text.waiting(flow, now) + timer_text.hanging(flow, now), "timers")
        check_line(time_bar.bar(flow, 14), "a bar")


def draw_overview(opened: "Opened", random: Random) -> None:
    source, engine, _, _ = opened
    found = last_of(trust_in(engine.flows, len(engine.flows)))
    text, _ = health_line([*source.warnings, *found.doubts(source.dropped)])
    check_text(text, "health")
    top = CaptureCauses()
    for flow in engine.flows[:20]:
        findings = findings_of(engine, flow, reader(engine, source))
        top.take_findings(pair_of(flow), flow.index, findings)
    for cause in top.ranked():
        check_line(overview.line(cause, random.choice(WIDTHS)), "a cause")
        check_text(overview.details(cause, "4.0"), "a cause's details")
    check_text("".join(overview.lead(top.ranked())), "the head")


def fold_of(opened: "Opened", flow: Flow, random: Random) -> Fold:
    """A flow's fold, made in slices."""
    engine = opened.engine
    fold = Fold(int(flow.index))
    fold.events = [event.row for event in engine.events.of_flow(int(flow.index))]
    end, step = int(engine.packets.count), random.choice((1, 3, 1 << 20))
    while fold.scanned < end or fold.folded < len(fold.rows):
        fold.find_rows(engine.packets, min(end, int(fold.scanned) + step))
        fold.fold_rows(engine.packets, step)
    return fold


def draw_flow(opened: "Opened", flow: Flow, random: Random) -> LadderDrawing:
    """The ladder's lines, the diagram, the reasons, the byte stream and a packet of a flow."""
    source, engine, _, _ = opened
    read = reader(engine, source)
    fold = fold_of(opened, flow, random)
    events = engine.events.of_flow(int(flow.index))
    settings = Settings(
        random.choice(list(TimeColumn)), bool(random.getrandbits(1)),
        random.choice((-1, int(flow.first_row))), bool(random.getrandbits(1)),
    )  # fmt: skip
    drawing = LadderDrawing(engine, flow, fold, events, settings, read)
    layout = ladder_drawing.lay_out(random.choice(WIDTHS), int(engine.frames), settings)
    items = range(min(len(fold.first), MOST_ITEMS))
    check_lines((drawing.line(item, layout) for item in items), "the ladder")
    marks = minimap.column(engine.packets, [fold], 20, minimap.in_proportion([fold], 20))
    check_lines([[run] for run in marks], "the minimap")
    for event in events:
        check_text(event_text(event), "an event")
    replays = Replays(engine, read)
    for item in items:
        if fold.kind[item] == SEGMENT:
            points = why_drawing.of_segment(replays, int(fold.rows[fold.first[item]]))
            check_text("".join(points), "why")
    judged = Judge(engine, read).judge(flow)
    check_text("".join(why_drawing.of_flow(judged)), "why of a flow")
    draw_states(opened, fold, random)
    draw_bytes(opened, flow, fold, random)
    return drawing


def draw_states(opened: "Opened", fold: Fold, random: Random) -> None:
    packets = opened.engine.packets
    at = moment(packets, fold, random.randrange(len(fold.rows) + 1))
    width = random.choice(WIDTHS)
    check_lines(diagram.draw(packets, at, width, 40), "the diagram")
    check_lines(diagram.strip(packets, at, width, 4), "the states")


def draw_bytes(opened: "Opened", flow: Flow, fold: Fold, random: Random) -> None:
    source, engine, _, _ = opened
    read = reader(engine, source)
    rows = [int(row) for row in fold.rows[: 4 * MOST_ITEMS]]

    def payload(row: int) -> bytes:
        return payload_of(engine, row, read(row))

    pieces = last_of(byte_stream.stream_pieces(engine, flow, rows, payload))
    width = random.choice(WIDTHS)
    check_lines(last_of(byte_stream.text_lines(pieces, width))[:200], "the stream")
    check_lines(last_of(byte_stream.hex_lines(pieces, width))[:200], "the stream in hex")
    for row in rows[:2]:
        data = read(row)
        check_lines(
            (hexdump.line(data, n, 3, 9) for n in range(hexdump.lines_of(data))), "the bytes"
        )
        for field in [
            *packet_fields.own_fields(data, link_type_of(engine, row)),
            *dissected(data, link_type_of(engine, row)),
        ]:
            check_text(field.text, "a field")


packet_fields.load_dissectors()  # takes a second, which is no input's


def dissected(data: bytes, link_type: int) -> list[packet_fields.PacketField]:
    """What scapy makes of a packet; where it fails the screen shows the engine's own fields."""
    try:
        return packet_fields.dissect(data, link_type)
    except Exception:
        return []


def draw_scale(drawings: list[LadderDrawing], random: Random) -> None:
    """Several flows in one ladder, line by line, to scale, and as a picture."""
    weave = Weave([drawing.fold for drawing in drawings])
    weave.take_new_items()
    layout = ladder_drawing.lay_out(
        random.choice(WIDTHS), int(drawings[0].engine.frames), Settings()
    )
    items = []
    for index in range(min(weave.count, MOST_ITEMS)):
        strand, item = weave.at(index)
        promise(weave.index_of(strand, item) == index, "a weave that loses an item")
        one = drawings[strand]
        items.append(Item(index, Run("A "), one, item, ways_of(one.flow)))
    unit = unit_of([drawing.flow for drawing in drawings])
    lines = [line for _, line in Timeline(layout, unit).draw(items)]
    check_lines(lines, "the ladder to scale")
    inks = {run.style: svg.Ink("#000000") for line in lines for run in line}
    drawn = svg.picture([svg.inked(line, inks) for line in lines], 100, "#ffffff", "flow")
    check_text(drawn, "a picture")
    promise(all(plain(line) is not None for line in lines), "no text")
