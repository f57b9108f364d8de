"""Follow a stream: what both sides sent, in order, with holes where the capture has none."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tcptui.capture.errors import CaptureError
from tcptui.drawing.cells import clean
from tcptui.drawing.names import endpoint
from tcptui.drawing.packet import payload
from tcptui.drawing.stream import Piece, follow, hex_lines, text_lines
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.screens.side import SideScreen
from tcptui.screens.slices import in_slices
from tcptui.session import Session
from tcptui.theme import Look
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

    def __init__(
        self, session: Session, engine: Engine, look: Look, flow: Flow, rows: list[int]
    ) -> None:
        super().__init__(look)
        self.session = session
        self.engine = engine
        self.flow = flow
        self.flow_rows = rows
        self.pieces: list[Piece] = []
        self.as_hex = False
        self.wanted = ""
        self.trouble = ""

    def compose(self) -> ComposeResult:
        ends = f"{endpoint(self.flow.client)} ⇄ {endpoint(self.flow.server)}"
        self.list = LineList(self.look, f"Stream ─ #{int(self.flow.index)} {ends}", id="stream")
        yield self.list
        yield Input(placeholder="search", id="search")
        yield self.keys

    def on_mount(self) -> None:
        super().on_mount()
        self.list.empty = "reading …"
        self.list.repaint()
        self.run_worker(self.read())

    async def read(self) -> None:
        self.pieces = await in_slices(follow(self.engine, self.flow, self.flow_rows, self.payload))
        await self.show()

    def payload(self, row: int) -> bytes:
        """The captured payload of a row; nothing where the file has changed."""
        packets = self.engine.packets
        inner = 0
        while row - inner > 0 and packets.frame(row - inner - 1) == packets.frame(row):
            inner += 1
        try:
            data = self.session.read_packet(int(packets.position(row)), int(packets.captured(row)))
        except (CaptureError, OSError) as error:
            self.trouble = clean(str(error))
            return b""
        link_type = self.engine.decoder.paths[int(packets.path(row))].link_type
        return payload(data, link_type, inner, int(packets.length(row)))

    async def show(self) -> None:
        make = hex_lines if self.as_hex else text_lines
        self.list.empty = self.trouble or "no payload"
        lines = await in_slices(make(self.pieces, self.size.width - 4))
        self.list.show_lines(lines)

    async def action_form(self) -> None:
        self.as_hex = not self.as_hex
        await self.show()

    def action_search(self) -> None:
        search = self.query_one("#search", Input)
        search.add_class("-open")
        search.focus()

    @on(Input.Submitted, "#search")
    def searched(self, event: Input.Submitted) -> None:
        self.wanted = event.value
        self.query_one("#search").remove_class("-open")
        self.list.focus()
        self.action_next(1)

    def action_next(self, step: int) -> None:
        found = self.list.find(self.wanted, self.list.cursor + step, step) if self.wanted else None
        if found is not None:
            self.list.move_to(found)
