"""Draws the flow list: its columns, which of them fit a width, and a flow's line."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.drawing.cells import Line, Run, column_title, fit, fit_line, line_width
from tcptui.drawing.names import counted_letters
from tcptui.drawing.services import service_name
from tcptui.engine.addresses import address_text, endpoint_text
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.tcp_state.outcome import Closing, Opening, closing, opening
from tcptui.engine.tcp_state.states import state_shown
from tcptui.fields.schema import SCHEMA
from tcptui.findings.judgement import Judge, Judgement
from tcptui.panes.flows import time_bar
from tcptui.text.amounts import short_count, size
from tcptui.text.durations import SECOND, brief_duration, clock, positive_duration

STRETCH: Final = 0
BAR_WIDTH: Final = 14
NAME_WIDTH: Final = 24
"""The most that a name has; a longer one is cut."""
OWNER_WIDTH: Final = 15
"""The most that Linux gives a process's name."""
BYTES_OF_KEY: Final = 7
LAST: Final = 1 << 62
GRAVITY: Final = ("dim", "note", "warning", "error")
SEVERITY_GLYPHS: Final = (" ", "·", "!", "✕")
LONGEST_RTT: Final = "max-rtt"
SERVICE: Final = "service"
LEAST_RANK: Final = 12
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
        id,
        title,
        8,
        ">",
        LEAST_RANK,
        True,
        number(get),
        text(lambda flow: positive_duration(get(flow))),
        doc,
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
    return [Run(claim(flow, judge), style)]


def states(flow: Flow) -> str:
    """Return the states of client and server as ``ESTABLISHED`` or ``FIN-WAIT-2/CLOSE-WAIT``; how
    sure they are is told where the flow is looked at."""
    client, server = (
        state_shown(side.state, side.certainty).state.label for side in (flow.client, flow.server)
    )
    return client if client == server else f"{client}/{server}"


def severity(flow: Flow, judge: Judge) -> int:
    """Return how grave the worst about a flow is: 3 error, 2 warning, 1 note, 0 nothing."""
    return gravity(judge.judge(flow))


def gravity(judged: Judgement) -> int:
    leading = judged.leading()
    return GRAVITY.index(leading.severity) if leading and leading.severity in GRAVITY else 0


def severity_line(flow: Flow, judge: Judge) -> Line:
    grave = gravity(judge.judge_shown(flow))
    return [Run(SEVERITY_GLYPHS[grave], GRAVITY[grave])]


def claim(flow: Flow, judge: Judge) -> str:
    """Return what the sentence of the flow begins with, as a line of the list says it."""
    return judge.judge_shown(flow).claim().removeprefix("the ")


def rate(flow: Flow) -> int:
    """Return the payload of both sides in bytes a second, over the flow's whole time."""
    lasted = flow.lasted()
    return (flow.client.bytes + flow.server.bytes) * SECOND // lasted if lasted > 0 else 0


def rate_text(flow: Flow) -> str:
    return f"{size(rate(flow))}/s" if rate(flow) else ""


def start_text(flow: Flow, utc: bool = False) -> str:
    """Return the time of day at which the flow began, to the millisecond."""
    return time_of_day(flow.first_time, utc)


def time_of_day(time: int, utc: bool) -> str:
    """Return the time of day of a moment (ns), to the millisecond."""
    return clock(time, utc)[11:23]


def word_column(
    id: str, kinds: type[StrEnum], word: Callable[[Flow], StrEnum], meaning: str
) -> FlowColumn:
    """Return a column that shows one of some words, sorted in the order in which they are
    listed."""
    order = list(kinds)
    return FlowColumn(id, id, 12, "<", 11, False, number(lambda flow: order.index(word(flow))),
                      text(word), meaning)  # fmt: skip


def rtt(flow: Flow) -> str:
    return positive_duration(flow.irtt)


def lost_time(flow: Flow, judge: Judge) -> Line:
    return [Run(positive_duration(judge.judge_shown(flow).cost()))]


def cost(flow: Flow, judge: Judge) -> int:
    return judge.judge(flow).cost()


def flags_line(flow: Flow, judge: Judge) -> Line:
    return counted_letters(flow)


