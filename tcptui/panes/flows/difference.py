"""Says what the columns of the list have for two flows, and where they differ."""

from typing import Final, NamedTuple

from tcptui.drawing.cells import Line, Run, fit, fit_line, plain
from tcptui.engine.flow import Flow
from tcptui.findings.judgement import Judge
from tcptui.panes.flows.drawing import COLUMNS, STRETCH, FlowColumn

OWN: Final = ("number", "severity", "client", "client-port", "start")
"""Columns that differ for any two flows, and explain nothing."""
NOTABLE: Final = 2
"""Numbers of which one is so many times the other are a difference."""
NAME_WIDTH: Final = 13
FACTOR_WIDTH: Final = 7


class Difference(NamedTuple):
    """The values of one column for two flows; ``factor`` says how many times the smaller number the
    larger one is, where that is notable, or that the words differ."""

    name: str
    first: Line
    second: Line
    factor: str

    def line(self, width: int) -> Line:
        """Return the values as a line of a table whose right half is the second flow's."""
        style = "warning" if self.factor else "dim"
        half = width // 2
        each = max(1, half - NAME_WIDTH - FACTOR_WIDTH - 3)
        return [
            Run(fit(self.name, NAME_WIDTH), "key"),
            Run(f" {self.factor:>{FACTOR_WIDTH}} ", style),
            *fit_line(self.first, each),
            Run(" "),
            *fit_line(self.second, width - half),
        ]


def differences(first: Flow, second: Flow, judge: Judge) -> list[Difference]:
    """Return what each column has for two flows: what differs first, and nothing that neither
    has."""
    found = [
        Difference(
            column.title,
            column.draw(first, judge),
            column.draw(second, judge),
            factor(column, first, second, judge),
        )
        for column in COLUMNS
        if column.id not in OWN
    ]
    told = [one for one in found if plain(one.first).strip() or plain(one.second).strip()]
    return sorted(told, key=lambda one: not one.factor)


def factor(column: FlowColumn, first: Flow, second: Flow, judge: Judge) -> str:
    """Return how much the values of a column differ."""
    if column.width == STRETCH or column.align == "<":
        same = plain(column.draw(first, judge)) == plain(column.draw(second, judge))
        return "" if same else "≠"
    low, high = sorted((column.key(first, judge), column.key(second, judge)))
    if low <= 0:
        return "≠" if high > 0 else ""
    times = high / low
    if times < NOTABLE:
        return ""
    return f"×{times:.1f}" if times < 100 else f"×{times:,.0f}"
