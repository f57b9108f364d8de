"""The bytes of a segment, found again in its packet."""

from tcptui.engine.decode.decoder import Decoder
from tcptui.engine.segment import HeaderLocation
from tcptui.fields.field import Value
from tcptui.fields.view import View

GENEROUS = 1 << 20
"""Bytes that a cut packet may have had on the wire: enough for whatever its headers say."""


def located(view: View, row: int) -> HeaderLocation | None:
    """Where the row's TCP header is in its packet; None if it is not found again."""
    packet = view.packet(row)
    decoder = Decoder()
    decoder.add_interface(link_type(view, row))
    count = decoder.decode(packet, 0, len(packet), len(packet) + GENEROUS, 0, 1)
    place = 0
    frame = view.packets.frame(row)
    while row - place - 1 >= view.packets.first and view.packets.frame(row - place - 1) == frame:
        place += 1
    return decoder.found[place] if place < count else None


def link_type(view: View, row: int) -> int:
    """The link type of the interface that captured the row's packet."""
    return view.engine.decoder.link_types[view.interface(row)]


def payload(view: View, row: int) -> Value:
    """`tcp.payload`; None without any. NoBytes, CaptureError."""
    if view.packets.length(row) <= 0:
        return None
    at = located(view, row)
    if at is None:
        return None
    header = at.data[at.offset + 12] >> 4 << 2
    return at.data[at.offset + header : at.offset + at.captured] or None


def segment_bytes(view: View, row: int) -> Value:
    """The TCP header and what follows it. NoBytes, CaptureError."""
    at = located(view, row)
    return None if at is None else at.data[at.offset : at.offset + at.captured]