def name_key(flow: Flow, judge: Judge) -> int:
    """Return a number that orders names by how they begin; flows without one come last."""
    return text_key(judge.engine.name_of(flow))


def owner_name(flow: Flow, judge: Judge) -> str:
    """Return the name of the process that a flow belongs to; empty where it is not known."""
    owner = judge.engine.owner_of(flow)
    return "" if owner is None else owner.name


def owner_key(flow: Flow, judge: Judge) -> int:
    """Return a number that orders processes by how their names begin."""
    return text_key(owner_name(flow, judge))


def text_key(name: str) -> int:
    """Return a number that orders texts by how they begin, empty ones last."""
    return int.from_bytes(name.encode()[:BYTES_OF_KEY].ljust(BYTES_OF_KEY, b"\0")) if name else LAST


COLUMNS: Final[tuple[FlowColumn, ...]] = (
    FlowColumn("number", "#", 7, ">", 0, False,
           field("index"),
           text(lambda f: str(f.index), "dim"), "tshark's stream number"),
    FlowColumn("severity", "!", 1, "<", 0, True, severity, severity_line,
           "how grave it is: ✕ error, ! warning, · note"),
    FlowColumn("client", "client", 21, "<", 0, False,
           number(lambda f: address_key(f.client)),
           text(lambda f: endpoint_text(f.client)), "who opened the connection"),
    FlowColumn("server", "server", 21, "<", 0, False,
           number(lambda f: address_key(f.server)),
           text(lambda f: endpoint_text(f.server)), "who answered"),
    FlowColumn("name", "name", NAME_WIDTH, "<", 1, False,
           name_key, lambda flow, judge: [Run(judge.engine.name_of(flow))],
           "whose flow it is: TLS, HTTP, DNS"),
    FlowColumn("process", "process", OWNER_WIDTH, "<", 2, False,
           owner_key, lambda flow, judge: [Run(owner_name(flow, judge))],
           "which process of this host it belongs to"),
    FlowColumn("trouble", "what is wrong", STRETCH, "<", 0, True, standing,
           trouble_line, "cut or unanswered first, then by lost time"),
    FlowColumn("flags", "flags", 14, "<", 1, True, number(lambda f: sum(f.counts)),
           flags_line, "how many segments carry which analysis flag"),
    FlowColumn("lost", "lost", 8, ">", 2, True, cost,
           lost_time, "what an application waited in vain, or too long"),
    FlowColumn("duration", "lasted", 8, ">", 3, True,
           field("duration"),
           text(lambda f: brief_duration(f.lasted())), "first to last segment"),
    FlowColumn("start", "began", 12, ">", 7, False,
           number(lambda f: f.first_time),
           text(start_text), "when the first segment came, as a time of day"),
    FlowColumn("up", "sent", 8, ">", 4, True,
           field("client.bytes"),
           text(lambda f: size(f.client.bytes)), "payload from the client"),
    FlowColumn("down", "received", 8, ">", 3, True,
           field("server.bytes"),
           text(lambda f: size(f.server.bytes)), "payload from the server"),
    FlowColumn("rtt", "rtt", 8, ">", 5, True,
           field("initial_rtt"),
           text(rtt), "initial round-trip time, from the handshake"),
    FlowColumn(LONGEST_RTT, "max rtt", 8, ">", LEAST_RANK, True,
           lambda flow, judge: judge.rtts.of(i64(flow.index)),
           lambda flow, judge: [Run(positive_duration(judge.rtts.of(i64(flow.index))))],
           "largest round-trip time, from data to its ACK"),
    FlowColumn("states", "state", 21, "<", 6, False,
           number(lambda f: f.client.state << 4 | f.server.state),
           text(states), "last state of client and server"),
    FlowColumn("packets", "pkts", 5, ">", 9, True,
           field("packets"),
           text(lambda f: short_count(f.packets)), "segments both ways"),
    FlowColumn("bar", "time went to", BAR_WIDTH, "<", 8, True,
           number(time_bar.active),
           lambda f, judge: time_bar.bar(f, BAR_WIDTH), time_bar.MEANING),
    FlowColumn("rate", "rate", 11, ">", 10, True, number(rate),
           text(rate_text), "payload of both sides a second"),
    FlowColumn("bytes", "both ways", 9, ">", LEAST_RANK, True, field("bytes"),
           text(lambda f: size(f.client.bytes + f.server.bytes)), "payload both ways"),
    FlowColumn("client-port", "port", 5, ">", LEAST_RANK, False, field("client.port"),
           text(lambda f: str(f.client.port)), "the client's port"),
    FlowColumn(SERVICE, "service", 14, "<", LEAST_RANK, False, number(lambda f: f.server.port),
           text(lambda f: service_name(f.server.port)),
           "the name of the server's port in the system's list"),
    word_column("opening", Opening, opening, "how the connection began"),
    word_column("closing", Closing, closing, "how the connection ended"),
    FlowColumn("server-time", "srv time", 8, ">", LEAST_RANK, True,
           number(time_bar.server_wait),
           text(lambda f: positive_duration(time_bar.server_wait(f))), "how long the server took"),
    FlowColumn("client-time", "cli time", 8, ">", LEAST_RANK, True,
           number(time_bar.client_wait),
           text(lambda f: positive_duration(time_bar.client_wait(f))), "how long the client took"),
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
LEAST_BESIDE_PORTS: Final = 16
MOST_TROUBLE: Final = 72
COST_RANK: Final = 2
ROOM_BESIDE_COST: Final = 28
LEAST_ROOM_FOR_TROUBLE: Final = 12
SMALLEST_ADDRESS: Final = 12
MOST_FLAGS: Final = 16


class Placed(NamedTuple):
    """A column at its width in this list; ``brief`` addresses are shown without the port."""

    column: FlowColumn
    width: int
    brief: bool


class Widths(NamedTuple):
    """Says what the flows of this capture need: digits of a number, cells of an address, of what is
    wrong."""

    number: int
    client: int
    client_host: int
    server: int
    flags: int
    trouble: int
    name: int
    owner: int


def column_widths(
    flows: Sequence[Flow],
    count: int,
    claims: Sequence[str] = (),
    names: Sequence[str] = (),
    owners: Sequence[str] = (),
) -> Widths:
    """Return the widths that ``flows`` need, of ``count`` in the capture; ``claims`` are what is
    wrong with the first of them, ``names`` and ``owners`` are theirs."""
    return Widths(
        max(2, len(str(max(count - 1, 0)))),
        max((len(endpoint_text(flow.client)) for flow in flows), default=8),
        max((len(address_text(flow.client.address)) for flow in flows), default=8),
        max((len(endpoint_text(flow.server)) for flow in flows), default=8),
        min(MOST_FLAGS, max((line_width(counted_letters(flow)) for flow in flows), default=0)),
        min(MOST_TROUBLE, max(map(len, claims), default=0)),
        min(NAME_WIDTH, max(map(len, names), default=0)),
        min(OWNER_WIDTH, max(map(len, owners), default=0)),
    )


def place_columns(ids: Sequence[str], widths: Widths, width: int) -> list[Placed]:
    """Return the columns that fit ``width``.

    What is wrong gets all the room that it needs before another column gets any; only flags and
    cost come first. Client ports give way last.
    """
    columns = useful_columns(ids, widths)
    for brief, most, room in ((False, 1, ROOM_FOR_TROUBLE), (False, 0, LEAST_BESIDE_PORTS),
                              (True, 0, ROOM_FOR_TROUBLE)):  # fmt: skip
        kept = [column for column in columns if column.rank <= most]
        if widen(kept, widths, width, brief, room) is None:
            continue
        for column in sorted(columns, key=rank_of):
            more = [one for one in columns if one in kept or one is column]
            needed = room_beside(column, widths)
            if widen(more, widths, width, brief, max(ROOM_FOR_TROUBLE, needed)) is not None:
                kept = more
        return widen(kept, widths, width, brief, room) or []
    return squeeze([column for column in columns if column.rank == 0], widths, width)


def room_beside(column: FlowColumn, widths: Widths) -> int:
    """Return how much room what is wrong must keep beside a column: little beside names and
    processes, as they say whose trouble it is."""
    if column.id in ("name", "process"):
        return ROOM_FOR_TROUBLE
    return ROOM_BESIDE_COST if column.rank <= COST_RANK else widths.trouble


def useful_columns(ids: Sequence[str], widths: Widths) -> list[FlowColumn]:
    """Return the columns of these names, those of names and processes only where a flow has one."""
    empty = {"name": widths.name == 0, "process": widths.owner == 0}
    return [BY_ID[id] for id in ids if id in BY_ID and not empty.get(id)]


def wanted_width(ids: Sequence[str], widths: Widths) -> int:
    """Return the width at which all these columns fit, and nothing that is wrong is cut."""
    columns = useful_columns(ids, widths)
    wished = [natural(column, widths, False) or widths.trouble for column in columns]
    return sum(wished) + max(0, len(columns) - 1)


def rank_of(column: FlowColumn) -> int:
    return column.rank


def natural(column: FlowColumn, widths: Widths, brief: bool) -> int:
    """Return the width that a column wants."""
    if column.id == "number":
        return widths.number
    if column.id == "client":
        return widths.client_host if brief else widths.client
    if column.id == "server":
        return widths.server
    if column.id == "name":
        return max(len(column.title), widths.name)
    if column.id == "process":
        return max(len(column.title) + 1, widths.owner)  # its arrow too
    if column.id == "flags":
        return max(len(column.title), widths.flags)
    return column.width


def widen(
    columns: Sequence[FlowColumn], widths: Widths, width: int, brief: bool, room: int
) -> list[Placed] | None:
    """Return all columns at the widths that they want, or None where these do not fit with so much
    room for what is wrong."""
    wished = [natural(column, widths, brief) for column in columns]
    stretching = sum(wish == STRETCH for wish in wished)
    left = width - sum(wished) - (len(columns) - 1)
    if left < (room if stretching else 0):
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
    """Return the line of titles; the column that sorts has its arrow."""
    line: Line = []
    for item in placed:
        column = item.column
        title = column_title(column.title, sorts=column.id == sorted_by, descending=descending)
        if line:
            line.append(Run(" ", "head"))
        line.append(Run(fit(title.text, item.width, column.align), title.style))
    return line


def row(flow: Flow, placed: Sequence[Placed], judge: Judge, utc: bool = False) -> Line:
    """Return a flow's line, with times of day in UTC or local ones."""
    return line_of(placed, lambda item: cell(flow, item, judge, utc))


def cell(flow: Flow, item: Placed, judge: Judge, utc: bool) -> Line:
    """Return what stands in a column of a flow's line."""
    if item.column.id == "start":
        return [Run(start_text(flow, utc))]
    if item.brief and item.column.id == "client":
        return [Run(address_text(flow.client.address))]
    return item.column.draw(flow, judge)


def line_of(placed: Sequence[Placed], cell: Callable[[Placed], Line]) -> Line:
    """Return a line of cells, each at the width of its column."""
    line: Line = []
    for item in placed:
        drawn = cell(item)
        if item.column.id == "flags" and line_width(drawn) > item.width:
            drawn = first_flags(drawn, item.width)
        if item.column.align == ">":
            blank = item.width - line_width(drawn)
            if blank > 0:
                drawn = [Run(" " * blank), *drawn]
        if line:
            line.append(Run(" "))
        line.extend(fit_line(drawn, item.width))
    return join(line)


def first_flags(line: Line, width: int) -> Line:
    """Return the gravest flags that fit whole, and how many more kinds there are."""
    flags = line[::2]
    for kept in range(len(flags) - 1, 0, -1):
        more = Run(f" +{len(flags) - kept}", "dim")
        shorter = [*line[: 2 * kept - 1], more]
        if line_width(shorter) <= width:
            return shorter
    return line


def join(line: Line) -> Line:
    """Return the line with neighbours of one style joined; blanks take the style before them."""
    joined: Line = []
    for run in line:
        if joined and (joined[-1].style == run.style or not run.text.strip()):
            joined[-1] = Run(joined[-1].text + run.text, joined[-1].style)
        else:
            joined.append(run)
    return joined
