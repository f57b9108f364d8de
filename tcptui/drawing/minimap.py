"""A column of marks beside the ladder: where in the whole flow its problems lie."""

from tcptui.drawing.cells import Run
from tcptui.drawing.fold import Fold
from tcptui.drawing.names import severity_style
from tcptui.engine.columns import Packets
from tcptui.engine.flags import ANY_FLAG
from tcptui.engine.wire import RST

MOST = 4096
"""Problems looked at; of more, every so many-th."""

WEIGHT = {"error": 4, "warning": 3, "note": 2, "chat": 1, "dim": 0}
GLYPHS = {"error": "█", "warning": "▓", "note": "▒", "chat": "░"}


def column(packets: Packets, fold: Fold, height: int) -> list[Run]:
    """A mark for each of ``height`` lines: the gravest problem in that part of the flow."""
    worst = ["dim"] * height
    rows = len(fold.rows)
    problems = len(fold.problems)
    for i in range(0, problems, max(1, problems // MOST)):
        place = int(fold.problems[i])
        row = int(fold.rows[place])
        reset = int(packets.flags(row)) & RST
        style = "error" if reset else severity_style(int(packets.marks(row)) & ANY_FLAG)
        at = place * height // rows
        if WEIGHT[style] > WEIGHT[worst[at]]:
            worst[at] = style
    return [Run(GLYPHS.get(style, "│"), style if style in GLYPHS else "rule") for style in worst]
