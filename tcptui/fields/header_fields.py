"""Lists the fields of the link layer, of IP and of tunnels that are read from the packet's bytes.

A packet may have several headers of a kind: then a field has several values, outermost first.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from tcptui.engine.decode import protocol_numbers, steps
from tcptui.engine.decode.header_search import ones_sum
from tcptui.engine.decode.headers import LayerHeader
from tcptui.fields.columns.segment_values import CARRIED
from tcptui.fields.field import Field, one_or_all
from tcptui.fields.labels import CHECKSUM_STATUS, DSCP, ECN, ETHERTYPES, IP_PROTOCOLS
from tcptui.fields.value_kind import One, Value, ValueKind
from tcptui.fields.view import View

Read = Callable[[LayerHeader], One | None]

LOWEST_ETHERTYPE: Final = 1536
MAC: Final = 6
UNVERIFIED: Final = 2


class Bits(NamedTuple):
    """Says where a number stands in a header.

    It has ``size`` bytes from ``start``, and of them the bits of ``mask`` after a ``shift`` to the
    right; ``unit`` is what the number counts in.
    """

    start: int
    size: int
    shift: int = 0
    mask: int = -1
    unit: int = 1

    def of(self, header: LayerHeader) -> int | None:
        """Return the number, or None where the header's bytes were not captured."""
        at = header.start + self.start
        if at + self.size > header.end:
            return None
        whole = int.from_bytes(header.data[at : at + self.size])
        return (whole >> self.shift & self.mask) * self.unit


def piece(header: LayerHeader, start: int, size: int) -> bytes | None:
    """Return some bytes of a header, or None where they were not captured."""
    at = header.start + start
    return header.data[at : at + size] if at + size <= header.end else None


def of_headers(kinds: tuple[int, ...], *reads: Read) -> Callable[[View, int], Value]:
    """Return what reads values from all headers of these kinds."""

    def get(view: View, row: int) -> Value:
        found = [
            value
            for header in view.headers(row)
            if header.step in kinds
            for read in reads
            if (value := read(header)) is not None
        ]
        return one_or_all(found)

    return get


def mac_text(address: bytes) -> str:
    return address.hex(":")


def mac_at(start: int) -> Read:
    """Return what reads an Ethernet address."""

    def read(header: LayerHeader) -> str | None:
        address = piece(header, start, MAC)
        return None if address is None else mac_text(address)

    return read


def ethertype(header: LayerHeader) -> int | None:
    """Return the EtherType of an Ethernet header that has one."""
    found = Bits(12, 2).of(header)
    return None if found is None or found < LOWEST_ETHERTYPE else found


def header_checksum(header: LayerHeader) -> int | None:
    """Return `ip.checksum.status`, as tshark does with the preference ip.check_checksum."""
    whole = piece(header, 0, header.size)
    if whole is None:
        return UNVERIFIED
    return int(ones_sum(whole) == 0xFFFF)


def number(name: str, step: int, bits: Bits, doc: str = "", *others: int) -> Field:
    """Return a field whose number stands in all headers of a kind, and of some others."""
    width = bits.mask.bit_length() if bits.mask >= 0 else 8 * bits.size
    return Field(
        name,
        ValueKind.NUMBER,
        of_headers((step, *others), bits.of),
        doc,
        bits=max(width + (bits.unit.bit_length() - 1), 8),
        from_packet=True,
    )


def hexadecimal(name: str, step: int, bits: Bits, doc: str, digits: int = 2) -> Field:
    """Return a field of a number in headers that tshark writes in hexadecimal."""
    return number(name, step, bits, doc)._replace(kind=ValueKind.HEX, digits=digits)


def bit(name: str, step: int, byte: int, shift: int, doc: str) -> Field:
    """Return a field of a single bit in headers."""
    return number(name, step, Bits(byte, 1, shift, 1), doc)._replace(kind=ValueKind.BIT)


