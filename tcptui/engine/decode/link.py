"""Link layers: Ethernet and its tags, LLC, PPP, cooked captures, loopback, raw IP and others."""

from typing import Final

from librt.strings import read_i16_le, read_i32_le
from mypy_extensions import i64

from tcptui.engine.decode import layers, protocol_numbers, skip_reasons, steps
from tcptui.engine.decode.cursor import Cursor

LONGEST_802_3: Final = 1500
MOST_TAGS: Final = 20
"""802.1Q tags in one packet that tshark follows."""

TAGGED: Final = 0x8100
FABRIC_PATH: Final = 0x8903
FCS: Final = 4
ISL_HEADER: Final = 26

ORGANISATIONS_OF_ETHERTYPES: Final = (0x000000, 0x0000F8)
"""SNAP: plain encapsulation, and Cisco's for bridged networks."""
BRIDGED: Final = 0x0080C2
BRIDGED_ETHERNET: Final = (1, 7)

ASSOCIATED_CHANNEL: Final = 13
"""The MPLS label of what is no traffic (RFC 5586)."""

ALL_STATIONS: Final = 0xFF
FAMILIES: Final = {
    2: steps.IPV4,
    24: steps.IPV6,
    28: steps.IPV6,
    30: steps.IPV6,
}
"""AF_INET, and AF_INET6 of NetBSD, FreeBSD and Darwin."""

ARPHRD_GRE: Final = 778
ARPHRD_NETLINK: Final = 824

NFLOG_PACKET_HEADER: Final = 1
NFLOG_PAYLOAD: Final = 9
NFLOG_FAMILIES: Final = {2: steps.IPV4, 10: steps.IPV6}
NETLINK_NETFILTER: Final = 12
ULOG_PACKET: Final = 0x0400


def by_ethertype(at: Cursor, ethertype: i64) -> i64:
    """Return the step that an EtherType announces."""
    step = protocol_numbers.ETHERTYPES.get(ethertype, steps.DONE)
    if step == steps.DONE:
        at.give_up(skip_reasons.NOT_IP, ethertype)
    return step


def by_type_or_length(at: Cursor, value: i64) -> i64:
    """Return the step behind an EtherType, or behind the length that stands in its place in 802.3
    frames."""
    if value > LONGEST_802_3:
        return by_ethertype(at, value)
    at.limit(value)
    if at.captured >= 2 and at.short(0) == 0xFFFF:
        at.give_up(skip_reasons.LLC, 0xFF)
        return steps.DONE
    return steps.LLC


def ethernet(at: Cursor) -> i64:
    """Decode Ethernet II and IEEE 802.3, with Cisco ISL and FabricPath in front of it."""
    if not at.need(14):
        return steps.DONE
    value = at.short(12)
    if value == FABRIC_PATH and at.captured >= 16:
        return fabric_path(at, 14)
    if value == TAGGED and at.captured >= 20 and at.short(16) == FABRIC_PATH:
        at.push_number(layers.VLAN, at.short(14) & 0xFFF)
        return fabric_path(at, 18)
    if value <= LONGEST_802_3 and is_isl(at):
        return isl(at)
    at.skip(14)
    return by_type_or_length(at, value)


def is_isl(at: Cursor) -> bool:
    """Return whether the destination is Cisco's ISL multicast address, whatever its last byte."""
    head = at.word(0)
    return (head == 0x01000C00 or head == 0x0C000C00) and at.byte(4) == 0


def isl(at: Cursor) -> i64:
    """Decode Cisco Inter-Switch Link: 26 bytes before the frame, a checksum behind."""
    if not at.need(ISL_HEADER):
        return steps.DONE
    at.push_number(layers.ISL, at.short(20) >> 1)
    at.skip(ISL_HEADER)
    at.limit(at.reported - FCS)
    return steps.ETHERNET


def fabric_path(at: Cursor, tag: i64) -> i64:
    """Decode Cisco FabricPath: its tag ends a header before an Ethernet frame with its checksum."""
    at.push_number(layers.FABRIC_PATH, at.short(tag) >> 6)
    at.skip(tag + 2)
    at.limit(at.reported - FCS)
    return steps.ETHERNET


def bare_ethernet(at: Cursor) -> i64:
    """Decode an Ethernet frame inside something else."""
    at.push(layers.ETHERNET, b"")
    return steps.ETHERNET


