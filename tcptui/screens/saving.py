"""Asks for the name to save some segments under; what goes wrong is said below the name."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input

from tcptui.capture.errors import CaptureError
from tcptui.capture.writer import SaveError, TargetExists
from tcptui.drawing.cells import clean
from tcptui.fields.view import NoBytes
from tcptui.filters.filter_error import Unanswered
from tcptui.panes.why.widget import Why
from tcptui.theme import Look

ABOUT = (
    "Enter saves. A name ending in .pcapng keeps interfaces and gives each flagged packet its "
    "explanation as a comment; .py makes scapy code that builds the packets; any other name pcap."
)

Save = Callable[[str, bool], str]
"""Saves to a name, over an existing file if told so; returns what was saved, in words."""


class SaveScreen(Screen[str | None]):
    """Asks for a name and saves; returns what was done in words.

    ``stop`` ends what is still being looked for when the screen is left.
    """

    CSS_PATH = "choice.tcss"
    AUTO_FOCUS = "#name"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back", id="save.back", tooltip="Save nothing"),
    ]

    def __init__(
        self,
        look: Look,
        title: str,
        name: str,
        save: Save,
        about: str = ABOUT,
        stop: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.about = about
        self.look = look
        self.title_text = title
        self.suggested = name
        self.save = save
        self.stop_searching = stop
        self.refused = ""  # the name that is taken; entered once more, it is overwritten

    def compose(self) -> ComposeResult:
        self.said = Why(self.look, f"Save {self.title_text} as", "Esc saves nothing", id="preview")
        with Container(id="both"):
            yield Input(self.suggested, select_on_focus=False, id="name")
            yield self.said

    def on_mount(self) -> None:
        self.said.show_text(self.about)
        self.query_one(Input).cursor_blink = False

    def on_unmount(self) -> None:
        if self.stop_searching is not None:
            self.stop_searching()

    @on(Input.Submitted)
    async def entered(self, event: Input.Submitted) -> None:
        name = event.value.strip()
        if not name:
            self.said.show_text("A name is missing.")
            return
        self.said.show_text("saving …")
        self.run_worker(self.saved(str(Path(name).expanduser())), exclusive=True)

    async def saved(self, name: str) -> None:
        overwrite = name == self.refused
        try:
            what = await asyncio.to_thread(self.save, name, overwrite)
        except (SaveError, CaptureError, NoBytes, Unanswered, OSError) as error:
            taken = isinstance(error, TargetExists)
            self.refused = name if taken else ""
            self.said.show_text(
                clean(str(error)) + ("; Enter again overwrites it" if taken else "")
            )
            return
        self.dismiss(f"{what} saved as {clean(name)}")
