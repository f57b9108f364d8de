"""Draws a graph as an SVG picture: a panel for each direction, with its legend and axes.

The picture needs nothing else. Where its viewer prefers dark pages its ground is dark; the colours
are seen on both grounds, and each sign has a shape or a letter besides.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final, NamedTuple

from tcptui.drawing.doubts import ALL_KNOWN, Doubts
from tcptui.drawing.graph import (
    BAR_ENDS,
    COUNTED,
    LEAST_LABELLED,
    SHARES,
    SIGNS,
    Panel,
    nothing_words,
    panel_of_time,
    panels_of,
    times_of,
    value_label,
    values_of,
)
from tcptui.drawing.graph_signs import BLUE, COLORS, FILLED, Place, SignInk, drawn
from tcptui.drawing.svg import printable
from tcptui.graphs.series import Series
from tcptui.text.durations import brief_duration, clock

CELL: Final = (8, 17)
"""Pixels of what is one cell in the drawing with characters."""
LEFT, RIGHT, TOP, BELOW, LINE = 80, 20, 26, 44, 18
LEAST_AREA: Final = 60
LETTER_WIDTH: Final = 6.6
SAMPLE: Final = 18
"""Pixels of a sign in the legend."""
LIGHT, DARK = "#ffffff", "#1d1f21"
STYLE: Final = (
    f"<style>text{{fill:#222222}}.ground{{fill:{LIGHT}}}.axis{{stroke:#808080;fill:none}}"
    "@media (prefers-color-scheme: dark)"
    f"{{text{{fill:#dddddd}}.ground{{fill:{DARK}}}}}</style>"
)
SHARE_WORDS: Final = {
    "server": "server", "client": "client", "tcp": "TCP's timers and windows",
    "network": "network", "idle": "idle",
}  # fmt: skip
"""In the order in which they lie on one another."""


class Entry(NamedTuple):
    """A sign in the legend, and what it means."""

    ink: SignInk
    words: str

    @property
    def width(self) -> int:
        """About how many pixels it takes."""
        return SAMPLE + 26 + int(len(self.words) * LETTER_WIDTH)


class Area:
    """A panel's place in the picture, and the times and values that it shows."""

    def __init__(
        self, top: int, width: int, height: int, times: tuple[int, int], values: tuple[int, int]
    ) -> None:
        self.top, self.width, self.height = top, width, height
        self.times, self.values = times, values

    @property
    def bottom(self) -> int:
        """Where the area ends."""
        return self.top + self.height

    def x(self, time: int) -> float:
        """Return how far right a time stands."""
        span = max(self.times[1] - self.times[0], 1)
        return round(LEFT + (time - self.times[0]) * self.width / span, 1)

    def y(self, value: float) -> float:
        """Return how far down a value stands."""
        span = max(self.values[1] - self.values[0], 1)
        return round(self.bottom - (value - self.values[0]) * self.height / span, 1)

    def places(self, one: Series) -> list[Place]:
        """Return where the points of a series stand."""
        points = map(one.point, range(len(one)))
        return [(self.x(time), self.y(value)) for _, time, value in points]


def graph_svg(
    title: str, series: Sequence[Series], width: int, height: int, doubts: Doubts = ALL_KNOWN
) -> str:
    """Return the picture; the size is that of the drawing with characters, in cells, or what the
    panels need."""
    is_of_time = any(one.own_name in SHARES for one in series)
    panels = [panel_of_time(series, doubts)] if is_of_time else panels_of(series, doubts)
    across = width * CELL[0]
    legends = [legend_lines(panel, across - LEFT - RIGHT) for panel in panels]
    around = TOP + sum((2 + len(legend)) * LINE + BELOW for legend in legends)
    high = max((height * CELL[1] - around) // max(len(panels), 1), LEAST_AREA)
    top, lines = TOP, []
    for panel, legend in zip(panels, legends, strict=True):
        lines.append(text(LEFT, top + LINE - 4, panel.heading, 'font-weight="bold"'))
        for number, entries in enumerate(legend):
            lines += legend_line(entries, top + (number + 1) * LINE)
        values = (0, 100) if is_of_time else values_of(panel.series)
        start = top + (1 + len(legend)) * LINE + LINE // 2
        area = Area(start, across - LEFT - RIGHT, high, times_of(series), values)
        lines += [*axes(area, panel, is_of_time), *contents(area, panel, is_of_time)]
        top = area.bottom + BELOW
    if not panels:
        lines.append(text(LEFT, top + LINE, nothing_words(series, doubts)))
    down = max(top, height * CELL[1])
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" '
        f'viewBox="0 0 {across} {down}" font-family="sans-serif" font-size="12">',
        f"<title>{safe(title)}</title>",
        STYLE,
        f'<rect class="ground" width="{across}" height="{down}"/>',
        text(12, 18, title, 'font-size="13"'),
    ]
    return "\n".join([*head, *lines, "</svg>", ""])


def safe(words: str) -> str:
    """Return a text as it stands in XML."""
    return escape(printable(words))


def text(x: float, y: float, words: str, look: str = "") -> str:
    """Return a text at a place."""
    return f'<text x="{x}" y="{y}" {look}>{safe(words)}</text>'