def addresses(name: str, step: int, doc: str, *reads: Read) -> Field:
    """Return a field with hardware addresses."""
    return Field(
        name, ValueKind.ETHER, of_headers((step,), *reads), doc, from_packet=True, bits=8 * MAC
    )


def has_link(kinds: tuple[int, ...], layer: str) -> Callable[[View, int], bool]:
    """Return the test whether a packet has headers of these kinds, which its path tells."""

    def test(view: View, row: int) -> bool:
        path = view.engine.decoder.paths[view.packets.path(row)]
        first = protocol_numbers.LINKS.get(path.link_type, steps.DONE)
        return first in kinds or any(one.name == layer for one in path.layers)

    return test


def protocol(
    name: str,
    kinds: tuple[int, ...],
    doc: str,
    exists: Callable[[View, int], bool] | None = None,
) -> Field:
    """Return the field of a protocol: its bytes, with all that it carries."""
    read: Read = lambda header: header.data[header.start : header.end]  # noqa: E731
    return Field(
        name, ValueKind.BYTES, of_headers(kinds, read), doc, exists=exists, from_packet=True
    )


def layer_numbers(
    name: str, layer: str, doc: str, bits: int, kind: ValueKind = ValueKind.NUMBER, digits: int = 4
) -> Field:
    """Return a field whose numbers the packet's path has."""

    def get(view: View, row: int) -> Value:
        found = [one.number for one in view.layers(row) if one.name == layer and one.number >= 0]
        return one_or_all(found)

    return Field(name, kind, get, doc, bits=bits, digits=digits, key=CARRIED)


def class_of_service(
    prefix: str, step: int, byte: Bits, doc: str, digits: int
) -> tuple[Field, ...]:
    """Return the fields of a byte with a code point of differentiated services and of ECN."""
    start, size, shift = byte.start, byte.size, byte.shift
    return (
        hexadecimal(prefix, step, byte, doc, digits),
        number(f"{prefix}.dscp", step, Bits(start, size, shift + 2, 0x3F),
               "code point of differentiated services")._replace(labels=DSCP),
        number(f"{prefix}.ecn", step, Bits(start, size, shift, 3),
               "code point of ECN: 1 and 2 capable, 3 congestion experienced")._replace(labels=ECN),
    )  # fmt: skip


def tunnel_test(name: str, layer: str, doc: str) -> Field:
    """Return the test whether a layer of this name carries the segment."""
    return Field(
        name,
        ValueKind.PRESENCE,
        lambda view, row: 1 if any(one.name == layer for one in view.layers(row)) else None,
        doc,
        key=CARRIED,
    )


LINK_FIELDS: Final = (
    protocol("eth", (steps.ETHERNET,),
             "the Ethernet header and all behind it; a value reads the file",
             has_link((steps.ETHERNET,), "eth")),
    addresses("eth.dst", steps.ETHERNET, "hardware address of the receiver", mac_at(0)),
    addresses("eth.src", steps.ETHERNET, "hardware address of the sender", mac_at(MAC)),
    addresses("eth.addr", steps.ETHERNET, "hardware address of either end", mac_at(0), mac_at(MAC)),
    Field("eth.type", ValueKind.HEX, of_headers((steps.ETHERNET,), ethertype),
          "EtherType; absent where the length stands in its place", bits=16, from_packet=True,
          labels=ETHERTYPES),
    number("vlan.priority", steps.VLAN, Bits(0, 2, 13, 7), "priority of the 802.1Q tag"),
    bit("vlan.dei", steps.VLAN, 0, 4, "the tag's bit for what may be dropped"),
    hexadecimal("vlan.etype", steps.VLAN, Bits(2, 2), "EtherType behind the tag", 4)
    ._replace(labels=ETHERTYPES),
)  # fmt: skip

