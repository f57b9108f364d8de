"""Tells the panes that follow the cursor what is under it."""

from typing import NamedTuple, Protocol, runtime_checkable

from tcptui.engine.flow import Flow
from tcptui.panes.ladder.model.fold import Fold


class UnderCursor(NamedTuple):
    """The flow under the cursor and the ordinal of its segment in the fold.

    ``now`` is the capture's latest moment in ns; ``goes_on`` says whether more comes in.
    """

    flow: Flow
    fold: Fold
    ordinal: int
    now: int
    goes_on: bool


@runtime_checkable
class FollowsCursor(Protocol):
    """A pane that shows what is under the cursor of the list and the ladder."""

    def show_under_cursor(self, under: UnderCursor | None) -> None:
        """Show a segment of a flow; None where there is no flow. It is called again as the
        capture goes on."""
