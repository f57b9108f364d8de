"""Lets the user choose what to look at: interfaces with their traffic, and capture files of this
folder."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcptui.capture.errors import CaptureError
from tcptui.capture.live import capture_filter, libpcap
from tcptui.capture.live.capture_filter import WrongExpression
from tcptui.capture.live.interfaces import NetworkInterface, Traffic, interfaces, traffic
from tcptui.capture.live.live_options import OptionConflict
from tcptui.captures import OpenedSession
from tcptui.drawing.cells import Line, Run, clean
from tcptui.screens import sources
from tcptui.theme import Look
from tcptui.widgets.filter_bar import CaptureFilterBar, FilterBar
from tcptui.widgets.keys_line import KeysLine
from tcptui.widgets.lines import LineList
from tcptui.widgets.rows import RowList

COUNT_SECONDS = 1.0
"""Seconds over which traffic is counted."""

OpenInterfaces = Callable[[Sequence[str], str], OpenedSession]
"""Begins a capture on interfaces with a filter. Raises CaptureError, WrongExpression,
OptionConflict."""
OpenFile = Callable[[str], OpenedSession]
"""Opens a file. Raises CaptureError."""

TITLE = "Open ─ interfaces, then files here"


class ChooserScreen(Screen[OpenedSession | None]):
    """Opens what is chosen and returns it; None where nothing was chosen."""

    CSS_PATH = "chooser.tcss"
    AUTO_FOCUS = "#sources"

    HELP = """
    ## What to look at
    Interfaces with the packets and bytes that pass there in a second, then the capture files of
    this folder, the newest first. Enter opens; Space marks several interfaces to capture at once.
    A capture filter is checked by libpcap while it is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,b", "filter", "capture filter", key_display="/", id="chooser.filter",
                tooltip="Type a capture filter, checked as you type"),
        Binding("space", "mark", "mark", id="chooser.mark",
                tooltip="Mark the interface, to capture on several at once"),
        Binding("escape", "back", "back", key_display="Esc", id="chooser.back",
                tooltip="Leave the filter, or choose nothing"),
        Binding("question_mark", "app.help", "help", key_display="?", show=False,
                id="chooser.help", tooltip="What this shows, and all keys"),
        Binding("q", "app.quit", "quit", id="chooser.quit", tooltip="Quit at once"),
    ]  # fmt: skip

    def __init__(
        self,
        look: Look,
        open_interfaces: OpenInterfaces,
        open_file: OpenFile,
        marked: Sequence[str] = (),
        filter_text: str = "",
    ) -> None:
        super().__init__()
        self.look = look
        self.open_interfaces = open_interfaces
        self.open_file = open_file
        self.marked = set(marked)
        self.marking = False  # whether the user has marked anything
        self.filter_text = filter_text
        self.interfaces: list[NetworkInterface] = []
        self.files: list[Path] = []
        self.before = traffic(), monotonic()
        self.passing: dict[str, Traffic] = {}
        self.opening = False

    def compose(self) -> ComposeResult:
        self.list = LineList(self.look, TITLE, id="sources")
        self.list.empty = "no interfaces and no capture files"
        self.bar = CaptureFilterBar(self.look, "", id="capture-filter")
        self.keys = KeysLine(self.look, id="keys")
        yield self.list
        yield self.bar
        yield self.keys

    def on_mount(self) -> None:
        self.find_sources()
        self.show_sources()
        self.bar.open(self.filter_text)
        self.list.focus()
        self.set_interval(COUNT_SECONDS, self.count_traffic)
        self.call_after_refresh(self.keys.show_active)

    def on_descendant_focus(self) -> None:
        self.keys.show_active()

    def find_sources(self) -> None:
        """Find the interfaces and files that there are; say what cannot be listed."""
        try:
            self.interfaces = [one for one in interfaces() if one.is_network]
        except CaptureError as error:
            self.call_after_refresh(self.bar.complain, clean(str(error)))
        try:
            self.files = sources.capture_files(Path())
        except OSError as error:
            self.call_after_refresh(self.bar.complain, clean(str(error)))
        names = [one.name for one in self.interfaces]
        self.list.cursor = next((n for n, name in enumerate(names) if name in self.marked), 0)

    def count_traffic(self) -> None:
        """Count the traffic since the last time."""
        (before, then), now = self.before, (traffic(), monotonic())
        self.passing = {
            name: sources.rate(before.get(name, counted), counted, now[1] - then)
            for name, counted in now[0].items()
        }
        self.before = now
        self.show_sources()

    def show_sources(self) -> None:
        lines: list[Line] = [
            sources.interface_line(one, self.passing.get(one.name), one.name in self.marked)
            for one in self.interfaces
        ]
        for path in self.files:
            try:
                lines.append(sources.file_line(path))
            except OSError:
                lines.append([Run(f"   {clean(path.name)}: gone", "dim")])
        self.list.show_lines(lines)

    # Keys

    def action_filter(self) -> None:
        self.bar.input.focus()

    def action_mark(self) -> None:
        if self.list.cursor < len(self.interfaces):
            self.marking = True
            self.marked ^= {self.interfaces[self.list.cursor].name}
            self.list.title_text = f"{TITLE} ─ {len(self.marked)} marked"
            self.show_sources()
            self.list.action_move(1)

    def action_back(self) -> None:
        if self.list.has_focus:
            self.dismiss(None)
        else:
            self.list.focus()

    @on(FilterBar.Typed)
    def filter_typed(self, message: FilterBar.Typed) -> None:
        """Check the filter while it is typed."""
        self.check_filter(message.text)

    def check_filter(self, text: str) -> bool:
        """Return whether libpcap accepts a filter; if not, say why and where."""
        try:
            if text.strip():
                capture_filter.check_filter(text)
        except WrongExpression as error:
            self.bar.complain(clean(error.words), error.column)
            return False
        except libpcap.Missing:
            self.bar.approve("not checked: libpcap is not installed")
            return True
        self.bar.approve("libpcap accepts it" if text.strip() else "")
        return True

    @on(FilterBar.Entered)
    def filter_entered(self) -> None:
        if self.check_filter(self.bar.input.value):
            self.list.focus()

    @on(RowList.Chosen)
    def source_chosen(self) -> None:
        """Open the chosen file, or capture on the marked interfaces or the one under the cursor."""
        at, text = self.list.cursor, self.bar.input.value
        if self.opening or not self.check_filter(text):
            return
        if at >= len(self.interfaces):
            path = str(self.files[at - len(self.interfaces)])
            self.begin_opening(lambda: self.open_file(path))
            return
        here = self.interfaces[at].name
        names = [one.name for one in self.interfaces if one.name in self.marked]
        if not names or (here not in names and not self.marking):
            names = [here]
        self.begin_opening(lambda: self.open_interfaces(names, text.strip()))

    def begin_opening(self, make: Callable[[], OpenedSession]) -> None:
        self.opening = True
        self.bar.approve("opening …")
        self.run_worker(self.opened(make))

    async def opened(self, make: Callable[[], OpenedSession]) -> None:
        """Open beside the screen; say what goes wrong, after which something else can be chosen."""
        try:
            found = await asyncio.to_thread(make)
        except WrongExpression as error:
            self.bar.complain(clean(error.words), error.column)
        except (CaptureError, OptionConflict, OSError) as error:
            self.bar.complain(clean(str(error)))
        else:
            self.dismiss(found)
        self.opening = False
