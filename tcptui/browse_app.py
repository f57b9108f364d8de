"""The Textual application over the data set of a sweep, and the captures that it leads to."""

from collections.abc import Sequence

from tcptui.app import TcptuiApp
from tcptui.base_app import preferred_look, run_app
from tcptui.captures import Captures
from tcptui.data_set.capture_places import Fetch, WantedFlow
from tcptui.data_set.swept import Swept
from tcptui.screens.data_set import DataSetScreen
from tcptui.screens.preferences import Preferences, load
from tcptui.screens.swept_capture import SweptCaptureScreen
from tcptui.theme import Look


class BrowseApp(TcptuiApp):
    """Shows a data set, and over it the captures of one flow at a time."""

    def __init__(
        self,
        swept: Swept,
        roots: Sequence[str],
        fetch: Fetch,
        captures: Captures,
        look: Look,
        preferences: Preferences,
    ) -> None:
        super().__init__(captures, None, look, preferences)
        utc = preferences.utc
        self.data_set = DataSetScreen(look, utc, swept, roots, fetch, self.show_captures)

    def on_mount(self) -> None:  # Textual calls those of the classes above too
        self.push_screen(self.data_set)

    def show_captures(self, paths: Sequence[str], wanted: WantedFlow) -> None:
        """Show captures as one, with the cursor on a flow. Raises CaptureError."""
        opened = self.opened = self.captures.open_files(paths)
        self.triage = SweptCaptureScreen(
            opened, self.look, self.preferences, self.copies, wanted, self.leave_captures
        )
        opened.session.start()
        self.push_screen(self.triage)
        self.call_after_refresh(opened.session.end_rests)

    def leave_captures(self) -> None:
        """Show the data set again, and stop reading what was opened from it."""
        while self.screen is not self.data_set:
            self.pop_screen()
        self.triage = self.opened = None
        self.run_worker(self.stop_reading, thread=True)

    def stop_reading(self) -> None:
        for opened in self.captures.opened[:]:
            if opened is not self.opened:
                self.captures.leave_session(opened)

    def action_choose(self) -> None:
        """Choose something else to look at, where a capture is shown."""
        if self.opened is not None:
            super().action_choose()

    async def action_quit(self) -> None:
        """Go back to the data set, or end the program there."""
        if self.opened is not None:
            self.leave_captures()
        else:
            self.exit()


def run(
    swept: Swept,
    roots: Sequence[str],
    fetch: Fetch,
    captures: Captures,
    *,
    calm: bool = False,
    ascii: bool = False,
    numeric: bool = False,
    time: str = "",
) -> int:
    """Show a data set until the user quits; return the exit code. ``numeric`` and ``time`` are of
    the captures, as in :func:`tcptui.app.run`."""
    preferences = load()
    preferences.time = time or preferences.time
    look = preferred_look(preferences, ascii, calm)
    look.numeric = numeric
    return run_app(BrowseApp(swept, roots, fetch, captures, look, preferences), preferences)
