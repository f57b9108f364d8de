"""Draws a graph with characters: dots in Braille cells, letters for what stands out, two axes."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Final, NamedTuple

from tcptui.drawing.doubts import ALL_KNOWN, BOTH, KNOWN, Doubt, Doubts
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.saturation import plus
from tcptui.glyphs import to_ascii
from tcptui.graphs.raster import Raster
from tcptui.graphs.series import Series, Unit
from tcptui.text.amounts import short_count
from tcptui.text.durations import brief_duration

LABEL: Final = 9
"""Columns for the values at the left edge, at least."""
HEADROOM: Final = 8
"""One part of so many of the sequence numbers, to see a window that is nearly full."""
LEAST_HEIGHT: Final = 4
LEAST_LABELLED: Final = 10
"""Values from the lowest to the highest, to label one between."""
BROKEN, DOTTED = 3, 6
"""Dots from one that is drawn to the next, in a level line."""
SIDES: Final = {"c": "client to server", "s": "server to client"}


class Sign(NamedTuple):
    """The sign of a series: it is drawn as ``shape``, with a letter where it stands out, and its
    name in the legend."""

    shape: str
    letter: str = ""
    meaning: str = ""


SIGNS: Final[Mapping[str, Sign]] = {
    "ack": Sign("steps", "", "line: ACK"),
    "window_edge": Sign("broken", "", "broken line: window edge"),
    "segment_start": Sign("bar", "", "bars: segments"),
    "sack_start": Sign("bar", "S", "SACK"),
    "repeat_start": Sign("bar", "R", "again or late"),
    "duplicate_ack": Sign("letter", "d", "duplicate ACK"),
    "zero_window": Sign("letter", "0", "zero window"),
    "fin": Sign("letter", "F", "FIN"),
    "rst": Sign("letter", "X", "RST"),
    "rtt": Sign("points", "", "dots: round trips"),
    "rtt_floor": Sign("broken", "", "broken line: the shortest until then"),
    "throughput": Sign("broken", "", "broken line: all payload"),
    "goodput": Sign("columns", "", "columns: what was new"),
    "window": Sign("steps", "", "line: receiver's window"),
    "in_flight": Sign("points", "", "dots: bytes in flight"),
}
"""In the order in which they are drawn: of two letters in one cell the first is seen."""
BAR_ENDS: Final = {
    "segment_start": "segment_end", "sack_start": "sack_end", "repeat_start": "repeat_end",
}  # fmt: skip
COUNTED: Final = Sign("columns")
SHARES: Final = {
    "server": "S", "client": "C", "tcp": "T", "network": "n", "idle": ".",
}  # fmt: skip
TIED: Final = "\N{NO-BREAK SPACE}"
SHARE_MEANINGS: Final = "S server, C client, T TCP's timers and windows, n network, . idle"
LETTER_ORDER: Final = ("rst", "zero_window", "repeat_start", "sack_start", "fin", "duplicate_ack")


class GraphSize(NamedTuple):
    """The size of a drawn graph in cells, labels included."""

    width: int = 100
    height: int = 24


NOTHING: Final = {
    "ack": "no data and no ACKs", "rtt": "no ACK of data that was captured",
    "throughput": "no data", "window": "no window was told",
}  # fmt: skip
"""What is missing where a kind has no points, by one of its series."""
UNITS: Final = {
    Unit.SEQUENCE: "sequence numbers", Unit.BYTES: "bytes", Unit.RATE: "bytes a second",
}  # fmt: skip


class Panel(NamedTuple):
    """Holds what one direction shows: its words, its series, and what is not known of them."""

    title: str
    series: Sequence[Series]
    doubt: Doubt = KNOWN

    @property
    def heading(self) -> str:
        """The title, the unit where the values do not tell it, and what is not known."""
        names = {one.own_name for one in self.series}
        unit = UNITS.get(self.series[0].unit, "")
        length = self.series[0].bin_length
        words = [self.title, "" if unit == self.title else unit]
        words.append(f"in bins of {brief_duration(length)}" if length else "")
        return ", ".join(filter(None, (*words, self.doubt.words_for(names))))

    @property
    def words(self) -> str:
        """The heading and the legend."""
        legend = legend_of(signs_of(self.series))
        return f"{self.heading} ({legend})" if legend else self.heading


def whose_graph(engine: Engine, flow: Flow | None) -> str:
    """Return what a graph is of, in words: the flow with its ends, under the rules that number it,
    or the whole capture."""
    if flow is None:
        return "whole capture"
    client, server = (endpoint_text(end) for end in (flow.client, flow.server))
    return f"flow {flow.index} {client} to {server} (Wireshark {engine.rules.name})"


def graph_lines(
    kind: str,
    series: Sequence[Series],
    size: GraphSize,
    is_ascii: bool = False,
    doubts: Doubts = ALL_KNOWN,
) -> Iterator[str]:
    """Yield the lines of a graph: one picture for each direction that has points."""
    if kind == "time":
        yield from share_lines(panel_of_time(series, doubts), size, is_ascii)
        return
    panels = panels_of(series, doubts)
    if not panels:
        yield from wrap(nothing_words(series, doubts), size.width)
        return
    height = max(size.height // len(panels), LEAST_HEIGHT + 3)
    times = times_of(series)
    for panel in panels:
        yield from panel_lines(panel, GraphSize(size.width, height), times, is_ascii)


def nothing_words(series: Sequence[Series], doubts: Doubts) -> str:
    """Return why there is nothing to draw."""
    names = {one.own_name for one in series}
    missing = [words for name, words in NOTHING.items() if name in names]
    words = [doubts.get(BOTH, KNOWN).words, *missing]
    return f"nothing to draw: {next(filter(None, words), 'no points')}"


def panel_of_time(series: Sequence[Series], doubts: Doubts) -> Panel:
    """Return the panel of who used the time, which is that of the whole flow."""
    return Panel("who used the time", series, doubts.get(BOTH, KNOWN))


def panels_of(series: Sequence[Series], doubts: Doubts = ALL_KNOWN) -> list[Panel]:
    """Return the panels of the directions that have points; a capture has one, with the name of
    what is counted."""
    found: dict[str, list[Series]] = {}
    for one in series:
        if len(one) and (one.largest() > 0 or one.unit is Unit.COUNT):
            found.setdefault(one.side or one.name, []).append(one)
    return [
        Panel(SIDES.get(side, side), part, doubts.get(side, KNOWN)) for side, part in found.items()
    ]


def panel_lines(
    panel: Panel, size: GraphSize, times: tuple[int, int], is_ascii: bool
) -> Iterator[str]:
    """Yield the lines of one direction: title and legend, the area with its values, the times."""
    series, words = panel.series, wrapped(panel.words, size.width)
    height = max(size.height - 2 - len(words), LEAST_HEIGHT)
    values = values_of(series)
    labels = value_labels(values, series[0].unit, height, is_ascii)
    left = max(LABEL, *map(len, labels.values()))
    width = size.width - left - 1
    raster = Raster(width, height, times, values)
    draw_series(raster, series, panel.doubt.dotted)
    yield from words
    edge = "|" if is_ascii else "│"
    for number, line in enumerate(raster.text_lines(is_ascii)):
        yield f"{labels.get(number, ''):>{left}}{edge}{line}".rstrip()
    yield from time_axis(times, left, width, is_ascii)


def times_of(series: Sequence[Series]) -> tuple[int, int]:
    """Return the first and the last time of all points, with the last bin."""
    drawn = [one for one in series if len(one)]
    return (
        min(one.point(0)[1] for one in drawn),
        max(plus(one.point(len(one) - 1)[1], one.bin_length) for one in drawn),
    )


def values_of(series: Sequence[Series]) -> tuple[int, int]:
    """Return the range of values: from 0, but for sequence numbers from the lowest to a little
    above the highest, however far the window reaches beyond."""
    if series[0].unit is not Unit.SEQUENCE:
        return 0, max(1, *(one.largest() for one in series))
    numbers = [one for one in series if one.own_name != "window_edge"] or series
    low = min(one.smallest() for one in numbers)
    high = max(one.largest() for one in numbers)
    return low, high + (high - low) // HEADROOM + 1


def draw_series(raster: Raster, series: Sequence[Series], unknown: Container[str] = ()) -> None:
    """Draw the series into the area: letters first, as the first one in a cell stays; dotted where
    a level is not known for sure."""
    by_name = {one.own_name: one for one in series}
    for name in (*LETTER_ORDER, *(name for name in by_name if name not in LETTER_ORDER)):
        one = by_name.get(name)
        if one is None or name in BAR_ENDS.values():
            continue
        sign = SIGNS.get(name, COUNTED)
        match sign.shape:
            case "bar":
                raster.draw_bars(one, by_name[BAR_ENDS[name]], sign.letter)
            case "letter":
                raster.draw_letters(one, sign.letter)
            case "points":
                raster.draw_points(one)
            case "columns":
                raster.draw_columns(one)
            case _ if name in unknown:
                raster.draw_steps(one, DOTTED)
            case shape:
                raster.draw_steps(one, 1 if shape == "steps" else BROKEN)


def signs_of(series: Sequence[Series]) -> list[Sign]:
    """Return the signs of these series that have a meaning, in the order of the legend."""
    names = {one.own_name for one in series}
    return [sign for name, sign in SIGNS.items() if name in names and sign.meaning]


def legend_of(signs: Iterable[Sign]) -> str:
    """Return what signs mean."""
    return ", ".join(f"{sign.letter} {sign.meaning}".strip() for sign in signs)


def wrapped(words: str, width: int) -> list[str]:
    """Return words on lines of a width: a sign and its meaning, which stand between commas, on the
    same one if they fit."""
    parts = [part.replace(" ", TIED) if len(part) < width else part for part in words.split(", ")]
    return [line.replace(TIED, " ") for line in wrap(", ".join(parts), width)]


def value_labels(
    values: tuple[int, int], unit: Unit, height: int, is_ascii: bool
) -> dict[int, str]:
    """Return the labels of the lines at the top, at the bottom, and in the middle where that is no
    fraction."""
    low, high = values
    lines = {0: high, height - 1: low}
    if high - low >= LEAST_LABELLED:
        lines[height // 2] = high - (high - low) * (height // 2) // (height - 1)
    found = {line: value_label(value, unit) for line, value in lines.items()}
    return {line: to_ascii(text) for line, text in found.items()} if is_ascii else found


def value_label(value: int, unit: Unit) -> str:
    """Return a value as short as the left edge needs it."""
    return brief_duration(value) if unit is Unit.SECONDS else short_count(value)


def time_axis(times: tuple[int, int], left: int, width: int, is_ascii: bool) -> Iterator[str]:
    """Yield the line below the area and the times since the first point, the one in the middle
    where there is room for it."""
    line, corner = ("-", "+") if is_ascii else ("─", "└")
    yield " " * left + corner + line * width
    span = times[1] - times[0]
    middle, end = brief_duration(span // 2), brief_duration(span)
    row = "0 s".ljust(width // 2) + middle
    if span <= 0:
        row, end = "0 s", ""
    elif len(row) + len(end) >= width:
        row = "0 s"
    text = (" " * (left + 1) + row.ljust(width - len(end)) + end).rstrip()
    yield to_ascii(text) if is_ascii else text


def share_lines(panel: Panel, size: GraphSize, is_ascii: bool) -> Iterator[str]:
    """Yield the graph of the time: in each column as many letters as the share of each user."""
    series = panel.series
    words = wrapped(f"{panel.heading} ({SHARE_MEANINGS})", size.width)
    width, height = size.width - LABEL - 1, max(size.height - 2 - len(words), LEAST_HEIGHT)
    yield from words
    edge = "|" if is_ascii else "│"
    columns = [share_column(series, n, width, height) for n in range(width)]
    for line in range(height):
        label = {0: "100 %", height - 1: "0"}.get(line, "")
        yield f"{label:>{LABEL}}{edge}" + "".join(column[line] for column in columns).rstrip()
    yield from time_axis(times_of(series), LABEL, width, is_ascii)


def share_column(series: Sequence[Series], number: int, width: int, height: int) -> str:
    """Return the letters of a column, from above."""
    bins = len(series[0])
    first = number * bins // width
    last = max((number + 1) * bins // width, first + 1)
    sums: dict[str, int] = {}
    for one in series:
        letter = SHARES[one.own_name]
        sums[letter] = sums.get(letter, 0) + sum(one.point(n)[2] for n in range(first, last))
    total = sum(sums.values())
    if total == 0:
        return " " * height
    found, done = "", 0
    for letter, amount in sums.items():
        done += amount
        found += letter * (round(done * height / total) - len(found))
    return found[::-1]
