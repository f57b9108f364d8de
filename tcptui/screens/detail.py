"""Shows one segment: its headers and options field by field, and the bytes of the selected
field."""

import asyncio
from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tcptui.capture.errors import CaptureError
from tcptui.drawing.cells import Line, Run, clean
from tcptui.engine.decode.header_search import link_type_of
from tcptui.engine.engine import Engine
from tcptui.panes.why.widget import Why
from tcptui.screens.packet_fields import PacketField, dissect, load_dissectors, own_fields
from tcptui.screens.side import PAGES, SideScreen
from tcptui.session import Session
from tcptui.text.amounts import count
from tcptui.theme import Look
from tcptui.widgets.lines import HexPane, LineList
from tcptui.widgets.rows import RowList

NARROW = 120
"""Width below which the bytes stand under the fields."""
TIME_LIMIT = 3.0
"""Seconds that scapy may take, its import included."""


class DetailScreen(SideScreen):
    """Reads the packet again, shows it in hex at once and dissected as soon as it is: its headers
    first, then what they carry."""

    CSS_PATH = "detail.tcss"
    AUTO_FOCUS = "#fields"
    HINTS = PAGES
    awaits_work = False
    """What is dissected later changes nothing about the keys."""

    def __init__(
        self, session: Session, engine: Engine, look: Look, row: int, reason: Sequence[str]
    ) -> None:
        super().__init__(look)
        self.session = session
        self.engine = engine
        self.row = row
        self.reason = reason
        self.data = b""
        self.fields: list[PacketField] = []

    def compose(self) -> ComposeResult:
        frame = count(self.engine.packets.frame(self.row))
        self.list = LineList(self.look, f"Segment #{frame}", id="fields")
        self.hex = HexPane(self.look, id="hex")
        self.why = Why(self.look, hint="", id="why")
        with Container(id="both"):
            yield self.list
            yield self.hex
        yield self.why
        yield self.keys

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW, "-narrow")

    def on_mount(self) -> None:
        super().on_mount()
        self.why.show_points(self.reason)
        self.run_worker(self.read_packet())

    async def read_packet(self) -> None:
        """Fetch the bytes, then dissect them within the time limit."""
        packets = self.engine.packets
        position, captured = packets.position(self.row), packets.captured(self.row)
        try:
            self.data = await asyncio.to_thread(self.session.read_packet, position, captured)
        except (CaptureError, OSError) as error:
            self.list.empty = clean(str(error))
            self.list.repaint_all()
            return
        link_type = link_type_of(self.engine, self.row)
        self.show_fields(own_fields(self.data, link_type))
        try:
            async with asyncio.timeout(TIME_LIMIT):
                self.show_fields(await asyncio.to_thread(dissect, self.data, link_type))
                await asyncio.to_thread(load_dissectors)
                self.show_fields(await asyncio.to_thread(dissect, self.data, link_type))
        except Exception as error:  # whatever scapy raises: the fields above stay
            what = "took too long" if isinstance(error, TimeoutError) else "cannot dissect it"
            self.why.show_notice(f"scapy {what}")

    def show_fields(self, fields: list[PacketField]) -> None:
        self.fields = fields
        self.list.show_lines([field_line(field) for field in fields])
        self.select_field()

    @on(RowList.Moved, "#fields")
    def select_field(self) -> None:
        """Highlight the bytes of the field under the cursor."""
        if self.fields:
            field = self.fields[self.list.cursor]
            self.hex.show_span(self.data, field.start, field.stop)
        else:
            self.hex.show_span(self.data, 0, 0)


def field_line(field: PacketField) -> Line:
    if field.depth == 0:
        return [Run(f"▸ {field.text}", "key")]
    return [Run("  " * (field.depth + 1) + field.text)]
