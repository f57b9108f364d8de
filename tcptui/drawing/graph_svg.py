"""Draws a graph as an SVG picture: one panel for each direction, lines and marks as vectors."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from tcptui.drawing.graph import (
    BAR_ENDS,
    COUNTED,
    SIGNS,
    directions_of,
    times_of,
    value_label,
    values_of,
    words_of,
)
from tcptui.graphs.series import Series
from tcptui.text.durations import brief_duration

CELL: Final = (8, 17)
"""Pixels of what is one cell in the drawing with characters."""
LEFT, BELOW, ABOVE = 80, 30, 24
COLORS: Final = {
    "segment_start": "#2f6fb2", "repeat_start": "#c0392b", "sack_start": "#8e44ad",
    "ack": "#2e8b57", "window_edge": "#b8860b", "duplicate_ack": "#555555", "fin": "#333333",
    "rst": "#c0392b", "zero_window": "#c0392b", "rtt_floor": "#b8860b", "throughput": "#b8860b",
    "window": "#b8860b", "idle": "#bbbbbb", "network": "#2e8b57", "tcp": "#c0392b",
    "client": "#2f6fb2", "server": "#8e44ad",
}  # fmt: skip
PLAIN: Final = "#2f6fb2"


class Area:
    """A panel's place in the picture, and the times and values that it shows."""

    def __init__(
        self, top: int, width: int, height: int, times: tuple[int, int], values: tuple[int, int]
    ) -> None:
        self.top, self.width, self.height = top, width, height
        self.times, self.values = times, values

    def x(self, time: int) -> float:
        """Return how far right a time stands."""
        span = max(self.times[1] - self.times[0], 1)
        return round(LEFT + (time - self.times[0]) * self.width / span, 1)

    def y(self, value: int) -> float:
        """Return how far down a value stands."""
        span = max(self.values[1] - self.values[0], 1)
        return round(self.top + self.height - (value - self.values[0]) * self.height / span, 1)


def graph_svg(title: str, series: Sequence[Series], width: int, height: int) -> str:
    """Return the picture; the size is that of the drawing with characters, in cells."""
    across, down = width * CELL[0], height * CELL[1]
    parts = directions_of(series)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" '
        f'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{across}" height="{down}" fill="#ffffff"/>',
    ]
    share = down // max(len(parts), 1)
    times = times_of(series) if parts else (0, 0)
    for number, (name, part) in enumerate(parts):
        top = number * share + ABOVE
        area = Area(top, across - LEFT - 20, share - ABOVE - BELOW, times, values_of(part))
        words = escape(words_of(name, part))
        lines.append(f'<text x="{LEFT}" y="{top - 8}">{words}</text>')
        lines += panel(area, part)
    return "\n".join([*lines, "</svg>", ""])


def panel(area: Area, series: Sequence[Series]) -> Iterator[str]:
    """Yield the axes and the series of one direction."""
    bottom = area.top + area.height
    yield (f'<path d="M{LEFT} {area.top}V{bottom}H{LEFT + area.width}" fill="none" stroke="#888"/>')
    for value in area.values:
        words = escape(value_label(value, series[0].unit))
        yield f'<text x="{LEFT - 6}" y="{area.y(value) + 4}" text-anchor="end">{words}</text>'
    span = area.times[1] - area.times[0]
    yield f'<text x="{LEFT}" y="{bottom + 18}">0 s</text>'
    yield (
        f'<text x="{LEFT + area.width}" y="{bottom + 18}" text-anchor="end">'
        f"{escape(brief_duration(span))}</text>"
    )
    yield (
        f'<clipPath id="area{area.top}"><rect x="{LEFT - 4}" y="{area.top - 4}" '
        f'width="{area.width + 8}" height="{area.height + 8}"/></clipPath>'
        f'<g clip-path="url(#area{area.top})">'
    )
    by_name = {one.name.rpartition(".")[2]: one for one in series}
    for name, one in by_name.items():
        if name not in BAR_ENDS.values():
            yield drawn(area, name, one, by_name)
    yield "</g>"


def drawn(area: Area, name: str, one: Series, by_name: dict[str, Series]) -> str:
    """Return a series as one shape."""
    color = COLORS.get(name, PLAIN)
    sign = SIGNS.get(name, COUNTED)
    if sign.shape in ("points", "letter"):
        dots = "".join(f"M{x} {y}h0" for x, y in places(area, one))
        size = 3 if sign.shape == "points" else 6
        return f'<path d="{dots}" stroke="{color}" stroke-width="{size}" stroke-linecap="round"/>'
    if sign.shape == "bar":
        ends = places(area, by_name[BAR_ENDS[name]])
        bars = "".join(
            f"M{x} {y}V{end[1]}" for (x, y), end in zip(places(area, one), ends, strict=True)
        )
        return f'<path d="{bars}" stroke="{color}" stroke-width="2"/>'
    steps = "".join(f"H{x}V{y}" for x, y in places(area, one))
    dash = ' stroke-dasharray="4 3"' if sign.shape == "broken" else ""
    first = area.x(one.point(0)[1]), area.y(one.point(0)[2])
    return f'<path d="M{first[0]} {first[1]}{steps}" fill="none" stroke="{color}"{dash}/>'


def places(area: Area, one: Series) -> Iterator[tuple[float, float]]:
    """Yield where the points of a series stand."""
    for n in range(len(one)):
        _, time, value = one.point(n)
        yield area.x(time), area.y(value)
