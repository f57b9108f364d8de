"""Drawing libraries against our own: 100,000 round trips as dots in 100×24 cells.

    pip install plotext textual-plotext textual-plot    # wherever you measure
    python benchmarks/graph_libraries.py

Prints for each how long importing it takes, how long the first draw and the second one of the same
points, and the bytes that the first draw sends to the terminal. What is a Textual widget is drawn
by Textual into an application that shows nothing else; what that alone takes is told too.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from math import sin
from typing import Any, NamedTuple

COLUMNS, LINES = 100, 24
POINTS = 100_000
TIMES = [at * 1_000_000 for at in range(POINTS)]
VALUES = [20_000_000 + int(8_000_000 * sin(at / 9_000)) + at * 7_919 % 3_000_000
          for at in range(POINTS)]  # fmt: skip


class Drawn(NamedTuple):
    """What drawing took, in ms, and what it sends."""

    first: float
    second: float
    sent: int


def own() -> Drawn:
    from tcptui.drawing.graph import GraphSize, graph_lines
    from tcptui.graphs.series import Series, Unit

    series = Series("c.rtt", Unit.SECONDS)
    for time_of, value in zip(TIMES, VALUES, strict=True):
        series.add_point(1, time_of, value)
    size = GraphSize(COLUMNS, LINES)
    return drawn_twice(lambda: "\n".join(graph_lines("rtt", [series], size)))


def plotext() -> Drawn:
    plot: Any = import_module("plotext")

    def draw() -> str:
        plot.clear_figure()
        plot.plot_size(COLUMNS, LINES)
        plot.scatter(TIMES, VALUES, marker="braille")
        return str(plot.build())

    return drawn_twice(draw)


def textual_alone() -> Drawn:
    return in_textual(import_module("textual.widget").Widget(), lambda widget: None)


def textual_plotext() -> Drawn:
    def fill(widget: Any) -> None:
        widget.plt.clear_data()
        widget.plt.scatter(TIMES, VALUES, marker="braille")

    return in_textual(import_module("textual_plotext").PlotextPlot(), fill)


def textual_plot() -> Drawn:
    library: Any = import_module("textual_plot")

    def fill(widget: Any) -> None:
        widget.clear()
        widget.scatter(TIMES, VALUES, hires_mode=library.HiResMode.BRAILLE)

    return in_textual(library.PlotWidget(), fill)


def drawn_twice(draw: Callable[[], str]) -> Drawn:
    text, first = timed(draw)
    _, second = timed(draw)
    return Drawn(first, second, len(text.encode()))


def timed(draw: Callable[[], str]) -> tuple[str, float]:
    began = time.perf_counter()
    text = draw()
    return text, (time.perf_counter() - began) * 1000


def in_textual(widget: Any, fill: Callable[[Any], None]) -> Drawn:
    """Draw a widget in an application of its own."""
    import asyncio

    from textual.app import App, ComposeResult
    from textual.pilot import Pilot

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield widget

    async def took(pilot: Pilot[None]) -> float:
        began = time.perf_counter()
        fill(widget)
        widget.refresh()
        await pilot.pause()
        return (time.perf_counter() - began) * 1000

    async def draw() -> Drawn:
        app = Shown()
        async with app.run_test(size=(COLUMNS, LINES)) as pilot:
            await pilot.pause()
            first, second = await took(pilot), await took(pilot)
            whole: Any = app.screen._compositor.render_update(full=True)
            return Drawn(first, second, len(whole.render_segments(app.console).encode()))

    return asyncio.run(draw())


def import_time(module: str) -> float:
    """Milliseconds of importing a module, without those of starting Python and of Textual."""
    known = "import textual.app, textual.widget, time; began = time.perf_counter();"
    script = f"{known} import {module}; print((time.perf_counter() - began) * 1000)"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return float(said.stdout)


def main() -> None:
    print(f"{'':<20}{'import':>10}{'first draw':>14}{'again':>10}{'sent':>12}")
    for name, module, draw in (
        ("own drawing", "tcptui.drawing.graph", own),
        ("plotext", "plotext", plotext),
        ("Textual alone", "textual.widget", textual_alone),
        ("textual-plotext", "textual_plotext", textual_plotext),
        ("textual-plot", "textual_plot", textual_plot),
    ):
        took = min(import_time(module) for _ in range(3))
        drawn = draw()
        print(
            f"{name:<20}{took:>7.0f} ms{drawn.first:>11.0f} ms{drawn.second:>7.0f} ms"
            f"{drawn.sent:>10,} B"
        )


if __name__ == "__main__":
    main()
