"""Finds the bytes of a segment again in its packet."""

from tcptui.engine.decode.header_search import locate_header, payload_of
from tcptui.fields.value_kind import Value
from tcptui.fields.view import View


def payload(view: View, row: int) -> Value:
    """Return `tcp.payload`; None without any. Raises NoBytes, CaptureError."""
    if view.packets.length(row) <= 0:
        return None
    return payload_of(view.engine, row, view.packet(row)) or None


def segment_bytes(view: View, row: int) -> Value:
    """Return the TCP header and what follows it. Raises NoBytes, CaptureError."""
    at = locate_header(view.engine, row, view.packet(row))
    return None if at is None else at.data[at.offset : at.offset + at.captured]
