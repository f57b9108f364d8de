"""Draws the state diagram of RFC 9293 (section 3.3.2, figure 5) with both endpoints in it.

The boxes and arrows are data: :data:`BOXES` and :data:`EDGES`. What an endpoint went through is
drawn over the idle figure: its path, the arrow of the segment under the cursor with its cause,
and the two marks ``C`` and ``S``. The form of a line tells how sure a step is.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from tcptui.drawing.cells import Line, Run, cut, fit_line, wrap
from tcptui.drawing.names import CERTAINTY_MARKS, main_flags, tcp_flags
from tcptui.engine.events import Side
from tcptui.engine.tcp_header import ECN_BITS, RST
from tcptui.engine.tcp_state.states import Certainty, State
from tcptui.engine.tcp_state.table import ARROWS, Trigger
from tcptui.panes.state.history import Moment, Step
from tcptui.panes.state.meaning import meaning

WIDTH: Final = 60
HEIGHT: Final = 17
MOST_WRAPPED: Final = 3
"""Most lines of a step in words."""

Point = tuple[int, int]


class SeenSegments(Protocol):
    """The segments that changed states, as the diagram asks for them: the packet columns answer it,
    and so do the journeys between several points."""

    def frame(self, row: int) -> int: ...

    def flags(self, row: int) -> int: ...

    def is_from_server(self, row: int) -> bool: ...


class Edge(NamedTuple):
    """An arrow: its corners, and where its label begins and how long it may be."""

    before: State
    after: State
    corners: tuple[Point, ...]
    label: Point
    room: int


BOXES: Final[dict[State, Point]] = {
    State.CLOSED: (25, 0),
    State.LISTEN: (6, 3),
    State.SYN_SENT: (44, 3),
    State.SYN_RECEIVED: (3, 6),
    State.ESTABLISHED: (26, 8),
    State.FIN_WAIT_1: (4, 10),
    State.CLOSE_WAIT: (42, 10),
    State.CLOSING: (24, 12),
    State.FIN_WAIT_2: (4, 14),
    State.LAST_ACK: (43, 14),
    State.TIME_WAIT: (23, 16),
}
"""The left end of each box."""

END: Final[Point] = (44, 16)
"""The box of CLOSED at the end of a connection."""

EDGES: Final[tuple[Edge, ...]] = (
    Edge(State.CLOSED, State.LISTEN, ((25, 0), (11, 0), (11, 2)), (0, 1), 10),
    Edge(State.LISTEN, State.CLOSED, ((14, 3), (14, 2), (28, 2), (28, 1)), (16, 1), 11),
    Edge(State.CLOSED, State.SYN_SENT, ((34, 0), (49, 0), (49, 2)), (51, 1), 9),
    Edge(State.SYN_SENT, State.CLOSED, ((46, 3), (46, 2), (32, 2), (32, 1)), (34, 1), 14),
    Edge(State.LISTEN, State.SYN_SENT, ((15, 3), (43, 3)), (18, 4), 14),
    Edge(State.LISTEN, State.SYN_RECEIVED, ((8, 3), (8, 5)), (0, 4), 8),
    Edge(State.SYN_RECEIVED, State.LISTEN, ((13, 6), (13, 4)), (15, 4), 14),
    Edge(State.SYN_SENT, State.SYN_RECEIVED, ((47, 3), (47, 6), (19, 6)), (24, 5), 20),
    Edge(State.SYN_SENT, State.ESTABLISHED, ((52, 3), (52, 8), (41, 8)), (37, 7), 14),
    Edge(State.SYN_RECEIVED, State.ESTABLISHED, ((15, 6), (15, 8), (25, 8)), (17, 7), 14),
    Edge(State.SYN_RECEIVED, State.FIN_WAIT_1, ((7, 6), (7, 9)), (0, 8), 7),
    Edge(State.ESTABLISHED, State.FIN_WAIT_1, ((30, 8), (30, 10), (18, 10)), (17, 9), 13),
    Edge(State.ESTABLISHED, State.CLOSE_WAIT, ((36, 8), (36, 10), (41, 10)), (38, 9), 16),
    Edge(State.FIN_WAIT_1, State.FIN_WAIT_2, ((7, 10), (7, 13)), (0, 12), 7),
    Edge(State.FIN_WAIT_1, State.CLOSING, ((15, 10), (15, 12), (23, 12)), (17, 11), 16),
    Edge(State.FIN_WAIT_1, State.TIME_WAIT, ((11, 10), (11, 13), (26, 13), (26, 15)), (18, 14), 8),
    Edge(State.FIN_WAIT_2, State.TIME_WAIT, ((10, 14), (10, 16), (22, 16)), (12, 15), 13),
    Edge(State.CLOSING, State.TIME_WAIT, ((30, 12), (30, 15)), (32, 14), 10),
    Edge(State.CLOSE_WAIT, State.LAST_ACK, ((48, 10), (48, 13)), (50, 12), 10),
    Edge(State.LAST_ACK, State.CLOSED, ((48, 14), (48, 15)), (50, 15), 10),
    Edge(State.TIME_WAIT, State.CLOSED, ((35, 16), (43, 16)), (37, 15), 10),
)

BY_STATES: Final = {(edge.before, edge.after): edge for edge in EDGES}

NORTH: Final = 1
EAST: Final = 2
SOUTH: Final = 4
WEST: Final = 8

JOINTS: Final = {
    NORTH: "│", SOUTH: "│", EAST: "─", WEST: "─",
    NORTH | SOUTH: "│", EAST | WEST: "─",
    SOUTH | EAST: "┌", SOUTH | WEST: "┐", NORTH | EAST: "└", NORTH | WEST: "┘",
    NORTH | SOUTH | EAST: "├", NORTH | SOUTH | WEST: "┤",
    EAST | WEST | SOUTH: "┬", EAST | WEST | NORTH: "┴",
    NORTH | EAST | SOUTH | WEST: "┼",
}  # fmt: skip

LINES: Final = {
    Certainty.SEEN: {"│": "│", "─": "─"},
    Certainty.INFERRED: {"│": "╎", "─": "╌"},
    Certainty.ASSUMED: {"│": "┊", "─": "┈"},
}
"""What a straight piece looks like, by how sure the step is."""

HEADS: Final = {(0, -1): "▲", (0, 1): "▼", (1, 0): "►", (-1, 0): "◄"}
LETTERS: Final = {Side.CLIENT: "C", Side.SERVER: "S", Side.BOTH: "B"}


class Grid:
    """Characters with styles, on which lines join where they meet."""

    def __init__(self) -> None:
        self.text = [[" "] * WIDTH for _ in range(HEIGHT)]
        self.style = [["text"] * WIDTH for _ in range(HEIGHT)]
        self.joints = [[0] * WIDTH for _ in range(HEIGHT)]

    def write(self, at: Point, text: str, style: str) -> None:
        """Put a text on the grid, over whatever is there."""
        x, y = at
        for offset, character in enumerate(text):
            self.text[y][x + offset] = character
            self.style[y][x + offset] = style

    def is_free(self, at: Point, length: int) -> bool:
        x, y = at
        return x + length <= WIDTH and all(c == " " for c in self.text[y][x : x + length])

    def draw(self, corners: Sequence[Point], style: str, certainty: Certainty) -> None:
        """Draw a line along its corners that ends in an arrow head."""
        cells, (dx, dy) = walk(corners)
        for (x, y), joint in cells:
            self.joints[y][x] |= joint
            glyph = JOINTS[self.joints[y][x]]
            self.text[y][x] = LINES[certainty].get(glyph, glyph)
            self.style[y][x] = style
        x, y = corners[-1]
        self.text[y][x] = HEADS[dx, dy]

    def lines(self) -> list[Line]:
        result: list[Line] = []
        for texts, styles in zip(self.text, self.style, strict=True):
            line: Line = []
            for text, style in zip(texts, styles, strict=True):
                if line and (line[-1].style == style or text == " "):
                    line[-1] = Run(line[-1].text + text, line[-1].style)
                else:
                    line.append(Run(text, style))
            result.append(line)
        return result


def walk(corners: Sequence[Point]) -> tuple[list[tuple[Point, int]], Point]:
    """Return the cells of a line with the directions in which each goes on, and the last
    direction."""
    joints: dict[Point, int] = {}
    dx = dy = 0
    for (x, y), (to_x, to_y) in pairwise(corners):
        dx, dy = (to_x > x) - (to_x < x), (to_y > y) - (to_y < y)
        out = {(1, 0): EAST, (-1, 0): WEST, (0, 1): SOUTH, (0, -1): NORTH}[dx, dy]
        back = {EAST: WEST, WEST: EAST, SOUTH: NORTH, NORTH: SOUTH}[out]
        while (x, y) != (to_x, to_y):
            joints[x, y] = joints.get((x, y), 0) | out
            x, y = x + dx, y + dy
            joints[x, y] = joints.get((x, y), 0) | back
    return list(joints.items()), (dx, dy)


def figure(packets: SeenSegments, at: Moment | None) -> list[Line]:
    """Return the diagram, `WIDTH` by `HEIGHT`, at a moment (None: idle)."""
    grid = Grid()
    steps = at.steps if at else []
    row = at.row if at else -1
    for edge in EDGES:
        grid.draw(edge.corners, "edge", Certainty.SEEN)
    taken = styles_taken(steps, row)
    for pair, (style, certainty) in taken.items():
        grid.joints = [[0] * WIDTH for _ in range(HEIGHT)]
        grid.draw(BY_STATES[pair].corners, style, certainty)
    draw_boxes(grid, at)
    for step in sorted(steps, key=lambda step: step.row != row):
        draw_label(grid, packets, step, row)
    return grid.lines()


def styles_taken(
    steps: Sequence[Step], row: int
) -> dict[tuple[State, State], tuple[str, Certainty]]:
    """Return the arrows that were taken and their styles; those of ``row`` last."""
    taken: dict[tuple[State, State], tuple[str, Certainty]] = {}
    who: dict[tuple[State, State], set[Side]] = {}
    for step in steps:
        if step.before is None or (step.before, step.after) not in BY_STATES:
            continue
        pair = (step.before, step.after)
        sides = who.setdefault(pair, set())
        sides.add(step.side)
        name = "both" if len(sides) == 2 else "client" if step.side is Side.CLIENT else "server"
        taken.pop(pair, None)
        taken[pair] = ("edge-now" if step.row == row else f"edge-{name}", step.certainty)
    return taken


def draw_boxes(grid: Grid, at: Moment | None) -> None:
    """Draw every state's box; those with an endpoint in them and those passed stand out."""
    passed = {step.after for step in at.steps} if at else set()
    ended = {step.side for step in at.steps if step.after is State.CLOSED} if at else set()
    for state, corner in BOXES.items():
        here = occupants(at, state) - (ended if state is State.CLOSED else set())
        draw_box(grid, corner, state, here, state in passed and state is not State.CLOSED, at)
    draw_box(grid, END, State.CLOSED, occupants(at, State.CLOSED) & ended, bool(ended), at)


