"""The ways in which a TCP segment is carried, each with the path that the decoder tells of it."""

import struct

import pytest

from tcptui.engine.decode.decoder import Decoder
from tcptui.engine.segment import HeaderLocation
from tests.engine.headers import (
    A6,
    B6,
    MAC,
    SNAP_IP,
    A,
    B,
    ethernet,
    gre,
    ip,
    ip6,
    mpls,
    tcp,
    u16,
    u32,
    udp,
    vxlan,
    wlan,
)

SEGMENT = tcp()
PACKET = ip(SEGMENT)
PACKET6 = ip6(SEGMENT)
FRAME = ethernet(PACKET)
OUTER = "eth · ip 10.0.0.1→10.0.0.2"
PORTS = u16(1000, 80)
FORBIDDEN = bytes([0xFF]) * 64
"""Stands before and behind each packet: reading it would show."""


def decoded(
    packet: bytes, link_type: int = 1, reported: int | None = None
) -> tuple[Decoder, list[HeaderLocation]]:
    """A decoder that has seen one packet, and what it found there."""
    decoder = Decoder()
    decoder.add_interface(link_type)
    chunk = FORBIDDEN + packet + FORBIDDEN
    length = len(packet) if reported is None else reported
    count = decoder.decode(chunk, len(FORBIDDEN), len(packet), length, 0, None)
    return decoder, decoder.found[:count]


def tagged(tag: int, payload: bytes, ethertype: int = 0x0800) -> bytes:
    return u16(tag, ethertype) + payload


