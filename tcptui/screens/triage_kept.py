"""Keeps what the user looks at while the same files are analysed by other rules.

Rows are the same under all rules; the numbers of flows are not, so the flow is found again by its
segment.
"""

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from tcptui.drawing.cells import clean
from tcptui.findings.capture_point import Where
from tcptui.panes.ladder.drawing import Settings
from tcptui.screens.triage_filter import EVERYTHING, Asked, Wrong, asked
from tcptui.screens.triage_time_of_day import time_of_day
from tcptui.session import SessionState

if TYPE_CHECKING:
    from tcptui.screens.triage import TriageScreen

BY_NUMBER: Final = re.compile(r"tcp\.stream\b(?!\.)|#\d|^\s*\d+\s*$")
"""Finds filters by a flow's number, which may be another flow's now."""


class Kept(NamedTuple):
    """Says how the flows were filtered and sorted, which pane was seen, and where the cursor
    was."""

    asked: Asked
    gone: str  # why there is no filter any more; empty where it stays
    sort: str
    descending: bool
    settings: Settings
    told: Where | None
    pane: str
    zoomed: bool
    frame: int  # 0: no segment was shown
    header: int  # of that frame's TCP headers


def kept_of(screen: "TriageScreen", release: str) -> Kept:
    """Return what is to stay of a screen under the rules of a release."""
    screen.follower.follow_now()
    panes = screen.panes
    flows, ladder, packets = panes.flows, panes.ladder, panes.engine.packets
    filtered, gone = filter_under(panes.asked, release)
    row = ladder.packet_row if flows.count else None
    frame = packets.frame(row) if row is not None else 0
    header = row - packets.row_of(frame) if row is not None else 0
    return Kept(
        filtered,
        gone,
        flows.sort,
        flows.descending,
        ladder.settings,
        panes.told,
        screen.focused_pane or screen.pane_layout.shown_pane,
        screen.pane_layout.zoomed,
        frame,
        header,
    )


def filter_under(used: Asked, release: str) -> tuple[Asked, str]:
    """Return what a filter asks for under the rules of a release, and why it has to go."""
    if used.outside is not None:
        asked_outside, gone = filter_under(used.outside, release)
        return asked_outside, gone or f"flows are in other groups now: no filter {used.text}"
    text = used.text
    if time_of_day(text) is not None:
        return used, ""  # times, flags and RST: all releases have them
    if BY_NUMBER.search(text):
        return EVERYTHING, f"flows have other numbers now: no filter {text}"
    try:
        return asked(text, release), ""
    except Wrong as error:
        return EVERYTHING, f"{error.what}: no filter {text}"


class Return:
    """Brings a new screen to where the one before it was, once its flows are in order.

    It is given up when the user moves first.
    """

    def __init__(self, screen: "TriageScreen", kept: Kept) -> None:
        self.screen = screen
        self.kept = kept
        self.flow_is_shown = False
        self.done = False

    def begin(self) -> None:
        """Show the same order, pane and settings at once."""
        screen, kept, panes = self.screen, self.kept, self.screen.panes
        panes.flows.sort, panes.flows.descending = kept.sort, kept.descending
        panes.ladder.use_settings(kept.settings)
        panes.told = kept.told
        if kept.zoomed:
            screen.action_zoom()
        screen.action_show(kept.pane)

    def go_on(self) -> None:
        """Go to the flow, then to the segment, as soon as each is there."""
        order, panes = self.screen.flow_order, self.screen.panes
        loading = panes.session.state is SessionState.LOADING
        if self.done or loading or order.is_sorting or not order.is_current:
            return
        row = panes.engine.packets.row_of(self.kept.frame) + self.kept.header
        there = bool(self.kept.frame) and row < panes.engine.packets.count
        if order.last_key or not there:
            self.end()
        elif not self.flow_is_shown:
            self.flow_is_shown = self.screen.follower.go_to_flow(panes.engine.packets.flow(row))
            self.done = not self.flow_is_shown
        if not self.done and panes.ladder.complete:
            panes.ladder.go_to_packet(row)
            self.end()

    def end(self) -> None:
        """Say which filter is gone, below what explains the row."""
        self.done = True
        self.screen.follower.follow_now()
        if self.kept.gone:
            self.screen.panes.why.show_notice(clean(self.kept.gone))