def occupants(at: Moment | None, state: State) -> set[Side]:
    """Return the endpoints that are in a state."""
    if at is None:
        return set()
    pairs = ((Side.CLIENT, at.client), (Side.SERVER, at.server))
    return {side for side, now in pairs if now is state}


def draw_box(
    grid: Grid, corner: Point, state: State, here: set[Side], passed: bool, at: Moment | None
) -> None:
    left = ("C " if Side.CLIENT in here else "  ") if here else "[ "
    right = (" S" if Side.SERVER in here else "  ") if here else " ]"
    style = "box-path" if passed else "box"
    if here:
        style = "box-both" if len(here) == 2 else f"box-{next(iter(here)).name.lower()}"
    grid.write(corner, f"{left}{state.label}{right}", style)
    if at is not None and here:
        sure = at.client_certainty if Side.CLIENT in here else at.server_certainty
        if CERTAINTY_MARKS[sure]:
            x, y = corner
            grid.write((x + len(state.label) + 2, y), CERTAINTY_MARKS[sure], style)


def draw_label(grid: Grid, packets: SeenSegments, step: Step, row: int) -> None:
    """Write the cause of a step beside its arrow, where there is room."""
    edge = BY_STATES.get((step.before, step.after)) if step.before is not None else None
    if edge is None:
        return
    number = f"#{packets.frame(step.row)}"
    cause = main_flags(packets.flags(step.row)) or "ACK"
    letter = LETTERS[step.side]
    style = "edge-label" if step.row == row else "dim"
    for text in (f"{letter} {cause} {number}", f"{letter} {number}", number):
        if len(text) <= edge.room and grid.is_free(edge.label, len(text)):
            grid.write(edge.label, text, style)
            return


