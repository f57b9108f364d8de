"""The Why line of the triage screen, and the page of all that is known."""

from tcptui.diagnosis import explain
from tcptui.diagnosis.findings import findings_of
from tcptui.diagnosis.place import Where
from tcptui.drawing import why
from tcptui.drawing.numbers import count
from tcptui.screens.choice import ChoiceScreen, Option
from tcptui.screens.desk import Desk
from tcptui.screens.page import PageScreen

PLACES = (
    Option("measured", "as measured", "from handshakes, TTLs and super-segments, flow by flow"),
    Option(Where.CLIENT.value, "at the client", "on the client's host, or next to it"),
    Option(Where.SERVER.value, "at the server", "on the server's host, or next to it"),
    Option(Where.MIDDLE.value, "in the middle", "on the way, far from both"),
)


class Explaining:
    """Says why about the flow in the list, or the segment in the ladder."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def show(self) -> None:
        """The Why line: of the flow in the list, of the segment elsewhere."""
        desk = self.desk
        flow, ladder = desk.flows.current, desk.ladder
        row = ladder.packet_row
        if desk.flows.has_focus or row is None:
            text = why.of_flow(desk.engine, flow, desk.now, desk.told) if flow is not None else ""
        elif ladder.on_run and ladder.fold is not None:
            first, last, what = ladder.run_in_words()
            text = why.of_run(desk.engine, (first, last), what)
        else:
            text = why.of_segment(desk.engine, row)
        desk.why.explain(text)

    def open_evidence(self) -> None:
        """All that is known about what is under the cursor, on a page of its own."""
        desk = self.desk
        flow, row = desk.flows.current, desk.ladder.packet_row
        if flow is None:
            return
        paragraphs = [why.of_time(flow)]
        paragraphs += [finding.text for finding in findings_of(desk.engine, flow)]
        paragraphs += [why.of_flags(flow), why.of_sizes(flow), why.of_place(flow, desk.told)]
        title = f"Flow {int(flow.index)}"
        if not desk.flows.has_focus and row is not None:
            title = f"Segment #{count(int(desk.engine.packets.frame(row)))}"
            paragraphs[:0] = explain.evidence(desk.engine, row, desk.read).lines()
        desk.screen.app.push_screen(PageScreen(desk.look, title, paragraphs))

    def choose_place(self) -> None:
        """Ask where the capture was taken."""
        desk = self.desk
        now = desk.told.value if desk.told is not None else "measured"
        screen = ChoiceScreen(desk.look, "Captured where", PLACES, now)
        desk.screen.app.push_screen(screen, self.place_chosen)

    def place_chosen(self, place: str | None) -> None:
        if place is not None:
            self.desk.told = Where(place) if place != "measured" else None
            self.show()