IP_FIELDS: Final = (
    number("ip.version", steps.IPV4, Bits(0, 1, 4, 15), "4, and 6 of an IPv6 header, as in tshark",
           steps.IPV6),
    number("ip.hdr_len", steps.IPV4, Bits(0, 1, 0, 15, unit=4), "bytes of the IPv4 header")
    ._replace(unit="bytes"),
    *class_of_service("ip.dsfield", steps.IPV4, Bits(1, 1), "the byte with DSCP and ECN", 2),
    number("ip.len", steps.IPV4, Bits(2, 2), "bytes of the IPv4 packet")._replace(unit="bytes"),
    hexadecimal("ip.id", steps.IPV4, Bits(4, 2), "identification", 4),
    hexadecimal("ip.flags", steps.IPV4, Bits(6, 1, 5, 7), "the three bits for fragments"),
    bit("ip.flags.rb", steps.IPV4, 6, 7, "the reserved bit"),
    bit("ip.flags.df", steps.IPV4, 6, 6, "don't fragment"),
    bit("ip.flags.mf", steps.IPV4, 6, 5, "more fragments follow"),
    number("ip.frag_offset", steps.IPV4, Bits(6, 2, 0, 0x1FFF),
           "where the fragment begins in its datagram, in units of eight bytes"),
    number("ip.ttl", steps.IPV4, Bits(8, 1), "time to live"),
    number("ip.proto", steps.IPV4, Bits(9, 1), "protocol behind the header: 6 TCP")
    ._replace(labels=IP_PROTOCOLS),
    hexadecimal("ip.checksum", steps.IPV4, Bits(10, 2), "checksum of the header", 4),
    Field("ip.checksum.status", ValueKind.NUMBER, of_headers((steps.IPV4,), header_checksum),
          "0 bad, 1 good, 2 unverified; as tshark with ip.check_checksum", bits=8,
          from_packet=True, labels=CHECKSUM_STATUS),
    number("ipv6.version", steps.IPV6, Bits(0, 1, 4, 15), "6"),
    *class_of_service("ipv6.tclass", steps.IPV6, Bits(0, 2, 4, 0xFF), "the byte with DSCP and ECN",
                      8),
    hexadecimal("ipv6.flow", steps.IPV6, Bits(1, 3, 0, 0xFFFFF), "flow label", 6),
    number("ipv6.plen", steps.IPV6, Bits(4, 2), "bytes behind the IPv6 header")
    ._replace(unit="bytes"),
    number("ipv6.nxt", steps.IPV6, Bits(6, 1), "next header: 6 TCP")._replace(labels=IP_PROTOCOLS),
    number("ipv6.hlim", steps.IPV6, Bits(7, 1), "hop limit"),
)  # fmt: skip

TUNNEL_FIELDS: Final = (
    number("udp.length", steps.UDP, Bits(4, 2), "bytes of the tunnel's UDP datagram")
    ._replace(unit="bytes"),
    hexadecimal("udp.checksum", steps.UDP, Bits(6, 2), "its checksum", 4),
    tunnel_test("mpls", "mpls", "carried under MPLS labels"),
    layer_numbers("mpls.label", "mpls", "MPLS label", 20),
    tunnel_test("gre", "gre", "carried in GRE"),
    layer_numbers("gre.key", "gre", "key of the GRE tunnel", 32, ValueKind.HEX, 8),
    tunnel_test("vxlan", "vxlan", "carried in VXLAN"),
    layer_numbers("vxlan.vni", "vxlan", "VXLAN network identifier", 24),
    tunnel_test("geneve", "geneve", "carried in Geneve"),
    layer_numbers("geneve.vni", "geneve", "Geneve network identifier", 24, ValueKind.HEX, 6),
    tunnel_test("gtp", "gtp", "carried in GTP"),
    layer_numbers("gtp.teid", "gtp", "tunnel endpoint of GTP", 32, ValueKind.HEX, 8),
)  # fmt: skip

HEADER_FIELDS: Final = (*LINK_FIELDS, *IP_FIELDS, *TUNNEL_FIELDS)