def llc(at: Cursor) -> i64:
    """Decode IEEE 802.2, with SNAP."""
    if not at.need(3):
        return steps.DONE
    dsap, ssap, control = at.byte(0), at.byte(1), at.byte(2)
    numbered = control & 3 != 3
    information = control & 1 == 0 or control == 3
    if dsap == 0xAA and ssap == 0xAA and information:
        return snap(at, 4 if numbered else 3)
    if not at.skip(4 if numbered else 3):
        return steps.DONE
    if dsap == 6 and information:
        return steps.IPV4
    at.give_up(skip_reasons.LLC, dsap)
    return steps.DONE


def snap(at: Cursor, start: i64) -> i64:
    """Decode the five bytes of SNAP: an organisation and a protocol of its own."""
    if not at.need(start + 5):
        return steps.DONE
    organisation = at.word(start) >> 8
    protocol = at.short(start + 3)
    at.skip(start + 5)
    if organisation in ORGANISATIONS_OF_ETHERTYPES:
        return by_ethertype(at, protocol)
    if organisation == BRIDGED and protocol in BRIDGED_ETHERNET and at.skip(2):
        if protocol == BRIDGED_ETHERNET[0]:
            at.limit(at.reported - FCS)
        return steps.BARE_ETHERNET
    at.give_up(skip_reasons.LLC, 0xAA)
    return steps.DONE


def vlan(at: Cursor) -> i64:
    """Decode an IEEE 802.1Q tag."""
    if not at.need(4):
        return steps.DONE
    at.tags += 1
    if at.tags > MOST_TAGS:
        at.give_up(skip_reasons.TOO_DEEP, 0)
        return steps.DONE
    tag = at.short(0) & 0xFFF
    value = at.short(2)
    if at.tags == 1:
        at.vlan = tag
    at.push_number(layers.VLAN, tag)
    at.skip(4)
    return by_type_or_length(at, value)


def provider_vlan(at: Cursor) -> i64:
    """Decode IEEE 802.1ad: one or two service tags, or one before a backbone tag."""
    if not at.need(4):
        return steps.DONE
    at.push_number(layers.PROVIDER_VLAN, at.short(0) & 0xFFF)
    value = at.short(2)
    at.skip(4)
    if value == 0x88A8:
        if not at.need(4):
            return steps.DONE
        at.push_number(layers.PROVIDER_VLAN, at.short(0) & 0xFFF)
        value = at.short(2)
        at.skip(4)
    return by_ethertype(at, value)


def backbone(at: Cursor) -> i64:
    """Decode IEEE 802.1ah: a service instance, and the customer's Ethernet header."""
    if not at.need(18):
        return steps.DONE
    at.push(layers.BACKBONE, at.piece(1, 4))
    value = at.short(16)
    at.skip(18)
    return by_ethertype(at, value)


def e_tag(at: Cursor) -> i64:
    """Decode an E-TAG (IEEE 802.1BR)."""
    if not at.need(8):
        return steps.DONE
    at.push_number(layers.E_TAG, at.short(2) & 0x3FFF)
    value = at.short(6)
    at.skip(8)
    return by_ethertype(at, value)


def vn_tag(at: Cursor) -> i64:
    """Decode a Cisco VN-Tag."""
    if not at.need(6):
        return steps.DONE
    at.push_number(layers.VN_TAG, at.short(0) & 0x3FFF)
    value = at.short(4)
    at.skip(6)
    return by_type_or_length(at, value)


def meta_data(at: Cursor) -> i64:
    """Decode Cisco MetaData: version, length, option, security group."""
    if not at.need(8):
        return steps.DONE
    at.push(layers.META_DATA, at.piece(4, 6))
    value = at.short(6)
    at.skip(8)
    return by_ethertype(at, value)


def redundancy(at: Cursor) -> i64:
    """Decode a redundancy tag (IEEE 802.1CB)."""
    if not at.need(6):
        return steps.DONE
    at.push(layers.REDUNDANCY, b"")
    value = at.short(4)
    at.skip(6)
    return by_ethertype(at, value)


def mpls(at: Cursor) -> i64:
    """Decode a stack of MPLS labels, and guess what is under it from the first four bits."""
    bottom = False
    entry: i64 = 0
    while not bottom:
        if not at.need(4):
            return steps.DONE
        entry = at.word(0)
        at.push_number(layers.MPLS, entry >> 12)
        bottom = entry & 0x100 != 0
        at.skip(4)
    if not at.need(1):
        return steps.DONE
    version = at.byte(0) >> 4 if entry >> 12 != ASSOCIATED_CHANNEL else 1
    if version == 4:
        return steps.IPV4
    if version == 6:
        return steps.IPV6
    at.give_up(skip_reasons.PSEUDOWIRE, 0)
    return steps.DONE