def notes(packets: SeenSegments, at: Moment | None, width: int, room: int) -> list[Line]:
    """Return what the segment did to the states, in words, uncut where there are ``room`` lines for
    that; where it did nothing, what both endpoints wait for."""
    if at is None:
        return []
    steps = at.now()
    if not steps:
        return meaning(at, width)
    forms = (told(packets, steps, width, most) for most in (MOST_WRAPPED, 2, 1))
    return next((lines for lines in forms if len(lines) <= room), told(packets, steps, width))


def told(packets: SeenSegments, steps: Sequence[Step], width: int, most: int = 1) -> list[Line]:
    """Return steps in words, ``most`` lines each, with what the state table says of each."""
    lines: list[Line] = []
    for step in steps:
        flags = packets.flags(step.row)
        sent = tcp_flags(flags & ~ECN_BITS) or "segment"
        before = step.before.label if step.before is not None else "before the capture"
        who = step.side.name.lower()
        sure = f" ({step.certainty.name.lower()})" if step.certainty is not Certainty.SEEN else ""
        text = f"#{packets.frame(step.row)} {sent}: {who} {before} → {step.after.label}{sure}"
        why = sentence(step, flags, packets.is_from_server(step.row))
        whole = wrap(f"{text}. {why}" if why else text, width, most)
        lines += [[Run(line, who)] for line in whole]
    return lines


