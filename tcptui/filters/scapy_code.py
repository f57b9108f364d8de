"""Writes the packets of a subject as scapy code, to paste into a script or an issue."""

from tcptui.capture.formats.framer import Interface
from tcptui.capture.writer import Packet, check_code, code
from tcptui.engine.decode.header_search import link_type_of
from tcptui.fields.view import View
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.subjects import OpenCapture, Subject, frames


def scapy_code(capture: OpenCapture, subject: Subject) -> CopiedText:
    """Return a script that builds the packets, and writes them to a file. Raises SaveError,
    NoBytes, CaptureError."""
    engine, view = capture.engine, View(capture.engine, capture.read)
    rows = [first for first, _ in frames(engine, subject.rows(capture))]
    check_code(len(rows))
    types = [link_type_of(engine, row) for row in rows]
    interfaces = [Interface(0, link_type, 0) for link_type in dict.fromkeys(types)]
    numbers = {one.linktype: number for number, one in enumerate(interfaces)}
    packets = [
        Packet(
            engine.packets.time(row),
            numbers[link_type],
            engine.packets.original(row),
            view.packet(row),
        )
        for row, link_type in zip(rows, types, strict=True)
    ]
    return CopiedText(b"".join(code(packets, interfaces)).decode())
