"""The Why line of the triage screen, and the page of all that is known."""

from tcptui.diagnosis import explain
from tcptui.diagnosis.findings import findings_of
from tcptui.drawing import why
from tcptui.drawing.numbers import count
from tcptui.screens.desk import Desk
from tcptui.screens.page import PageScreen
from tcptui.session import State


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
            text = why.of_flow(desk.engine, flow, desk.now) if flow is not None else ""
        elif ladder.on_run and ladder.fold is not None:
            first, last, what = ladder.run_in_words()
            text = why.of_run(desk.engine, (first, last), what)
        else:
            text = why.of_segment(desk.engine, row)
        desk.why.explain(text)

    def go_on(self) -> None:
        """The clock of a capture that goes on: what the Why line says grows with it."""
        desk = self.desk
        if desk.session.state is State.FOLLOWING and not desk.held and not desk.why.notice:
            self.show()

    def open_evidence(self) -> None:
        """All that is known about what is under the cursor, on a page of its own."""
        desk = self.desk
        flow, row = desk.flows.current, desk.ladder.packet_row
        if flow is None:
            return
        paragraphs = [finding.text for finding in findings_of(desk.engine, flow)]
        paragraphs += [why.of_flags(flow), why.of_sizes(flow)]
        title = f"Flow {int(flow.index)}"
        if not desk.flows.has_focus and row is not None:
            title = f"Segment #{count(int(desk.engine.packets.frame(row)))}"
            paragraphs[:0] = explain.evidence(desk.engine, row, desk.read).lines()
        desk.screen.app.push_screen(PageScreen(desk.look, title, paragraphs))
