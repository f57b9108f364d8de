"""Draws the flows of a data set, its groups, and the trouble of its days; nothing of a data set is
drawn that was not made harmless."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from tcptui.data_set.groups import SweptGroup, Trouble
from tcptui.data_set.listing import SweptLine
from tcptui.drawing.cells import Line, Run, clean, column_title, cut, cut_middle, fit
from tcptui.engine.addresses import with_port
from tcptui.text.amounts import amount, count, percent, short_count, size
from tcptui.text.durations import clock, positive_duration

STRETCH: Final = 0
LEAST_STRETCH: Final = 36
"""Cells that what is wrong keeps, before columns that can be missed get any."""
MOST_TEXT: Final = 4096
"""Characters of a text that are looked at; no line has more."""
LEVELS: Final = "░▒█"
NONE: Final = "·"
NO_CAPTURE: Final = " "
MOST_NAME: Final = 24
DAY: Final = 10
"""Cells of a day."""
STYLES: Final = {"trouble": "warning", "note": "note"}
"""How what is wrong is drawn, by the verdict."""


class SweptColumn(NamedTuple):
    """A column: its title, how wide it is (0: what is left), how it is aligned, how soon it gives
    way (0: never), by what it sorts, and what it says, with times of day in UTC or not."""

    title: str
    width: int
    align: str
    rank: int
    sort: str
    text: Callable[[SweptLine, bool], str]


def harmless(text: str) -> str:
    """Return a text of the data set as it can be drawn."""
    return clean(text[:MOST_TEXT])


def claim(flow: SweptLine, utc: bool) -> str:
    """Return what the sentence of the flow begins with, as a line of the list says it."""
    return flow.sentence.removeprefix("The ")


def began(flow: SweptLine, utc: bool) -> str:
    return "" if flow.first is None else clock(flow.first, utc)[:19]


def name_of(flow: SweptLine) -> str:
    """Return the capture's name without its folder."""
    return PurePosixPath(flow.capture.name[:MOST_TEXT]).name


COLUMNS: Final = (
    SweptColumn("host", 10, "<", 0, "host", lambda one, utc: one.host),
    SweptColumn("day", DAY, "<", 2, "day", lambda one, utc: one.day),
    SweptColumn("file", 18, "<", 3, "file", lambda one, utc: name_of(one)),
    SweptColumn("client", 21, "<", 4, "client", lambda one, utc: with_port(*one.client)),
    SweptColumn("server", 21, "<", 1, "server", lambda one, utc: with_port(*one.server)),
    SweptColumn("what is wrong", STRETCH, "<", 0, "trouble", claim),
    SweptColumn("waited", 8, ">", 0, "waited", lambda one, utc: positive_duration(one.cost)),
    SweptColumn("pkts", 5, ">", 6, "packets", lambda one, utc: short_count(one.packets)),
    SweptColumn("bytes", 8, ">", 7, "bytes", lambda one, utc: size(one.bytes)),
    SweptColumn("began", 19, "<", 5, "began", began),
)  # fmt: skip


def place_columns(width: int) -> list[SweptColumn]:
    """Return the columns that fit a width."""
    kept = [one for one in COLUMNS if one.rank == 0]
    room = width - LEAST_STRETCH - sum(one.width + 1 for one in kept if one.width)
    for column in sorted(COLUMNS, key=lambda one: one.rank):
        if column.rank and column.width + 1 <= room:
            kept.append(column)
            room -= column.width + 1
    return [one for one in COLUMNS if one in kept]


def widths_of(placed: Sequence[SweptColumn], width: int) -> list[int]:
    """Return the cells of each column; what is wrong gets what is left."""
    left = width - sum(one.width for one in placed) - len(placed) + 1
    return [one.width or max(left, 1) for one in placed]


def header(placed: Sequence[SweptColumn], width: int, sort: str, descending: bool) -> Line:
    """Return the line of titles; the column that sorts has its arrow."""
    line: Line = []
    for column, cells in zip(placed, widths_of(placed, width), strict=True):
        title = column_title(column.title, sorts=column.sort == sort, descending=descending)
        line += [Run(fit(title.text, cells, column.align), title.style), Run(" ")]
    return line[:-1]