def pppoe(at: Cursor) -> i64:
    """Decode a PPPoE session (RFC 2516)."""
    if not at.need(6):
        return steps.DONE
    at.push(layers.PPPOE, at.piece(2, 4))
    length = at.short(4)
    at.skip(6)
    at.limit(length)
    return steps.PPP


def ppp_direction(at: Cursor) -> i64:
    """Decode PPP behind a byte that tells the direction."""
    return steps.PPP_HDLC if at.skip(1) else steps.DONE


def ppp_hdlc(at: Cursor) -> i64:
    """Decode PPP in HDLC-like framing, or Cisco HDLC under the same link type."""
    if not at.need(2):
        return steps.DONE
    address = at.byte(0)
    if address == 0x0F or address == 0x8F:
        return steps.HDLC
    if address == ALL_STATIONS:
        at.skip(2)
    return steps.PPP


def ppp(at: Cursor) -> i64:
    """Decode PPP's protocol field, one or two bytes (RFC 1661)."""
    if not at.need(1):
        return steps.DONE
    protocol = at.byte(0)
    size: i64 = 1
    if protocol & 1 == 0:
        if not at.need(2):
            return steps.DONE
        protocol = at.short(0)
        size = 2
    at.skip(size)
    step = protocol_numbers.PPP_PROTOCOLS.get(protocol, steps.DONE)
    if step == steps.DONE:
        at.give_up(skip_reasons.PPP, protocol)
    return step


def hdlc(at: Cursor) -> i64:
    """Decode Cisco HDLC."""
    if not at.need(4):
        return steps.DONE
    protocol = at.short(2)
    at.skip(4)
    step = protocol_numbers.HDLC_PROTOCOLS.get(protocol, steps.DONE)
    if step == steps.DONE:
        at.give_up(skip_reasons.NOT_IP, protocol)
    return step


def null(at: Cursor) -> i64:
    """Decode BSD loopback: four bytes of address family in the byte order of whoever captured
    it."""
    if not at.need(4):
        return steps.DONE
    if at.short(0) == 0xFF03:
        return steps.PPP_HDLC
    family = at.word(0)
    if family & 0xFFFF == 0:
        family = i64(read_i32_le(at.data, at.offset)) & 0xFFFFFFFF
    if family & 0xFF == 0 and family & 0xFF00 < 0x600:
        family = family >> 8 & 0xFF
    at.skip(4)
    if family > LONGEST_802_3:
        return by_ethertype(at, family & 0xFFFF)
    return by_family(at, family)


def loop(at: Cursor) -> i64:
    """Decode OpenBSD loopback: the address family in network byte order."""
    if not at.need(4):
        return steps.DONE
    family = at.word(0)
    at.skip(4)
    return by_family(at, family)


def by_family(at: Cursor, family: i64) -> i64:
    step = FAMILIES.get(family, steps.DONE)
    if step == steps.DONE:
        at.give_up(skip_reasons.NULL, family)
    return step


def raw(at: Cursor) -> i64:
    """Decode a packet with no link header at all, or with what old PPP and SLIP drivers left of
    one."""
    if at.captured >= 2 and at.short(0) == 0xFF03:
        return steps.PPP_HDLC
    if at.captured >= 8 and at.short(6) == 0xFF03:
        at.skip(6)
        return steps.PPP_HDLC
    if at.captured >= 3 and at.short(1) == 0xFF03:
        at.skip(1)
        return steps.PPP_HDLC
    if at.captured >= 10 and at.word(0) | at.word(4) | at.short(8) == 0:
        at.skip(10)
        return steps.IPV4
    if not at.need(1):
        return steps.DONE
    version = at.byte(0) >> 4
    if version == 4:
        return steps.IPV4
    if version == 6:
        return steps.IPV6
    at.give_up(skip_reasons.MALFORMED_LINK, 0)
    return steps.DONE


def cooked(at: Cursor) -> i64:
    """Decode a Linux cooked capture (LINKTYPE_LINUX_SLL)."""
    if not at.need(16):
        return steps.DONE
    hardware, protocol = at.short(2), at.short(14)
    if hardware == ARPHRD_NETLINK:
        return steps.NETLINK
    at.skip(16)
    return by_cooked_protocol(at, hardware, protocol)


