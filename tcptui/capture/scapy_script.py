"""Writes packets as a Python script: scapy layers, from which it writes the same capture again.

All that the script has of a packet are literals (numbers, and strings and bytes in ASCII), names of
layers in :mod:`scapy_building`, and comments made harmless. Nothing in a packet becomes code.
"""

from collections.abc import Iterator
from typing import Final

from tcptui.capture.formats.framer import NANOSECONDS, max_captured
from tcptui.capture.scapy_building import WRITABLE, Literal, ScapyLayer, layers_of
from tcptui.capture.writer import PacketsToWrite, PacketToWrite
from tcptui.escapes import visible

BEGINNING: Final = '''\
"""Packets as scapy code (https://scapy.net):

    python THIS_FILE out.pcap

writes them to out.pcap with the bytes, lengths and times that they were captured with. Lengths,
checksums and types stand here only where scapy would fill in others.
"""

import sys

{imports}
from scapy.utils import EDecimal, RawPcapWriter

LINK_TYPE = {link_type}


def captured(time, packet, wirelen=None):
    """Return the packet with its time in seconds, and its length where not all was captured."""
    packet.time = EDecimal(time)
    packet.wirelen = wirelen
    return packet


PACKETS = [
'''

END: Final = '''\
]


def write(target):
    """Write a pcap with nanoseconds; scapy's wrpcap would round some times to the next second."""
    with RawPcapWriter(target, nano=True, snaplen={snaplen}) as writer:
        writer.linktype = LINK_TYPE
        writer.write_header(None)
        for packet in PACKETS:
            second, rest = divmod(packet.time, 1)
            writer.write_packet(
                bytes(packet), int(second), int(rest * {second}), wirelen=packet.wirelen
            )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {{sys.argv[0]}} out.pcap")
    write(sys.argv[1])
'''

BYTES_IN_LINE: Final = 64
HEXADECIMAL: Final = {"type": 4, "proto": 2, "chksum": 4}
"""Fields that are written so, with this many digits."""


def scapy_script(packets: PacketsToWrite, link_type: int) -> Iterator[bytes]:
    """Yield the parts of a script with these packets, all of one link type.

    They are built on the way, so that what scapy would not build byte for byte is written as Raw.
    """
    used: set[str] = set()
    told: list[str] = []
    for packet in packets:
        layers = layers_of(packet.data, link_type)
        used.update(layer.name for layer in layers)
        told.append(packet_text(packet, layers))
    yield BEGINNING.format(imports=imports(used), link_type=link_type).encode()
    yield from (text.encode() for text in told)
    yield END.format(snaplen=max_captured(link_type), second=NANOSECONDS).encode()


def imports(used: set[str]) -> str:
    """Return the lines that import the layers with these names."""
    modules = sorted({WRITABLE[name].module for name in used})
    return "\n".join(
        f"from {module} import {', '.join(sorted(n for n in used if WRITABLE[n].module == module))}"
        for module in modules
    )


def packet_text(packet: PacketToWrite, layers: list[ScapyLayer]) -> str:
    """Return one packet of the script, after its comments."""
    second, rest = divmod(packet.time, NANOSECONDS)
    comments = [visible(line) for text in packet.comments for line in text.splitlines()]
    built = "\n        / ".join(map(layer_text, layers))
    length = "" if packet.original == len(packet.data) else f"        wirelen={packet.original},\n"
    return (
        "".join(f"    # {comment}\n" for comment in comments)
        + f'    captured(\n        "{second}.{rest:09}",\n        {built},\n{length}    ),\n'
    )


def layer_text(layer: ScapyLayer) -> str:
    values = (f"{name}={literal_text(name, value)}" for name, value in layer.values.items())
    return f"{layer.name}({', '.join(values)})"


def literal_text(name: str, value: Literal) -> str:
    """Return a field's value as Python reads it: a number, or strings and bytes in ASCII."""
    if isinstance(value, bytes) and len(value) > BYTES_IN_LINE:
        starts = range(0, len(value), BYTES_IN_LINE)
        return "\n            ".join(repr(value[at : at + BYTES_IN_LINE]) for at in starts)
    if isinstance(value, int) and name in HEXADECIMAL:
        return f"0x{value:0{HEXADECIMAL[name]}x}"
    return ascii(value)