def radiotap(payload: bytes, present: int = 0, fields: bytes = b"") -> bytes:
    return struct.pack("<BBHI", 0, 0, 8 + len(fields), present) + fields + payload


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("<HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


LINKS = {
    "loopback, little-endian": (0, u32(0x02000000) + PACKET, "loop"),
    "loopback, big-endian": (0, u32(2) + PACKET, "loop"),
    "loopback, IPv6 of Darwin": (0, u32(0x1E000000) + PACKET6, "loop"),
    "loopback, EtherType": (0, u32(0x0800) + PACKET, "loop"),
    "OpenBSD loopback": (108, u32(2) + PACKET, "loop"),
    "Ethernet": (1, FRAME, "eth"),
    "Ethernet, IPv6": (1, ethernet(PACKET6, 0x86DD), "eth"),
    "Ethernet, IPv6 under IPv4's type": (1, ethernet(PACKET6), "eth"),
    "Ethernet padding": (1, FRAME + bytes(9), "eth"),
    "802.3": (1, MAC + MAC + u16(8 + len(PACKET)) + SNAP_IP + PACKET, "eth"),
    "802.3, no SNAP": (1, MAC + MAC + u16(3 + len(PACKET)) + b"\6\6\3" + PACKET, "eth"),
    "PPP": (9, b"\xff\3\0\x21" + PACKET, "ppp"),
    "PPP, compressed fields": (9, b"\x21" + PACKET, "ppp"),
    "PPP, IPv6": (9, b"\xff\3\0\x57" + PACKET6, "ppp"),
    "Cisco HDLC as PPP": (50, b"\x0f\0\x08\0" + PACKET, "ppp"),
    "PPP with direction": (204, b"\1\xff\3\0\x21" + PACKET, "ppp"),
    "FDDI": (10, b"\x50" + MAC + MAC + SNAP_IP + PACKET, "fddi"),
    "raw 12": (12, PACKET, "raw"),
    "raw 14": (14, PACKET6, "raw"),
    "raw 101": (101, PACKET, "raw"),
    "raw IPv4": (228, PACKET, "raw"),
    "raw IPv6": (229, PACKET6, "raw"),
    "LLC": (100, SNAP_IP + PACKET, "llc"),
    "Cisco HDLC": (104, b"\x0f\0\x08\0" + PACKET, "hdlc"),
    "cooked": (113, u16(0, 1, 6) + bytes(8) + u16(0x0800) + PACKET, "cooked"),
    "cooked, IPv6": (113, u16(0, 1, 6) + bytes(8) + u16(0x86DD) + PACKET6, "cooked"),
    "cooked, LLC": (113, u16(0, 1, 6) + bytes(8) + u16(4) + SNAP_IP + PACKET, "cooked"),
    "cooked 2": (276, u16(0x0800, 0) + u32(2) + u16(1) + bytes(10) + PACKET, "cooked"),
    "802.11": (105, wlan(SNAP_IP + PACKET), "wlan"),
    "802.11, four addresses": (105, wlan(SNAP_IP + PACKET, flags=3, extra=MAC), "wlan"),
    "802.11, QoS": (105, wlan(SNAP_IP + PACKET, 0x88, 2, bytes(2)), "wlan"),
    "802.11, mesh": (105, wlan(SNAP_IP + PACKET, 0x88, 2, b"\0\1" + bytes(6)), "wlan"),
    "radiotap": (127, radiotap(wlan(SNAP_IP + PACKET)), "wlan"),
    "radiotap, padded": (127, radiotap(wlan(bytes(4) + SNAP_IP + PACKET, 0x88), 2, b" "), "wlan"),
    "AVS": (163, u32(0x80211001, 64) + bytes(56) + wlan(SNAP_IP + PACKET), "wlan"),
    "PPI": (192, struct.pack("<BBHI", 0, 0, 8, 105) + wlan(SNAP_IP + PACKET), "ppi"),
    "NFLOG": (239, b"\2\0\0\1" + attribute(1, u32(0)) + attribute(9, PACKET), "nflog"),
    "NFLOG, big-endian": (239, b"\2\0\0\1" + u16(4 + len(PACKET), 9) + PACKET, "nflog"),
    "InfiniBand": (242, bytes(40) + u16(0x0800, 0) + PACKET, "infiniband"),
    "PPPoE": (51, b"\x11\0" + u16(5, 2 + len(PACKET), 0x21) + PACKET, "pppoe · pppoe 5"),
}

INNER = {
    "802.1Q": (ethernet(tagged(0x6005, PACKET), 0x8100), "eth · vlan 5"),
    "802.1Q, IPv6": (ethernet(tagged(5, PACKET6, 0x86DD), 0x8100), "eth · vlan 5"),
    "802.1Q with 802.3": (
        ethernet(tagged(5, SNAP_IP + PACKET, 8 + len(PACKET)), 0x8100),
        "eth · vlan 5",
    ),
    "QinQ": (ethernet(tagged(5, tagged(6, PACKET), 0x8100), 0x9100), "eth · vlan 5 · vlan 6"),
    "802.1ad": (
        ethernet(tagged(5, tagged(6, PACKET), 0x8100), 0x88A8),
        "eth · 802.1ad 5 · vlan 6",
    ),
    "802.1ah": (ethernet(u32(77) + FRAME, 0x88E7), "eth · 802.1ah 77"),
    "802.1BR": (ethernet(u16(0, 9, 0, 0x0800) + PACKET, 0x893F), "eth · etag 9"),
    "VN-Tag": (ethernet(u16(3, 0, 0x0800) + PACKET, 0x8926), "eth · vntag 3"),
    "Cisco MetaData": (ethernet(u16(0x101, 1, 44, 0x0800) + PACKET, 0x8909), "eth · sgt 44"),
    "FabricPath": (ethernet(u16(10 << 6) + FRAME + bytes(4), 0x8903), "eth · fabricpath 10"),
    "MPLS": (ethernet(mpls(PACKET, 16, 17), 0x8847), "eth · mpls 16 · mpls 17"),
    "MPLS, IPv6": (ethernet(mpls(PACKET6, 2), 0x8847), "eth · mpls 2"),
    "PPPoE": (
        ethernet(b"\x11\0" + u16(5, 2 + len(PACKET), 0x21) + PACKET, 0x8864),
        "eth · pppoe 5",
    ),
    "NSH": (ethernet(b"\0\2\2\1" + u32(0x1FF) + PACKET, 0x894F), "eth · nsh 511"),
    "IP in IP": (ethernet(ip(PACKET, 4)), OUTER),
    "6in4": (ethernet(ip(PACKET6, 41)), OUTER),
    "4in6": (ethernet(ip6(PACKET, 4), 0x86DD), "eth · ip fd00::1→fd00::2"),
    "EtherIP": (ethernet(ip(b"\x30\0" + FRAME, 97)), f"{OUTER} · etherip · eth"),
    "GRE": (ethernet(ip(gre(PACKET), 47)), f"{OUTER} · gre"),
    "GRE, all fields": (
        ethernet(ip(gre(PACKET, flags=0xB000, fields=u32(0, 8, 9)), 47)),
        f"{OUTER} · gre 8",
    ),
    "PPTP": (
        ethernet(ip(gre(b"\x21" + PACKET, 0x880B, 0x2001, u16(1 + len(PACKET), 3)), 47)),
        f"{OUTER} · gre {1 + len(PACKET) << 16 | 3}",
    ),
    "NVGRE": (
        ethernet(ip(gre(FRAME, 0x6558, 0x2000, u32(7)), 47)),
        f"{OUTER} · gre 7 · eth",
    ),
    "WCCP": (ethernet(ip(gre(u32(0) + PACKET, 0x883E), 47)), f"{OUTER} · gre"),
    "ERSPAN I": (ethernet(ip(gre(FRAME, 0x88BE), 47)), f"{OUTER} · gre · eth"),
    "ERSPAN II": (
        ethernet(ip(gre(u32(0x10050003, 0) + FRAME, 0x88BE, 0x1000, u32(1)), 47)),
        f"{OUTER} · gre · erspan 3 · eth",
    ),
    "ERSPAN III": (
        ethernet(ip(gre(u32(0x20050003, 0, 1, 0, 0) + FRAME, 0x22EB, 0x1000, u32(1)), 47)),
        f"{OUTER} · gre · erspan 3 · eth",
    ),
    "VXLAN": (
        ethernet(ip(udp(vxlan(FRAME, 5000), 4789), 17)),
        f"{OUTER} · udp 5555→4789 · vxlan 5000 · eth",
    ),
    "VXLAN over IPv6": (
        ethernet(ip6(udp(vxlan(FRAME, 1), 4789), 17), 0x86DD),
        "eth · ip fd00::1→fd00::2 · udp 5555→4789 · vxlan 1 · eth",
    ),
    "VXLAN-GPE": (
        ethernet(ip(udp(u32(0x0C000001, 5 << 8) + PACKET, 4790), 17)),
        f"{OUTER} · udp 5555→4790 · vxlan 5",
    ),
    "Geneve": (
        ethernet(ip(udp(u32(0x01006558, 5 << 8, 0) + FRAME, 6081), 17)),
        f"{OUTER} · udp 5555→6081 · geneve 5 · eth",
    ),
    "GTP": (
        ethernet(ip(udp(b"\x30\xff" + u16(len(PACKET)) + u32(7) + PACKET, 2152), 17)),
        f"{OUTER} · udp 5555→2152 · gtp 7",
    ),
    "GTP, extension": (
        ethernet(
            ip(
                udp(
                    b"\x34\xff" + u16(8 + len(PACKET)) + u32(7, 0x85) + b"\1\x10\0\0" + PACKET,
                    2152,
                ),
                17,
            )
        ),
        f"{OUTER} · udp 5555→2152 · gtp 7",
    ),
    "L2TP": (
        ethernet(ip(udp(u16(2, 5, 6) + b"\xff\3\0\x21" + PACKET, 1701), 17)),
        f"{OUTER} · udp 5555→1701 · l2tp 5/6",
    ),
    "Teredo": (
        ethernet(ip(udp(bytes(8) + PACKET6, 3544), 17)),
        f"{OUTER} · udp 5555→3544 · teredo",
    ),
    "two tunnels": (
        ethernet(ip(gre(ip(udp(vxlan(FRAME, 9), 4789), 17)), 47)),
        f"{OUTER} · gre · ip 10.0.0.1→10.0.0.2 · udp 5555→4789 · vxlan 9 · eth",
    ),
    "AH": (ethernet(ip(b"\6\4\0\0" + bytes(20) + SEGMENT, 51)), "eth"),
    "hop-by-hop": (ethernet(ip6(b"\6\0\1\4" + bytes(4) + SEGMENT, 0), 0x86DD), "eth"),
    "destination options": (ethernet(ip6(b"\6\0\1\4" + bytes(4) + SEGMENT, 60), 0x86DD), "eth"),
    "atomic fragment": (ethernet(ip6(b"\6\0\0\0" + u32(5) + SEGMENT, 44), 0x86DD), "eth"),
    "IPv4 options": (ethernet(ip(SEGMENT, options=b"\1\1\1\0")), "eth"),
}


@pytest.mark.parametrize(("link_type", "packet", "path"), LINKS.values(), ids=LINKS)
def test_link_types(link_type: int, packet: bytes, path: str) -> None:
    decoder, [at] = decoded(packet, link_type)
    assert at.key in (A + B + PORTS, A6 + B6 + PORTS)
    assert at.data[at.offset : at.offset + at.captured] == SEGMENT
    assert at.reported == len(SEGMENT)
    assert decoder.paths[at.path].text() == path


@pytest.mark.parametrize(("packet", "path"), INNER.values(), ids=INNER)
def test_tags_and_tunnels(packet: bytes, path: str) -> None:
    decoder, [at] = decoded(packet)
    assert at.key in (A + B + PORTS, A6 + B6 + PORTS)
    assert at.data[at.offset : at.offset + at.captured] == SEGMENT
    assert at.data[at.ip] >> 4 in (4, 6)
    assert decoder.paths[at.path].text() == path


def test_a_path_tells_outer_addresses_ports_and_identifiers() -> None:
    decoder, [at] = decoded(ethernet(tagged(42, ip(udp(vxlan(FRAME, 5000), 4789), 17)), 0x8100))
    tag, outer, ports, tunnel, _ = decoder.paths[at.path].layers
    assert (tag.name, tag.number) == ("vlan", 42)
    assert (outer.name, outer.source, outer.destination) == ("ip", A, B)
    assert (ports.source_port, ports.destination_port) == (5555, 4789)
    assert (tunnel.name, tunnel.number) == ("vxlan", 5000)


def test_path_0_is_the_plain_one_and_paths_are_told_apart() -> None:
    decoder, [at] = decoded(FRAME)
    assert at.path == 0
    decoder.add_interface(1)
    numbers = []
    for packet, interface in (
        (FRAME, 1),
        (ethernet(tagged(5, PACKET), 0x8100), 0),
        (ethernet(tagged(6, PACKET), 0x8100), 0),
        (ethernet(tagged(5, PACKET), 0x8100), 1),
        (ethernet(tagged(5, PACKET), 0x8100), 0),
    ):
        decoder.decode(packet, 0, len(packet), len(packet), interface, None)
        numbers.append(decoder.found[0].path)
    assert numbers == [1, 2, 3, 4, 2]
    assert decoder.paths[4].interface == 1


LENGTHS = {
    "as it is": (FRAME, None, 25, 25),
    "padding is cut": (FRAME + bytes(20), None, 25, 25),
    "IP length 0: segmentation offload": (ethernet(ip(SEGMENT, total=0)), None, 25, 25),
    "a length beyond the wire is not believed": (ethernet(ip(SEGMENT, total=999)), None, 25, 25),
    "cut by the snaplen": (FRAME[:54], 59, 20, 25),
    "cut in the TCP header": (FRAME[:50], 59, 16, 25),
    "IPv6 padding is cut": (ethernet(PACKET6, 0x86DD) + bytes(9), None, 25, 25),
    "IPv6 length beyond the wire": (ethernet(ip6(SEGMENT, length=99), 0x86DD), None, 25, 25),
    "UDP's length counts too": (
        ethernet(ip(u16(9, 4789, 16 + 14 + 40, 0) + vxlan(FRAME, 1), 17)),
        None,
        20,
        20,
    ),
}


@pytest.mark.parametrize(("packet", "wire", "captured", "reported"), LENGTHS.values(), ids=LENGTHS)
def test_lengths(packet: bytes, wire: int | None, captured: int, reported: int) -> None:
    _, [at] = decoded(packet, reported=wire)
    assert (at.captured, at.reported, at.sized) == (captured, reported, True)


def routed(kind: int, left: int, *hops: bytes) -> bytes:
    head = bytes([6, 2 * len(hops), kind, left, 0, 0, 0, 0])
    return ethernet(ip6(head + b"".join(hops) + SEGMENT, 43), 0x86DD)


FIRST, LAST = bytes([0xFC, *bytes(15)]), bytes([0xFB, *bytes(15)])
HOP, GOAL = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
DESTINATIONS = {
    "loose source route": (ethernet(ip(SEGMENT, options=b"\x83\x0b\4" + HOP + GOAL + b"\0")), GOAL),
    "strict source route": (ethernet(ip(SEGMENT, options=b"\x89\7\4" + GOAL + b"\0")), GOAL),
    "source route done": (ethernet(ip(SEGMENT, options=b"\x83\7\x08" + HOP + b"\0")), B),
    "routing type 0": (routed(0, 1, FIRST, LAST), LAST),
    "routing type 0 done": (routed(0, 0, FIRST, LAST), B6),
    "segment routing": (routed(4, 1, FIRST, LAST), FIRST),
}


@pytest.mark.parametrize(("packet", "destination"), DESTINATIONS.values(), ids=DESTINATIONS)
def test_the_destination_is_where_the_packet_goes_in_the_end(
    packet: bytes, destination: bytes
) -> None:
    _, [at] = decoded(packet)
    half = len(at.key) // 2 - 2
    assert at.key[half : 2 * half] == destination


def error(quoted: bytes, kind: int = 3, code: int = 4) -> bytes:
    return ethernet(ip(bytes([kind, code, 0, 0]) + bytes(4) + quoted, 1, B, A))


def test_an_icmp_error_quotes_a_segment() -> None:
    decoder, [at] = decoded(error(PACKET))
    assert (at.quoted, at.icmp, at.key) == (True, 0x0304, A + B + PORTS)
    assert decoder.paths[at.path].text() == "eth · ip 10.0.0.2→10.0.0.1 · icmp 3/4"
    assert decoder.skipped == {"ICMP": 1}


def test_an_icmpv6_error_quotes_a_segment() -> None:
    packet = ethernet(ip6(b"\2\0\0\0" + u32(1280) + PACKET6, 58), 0x86DD)
    decoder, [at] = decoded(packet)
    assert (at.quoted, at.icmp, at.mtu, len(at.router)) == (True, 0x10200, 1280, 16)
    assert decoder.skipped == {"ICMPv6": 1}


@pytest.mark.parametrize("quoted", [4, 6, 8])
def test_the_quoted_ports_are_enough(quoted: int) -> None:
    """A snap length of 68 bytes leaves six."""
    _, [at] = decoded(error(PACKET[: 20 + quoted]))
    assert (at.quoted, at.captured, at.key, at.router) == (True, quoted, A + B + PORTS, B)
    _, found = decoded(error(PACKET[:23]))
    assert not found


def test_quoting_ends_with_the_packet() -> None:
    decoder, [at] = decoded(error(PACKET))
    assert at.quoted
    assert decoder.decode(FRAME, 0, len(FRAME), len(FRAME), 0, None) == 1
    assert not decoder.found[0].quoted


def test_several_packets_in_one_frame() -> None:
    first, second = SNAP_IP + PACKET, SNAP_IP + ip(tcp(source=1001))
    body = MAC * 2 + u16(len(first)) + first
    body += bytes(-len(body) % 4) + MAC * 2 + u16(len(second)) + second
    _, found = decoded(wlan(body, 0x88, 2, b"\x80\0"), 105)
    assert [at.key[8:10] for at in found] == [u16(1000), u16(1001)]


def test_an_l2tp_answer_may_come_from_another_port() -> None:
    data = u16(2, 5, 6) + b"\xff\3\0\x21" + PACKET
    decoder, found = decoded(ethernet(ip(udp(data, 1701, 4000), 17)))
    assert len(found) == 1
    answer = ethernet(ip(udp(data, 4000, 4001), 17, B, A))
    assert decoder.decode(answer, 0, len(answer), len(answer), 0, None) == 1


def test_a_tunnel_port_that_is_only_a_source_port_hides_no_other_tunnel() -> None:
    for port in (1701, 2123, 2152):
        _, found = decoded(ethernet(ip(udp(vxlan(FRAME, 9), 4789, port), 17)))
        assert len(found) == 1, port


SKIPPED = {
    "unknown link type 147": (147, FRAME),
    "not IP (ARP)": (1, ethernet(bytes(46), 0x0806)),
    "not IP (ethertype 0x1234)": (1, ethernet(bytes(46), 0x1234)),
    "not IP (spanning tree)": (1, MAC + MAC + u16(38) + b"\x42\x42\3" + bytes(35)),
    "not IP (PPP control)": (9, b"\xff\3\xc0\x21" + bytes(8)),
    "VJ-compressed TCP (PPP)": (9, b"\xff\3\0\x2d" + bytes(30)),
    "UDP": (1, ethernet(ip(udp(b"question", 53), 17))),
    "ICMP": (1, ethernet(ip(b"\x08\0\0\0" + bytes(8), 1))),
    "ICMPv6": (1, ethernet(ip6(b"\x80\0\0\0" + bytes(8), 58), 0x86DD)),
    "SCTP": (1, ethernet(ip(bytes(20), 132))),
    "IP protocol 200": (1, ethernet(ip(bytes(20), 200))),
    "encrypted (ESP)": (1, ethernet(ip(bytes(20), 50))),
    "encrypted (802.11)": (105, wlan(SNAP_IP + PACKET, flags=0x40)),
    "802.11 without IP (management, control, empty)": (105, wlan(bytes(30), 0x80)),
    "compressed (IPComp)": (1, ethernet(ip(bytes(20), 108))),
    "malformed IPv4 header": (1, ethernet(b"\x44" + PACKET[1:])),
    "malformed IPv4 option": (1, ethernet(ip(SEGMENT, options=b"\x44\3\5\0"))),
    "malformed IPv6 header": (1, ethernet(PACKET, 0x86DD)),
    "fewer than 16 bytes of TCP captured": (1, FRAME[:49]),
    "cut before the TCP header": (1, FRAME[:30]),
    "MPLS without IP (pseudowire)": (1, ethernet(mpls(FRAME, 16), 0x8847)),
    "GRE without IP (protocol 0x2000)": (1, ethernet(ip(gre(bytes(20), 0x2000), 47))),
    "tunnel control message": (1, ethernet(ip(udp(b"\x30\1" + bytes(10), 2152), 17))),
    "too many headers in one packet": (1, ethernet(tagged(1, b"", 0x8100) * 30, 0x8100)),
    "IPv4 fragment (waiting)": (1, ethernet(ip(bytes(64), fragment=8))),
    "IPv6 fragment (waiting)": (1, ethernet(ip6(b"\6\0\0\1" + bytes(68), 44), 0x86DD)),
}


@pytest.mark.parametrize("reason", SKIPPED)
def test_a_packet_without_a_segment_is_counted_by_reason(reason: str) -> None:
    link_type, packet = SKIPPED[reason]
    decoder, found = decoded(packet, link_type, max(len(packet), 59))
    assert found == []
    assert decoder.skipped == {reason: 1}
