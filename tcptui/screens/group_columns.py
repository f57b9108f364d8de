"""Lists the columns of the groups on the screen: how they sort, which fit, what they say."""

from collections.abc import Callable, Generator, Sequence
from heapq import merge
from typing import Final, NamedTuple

from tcptui.drawing.cells import Line, Run, clean, column_title, fit
from tcptui.drawing.services import service_name
from tcptui.findings.flow_groups import FlowGroup
from tcptui.panes.flows.drawing import time_of_day
from tcptui.report.group_formats import key_of
from tcptui.text.amounts import count, percent, size
from tcptui.text.durations import positive_duration

MILLION: Final = 1_000_000
STRETCH: Final = 0
LEAST_KEY: Final = 16
"""Cells that the key keeps at least, before other columns get any."""
SLICE: Final = 64
"""How many groups lie between two looks at the clock …"""
RUN: Final = 2048
"""… and how many one call of the built-in sort takes."""


class GroupColumn(NamedTuple):
    """A column: how wide it is (0: what is left), how soon it gives way (0 stays longest), its
    number to sort by (None: it sorts by the key), what it says, with times of day in UTC or not."""

    id: str
    title: str
    width: int
    rank: int
    number: Callable[[FlowGroup], int] | None
    text: Callable[[FlowGroup, bool], str]
    meaning: str


def part(some: int, all: int) -> int:
    """Return a part in millionths."""
    return some * MILLION // all if all else 0


def failed(group: FlowGroup) -> int:
    return part(group.failed, group.flows)


def sent_again(group: FlowGroup) -> int:
    return part(group.resent, group.packets)


def time_column(
    id: str, title: str, rank: int, number: Callable[[FlowGroup], int], meaning: str
) -> GroupColumn:
    """Return a column that shows a duration."""
    return GroupColumn(
        id, title, 8, rank, number, lambda group, utc: positive_duration(number(group)), meaning
    )


COLUMNS: Final[tuple[GroupColumn, ...]] = (
    GroupColumn("key", "group", STRETCH, 0, None, lambda one, utc: str(key_of(one)),
                "what its flows have in common"),
    GroupColumn("flows", "flows", 7, 0, lambda one: one.flows, lambda one, utc: count(one.flows),
                "how many flows it has"),
    GroupColumn("failed", "failed", 7, 0, failed, lambda one, utc: percent(one.failed, one.flows),
                "flows that were refused, not answered, or cut"),
    time_column("waited", "waited", 0, lambda one: one.waited_in_all,
                "time waited for clients, servers, TCP and the network together"),
    GroupColumn("bytes", "bytes", 8, 1, lambda one: one.bytes, lambda one, utc: size(one.bytes),
                "payload both ways"),
    GroupColumn("again", "again", 7, 1, sent_again,
                lambda one, utc: percent(one.resent, one.packets),
                "segments that were sent again"),
    time_column("in-vain", "in vain", 2, lambda one: one.in_vain, "time waited in vain"),
    time_column("server", "server", 3, lambda one: one.server, "time that servers took"),
    time_column("client", "client", 4, lambda one: one.client, "time that clients took"),
    time_column("tcp", "TCP", 5, lambda one: one.tcp, "time of TCP's timers and windows"),
    time_column("network", "network", 6, lambda one: one.network, "time on the network"),
    time_column("rtt", "max rtt", 3, lambda one: one.longest_rtt, "largest round-trip time"),
    GroupColumn("first", "first", 12, 7, lambda one: one.first,
                lambda one, utc: time_of_day(one.first, utc),
                "when its first segment came"),
    GroupColumn("last", "last", 12, 7, lambda one: one.last,
                lambda one, utc: time_of_day(one.last, utc),
                "when its last segment came"),
)  # fmt: skip
BY_ID: Final = {column.id: column for column in COLUMNS}
SORT_DEFAULT: Final = "waited"
Order = Callable[[FlowGroup], tuple[int, bool, int | str]]


def place_columns(width: int) -> list[GroupColumn]:
    """Return the columns that fit a width, the most useful ones."""
    kept: list[GroupColumn] = []
    room = width - LEAST_KEY
    for column in sorted(COLUMNS, key=lambda one: one.rank):
        if column.width + 1 <= room or column.width == STRETCH:
            kept.append(column)
            room -= column.width + 1 if column.width else 0
    return [column for column in COLUMNS if column in kept]


def key_width(placed: Sequence[GroupColumn], width: int) -> int:
    """Return how many cells are left for the key."""
    return max(1, width - sum(column.width + 1 for column in placed if column.width))


def header(placed: Sequence[GroupColumn], by: str, sorted_by: str, falls: bool, key: int) -> Line:
    """Return the line of titles; the column that sorts has its arrow."""
    line: Line = []
    for column in placed:
        text = by if column.width == STRETCH else column.title
        title = column_title(text, sorts=column.id == sorted_by, descending=falls)
        line.append(Run(cell(column, title.text, key), title.style))
    return line


def row(
    group: FlowGroup, placed: Sequence[GroupColumn], by: str, utc: bool, key: int, names_ports: bool
) -> Line:
    """Return a group's line, with times of day in UTC or local ones; ``names_ports`` as the
    system's list does."""
    line: Line = []
    for column in placed:
        text = clean(column.text(group, utc))
        if column.width == STRETCH and by == "port" and names_ports:
            text = f"{text} {service_name(int(text))}".rstrip()
        bad = column.id == "failed" and group.failed > 0
        line.append(Run(cell(column, text, key), "error" if bad else "text"))
    return line


def cell(column: GroupColumn, text: str, key: int) -> str:
    """Return a text at its column's width, after a blank where it is not the first."""
    return fit(text, key) if column.width == STRETCH else " " + fit(text, column.width, ">")


def order_of(column: GroupColumn, descending: bool) -> Order:
    """Return the sort key of a column; groups that have the same there stand by their keys."""
    sign, number = -1 if descending else 1, column.number

    def order(group: FlowGroup) -> tuple[int, bool, int | str]:
        key = key_of(group)
        return sign * number(group) if number is not None else 0, isinstance(key, str), key

    return order


def arrange(
    groups: Sequence[FlowGroup], column: GroupColumn, descending: bool
) -> Generator[float, None, list[FlowGroup]]:
    """Sort groups by a column, a slice at a time; yield how far that is."""
    order, reverse = order_of(column, descending), descending and column.number is None
    runs: list[list[FlowGroup]] = []
    for start in range(0, len(groups), RUN):
        runs.append(sorted(groups[start : start + RUN], key=order, reverse=reverse))
        yield start / len(groups) / 2
    if len(runs) == 1:
        return runs[0]
    ranked: list[FlowGroup] = []
    for group in merge(*runs, key=order, reverse=reverse):
        ranked.append(group)
        if len(ranked) % SLICE == 0:
            yield 0.5 + len(ranked) / len(groups) / 2
    return ranked
