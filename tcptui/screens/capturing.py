"""The keys of a live capture: holding the view, ending the capture."""

from tcptui.capture.live.capture import State as Capturing
from tcptui.screens.desk import Desk


class LiveKeys:
    """Acts on the capture that the session reads, if it reads one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.stopped = False

    def hold(self) -> bool:
        """The view stands still, or goes on; False without a capture."""
        desk = self.desk
        if desk.live is None:
            return False
        desk.held = not desk.held
        desk.live.freeze(desk.held)
        desk.why.tell("the view stands still, capture goes on" if desk.held else "the view goes on")
        return True

    def stop(self) -> bool:
        """End a capture that runs; whether there was one."""
        live = self.desk.live
        if live is None or live.state is not Capturing.RUNNING or self.stopped:
            return False
        self.stopped = True
        live.end()
        self.desk.why.tell("capture stopped; Ctrl+C again quits")
        return True
