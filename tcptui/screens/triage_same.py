"""Goes from what is under the cursor to the next of its kind: a flow with the same trouble, a
segment with the same flag, or the next segment in which a text was found."""

from collections.abc import Generator

from textual.worker import Worker

from tcptui.drawing.cells import clean
from tcptui.drawing.names import flags_of, tcp_flags
from tcptui.engine.decode.header_search import payload_of
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.flags import DUPLICATE_ACK
from tcptui.panes.ladder.model.fold import DUPLICATE_RUN, PROBLEM, Fold
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.triage_why import WhyLine
from tcptui.screens.work_slices import in_slices
from tcptui.text.amounts import amount, count

NAMED = 5
"""So many frames are named of those where a text was found."""


class SameKind:
    """Finds the next of a kind, beside the screen where that may take long."""

    def __init__(self, panes: TriagePanes, why_line: WhyLine) -> None:
        self.panes = panes
        self.why_line = why_line
        self.search: Worker[None] | None = None
        self.text = ""  # that was searched for
        self.found: list[int] = []  # packet rows with it, ascending
        self.flow = -1  # whose

    @property
    def is_searching(self) -> bool:
        return self.search is not None and not self.search.is_finished

    def begin(self, work: Generator[float, None, None]) -> None:
        """Do work beside the screen, in place of what was searched for before."""
        self.search = self.panes.screen.run_worker(in_slices(work), group="same", exclusive=True)

    # In the list

    def next_flow(self, step: int) -> None:
        """Go to the next flow whose leading finding is of the same kind."""
        flow = self.panes.flows.current
        if flow is None:
            self.panes.say_nothing_yet()
            return
        kind = self.kind_of(flow)
        if kind:
            self.begin(self.flow_searched(kind, step))
        else:
            self.panes.why.show_notice("nothing is wrong with this flow")

    def kind_of(self, flow: Flow) -> str:
        """Return the kind of what is wrong with a flow; nothing where nothing is."""
        leading = self.panes.judge.judge(flow).leading()
        return leading.kind if leading is not None else ""

    def flow_searched(self, kind: str, step: int) -> Generator[float, None, None]:
        flows = self.panes.flows
        row = flows.cursor + step
        while 0 <= row < flows.count:
            flow = flows.flows[flows.flow_at(row)]
            if flow.index >= 0 and self.kind_of(flow) == kind:
                flows.move_to(row)
                return
            row += step
            yield row / flows.count
        self.panes.why.show_notice(f"no more flows with {kind.replace('_', ' ')} this way")

    # In the ladder

    def next_segment(self, step: int) -> None:
        """Go to the next segment with the searched text, or else with the gravest flag of this
        one."""
        panes, ladder = self.panes, self.panes.ladder
        row = ladder.packet_row
        if row is None:
            panes.say_nothing_yet()
            return
        if self.found and ladder.flow is not None and ladder.flow.index == self.flow:
            beyond = [one for one in self.found[::step] if (one - row) * step > 0]
            if beyond:
                self.show_row(beyond[0])
            else:
                panes.why.show_notice(clean(f"no more segments with {self.text} this way"))
            return
        folded = ladder.kind == DUPLICATE_RUN
        flags = flags_of(DUPLICATE_ACK if folded else panes.engine.packets.analysis(row))
        if not flags:
            panes.why.show_notice("this segment has no flag; n goes to the next that has one")
            return
        bit = flags[0].bit
        if not ladder.go_to_next(lambda fold: self.flagged_ordinals(fold, bit), step):
            panes.why.show_notice(f"no more {flags[0].title} this way")

    def show_row(self, row: int) -> None:
        """Go to a segment, and open the run that it is folded into."""
        ladder = self.panes.ladder
        ladder.go_to_packet(row)
        if ladder.on_run:
            ladder.open_run()
            ladder.go_to_packet(row)
        self.why_line.show_why()  # a notice stands until the line says something new

    def flagged_ordinals(self, fold: Fold, bit: int) -> list[int]:
        """Return the ordinals of a flow's segments with a flag."""
        analysis = self.panes.engine.packets.analysis
        ordinals = fold.problems if bit & PROBLEM else range(fold.folded)
        return [ordinal for ordinal in ordinals if analysis(fold.row_at(ordinal)) & bit]

    # A text in the ladder

    def search_text(self, text: str) -> None:
        """Search the segments of the ladder's flow, and what they carry, for a text."""
        ladder = self.panes.ladder
        self.text, self.found = text, []
        if ladder.fold is None or ladder.flow is None:
            self.panes.say_nothing_yet()
        elif text:
            self.flow = ladder.flow.index
            self.begin(self.text_searched(ladder.fold, text))

    def text_searched(self, fold: Fold, text: str) -> Generator[float, None, None]:
        wanted = text.casefold()
        rows: int = len(fold.rows)
        for ordinal in range(rows):
            row = fold.row_at(ordinal)
            if wanted in self.said_of(row).casefold():
                self.found.append(row)
                if len(self.found) == 1:
                    self.show_row(row)
            yield ordinal / rows
        frame = self.panes.engine.packets.frame
        named = [f"#{count(frame(row))}" for row in self.found[:NAMED]]
        more = ", …" if len(self.found) > NAMED else ""
        where = f"in {amount(len(self.found), 'segment')}: {', '.join(named)}{more}"
        said = f"{where}; > goes on" if named else f"in none of {rows} segments"
        self.panes.why.show_notice(clean(f"{text} {said}"))

    def said_of(self, row: int) -> str:
        """Return all that a text is looked for in: number, flags, payload."""
        engine = self.panes.engine
        packets = engine.packets
        titles = " ".join(flag.title for flag in flags_of(packets.analysis(row)))
        carries = packets.length(row) > 0
        payload = payload_of(engine, row, self.panes.read_packet(row)) if carries else b""
        return (
            f"#{packets.frame(row)} {tcp_flags(packets.flags(row))} {titles} "
            f"{payload.decode('utf-8', 'replace')}"
        )