def legend_lines(panel: Panel, width: int) -> list[list[Entry]]:
    """Return the legend of a panel, on as many lines as it needs; none for what the heading
    names."""
    names = [one.own_name for one in panel.series]
    entries = [
        Entry(SignInk(sign, COLORS[name], name in panel.doubt.dotted), sign.meaning)
        for name, sign in SIGNS.items()
        if name in names
    ]
    if SHARES.keys() & set(names):
        entries = [
            Entry(SignInk(COUNTED, COLORS[name]), words) for name, words in SHARE_WORDS.items()
        ]
    lines: list[list[Entry]] = []
    used = width
    for entry in entries:
        if used + entry.width > width:
            lines.append([])
            used = 0
        lines[-1].append(entry)
        used += entry.width
    return lines


def legend_line(entries: Iterable[Entry], top: int) -> Iterator[str]:
    """Yield a line of the legend: each sign with its meaning."""
    x = LEFT
    for entry in entries:
        upper, middle, lower = top + 5, top + 10, top + 15
        starts, ends = [(x, middle), (x + SAMPLE, middle)], []
        match entry.ink.sign.shape:
            case "bar":
                upper += 6 if entry.ink.sign.letter else 0
                starts, ends = [(x + SAMPLE // 2, lower)], [(x + SAMPLE // 2, upper)]
            case "letter":
                starts = [(x + SAMPLE // 2, lower - 1)]
            case "columns":
                starts = [(x, upper)]
        yield from drawn(entry.ink, starts, ends, (x + SAMPLE, lower))
        yield text(x + SAMPLE + 6, lower - 1, entry.words)
        x += entry.width


def axes(area: Area, panel: Panel, is_of_time: bool) -> Iterator[str]:
    """Yield both axes with their values, and from when the time counts."""
    right = LEFT + area.width
    yield f'<path class="axis" d="M{LEFT} {area.top}V{area.bottom}H{right}"/>'
    low, high = area.values
    shown = [low, high] if high - low < LEAST_LABELLED else [low, (low + high) // 2, high]
    for value in shown:
        words = f"{value} %" if is_of_time else value_label(value, panel.series[0].unit)
        yield text(LEFT - 6, area.y(value) + 4, words, 'text-anchor="end"')
        yield f'<path class="axis" d="M{LEFT} {area.y(value)}h{area.width}" opacity="0.3"/>'
    start, end = area.times
    yield text(LEFT, area.bottom + 16, "0 s")
    if end > start:
        middle, span = LEFT + area.width / 2, end - start
        yield text(middle, area.bottom + 16, brief_duration(span // 2), 'text-anchor="middle"')
        yield text(right, area.bottom + 16, brief_duration(span), 'text-anchor="end"')
    yield text(LEFT, area.bottom + 32, f"since {clock(start, utc=True)}")


def contents(area: Area, panel: Panel, is_of_time: bool) -> Iterator[str]:
    """Yield what is drawn into the area, and nothing beyond it."""
    size = f'width="{area.width + 8}" height="{area.height + 16}"'
    name = f"area{area.top}"
    yield f'<clipPath id="{name}"><rect x="{LEFT - 4}" y="{area.top - 12}" {size}/></clipPath>'
    yield f'<g clip-path="url(#{name})">'
    yield from shares(area, panel.series) if is_of_time else signs(area, panel)
    yield "</g>"


def signs(area: Area, panel: Panel) -> Iterator[str]:
    """Yield the series of a direction, in the order of the legend."""
    by_name = {one.own_name: one for one in panel.series}
    ends = set(BAR_ENDS.values())
    for name in sorted(by_name.keys() - ends, key=[*SIGNS, *by_name].index):
        one = by_name[name]
        ink = SignInk(SIGNS.get(name, COUNTED), COLORS.get(name, BLUE), name in panel.doubt.dotted)
        upper = area.places(by_name[BAR_ENDS[name]]) if name in BAR_ENDS else []
        last = one.point(len(one) - 1)[1] + one.bin_length
        yield from drawn(ink, area.places(one), upper, (area.x(last), area.bottom))


def shares(area: Area, series: Sequence[Series]) -> Iterator[str]:
    """Yield who used each bin, one upon the other."""
    order = [one for name in SHARE_WORDS for one in series if one.own_name == name]
    paths: dict[str, list[str]] = {name: [] for name in SHARE_WORDS}
    for number in range(len(order[0])):
        amounts = [one.point(number)[2] for one in order]
        time, total = order[0].point(number)[1], sum(amounts)
        left, right = area.x(time), area.x(time + order[0].bin_length)
        below = [sum(amounts[:count]) * 100 / max(total, 1) for count in range(len(order) + 1)]
        for one, (low, high) in zip(order, pairwise(below), strict=True):
            if high > low:
                paths[one.own_name].append(f"M{left} {area.y(low)}H{right}V{area.y(high)}H{left}Z")
    for name, found in paths.items():
        if found:
            yield f'<path d="{"".join(found)}" fill="{COLORS[name]}" fill-opacity="{FILLED}"/>'
