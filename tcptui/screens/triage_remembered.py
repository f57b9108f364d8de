"""A capture that is opened again shows its list as it was, until it has been analysed again."""

import asyncio
from hashlib import blake2b

from tcptui.cache_folder import read_file, write_file
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

    def read(self) -> Remembered | None:
        """Return the list that was kept of this capture, if there is one."""
        try:
            return from_bytes(read_file(self.name), self.made_of)
        except OSError:
            return None

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
        if self.origin() == self.made_of:
            data = to_bytes(self.made_of, order, rows, widths)
            await asyncio.to_thread(write_file, self.name, data)
