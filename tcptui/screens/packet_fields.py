"""Shows one packet's bytes as a tree of fields, each with the bytes that hold it.

scapy dissects, in :func:`dissect`; where it cannot, :func:`own_fields` tells the TCP header.
"""

from functools import cache
from typing import Any, Final, NamedTuple

from tcptui.capture.scapy_layers import first_layer, quiet_scapy
from tcptui.drawing.cells import clean
from tcptui.drawing.names import tcp_flags
from tcptui.engine.decode.header_search import headers_in

MORE_LAYERS: Final = ("http", "ssh", "tls.all")
"""What scapy loads only when asked, beside the layers that it calls its own."""
CONTRIBUTED: Final = tuple(
    "bgp diameter dicom enipTCP erspan geneve gtp ldp modbus mpls mqtt mysql nsh openflow postgres "
    "rtr rtsp socks tacacs".split()
)
"""What others gave scapy of protocols that TCP carries, or that carry it."""

LONGEST_VALUE: Final = 200


class PacketField(NamedTuple):
    """A line of the tree; ``start`` … ``stop`` are its bytes, in the packet."""

    depth: int
    text: str
    start: int
    stop: int


def own_fields(data: bytes, link_type: int) -> list[PacketField]:
    """Return what the engine itself reads, without scapy."""
    fields: list[PacketField] = []
    for at in headers_in(data, link_type, len(data)):
        if at.data is not data:
            continue
        start = at.offset
        fields.append(PacketField(0, "TCP", start, start + at.captured))
        for name, offset, size in (
            ("source port", 0, 2), ("destination port", 2, 2), ("seq", 4, 4), ("ack", 8, 4),
            ("window", 14, 2), ("checksum", 16, 2), ("urgent pointer", 18, 2),
        ):  # fmt: skip
            number = int.from_bytes(data[start + offset : start + offset + size])
            text = f"{name} = {number:#06x}" if name == "checksum" else f"{name} = {number}"
            fields.append(PacketField(1, text, start + offset, start + offset + size))
        bits = int.from_bytes(data[start + 12 : start + 14]) & 0xFFF
        fields.append(PacketField(1, f"flags = {tcp_flags(bits)}", start + 12, start + 14))
    return fields


def dissect(data: bytes, link_type: int) -> list[PacketField]:
    """Return the tree as scapy dissects it; it is imported now, which takes long. What is behind
    TCP is dissected once :func:`load_dissectors` has run.

    Any exception of scapy's means that it cannot dissect this packet.
    """
    layer: Any = first_layer(link_type, data)(data)
    fields: list[PacketField] = []
    start = 0
    while layer is not None and type(layer).__name__ != "NoPayload":
        header = len(layer.original) - len(layer.payload.original)
        fields.append(PacketField(0, clean(str(layer.name)), start, start + header))
        fields.extend(layer_fields(layer, data, start, header))
        start += header
        layer = layer.payload
    return fields


@cache
def load_dissectors() -> None:
    """Load all that scapy dissects of what TCP carries, or what carries it; it takes a second.

    What cannot be loaded, as scapy or this Python lacks it, is left out: TLS without
    ``cryptography``.
    """
    from contextlib import suppress
    from importlib import import_module

    from scapy.config import conf

    quiet_scapy()
    layers = [f"scapy.layers.{name}" for name in (*conf.load_layers, *MORE_LAYERS)]
    for module in (*layers, *(f"scapy.contrib.{name}" for name in CONTRIBUTED)):
        with suppress(Exception):
            import_module(module)
    if "http" in conf.contribs:  # what is packed may be a bomb
        conf.contribs["http"]["auto_compression"] = False


def layer_fields(layer: Any, data: bytes, start: int, header: int) -> list[PacketField]:
    """Return the fields of one layer, with their own bytes where writing them gives back the
    original."""
    try:
        spans, built = field_spans(layer)
    except Exception:  # not all that scapy reads it can write
        spans, built = {}, b""
    exact = built == data[start : start + len(built)] and len(built) <= header
    fields: list[PacketField] = []
    for description in layer.fields_desc:
        name = description.name
        if name not in layer.fields and name not in spans:
            continue
        value = layer.getfieldval(name)
        if value is None:  # a header of HTTP, say, that is not there
            continue
        first, stop = spans.get(name, (0, header)) if exact else (0, header)
        if isinstance(value, list) and value:
            fields.append(PacketField(1, f"{name}:", start + first, start + stop))
            fields.extend(
                PacketField(2, item_text(item), start + first, start + stop) for item in value
            )
            continue
        shown = value_text(description, layer, value)
        fields.append(PacketField(1, f"{name} = {shown}", start + first, start + stop))
    return fields


def value_text(description: Any, layer: Any, value: Any) -> str:
    """Return a field's value in scapy's words."""
    try:
        text = str(description.i2repr(layer, value))
    except Exception:  # a dissector's mistake hides no other field
        text = repr(value)
    return clean(text)[:LONGEST_VALUE]


def field_spans(layer: Any) -> tuple[dict[str, tuple[int, int]], bytes]:
    """Return where each field stands when the layer is written again, and what is written."""
    spans: dict[str, tuple[int, int]] = {}
    built: Any = b""
    for description in layer.fields_desc:
        before = length_of(built)
        built = description.addfield(layer, built, layer.getfieldval(description.name))
        after = length_of(built)
        partial = isinstance(built, tuple)
        spans[description.name] = (before, max(after + partial, before + 1))
    return spans, built if isinstance(built, bytes) else b""


def length_of(built: Any) -> int:
    """Return the whole bytes written so far; bit fields in the middle of a byte come as a tuple."""
    return len(built[0]) if isinstance(built, tuple) else len(built)


OPTION_WORDS: Final = {
    "MSS": "largest segment {} bytes (MSS)",
    "WScale": "window scale: shift {}",
    "SAckOK": "SACK permitted",
    "SAck": "SACK blocks {}",
    "Timestamp": "timestamps: value, echo {}",
    "NOP": "no operation",
    "EOL": "end of options",
}


def item_text(item: Any) -> str:
    """Return an item of a list; TCP options in words."""
    if isinstance(item, tuple) and len(item) == 2:
        words = OPTION_WORDS.get(str(item[0]))
        if words is not None:
            value = item[1]
            if isinstance(value, tuple):
                value = ", ".join(str(part) for part in value)
            return clean(words.format(value))
    return clean(repr(item) if hasattr(item, "fields_desc") else str(item))[:LONGEST_VALUE]
