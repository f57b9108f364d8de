"""Lists the fields of the headers of Linux cooked captures, of both versions."""

from collections.abc import Callable
from typing import Final

from tcptui.engine.addresses import address_text
from tcptui.engine.decode import steps
from tcptui.engine.decode.headers import LayerHeader
from tcptui.fields.field import Field
from tcptui.fields.header_fields import (
    LOWEST_ETHERTYPE,
    MAC,
    Bits,
    has_link,
    mac_text,
    of_headers,
    piece,
    protocol,
)
from tcptui.fields.labels import ETHERTYPES, SLL_TYPES
from tcptui.fields.value_kind import One, ValueKind

BOTH: Final = (steps.COOKED, steps.COOKED_2)
LONGEST_ADDRESS: Final = 8
IPV4: Final = 4
GRE: Final = 778
"""The type of a link whose packets have no EtherType in this place."""

PlaceOf = tuple[Bits, Bits]
"""Where a number stands in the header of the first version, and of the second."""
PACKET_TYPE: Final[PlaceOf] = (Bits(0, 2), Bits(10, 1))
LINK_TYPE: Final[PlaceOf] = (Bits(2, 2), Bits(8, 2))
ADDRESS_LENGTH: Final[PlaceOf] = (Bits(4, 2), Bits(11, 1))
PROTOCOL: Final[PlaceOf] = (Bits(14, 2), Bits(0, 2))
ADDRESS: Final = (6, 12)


def number_at(header: LayerHeader, place: PlaceOf) -> int | None:
    return place[header.step == steps.COOKED_2].of(header)


def address(header: LayerHeader) -> tuple[bytes, bytes] | None:
    """Return the hardware address, and the bytes in its place that are not its own."""
    length = number_at(header, ADDRESS_LENGTH)
    whole = piece(header, ADDRESS[header.step == steps.COOKED_2], LONGEST_ADDRESS)
    return None if length is None or whole is None else (whole[:length], whole[length:])


def address_of(size: int, written: Callable[[bytes], str]) -> Callable[[LayerHeader], One | None]:
    """Return what reads an address of so many bytes."""

    def read(header: LayerHeader) -> One | None:
        found = address(header)
        return written(found[0]) if found and len(found[0]) == size else None

    return read


def other_address(header: LayerHeader) -> One | None:
    """Return an address that is neither Ethernet's nor IPv4's."""
    found = address(header)
    return (found[0] or None) if found and len(found[0]) not in (MAC, IPV4) else None


def unused(header: LayerHeader) -> One | None:
    """Return what lies behind an address that is short."""
    found = address(header)
    return (found[1] or None) if found else None


def ethertype(header: LayerHeader) -> One | None:
    """Return the EtherType, where the protocol is one."""
    found = number_at(header, PROTOCOL)
    is_one = number_at(header, LINK_TYPE) != GRE and (found or 0) >= LOWEST_ETHERTYPE
    return found if is_one else None


def cooked(
    name: str, kind: ValueKind, read: Callable[[LayerHeader], One | None], doc: str, bits: int = 16
) -> Field:
    """Return a field that both versions have."""
    return Field(name, kind, of_headers(BOTH, read), doc, from_packet=True, bits=bits)


N, B = ValueKind.NUMBER, ValueKind.BYTES

COOKED_FIELDS: Final = (
    protocol("sll", BOTH, "the header of a Linux cooked capture and all behind it",
             has_link(BOTH, "sll")),
    cooked("sll.pkttype", N, lambda header: number_at(header, PACKET_TYPE),
           "who sent the packet to whom: 4 sent by us")._replace(labels=SLL_TYPES),
    cooked("sll.hatype", N, lambda header: number_at(header, LINK_TYPE),
           "type of the link, an ARPHRD_ number"),
    cooked("sll.halen", N, lambda header: number_at(header, ADDRESS_LENGTH),
           "bytes of the hardware address"),
    cooked("sll.src.eth", ValueKind.ETHER, address_of(MAC, mac_text),
           "hardware address of the sender", 8 * MAC),
    cooked("sll.src.ipv4", ValueKind.IPV4, address_of(IPV4, address_text),
           "the same, where it has four bytes"),
    cooked("sll.src.other", B, other_address, "the same, where it has others than six or four"),
    cooked("sll.unused", B, unused, "what lies behind an address of less than eight bytes"),
    cooked("sll.etype", ValueKind.HEX, ethertype, "EtherType")._replace(labels=ETHERTYPES),
    Field("sll.ifindex", N, of_headers((steps.COOKED_2,), Bits(4, 4).of),
          "index of the interface, which version 2 has", from_packet=True),
)  # fmt: skip
