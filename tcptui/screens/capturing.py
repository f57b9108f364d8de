"""The keys of a capture that goes on: holding the view, ending the capture or the reading."""

from tcptui.screens.desk import TriagePanes


class LiveKeys:
    """Acts on the live capture, the stream or the growing file that the session reads."""

    def __init__(self, desk: TriagePanes) -> None:
        self.desk = desk
        self.stopped = False

    @property
    def going_on(self) -> bool:
        """Whether more may come."""
        if self.stopped:
            return False
        if self.desk.live is not None:
            from tcptui.capture.live.live_capture import CaptureState as Capturing

            return self.desk.live.state is Capturing.RUNNING
        return self.desk.session.stoppable

    def hold(self) -> bool:
        """The view stands still, or goes on; False where nothing moves."""
        desk = self.desk
        if not (desk.held or self.going_on):
            return False
        desk.hold(not desk.held)
        if desk.live is not None:
            desk.live.freeze(desk.held)
        desk.why.tell("the view stands still, capture goes on" if desk.held else "the view goes on")
        return True

    def stop(self) -> bool:
        """End the capture, or the reading of what grows; whether there was anything to end."""
        desk = self.desk
        if not self.going_on:
            return False
        self.stopped = True
        if desk.held:
            desk.hold(False)
        if desk.live is not None:
            desk.live.end()
        else:
            desk.session.end_input()
        what = "capture" if desk.live is not None else "reading"
        desk.why.tell(f"{what} stopped; Ctrl+C again quits")
        return True