def cooked_2(at: Cursor) -> i64:
    """Decode a Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2)."""
    if not at.need(20):
        return steps.DONE
    hardware, protocol = at.short(8), at.short(0)
    at.skip(20)
    return by_cooked_protocol(at, hardware, protocol)


def by_cooked_protocol(at: Cursor, hardware: i64, protocol: i64) -> i64:
    if hardware == ARPHRD_GRE:
        step = protocol_numbers.GRE_PROTOCOLS.get(protocol, steps.DONE)
        if step == steps.DONE:
            at.give_up(skip_reasons.GRE, protocol)
        return steps.BARE_ETHERNET if step == steps.ERSPAN else step
    if protocol > LONGEST_802_3:
        return by_ethertype(at, protocol)
    if protocol == 3:
        return steps.ETHERNET
    if protocol == 4:
        return steps.LLC
    if protocol == 7:
        return steps.PPP_HDLC
    at.give_up(skip_reasons.NOT_IP, protocol)
    return steps.DONE


def fddi(at: Cursor) -> i64:
    """Decode FDDI frames that carry LLC."""
    if not at.need(13):
        return steps.DONE
    control = at.byte(0)
    at.skip(13)
    if control & 0xF0 == 0x50:
        return steps.LLC
    at.give_up(skip_reasons.MALFORMED_LINK, 0)
    return steps.DONE


def infiniband(at: Cursor) -> i64:
    """Decode IP over InfiniBand: a global routing header, an EtherType, two reserved bytes."""
    if not at.need(44):
        return steps.DONE
    ethertype = at.short(40)
    at.skip(44)
    return by_ethertype(at, ethertype)


def pf_log(at: Cursor) -> i64:
    """Decode OpenBSD pflog: a header of its own length, the address family in its second byte."""
    if not at.need(4):
        return steps.DONE
    family = at.byte(1)
    if not at.skip((at.byte(0) + 3) & ~3):
        return steps.DONE
    return by_family(at, family)


def nflog(at: Cursor) -> i64:
    """Decode a Linux netfilter log: attributes, one of which is the packet.

    They are in the byte order of the machine that captured; the first one's length tells it.
    """
    if not at.need(8):
        return steps.DONE
    first = i64(read_i16_le(at.data, at.offset + 4)) & 0xFFFF
    big = first < 4 or first + 4 > at.captured
    family = at.byte(0)
    ethertype: i64 = 0
    start: i64 = 0
    size: i64 = 0
    i: i64 = 4
    while i + 4 <= at.captured:
        if big:
            length, kind = at.short(i), at.short(i + 2) & 0x7FFF
        else:
            length = i64(read_i16_le(at.data, at.offset + i)) & 0xFFFF
            kind = i64(read_i16_le(at.data, at.offset + i + 2)) & 0x7FFF
        if length < 4 or i + length > at.captured:
            at.need(i + length)
            return steps.DONE
        if kind == NFLOG_PACKET_HEADER and length >= 6:
            ethertype = at.short(i + 4)
        elif kind == NFLOG_PAYLOAD:
            start = i + 4
            size = length - 4
        i += (length + 3) & ~3
    if start == 0:
        at.give_up(skip_reasons.NFLOG, 0)
        return steps.DONE
    at.skip(start)
    at.limit(size)
    if ethertype != 0:
        return by_ethertype(at, ethertype)
    step = NFLOG_FAMILIES.get(family, steps.DONE)
    if step == steps.DONE:
        at.give_up(skip_reasons.NULL, family)
    return step


def netlink(at: Cursor) -> i64:
    """Decode Linux netlink messages: netfilter's log packets are among them."""
    if not at.need(16):
        return steps.DONE
    hardware, family = at.short(2), at.short(14)
    at.skip(16)
    if hardware == ARPHRD_NETLINK and family == NETLINK_NETFILTER:
        start: i64 = 0
        while start + 16 <= at.captured:
            length = i64(read_i32_le(at.data, at.offset + start)) & 0xFFFFFFFF
            kind = i64(read_i16_le(at.data, at.offset + start + 4)) & 0xFFFF
            if length < 16:
                break
            if kind == ULOG_PACKET:
                at.branch(steps.NFLOG, start + 16, length - 16)
            start += (length + 3) & ~3
    at.give_up(skip_reasons.NFLOG, 0)
    return steps.DONE
