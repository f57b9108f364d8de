"""A capture that is opened again shows its list as it was, until it has been analysed again, and
the ladder of a flow of that list from this flow's packets alone."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

from tcptui.cache_folder import MOST_FILE, read_file, write_file
from tcptui.engine.engine import Engine
from tcptui.panes.flows import drawing as flow_drawing
from tcptui.panes.flows.remembered import (
    MOST_FLOWS,
    Remembered,
    from_bytes,
    remember_rows,
    to_bytes,
)
from tcptui.screens.triage_panes import TriagePanes
from tcptui.screens.work_slices import in_slices
from tcptui.session import SessionState

if TYPE_CHECKING:
    from tcptui.panes.ladder.remembered_flows import RememberedFlows
    from tcptui.screens.ladder_alone import LadderAloneScreen

LEAST_BYTES = 8 << 20
"""A smaller capture is analysed about as soon as its list could be shown."""


class RememberedList:
    """Shows the list of the last time, and keeps that of this time for the next.

    ``made_of`` tells what the list is made of: the file, the rules, the program, the columns;
    empty where no list is kept.
    """

    def __init__(self, panes: TriagePanes, version: str) -> None:
        self.panes = panes
        self.version = version
        self.made_of = self.origin() if version else b""
        wanted = self.made_of and self.has_first_order and not panes.asked.text
        remembered = self.read() if wanted else None
        self.is_kept = remembered is not None
        self.flows: RememberedFlows | None = None
        self.alone: LadderAloneScreen | None = None  # over the list
        if remembered is not None:
            panes.flows.recall(remembered)

    def origin(self) -> bytes:
        """Return what a list of the capture would be made of now; nothing where it is to be kept
        by nobody."""
        panes = self.panes
        source = panes.session.source
        if not panes.preferences.cache or (source.total_bytes or 0) < LEAST_BYTES:
            return b""
        identity = source.identity
        names = panes.engine.naming is not None
        chosen = (panes.engine.rules.name, names, tuple(panes.flows.columns), self.version)
        return (
            blake2b(identity + repr(chosen).encode(), digest_size=32).digest() if identity else b""
        )

    @property
    def name(self) -> str:
        """The name of the list's file."""
        return f"{self.made_of[:16].hex()}.list"

    @property
    def name_of_flows(self) -> str:
        """The name of the file that tells where the flows lie."""
        return f"{self.made_of[:16].hex()}.flows"

    def read(self) -> Remembered | None:
        """Return the list that was kept of this capture, if there is one."""
        try:
            return from_bytes(read_file(self.name), self.made_of)
        except OSError:
            return None

    def prepare(self) -> None:
        """Read where the flows of the list lie, if that was kept, before somebody asks."""
        if self.panes.flows.remembered is None:
            return
        from tcptui.panes.ladder.remembered_flows import flows_from_bytes

        with suppress(OSError):
            self.flows = flows_from_bytes(read_file(self.name_of_flows), self.made_of)

    @property
    def has_first_order(self) -> bool:
        """Whether the list has the order in which a capture opens."""
        shown = self.panes.flows
        return shown.sort == flow_drawing.SORT_DEFAULT and shown.descending

    @property
    def is_due(self) -> bool:
        """Whether the list is whole, in its first order, and not yet kept."""
        panes, shown = self.panes, self.panes.flows
        if not self.made_of or self.is_kept or shown.filtered or not self.has_first_order:
            return False
        whole = 0 < len(panes.engine.flows) == len(shown.order) <= MOST_FLOWS
        return whole and panes.session.state is SessionState.COMPLETE

    def keep(self) -> None:
        """Keep the list for the next time, beside the screen."""
        self.is_kept = True
        self.panes.screen.run_worker(self.written(), group="remember")

    async def written(self) -> None:
        panes, shown = self.panes, self.panes.flows
        order, widths = list(shown.order), shown.widths
        work = remember_rows(panes.engine, panes.judge, order, list(shown.columns))
        rows = await in_slices(work)
        flows = await in_slices(self.flows_remembered())
        if self.origin() == self.made_of:
            data = to_bytes(self.made_of, order, rows, widths)
            if flows:
                await asyncio.to_thread(write_file, self.name_of_flows, flows)
            await asyncio.to_thread(write_file, self.name, data)

    def flows_remembered(self) -> Generator[float, None, bytes]:
        source, engine = self.panes.session.source, self.panes.engine
        portions, size = source.portions, source.total_bytes
        if portions is None or size is None or not portions.begin_with_file:
            return b""
        from tcptui.panes.ladder.remembered_flows import remember_flows

        return (yield from remember_flows(engine, portions, size, self.made_of, MOST_FILE))

    # One flow

    def show_ladder(self) -> bool:
        """Show the ladder of the flow under the cursor by itself, where it is not read again yet;
        return whether that can be."""
        panes, shown = self.panes, self.panes.flows
        if shown.remembered is None or self.flows is None or not shown.count:
            return False
        number = shown.flow_at(shown.cursor)
        if is_read(panes.engine, self.flows, number):
            return False
        from tcptui.panes.ladder.flow_alone import flow_alone
        from tcptui.screens.ladder_alone import LadderAloneScreen

        go_on = self.rest()
        engine = flow_alone(self.flows, number, panes.session.source.read, panes.engine.rules)
        if engine is None:
            go_on()
            return False
        self.alone = LadderAloneScreen(panes, engine, engine.flows[number], go_on)
        panes.screen.app.push_screen(self.alone, self.left_ladder)
        return True

    def rest(self) -> Callable[[], None]:
        """Let the analysis rest; return what lets it go on."""
        session = self.panes.session
        if session.paused:
            return lambda: None
        session.pause()
        return session.resume

    def left_ladder(self, _: None) -> None:
        self.alone = None

    @property
    def is_due_to_end(self) -> bool:
        """Whether the flow whose ladder is shown by itself has been read again, and nothing stands
        over that."""
        panes, alone, kept = self.panes, self.alone, self.flows
        if alone is None or kept is None or panes.screen.app.screen is not alone:
            return False
        ended = panes.session.state is not SessionState.LOADING
        return ended or is_read(panes.engine, kept, int(alone.flow.index))


def is_read(engine: Engine, kept: "RememberedFlows", number: int) -> bool:
    """Return whether all segments of a flow have been read again."""
    try:
        flow = kept.flow(number)
    except ValueError:
        return False
    if flow is None or number >= len(engine.flows):
        return False
    again = engine.flows[number]
    return again.packets >= flow.segments and int(again.last_row) < engine.packets.count
