"""Shows a flow's stream: what both sides sent, in order, with holes where the capture has none."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tcptui.capture.errors import CaptureError
from tcptui.drawing.cells import clean
from tcptui.engine.addresses import endpoint_text
from tcptui.engine.decode.header_search import payload_of
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.screens.byte_stream import StreamPiece, hex_lines, stream_pieces, text_lines
from tcptui.screens.side import PAGES, SideScreen
from tcptui.screens.work_slices import in_slices
from tcptui.session import Session
from tcptui.theme import Look
from tcptui.widgets.keys_line import KeyHint
from tcptui.widgets.lines import LineList


class StreamScreen(SideScreen):
    """Puts the stream together in slices, then shows it as text or hex."""

    CSS_PATH = "stream.tcss"
    AUTO_FOCUS = "#stream"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "form", "text/hex", id="stream.form", tooltip="As text or as hex"),
        Binding("slash", "search", "search", key_display="/", id="stream.search",
                tooltip="Search for a text"),
        Binding("n", "next(1)", "next", id="stream.next", tooltip="Next line with the text"),
        Binding("N", "next(-1)", "previous", show=False, id="stream.previous",
                tooltip="Previous line with the text"),
    ]  # fmt: skip

    HINTS: ClassVar[tuple[KeyHint, ...]] = (
        ("stream.form", "text/hex"),
        ("stream.search", "search"),
        ("stream.next", "next"),
        *PAGES,
    )

    def __init__(
        self, session: Session, engine: Engine, look: Look, flow: Flow, rows: list[int]
    ) -> None:
        super().__init__(look)
        self.session = session
        self.engine = engine
        self.flow = flow
        self.flow_rows = rows
        self.pieces: list[StreamPiece] = []
        self.as_hex = False
        self.wanted = ""
        self.trouble = ""

    def compose(self) -> ComposeResult:
        ends = f"{endpoint_text(self.flow.client)} ⇄ {endpoint_text(self.flow.server)}"
        self.title_text = f"Stream ─ #{self.flow.index} ({self.engine.rules.name}) {ends}"
        self.list = LineList(self.look, self.title_text, id="stream")
        yield self.list
        yield Input(placeholder="search", id="search")
        yield self.keys

    def on_mount(self) -> None:
        super().on_mount()
        self.list.empty = "reading …"
        self.list.repaint()
        self.run_worker(self.read_stream())

    async def read_stream(self) -> None:
        self.pieces = await in_slices(
            stream_pieces(self.engine, self.flow, self.flow_rows, self.payload)
        )
        await self.show_stream()

    def payload(self, row: int) -> bytes:
        """Return the captured payload of a row; nothing where the file has changed."""
        packets = self.engine.packets
        try:
            data = self.session.read_packet(packets.position(row), packets.captured(row))
        except (CaptureError, OSError) as error:
            self.trouble = clean(str(error))
            return b""
        return payload_of(self.engine, row, data)

    async def show_stream(self) -> None:
        make = hex_lines if self.as_hex else text_lines
        self.list.empty = self.trouble or "no payload"
        lines = await in_slices(make(self.pieces, self.size.width - 4))
        self.list.show_lines(lines)

    async def action_form(self) -> None:
        self.as_hex = not self.as_hex
        await self.show_stream()

    def action_search(self) -> None:
        search = self.query_one("#search", Input)
        search.add_class("-open")
        search.focus()

    @on(Input.Submitted, "#search")
    def searched(self, event: Input.Submitted) -> None:
        self.wanted = event.value
        self.query_one("#search").remove_class("-open")
        self.list.focus()
        self.go_to(self.list.cursor, 1)

    def action_next(self, step: int) -> None:
        self.go_to(self.list.cursor + step, step)

    def go_to(self, start: int, step: int) -> None:
        """Go to the first line from ``start`` on with the text, or once more from the other end;
        the title says what was found."""
        other_end = 0 if step > 0 else self.list.count - 1
        found = self.list.find_line(self.wanted, start, step)
        around = found is None
        if around:
            found = self.list.find_line(self.wanted, other_end, step)
        if not self.wanted:
            said = "/ searches"
        elif found is None:
            said = f"nowhere: {self.wanted}"
        else:
            said = f"from the other end: {self.wanted}" if around else self.wanted
            self.list.move_to(found)
        self.list.title_text = f"{said} ─ {self.title_text}"
        self.list.repaint()
