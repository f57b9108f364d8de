"""Searches beside the triage screen: for the next flow of a kind, for a text."""

from collections.abc import Callable, Generator

from textual.worker import Worker

from tcptui.engine.flow import Flow
from tcptui.findings.verdict import Verdict
from tcptui.panes.ladder.model.fold import PROBLEM
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices


class Search:
    """Does one search at a time; the next one ends it."""

    def __init__(self, panes: TriagePanes) -> None:
        self.panes = panes
        self.work: Worker[None] | None = None

    @property
    def is_going_on(self) -> bool:
        return self.work is not None and not self.work.is_finished

    def begin(self, work: Generator[float, None, None]) -> None:
        """Search beside the screen, in place of what was searched for before."""
        self.work = self.panes.screen.run_worker(in_slices(work), group="search", exclusive=True)

    def next_row(
        self, wanted: Callable[[Flow], bool], step: int
    ) -> Generator[float, None, int | None]:
        """Return the next row of the list, or the one before (``step`` -1), with a flow that is
        wanted."""
        flows = self.panes.flows
        row = flows.cursor + step
        while 0 <= row < flows.count:
            flow = flows.flow_in(row)
            if flow is not None and wanted(flow):
                return row
            row += step
            yield row / flows.count
        return None

    # What flows are asked

    def kind_of(self, flow: Flow) -> str:
        """Return the kind of what is wrong with a flow; nothing where nothing is."""
        leading = self.panes.judge.judge(flow).leading()
        return leading.kind if leading is not None else ""

    def is_of_kind(self, flow: Flow, kind: str) -> bool:
        """Return whether this is what is wrong with a flow. One for which the last judgement was
        another is not judged again."""
        return self.panes.judge.noted_kind(flow) in (kind, None) and self.kind_of(flow) == kind

    def has_trouble(self, flow: Flow) -> bool:
        """Return whether a flow has a flagged segment, or anything else that is wrong; see
        :meth:`is_of_kind`."""
        judge = self.panes.judge
        if flow.bits & PROBLEM:
            return True
        return judge.noted_kind(flow) != "" and judge.judge(flow).verdict() is not Verdict.OK