def flow_line(flow: SweptLine, placed: Sequence[SweptColumn], width: int, utc: bool) -> Line:
    """Return the line of a flow."""
    line: Line = []
    for column, cells in zip(placed, widths_of(placed, width), strict=True):
        text = harmless(column.text(flow, utc))
        text = cut_middle(text, cells) if column.sort == "file" else cut(text, cells)
        style = STYLES.get(flow.verdict, "dim") if column.width == STRETCH else "text"
        line += [Run(fit(text, cells, column.align), style), Run(" ")]
    return line[:-1]


# -- groups ----------------------------------------------------------------------------------------

GROUP_TITLES: Final = ("flows", "failed", "trouble", "waited")
GROUP_CELL: Final = 9


def group_header(by: str, width: int) -> Line:
    """Return the titles of groups."""
    titles = "".join(f" {title:>{GROUP_CELL}}" for title in GROUP_TITLES)
    return [Run(fit(by, key_width(width)), "head"), Run(titles, "head")]


def key_width(width: int) -> int:
    """Return how many cells are left for the key."""
    return max(width - len(GROUP_TITLES) * (GROUP_CELL + 1), 1)


def group_line(group: SweptGroup, width: int) -> Line:
    """Return the line of a group: its key, its flows, which part of them failed, how many have
    warnings or errors, what was waited."""
    key = cut_middle(harmless(group.key) or "unknown", key_width(width))
    cells = (
        count(group.flows),
        percent(group.failed, group.flows),
        count(group.troubled),
        positive_duration(group.waited),
    )
    styles = ("text", "error" if group.failed else "text", "text", "text")
    runs = [
        Run(f" {fit(cell, GROUP_CELL, '>')}", style)
        for cell, style in zip(cells, styles, strict=True)
    ]
    return [Run(fit(key, key_width(width))), *runs]


# -- the trouble of the days -----------------------------------------------------------------------


def trouble_lines(told: Sequence[Trouble], width: int) -> list[Line]:
    """Return a line for each trouble: whose it is, how much on each day, and how much in all."""
    if not told:
        return [[Run(" no flow with a known day is shown", "dim")]]
    names = [cut(harmless(one.name), DAY) for one in told]
    totals = [count(one.total) for one in told]
    name_cells, total_cells = max(map(len, names)), max(map(len, totals))
    room = width - name_cells - total_cells - 2 * DAY - 6
    first, last = told[0].first.isoformat(), told[0].last.isoformat()
    lines = []
    for at, (one, name, total) in enumerate(zip(told, names, totals, strict=True)):
        ends = (first, last) if at == 0 else (" " * DAY, " " * DAY)
        bar = bar_of(one.parts(max(room, 1)))
        lines.append([
            Run(f" {fit(name, name_cells)} "), Run(f"{total:>{total_cells}} "),
            Run(f"{ends[0]} ", "dim"), Run(bar, "warning"), Run(f" {ends[1]}", "dim"),
        ])  # fmt: skip
    return lines


def bar_of(counts: Sequence[int | None]) -> str:
    """Return a cell for each count: darker where there is more, a dot for none, a blank where there
    is no capture."""
    most = max((one or 0 for one in counts), default=0)
    return "".join(level(one, most) for one in counts)


def level(count: int | None, most: int) -> str:
    if not count:
        return NO_CAPTURE if count is None else NONE
    return LEVELS[min((count * len(LEVELS) - 1) // most, len(LEVELS) - 1)]


def title_of(flow: SweptLine, rules: str) -> str:
    """Return what the flow under the cursor is called: its number by the rules of a Wireshark
    release, its capture, its ends."""
    name = cut_middle(harmless(name_of(flow)), MOST_NAME)
    ends = f"{with_port(*flow.client)} → {with_port(*flow.server)}"
    return harmless(f"Flow {flow.number} ({rules}) of {name}, {ends}")


def told_of(flow: SweptLine) -> list[str]:
    """Return what is said of a flow: what is wrong, and where it is."""
    told = f"{amount(flow.packets, 'packet')}, in {flow.capture.name[:MOST_TEXT]}"
    return [harmless(flow.sentence), harmless(told)]
