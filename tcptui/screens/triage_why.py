"""The Why line of the triage screen, and the page of all that is known."""

from time import monotonic

from tcptui.diagnosis import explain
from tcptui.diagnosis.course import course_of, is_interactive
from tcptui.engine.flow import Flow
from tcptui.findings.capture_point import Where
from tcptui.findings.findings import findings_of
from tcptui.findings.story import time_sentence, time_split
from tcptui.panes.why import drawing
from tcptui.screens.choice import Choice, ChoiceScreen
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.text.amounts import count

CAPTURE_POINTS = (
    Choice("measured", "as measured", "from handshakes, TTLs and super-segments, flow by flow"),
    Choice(Where.CLIENT.value, "at the client", "on the client's host, or next to it"),
    Choice(Where.SERVER.value, "at the server", "on the server's host, or next to it"),
    Choice(Where.MIDDLE.value, "in the middle", "on the way, far from both"),
)

REST_SHARE = 10
"""A growing flow's course is not followed again for so many times as long as that took."""


class WhyLine:
    """Explains the flow in the list, or the segment in the ladder."""

    def __init__(self, panes: TriagePanes) -> None:
        self.panes = panes
        self.followed: Flow | None = None  # the flow whose course was followed, or is just now
        self.segments = 0  # of it, then
        self.sentences: list[str] = []  # what its course tells
        self.next = 0.0  # monotonic seconds

    def show_why(self) -> None:
        """Show the Why line: for the flow in the list, for the segment elsewhere."""
        panes = self.panes
        flow, ladder = panes.flows.current, panes.ladder
        row = ladder.packet_row
        if panes.flows.has_focus or row is None:
            text = self.flow_text(flow) if flow is not None else ""
        elif ladder.on_run and ladder.fold is not None:
            first, last, what = ladder.run_in_words()
            text = drawing.of_run(panes.engine, (first, last), what)
        else:
            text = drawing.of_segment(panes.engine, row)
        panes.why.show_text(text)

    def flow_text(self, flow: Flow) -> str:
        """Return what there is to say about a flow."""
        panes, sentences = self.panes, self.course_sentences(flow)
        return drawing.of_flow(
            panes.engine, flow, panes.now, panes.read_packet, panes.told, sentences
        )

    def course_sentences(self, flow: Flow) -> list[str]:
        """Return what the course of an interactive flow tells, as far as it was followed; where
        there is anything new, it is followed again beside the screen."""
        if not is_interactive(flow):
            return []
        if self.followed is not flow:
            self.sentences, self.segments, self.next = [], 0, 0.0
        if self.segments != flow.packets and monotonic() >= self.next:
            self.followed, self.segments, self.next = flow, flow.packets, float("inf")
            self.panes.screen.run_worker(self.course_followed(flow), group="course", exclusive=True)
        return self.sentences

    async def course_followed(self, flow: Flow) -> None:
        began = monotonic()
        course = await in_slices(course_of(self.panes.engine, flow))
        self.sentences = list(course.interactive())
        self.next = monotonic() + REST_SHARE * (monotonic() - began)
        self.show_why()

    # The page of evidence

    def open_evidence(self) -> None:
        """Open a page of all that is known about what is under the cursor."""
        flow = self.panes.flows.current
        if flow is not None:
            self.panes.screen.run_worker(
                self.evidence_gathered(flow), group="evidence", exclusive=True
            )
        else:
            self.panes.say_nothing_yet()

    async def evidence_gathered(self, flow: Flow) -> None:
        panes = self.panes
        row = panes.ladder.packet_row if not panes.flows.has_focus else None
        course = await in_slices(course_of(panes.engine, flow))
        found = findings_of(panes.engine, flow, panes.read_packet)
        paragraphs = [time_sentence(time_split(flow))]
        paragraphs += [finding.text for finding in found]
        paragraphs += course.sentences()
        paragraphs += [
            drawing.of_flags(flow),
            drawing.of_sizes(flow),
            drawing.of_capture_point(flow, panes.told),
        ]
        title = f"Flow {flow.index} ({panes.engine.rules.name})"
        if row is not None:
            title = f"Segment #{count(panes.engine.packets.frame(row))}"
            paragraphs[:0] = explain.evidence(panes.engine, row, panes.read_packet).lines()
        from tcptui.screens.page import PageScreen

        panes.screen.app.push_screen(PageScreen(panes.look, title, list(filter(None, paragraphs))))

    # The capture point

    def choose_capture_point(self) -> None:
        """Ask where the capture was taken."""
        panes = self.panes
        chosen = panes.told.value if panes.told is not None else "measured"
        screen = ChoiceScreen(panes.look, "Where was it captured?", CAPTURE_POINTS, chosen)
        panes.screen.app.push_screen(screen, self.capture_point_chosen)

    def capture_point_chosen(self, point: str | None) -> None:
        if point is not None:
            self.panes.told = Where(point) if point != "measured" else None
            self.show_why()
