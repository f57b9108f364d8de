"""Draws the first line of the screen: what is open, how much it is, and what leads in it."""

from collections.abc import Sequence
from typing import Final

from tcptui.drawing.cells import CUT, Line, Run, cut_middle

MOST_NAME: Final = 40
"""Cells of a file's name."""


def head_lines(name: str, facts: Sequence[str], leads: Sequence[str]) -> list[Line]:
    """Return forms of the head line from long to short.

    The causes give way before the figures, all but the first cause.
    """
    all_facts, first = len(facts), min(1, len(leads))
    attempts = [(all_facts, causes) for causes in range(len(leads), first, -1)]
    attempts += [(number, first) for number in range(all_facts, -1, -1)]
    return [
        head_line([cut_middle(name, MOST_NAME), *facts[:number]], leads[:causes], len(leads))
        for number, causes in attempts
    ]


def health_line(doubts: Sequence[str]) -> tuple[str, str]:
    """Return what makes the figures of the capture doubtful, and its style."""
    if not doubts:
        return "Capture looks complete: no drops reported, nothing acknowledged is missing", "dim"
    return f"Capture: {'; '.join(doubts)}", "warning"


def head_line(facts: Sequence[str], leads: Sequence[str], of: int) -> Line:
    """Return the line with some or all of the causes."""
    line = [Run(" tcptui ", "brand"), Run(f" {' · '.join(facts)}", "text")]
    if leads:
        rest = [CUT] if len(leads) < of else []
        line.append(Run(f"   {' · '.join([*leads, *rest])}", "warning"))
    return line
