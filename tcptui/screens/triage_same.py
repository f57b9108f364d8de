"""Goes from what is under the cursor to the next of its kind: a flow with the same trouble, a
segment with the same flag, or the next segment in which a text was found."""

from collections.abc import Callable, Generator

from tcptui.drawing.cells import clean
from tcptui.drawing.names import flags_of
from tcptui.engine.flow import Flow
from tcptui.engine.wireshark.flags import DUPLICATE_ACK
from tcptui.panes.ladder.model.fold import DUPLICATE_RUN, PROBLEM, Fold
from tcptui.screens.text_found import TextFound, finder
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.triage_search import Search
from tcptui.screens.triage_why import WhyLine
from tcptui.text.amounts import amount


class SameKind:
    """Finds the next of a kind."""

    def __init__(
        self,
        panes: TriagePanes,
        why_line: WhyLine,
        search: Search,
        go_to_frame: Callable[[int], None],
    ) -> None:
        self.panes = panes
        self.why_line = why_line
        self.search = search
        self.go_to_frame = go_to_frame

    def next(self, step: int) -> None:
        """Go to the next with the searched text; else, in the list, to the next flow with the same
        trouble, elsewhere to the next segment with the same flag."""
        panes = self.panes
        if panes.asked.payload and panes.found is not None and panes.found.rows:
            self.next_found(panes.found, step)
        elif panes.flows.has_focus:
            self.next_flow(step)
        else:
            self.next_segment(step)

    # In the list

    def next_flow(self, step: int) -> None:
        """Go to the next flow whose leading finding is of the same kind."""
        flow = self.panes.flows.current
        if flow is None:
            self.panes.say_nothing_yet()
            return
        kind = self.search.kind_of(flow)
        if kind:
            self.search.begin(self.flow_searched(kind, step))
        else:
            self.panes.why.show_notice("nothing is wrong with this flow")

    def flow_searched(self, kind: str, step: int) -> Generator[float, None, None]:
        row = yield from self.search.next_row(lambda flow: self.search.is_of_kind(flow, kind), step)
        if row is not None:
            self.panes.flows.move_to(row)
            return
        self.panes.why.show_notice(f"no more flows with {kind.replace('_', ' ')} this way")

    # In the ladder

    def next_segment(self, step: int) -> None:
        """Go to the next segment with the searched text, or else with the gravest flag of this
        one."""
        panes, ladder = self.panes, self.panes.ladder
        row, found = ladder.packet_row, panes.found
        if row is None:
            panes.say_nothing_yet()
            return
        if found is not None and ladder.flow is not None and ladder.flow.index in found.rows:
            beyond = [
                one for one in found.rows[ladder.flow.index][::step] if (one - row) * step > 0
            ]
            if beyond:
                self.show_row(beyond[0])
            else:
                panes.why.show_notice(clean(f"no more segments with {found.text} this way"))
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
        """Go to a segment."""
        self.panes.ladder.show_packet(row)
        self.why_line.show_why()

    def flagged_ordinals(self, fold: Fold, bit: int) -> list[int]:
        """Return the ordinals of a flow's segments with a flag."""
        analysis = self.panes.engine.packets.analysis
        ordinals = fold.problems if bit & PROBLEM else range(fold.folded)
        return [ordinal for ordinal in ordinals if analysis(fold.row_at(ordinal)) & bit]

    # A text

    def next_found(self, found: TextFound, step: int) -> None:
        """Go to the next segment of all flows with the searched text: in this flow from the ladder,
        from the list to its first, then in the flows that the list has beyond it."""
        flow, row = self.panes.flows.current, self.panes.ladder.packet_row
        if flow is None:
            self.panes.say_nothing_yet()
            return
        here = found.rows.get(flow.index, [])[::step]
        in_ladder = row is not None and not self.panes.flows.has_focus
        beyond = [one for one in here if not in_ladder or (one - (row or 0)) * step > 0]
        if beyond:
            self.go_to_row(beyond[0])
        else:
            self.search.begin(self.found_flow_searched(found, step))

    def found_flow_searched(self, found: TextFound, step: int) -> Generator[float, None, None]:
        flows = self.panes.flows
        row = yield from self.search.next_row(lambda flow: flow.index in found.rows, step)
        if row is not None:
            self.go_to_row(found.rows[flows.flow_at(row)][::step][0])
        else:
            self.panes.why.show_notice(clean(f"no more segments with {found.text} this way"))

    def go_to_row(self, row: int) -> None:
        """Go to a segment of any flow."""
        self.go_to_frame(self.panes.engine.packets.frame(row))

    def search_text(self, text: str) -> None:
        """Search the segments of the ladder's flow, and what they carry, for a text."""
        ladder = self.panes.ladder
        self.panes.found = None
        if ladder.fold is None or ladder.flow is None:
            self.panes.say_nothing_yet()
        elif text:
            self.search.begin(self.text_searched(ladder.flow, ladder.fold, text))

    def text_searched(self, flow: Flow, fold: Fold, text: str) -> Generator[float, None, None]:
        panes = self.panes
        is_wanted = finder(panes.engine, panes.read_packet, text)
        rows: int = len(fold.rows)
        found: list[int] = []
        for ordinal in range(rows):
            row = fold.row_at(ordinal)
            if is_wanted(row):
                found.append(row)
                if len(found) == 1:
                    self.show_row(row)
            yield ordinal / rows
        panes.found = TextFound(text, {flow.index: found} if found else {})
        panes.why.show_notice(panes.found.in_words(panes.engine, amount(rows, "segment")))
