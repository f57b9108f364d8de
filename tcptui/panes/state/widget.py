"""The state pane shows the diagram of RFC 9293, or a strip of states where it has no room."""

from tcptui.drawing.cells import Line, Run, rule, wrap
from tcptui.engine.packets import Packets
from tcptui.panes.cursor import UnderCursor
from tcptui.panes.state import diagram
from tcptui.panes.state.history import Moment, moment
from tcptui.panes.state.timer_text import waiting
from tcptui.theme import Look
from tcptui.widgets.canvas import Canvas, Row

DIAGRAM_HEIGHT = diagram.HEIGHT + 2
STRIP_HEIGHT = 5


class StateDiagram(Canvas, can_focus=True):
    """Shows a moment of a flow: the states of both endpoints, and how they came there."""

    HELP = """
    ## State
    Both endpoints in the state diagram of RFC 9293: `C` is the client, `S` the server. Arrows
    that were taken carry the segment that made them known. A solid line was seen; a dashed one
    (`~`) is inferred from later segments; a dotted one (`?`) is assumed.
    `[` and `]` go to the previous and next change.
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.segments: diagram.SeenSegments | None = None
        self.moment: Moment | None = None
        self.empty = ""  # why there is no flow
        self.waiting = ""  # for a timer that runs, or an endpoint that does not answer

    def show_moment(
        self, segments: diagram.SeenSegments, moment: Moment | None, waiting: str = ""
    ) -> None:
        """Show a moment, whose rows are those of the segments, and what the flow waits for."""
        self.segments, self.moment, self.waiting = segments, moment, waiting
        self.repaint()

    def rows(self, width: int, height: int) -> list[Row]:
        at, segments = self.moment, self.segments
        where = f" at #{segments.frame(at.row)}" if at and segments else ""
        style = "title-focus" if self.has_focus else "title"
        said = self.waiting if at else self.empty
        said, rest = split_to_fit(said, width - len(f"─ State{where} ─  ─"))
        title = rule([Run(f"State{where}", style)], said, width)
        fits = width >= diagram.WIDTH and height > diagram.HEIGHT
        draw = diagram.draw if fits else diagram.strip
        lines = draw(segments, at, width - (not fits), height - 1) if segments else []
        if not fits:
            lines = [[Run(" "), *line] for line in lines]
        if rest:
            most = 2 if height > DIAGRAM_HEIGHT + 1 else 1
            more: list[Line] = [
                [Run(f" {line}", "warning")] for line in wrap(rest, width - 1, most)
            ]
            del lines[max(height - 1 - len(more), 0) :]
            lines += more
        return [Row(title), *(Row(line) for line in lines)]

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.repaint()


class StatePane(StateDiagram):
    """Shows the moment under the ladder's cursor."""

    HELP = (
        StateDiagram.HELP.rstrip()
        + """ The title says which timer runs at the end of
    the capture, or now if it goes on, and who keeps whom waiting.
    """
    )

    def __init__(self, look: Look, packets: Packets, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.packets = packets
        self.segments = packets

    def show_under_cursor(self, under: UnderCursor | None) -> None:
        """Show both states at a segment, and what the flow waits for at its end."""
        if under is None:
            self.show_moment(self.packets, None)
            return
        said = waiting(under.flow, under.now)
        if said and not under.goes_on:
            said = f"at the end: {said}"
        self.show_moment(self.packets, moment(self.packets, under.fold, under.ordinal), said)

    def needed_lines(self, width: int, lines: int) -> int | None:
        drawn = width >= diagram.WIDTH and lines > DIAGRAM_HEIGHT
        return DIAGRAM_HEIGHT + 1 if drawn else None if width >= diagram.WIDTH else STRIP_HEIGHT


def split_to_fit(said: str, room: int) -> tuple[str, str]:
    """Return the parts of a text, between commas, that fit into the title, and the others."""
    parts = said.split(", ")
    fitting = ""
    while parts and len(", ".join(filter(None, (fitting, parts[0])))) <= room:
        fitting = ", ".join(filter(None, (fitting, parts.pop(0))))
    return fitting, ", ".join(parts)
