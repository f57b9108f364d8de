"""The Why line of the triage screen, and the page of all that is known."""

from time import monotonic

from tcptui.diagnosis import explain
from tcptui.diagnosis.course import course_of, is_interactive
from tcptui.engine.flow import Flow
from tcptui.findings.capture_point import Where
from tcptui.findings.findings import findings_of
from tcptui.findings.story import time_sentence, time_split
from tcptui.panes.why import drawing
from tcptui.screens.choice import ChoiceScreen, Option
from tcptui.screens.desk import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.text.numbers import count

PLACES = (
    Option("measured", "as measured", "from handshakes, TTLs and super-segments, flow by flow"),
    Option(Where.CLIENT.value, "at the client", "on the client's host, or next to it"),
    Option(Where.SERVER.value, "at the server", "on the server's host, or next to it"),
    Option(Where.MIDDLE.value, "in the middle", "on the way, far from both"),
)


REST_SHARE = 10
"""A growing flow is walked over again after so many times what the last walk took."""


class Explaining:
    """Says why about the flow in the list, or the segment in the ladder."""

    def __init__(self, desk: TriagePanes) -> None:
        self.desk = desk
        self.walked: Flow | None = None  # the flow that was walked over, or is just now
        self.segments = 0  # of it, then
        self.told: list[str] = []  # by that walk
        self.next = 0.0  # monotonic seconds

    def show(self) -> None:
        """Show the Why line: of the flow in the list, of the segment elsewhere."""
        desk = self.desk
        flow, ladder = desk.flows.current, desk.ladder
        row = ladder.packet_row
        if desk.flows.has_focus or row is None:
            text = self.of_flow(flow) if flow is not None else ""
        elif ladder.on_run and ladder.fold is not None:
            first, last, what = ladder.run_in_words()
            text = drawing.of_run(desk.engine, (first, last), what)
        else:
            text = drawing.of_segment(desk.engine, row)
        desk.why.explain(text)

    def of_flow(self, flow: Flow) -> str:
        desk = self.desk
        return drawing.of_flow(
            desk.engine, flow, desk.now, desk.read, desk.told, self.more_of(flow)
        )

    def more_of(self, flow: Flow) -> list[str]:
        """What the last walk over its rows told, if it explains anything; the next one begins
        beside the screen where there is anything new."""
        if not is_interactive(flow):
            return []
        if self.walked is not flow:
            self.told, self.segments, self.next = [], 0, 0.0
        if self.segments != flow.packets and monotonic() >= self.next:
            self.walked, self.segments, self.next = flow, int(flow.packets), float("inf")
            self.desk.screen.run_worker(self.walk(flow), group="course", exclusive=True)
        return self.told

    async def walk(self, flow: Flow) -> None:
        began = monotonic()
        course = await in_slices(course_of(self.desk.engine, flow))
        self.told = list(course.interactive())
        self.next = monotonic() + REST_SHARE * (monotonic() - began)
        self.show()

    def open_evidence(self) -> None:
        """Open a page of all that is known about what is under the cursor."""
        flow = self.desk.flows.current
        if flow is not None:
            self.desk.screen.run_worker(self.gather(flow), group="evidence", exclusive=True)
        else:
            self.desk.tell_nothing()

    async def gather(self, flow: Flow) -> None:
        """Walk over the flow's rows beside the screen, then show the page."""
        desk = self.desk
        row = desk.ladder.packet_row if not desk.flows.has_focus else None
        course = await in_slices(course_of(desk.engine, flow))
        paragraphs = [time_sentence(time_split(flow))]
        paragraphs += [finding.text for finding in findings_of(desk.engine, flow, desk.read)]
        paragraphs += course.sentences(flow)
        paragraphs += [
            drawing.of_flags(flow),
            drawing.of_sizes(flow),
            drawing.of_place(flow, desk.told),
        ]
        title = f"Flow {int(flow.index)}"
        if row is not None:
            title = f"Segment #{count(int(desk.engine.packets.frame(row)))}"
            paragraphs[:0] = explain.evidence(desk.engine, row, desk.read).lines()
        from tcptui.screens.page import PageScreen

        desk.screen.app.push_screen(PageScreen(desk.look, title, list(filter(None, paragraphs))))

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
