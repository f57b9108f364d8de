"""The Why line of the triage screen, and the page of all that is known."""

from collections.abc import Callable
from time import monotonic

from textual.worker import Worker

from tcptui.diagnosis.course import course_of, is_interactive
from tcptui.engine.flow import Flow
from tcptui.findings.capture_point import Where
from tcptui.panes.why import drawing
from tcptui.screens.choice import Choice, ChoiceScreen
from tcptui.screens.ladder_rows import explained
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

    def __init__(self, panes: TriagePanes, go_to_frame: Callable[[int], None]) -> None:
        self.panes = panes
        self.go_to_frame = go_to_frame
        self.followed: Flow | None = None  # the flow whose course was followed, or is just now
        self.segments = 0  # of it, then
        self.sentences: list[str] = []  # what its course tells
        self.next = 0.0  # monotonic seconds
        self.was_in_list = True  # had the list the focus before the filter bar
        self.gathering: Worker[None] | None = None  # the page of evidence

    @property
    def is_gathering(self) -> bool:
        """Whether the page of evidence is to open soon."""
        return self.gathering is not None and not self.gathering.is_finished

    @property
    def is_in_list(self) -> bool:
        """Whether the list has the focus, or gets it back from the filter bar."""
        if not self.panes.filter_bar.is_open:
            self.was_in_list = self.panes.flows.has_focus
        return self.was_in_list

    def show_why(self) -> None:
        """Show the Why line: for the flow in the list, for the segment elsewhere."""
        panes = self.panes
        flow, ladder = panes.flows.current, panes.ladder
        row = ladder.packet_row
        if self.is_in_list or row is None:
            if flow is not None:
                judged = panes.judge.judge_shown(flow)
                sentences = self.course_sentences(flow)
                points = drawing.of_flow(judged, panes.told, sentences, self.kernel_sentences(flow))
                panes.why.show_points(points, f"Why ─ {drawing.name_of(judged)}")
                return
            points = []
        else:
            points = explained(ladder, panes.replays, row)
        panes.why.show_points(points, "Why")

    def kernel_sentences(self, flow: Flow) -> list[str]:
        """Return what this host's kernel says of a live flow."""
        live = self.panes.live
        if live is None:
            return []
        from tcptui.panes.why.kernel import of_kernel

        return list(of_kernel(live.kernel_ends(self.panes.engine, flow)))

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
            work = self.evidence_gathered(flow)
            self.gathering = self.panes.screen.run_worker(work, group="evidence", exclusive=True)
        else:
            self.panes.say_nothing_yet()

    async def evidence_gathered(self, flow: Flow) -> None:
        panes = self.panes
        row = panes.ladder.packet_row if not panes.flows.has_focus else None
        course = await in_slices(course_of(panes.engine, flow))
        judged = panes.judge.judge(flow)
        title = drawing.name_of(judged)
        kernel = self.kernel_sentences(flow)
        sections = drawing.flow_sections(judged, course, panes.told, kernel)
        if row is not None:
            sections[:0] = [list(panes.replays.evidence(row).lines())]
            title = f"Segment #{count(panes.engine.packets.frame(row))} of {title}"
        from tcptui.screens.page import PageScreen

        page = PageScreen(panes.look, title, sections, self.go_to_frame)
        panes.screen.app.push_screen(page)

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
