"""The keys of a capture that goes on: they hold the view, and end the capture or the reading."""

from tcptui.screens.triage_panes import TriagePanes


class LiveKeys:
    """Acts on the live capture, the stream or the growing file that the session reads."""

    def __init__(self, panes: TriagePanes) -> None:
        self.panes = panes
        self.stopped = False

    @property
    def going_on(self) -> bool:
        """Whether more may come."""
        if self.stopped:
            return False
        if self.panes.live is not None:
            from tcptui.capture.live.live_capture import CaptureState

            return self.panes.live.state is CaptureState.RUNNING
        return self.panes.session.stoppable

    def hold_view(self) -> bool:
        """Let the view stand still, or go on; return False where nothing moves."""
        panes = self.panes
        if not (panes.held or self.going_on):
            return False
        panes.hold_view(not panes.held)
        if panes.live is not None:
            panes.live.freeze_spool(panes.held)
        still = "the view is held, the capture goes on"
        panes.why.show_notice(still if panes.held else "the view goes on")
        return True

    def stop_input(self) -> bool:
        """End the capture, or the reading of what grows; return whether there was anything to
        end."""
        panes = self.panes
        if not self.going_on:
            return False
        self.stopped = True
        if panes.held:
            panes.hold_view(False)
        if panes.live is not None:
            panes.live.end()
        else:
            panes.session.end_input()
        what = "capture" if panes.live is not None else "reading"
        panes.why.show_notice(f"{what} stopped; Ctrl+C again quits")
        return True
