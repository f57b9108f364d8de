"""The triage screen over captures of a data set: it begins at a flow, and leads back."""

from collections.abc import Callable

from tcptui.captures import OpenedSession
from tcptui.data_set.capture_places import WantedFlow
from tcptui.engine.addresses import address_text
from tcptui.engine.flow import Endpoint
from tcptui.screens.preferences import Preferences
from tcptui.screens.triage import TriageScreen
from tcptui.session import SessionState
from tcptui.theme import Look

GONE = "the flow of the data set is not among these any more"


class SweptCaptureScreen(TriageScreen):
    """Goes to the flow that was chosen once all are read, unless the user moves first."""

    CSS_PATH = "triage.tcss"

    def __init__(
        self,
        opened: OpenedSession,
        look: Look,
        preferences: Preferences,
        copies: list[str],
        wanted: WantedFlow,
        go_back: Callable[[], None],
    ) -> None:
        super().__init__(opened, look, preferences, copies)
        self.wanted: WantedFlow | None = wanted
        self.go_back = go_back

    def leave(self) -> None:
        self.go_back()

    def poll(self) -> None:
        super().poll()
        loading = self.panes.session.state is SessionState.LOADING
        order = self.flow_order
        if self.wanted is not None and not loading and order.is_current and not order.is_sorting:
            self.go_to_wanted(self.wanted)
            self.wanted = None

    def go_to_wanted(self, wanted: WantedFlow) -> None:
        """Go to the flow, or say that it is gone."""
        if self.flow_order.last_key:
            return
        for flow in self.panes.engine.flows:
            same = flow.first_time == wanted.first
            if same and (named(flow.client), named(flow.server)) == (wanted.client, wanted.server):
                self.follower.go_to_flow(flow.index)
                return
        self.panes.why.show_notice(GONE)


def named(end: Endpoint) -> tuple[str, int]:
    """Return an end of a flow as the data set has it."""
    return address_text(end.address), end.port