def sentence(step: Step, flags: int, from_server: bool) -> str:
    """Return what the state table says of a step."""
    if step.before is None:
        return ""
    cause = None
    if flags & RST:
        own = (step.side is Side.SERVER) == from_server
        cause = {Trigger.SENDS_RST} if own else {Trigger.GETS_RST, Trigger.REFUSED}
    for arrow in ARROWS:
        same = (arrow.source, arrow.target) == (step.before, step.after)
        if same and (cause is None or arrow.trigger in cause):
            return arrow.sentence
    return ""


def draw(packets: SeenSegments, at: Moment | None, width: int, height: int) -> list[Line]:
    """Return the figure in the middle of a pane, with the notes below; with room, the steps stand
    beside it, or below in words."""
    below = whole_history(packets, at, width - 1)
    tall = bool(below) and height >= HEIGHT + len(below)
    wide = width >= WIDTH + 28 and not tall
    beside = history(packets, at, width - WIDTH - 3, HEIGHT) if wide else []
    left = (width - WIDTH) // 2 if not beside else 1
    lines: list[Line] = []
    for y, line in enumerate(figure(packets, at)):
        whole = [Run(" " * left), *fit_line(line, WIDTH)]
        if y < len(beside):
            whole += [Run("  "), *beside[y]]
        lines.append(whole)
    said = below if tall else notes(packets, at, width - 1, height - HEIGHT)
    return (lines + [[Run(" "), *line] for line in said])[:height]


def whole_history(packets: SeenSegments, at: Moment | None, width: int) -> list[Line]:
    """Return what both endpoints wait for, and all steps that led there."""
    if at is None:
        return []
    steps = told(packets, at.steps, width)
    return [[], *meaning(at, width), [], [Run("How it came to this", "head")], *steps]


def history(packets: SeenSegments, at: Moment | None, width: int, height: int) -> list[Line]:
    """Return the steps one by one, the newest at the end."""
    if at is None:
        return []
    lines: list[Line] = [[Run("steps so far", "head")]]
    for step in at.steps[-(height - 1) :]:
        mark = CERTAINTY_MARKS[step.certainty]
        text = f"#{packets.frame(step.row)} {LETTERS[step.side]} {step.after.label}{mark}"
        style = "edge-label" if step.row == at.row else step.side.name.lower()
        lines.append([Run(cut(text, width), style)])
    return lines


def strip(packets: SeenSegments, at: Moment | None, width: int, height: int) -> list[Line]:
    """Return the states of each endpoint in a row, for where the diagram has no room."""
    if at is None:
        return []
    lines: list[Line] = []
    for side in (Side.CLIENT, Side.SERVER):
        lines.append(strip_line(packets, at, side, width))
    return (lines + notes(packets, at, width, height - len(lines)))[:height]


def strip_line(packets: SeenSegments, at: Moment, side: Side, width: int) -> Line:
    """Return ``client  CLOSED ─#1► SYN-SENT ─#3► ESTABLISHED``; the oldest steps give way."""
    name = side.name.lower()
    steps = [step for step in at.steps if step.side is side]
    head: Line = [Run(f"{LETTERS[side]} {name} ", f"{name}-head")]
    pieces: list[Line] = []
    if steps and steps[0].before is not None:
        pieces.append([Run(steps[0].before.label, "dim")])
    for step in steps:
        last = step is steps[-1]
        mark = CERTAINTY_MARKS[step.certainty]
        line = {Certainty.SEEN: "─", Certainty.INFERRED: "╌", Certainty.ASSUMED: "┈"}
        dash = line[step.certainty]
        arrow = f" {dash}#{packets.frame(step.row)}► " if pieces else ""
        style = "edge-label" if step.row == at.row else "dim"
        label_style = f"box-{name}" if last else "box-path"
        pieces.append(
            [
                Run(arrow, style),
                Run(
                    f" {step.after.label}{mark} " if last else step.after.label + mark, label_style
                ),
            ]
        )
    room = width - sum(len(run.text) for run in head)
    while pieces and sum(len(run.text) for piece in pieces for run in piece) > room - 2:
        pieces.pop(0)
        if not pieces:
            break
    full = len(steps) + (1 if steps and steps[0].before is not None else 0)
    dots = [Run("… ", "dim")] if len(pieces) < full else []
    return fit_line(head + dots + [run for piece in pieces for run in piece], width)
