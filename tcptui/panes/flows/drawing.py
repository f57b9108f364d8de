"""Draws the flow list: its columns, which of them fit a width, and a flow's line."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tcptui.drawing.cells import Line, Run, fit, fit_line, line_width
from tcptui.drawing.names import (
    counted_letters,
    state_name,
)
from tcptui.engine.addresses import address_text, endpoint_text
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.tcp_state.states import state_shown
from tcptui.fields.schema import SCHEMA
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import time_bar
from tcptui.text.amounts import short_count, size
from tcptui.text.durations import brief_duration, duration

STRETCH: Final = 0
BAR_WIDTH: Final = 14
LEAST_RANK: Final = 9
"""Columns of this rank are shown only on request."""


class FlowColumn(NamedTuple):
    """A column: how wide it is, how it sorts (first ``descending`` or not), what it says.

    ``width`` 0 takes what is left; ``rank`` says how soon it gives way when room is short
    (0 stays longest).
    """

    id: str
    title: str
    width: int
    align: str
    rank: int
    descending: bool
    key: Callable[[Flow, Judge], int]
    draw: Callable[[Flow, Judge], Line]
    meaning: str


def text(say: Callable[[Flow], str], style: str = "text") -> Callable[[Flow, Judge], Line]:
    """Return a drawing function that puts a text in one style."""
    return lambda flow, judge: [Run(say(flow), style)]


def number(get: Callable[[Flow], int]) -> Callable[[Flow, Judge], int]:
    """Return a sort key that does not depend on what is thought of the flow."""
    return lambda flow, judge: get(flow)


def field(path: str) -> Callable[[Flow, Judge], int]:
    """Return a sort key that is a field of the schema."""
    return number(SCHEMA.number_of(path))


def time_field(id: str, title: str, path: str) -> FlowColumn:
    """Return a column that shows a time of the schema, if the user asks for it."""
    get = SCHEMA.number_of(path)
    doc = SCHEMA.row_by_path[path].doc
    return FlowColumn(
        id, title, 8, ">", LEAST_RANK, True, number(get), text(lambda flow: span(get(flow))), doc
    )


def address_key(side: Endpoint) -> int:
    """Return a number that orders addresses, IPv4 before IPv6, then ports."""
    raw = side.address
    if len(raw) == 4:
        return int.from_bytes(raw) << 16 | side.port
    return 1 << 62 | int.from_bytes(raw[:2]) << 46 | int.from_bytes(raw[-6:]) & 0x3FFFFFFFFFFF


def standing(flow: Flow, judge: Judge) -> int:
    """Return how far up a flow stands: the worst first."""
    return judge.judge(flow).standing()


def trouble_line(flow: Flow, judge: Judge) -> Line:
    """Return what the sentence of the flow begins with, as far as a line has room."""
    judged = judge.judge_shown(flow)
    leading = judged.leading()
    style = leading.severity if leading is not None else "dim"
    return [Run(judged.claim().removeprefix("the "), style)]


def states(flow: Flow) -> str:
    """Return the states of client and server as ``ES/CW``."""
    client, server = flow.client, flow.server
    return "/".join(
        state_name(*state_shown(side.state, side.certainty), 3) for side in (client, server)
    )


def span(ns: int) -> str:
    """Return a duration in words, or nothing for none."""
    return duration(ns) if ns > 0 else ""


def rtt(flow: Flow) -> str:
    return span(flow.irtt)


def lost_time(flow: Flow, judge: Judge) -> Line:
    return [Run(span(judge.judge_shown(flow).cost()))]


def cost(flow: Flow, judge: Judge) -> int:
    return judge.judge(flow).cost()


def flags_line(flow: Flow, judge: Judge) -> Line:
    return counted_letters(flow)


COLUMNS: Final[tuple[FlowColumn, ...]] = (
    FlowColumn("number", "#", 7, ">", 0, False,
           field("index"),
           text(lambda f: str(f.index), "dim"), "tshark's stream number"),
    FlowColumn("client", "client", 21, "<", 0, False,
           number(lambda f: address_key(f.client)),
           text(lambda f: endpoint_text(f.client)), "who opened the connection"),
    FlowColumn("server", "server", 21, "<", 0, False,
           number(lambda f: address_key(f.server)),
           text(lambda f: endpoint_text(f.server)), "who answered"),
    FlowColumn("trouble", "what is wrong", STRETCH, "<", 0, True, standing,
           trouble_line, "cut or unanswered first, then by lost time"),
    FlowColumn("flags", "flags", 14, "<", 1, True, number(lambda f: sum(f.counts)),
           flags_line, "how many segments carry which analysis flag"),
    FlowColumn("lost", "lost", 8, ">", 6, True, cost,
           lost_time, "what an application waited in vain, or too long"),
    FlowColumn("duration", "lasted", 8, ">", 2, True,
           field("duration"),
           text(lambda f: brief_duration(f.last_time - f.first_time)), "first to last segment"),
    FlowColumn("up", "sent", 8, ">", 4, True,
           field("client.bytes"),
           text(lambda f: size(f.client.bytes)), "payload from the client"),
    FlowColumn("down", "received", 8, ">", 3, True,
           field("server.bytes"),
           text(lambda f: size(f.server.bytes)), "payload from the server"),
    FlowColumn("rtt", "rtt", 8, ">", 5, True,
           field("initial_rtt"),
           text(rtt), "initial round-trip time, from the handshake"),
    FlowColumn("states", "state", 7, "<", 2, False,
           number(lambda f: f.client.state << 4 | f.server.state),
           text(states), "last state of client and server"),
    FlowColumn("packets", "pkts", 5, ">", 7, True,
           field("packets"),
           text(lambda f: short_count(f.packets)), "segments both ways"),
    FlowColumn("bar", "time went to", BAR_WIDTH, "<", 8, True,
           number(time_bar.active),
           lambda f, judge: time_bar.bar(f, BAR_WIDTH), time_bar.MEANING),
    FlowColumn("server-time", "srv time", 8, ">", 9, True,
           number(time_bar.server_wait),
           text(lambda f: span(time_bar.server_wait(f))), "how long the server's application took"),
    FlowColumn("client-time", "cli time", 8, ">", 9, True,
           number(time_bar.client_wait),
           text(lambda f: span(time_bar.client_wait(f))), "how long the client's application took"),
    time_field("tcp-time", "TCP time", "time.tcp"),
    time_field("network-time", "net time", "time.network"),
    time_field("idle-time", "idle", "time.idle"),
    time_field("worst-stall", "stall", "worst_stall.seconds"),
    FlowColumn("turns", "turns", 5, ">", LEAST_RANK, True, field("turns"),
           text(lambda f: short_count(f.answered_requests)), SCHEMA.row_by_path["turns"].doc),
)  # fmt: skip

BY_ID: Final = {column.id: column for column in COLUMNS}
DEFAULT: Final = tuple(column.id for column in COLUMNS if column.rank < LEAST_RANK)
SORT_DEFAULT: Final = "trouble"

ROOM_FOR_TROUBLE: Final = 22
LEAST_ROOM_FOR_TROUBLE: Final = 12
SMALLEST_ADDRESS: Final = 12
MOST_FLAGS: Final = 16


ATTEMPTS: Final = (
    *((False, limit) for limit in range(LEAST_RANK + 1, 3, -1)),
    *((True, limit) for limit in range(LEAST_RANK + 1, 1, -1)),
    (False, 1),
    (True, 1),
)
"""The order in which things give way: columns of high rank, then the clients' ports, then the
flags."""


class Placed(NamedTuple):
    """A column at its width in this list; ``brief`` addresses are shown without the port."""

    column: FlowColumn
    width: int
    brief: bool


class Widths(NamedTuple):
    """Says what the flows of this capture need: digits of a number, cells of an address."""

    number: int
    client: int
    client_host: int
    server: int
    flags: int


def measure(flows: Sequence[Flow], count: int) -> Widths:
    """Return the widths that ``flows`` need, of ``count`` in the capture."""
    return Widths(
        max(2, len(str(max(count - 1, 0)))),
        max((len(endpoint_text(flow.client)) for flow in flows), default=8),
        max((len(address_text(flow.client.address)) for flow in flows), default=8),
        max((len(endpoint_text(flow.server)) for flow in flows), default=8),
        min(MOST_FLAGS, max((line_width(counted_letters(flow)) for flow in flows), default=0)),
    )


def place_columns(ids: Sequence[str], widths: Widths, width: int) -> list[Placed]:
    """Return the columns that fit ``width``, those of high rank left out first."""
    columns = [BY_ID[id] for id in ids if id in BY_ID]
    for brief, limit in ATTEMPTS:
        kept = [column for column in columns if column.rank < limit]
        placed = widen(kept, widths, width, brief)
        if placed is not None:
            return placed
    kept = [column for column in columns if column.rank == 0]
    return squeeze(kept, widths, width)


def natural(column: FlowColumn, widths: Widths, brief: bool) -> int:
    """Return the width that a column wants."""
    if column.id == "number":
        return widths.number
    if column.id == "client":
        return widths.client_host if brief else widths.client
    if column.id == "server":
        return widths.server
    if column.id == "flags":
        return max(len(column.title), widths.flags)
    return column.width


def widen(
    columns: Sequence[FlowColumn], widths: Widths, width: int, brief: bool
) -> list[Placed] | None:
    """Return all columns at the widths that they want, or None where these do not fit."""
    wished = [natural(column, widths, brief) for column in columns]
    stretching = sum(wish == STRETCH for wish in wished)
    left = width - sum(wished) - (len(columns) - 1)
    if left < (ROOM_FOR_TROUBLE if stretching else 0):
        return None
    return [
        Placed(column, wish or left // stretching, brief)
        for column, wish in zip(columns, wished, strict=True)
    ]


def squeeze(columns: Sequence[FlowColumn], widths: Widths, width: int) -> list[Placed]:
    """Return the columns that never give way, addresses cut as far as needed."""
    wished = [natural(column, widths, True) for column in columns]
    fixed = len(columns) - 1 + sum(
        wish for column, wish in zip(columns, wished, strict=True)
        if column.id not in ("client", "server")
    )  # fmt: skip
    addresses = sum(column.id in ("client", "server") for column in columns)
    room = width - fixed - LEAST_ROOM_FOR_TROUBLE
    each = max(SMALLEST_ADDRESS, room // addresses) if addresses else 0
    placed: list[Placed] = []
    used = 0
    for column, wish in zip(columns, wished, strict=True):
        if column.id in ("client", "server"):
            wish = min(wish, each)
        placed.append(Placed(column, wish, True))
        used += wish + 1
    left = max(0, width - (used - 1))
    return [item._replace(width=left) if item.column.width == STRETCH else item for item in placed]


def header(placed: Sequence[Placed], sorted_by: str, descending: bool) -> Line:
    """Return the line of titles; the column that sorts carries an arrow."""
    line: Line = []
    for item in placed:
        column = item.column
        arrow = ("▼" if descending else "▲") if column.id == sorted_by else ""
        title = fit(column.title + arrow, item.width, column.align)
        if line:
            line.append(Run(" ", "head"))
        line.append(Run(title, "head-sorted" if arrow else "head"))
    return line


def row(flow: Flow, placed: Sequence[Placed], judge: Judge) -> Line:
    """Return a flow's line."""
    line: Line = []
    for item in placed:
        drawn = item.column.draw(flow, judge)
        if item.brief and item.column.id == "client":
            drawn = [Run(address_text(flow.client.address))]
        if item.column.align == ">":
            blank = item.width - line_width(drawn)
            if blank > 0:
                drawn = [Run(" " * blank), *drawn]
        if line:
            line.append(Run(" "))
        line.extend(fit_line(drawn, item.width))
    return join(line)


def join(line: Line) -> Line:
    """Return the line with neighbours of one style joined; blanks take the style before them."""
    joined: Line = []
    for run in line:
        if joined and (joined[-1].style == run.style or not run.text.strip()):
            joined[-1] = Run(joined[-1].text + run.text, joined[-1].style)
        else:
            joined.append(run)
    return joined
