"""Skip reasons say why a packet has no TCP segment in it, or none that can be read."""

from typing import Final

from mypy_extensions import i64

NO_REASON: Final = 0
CUT: Final = 1
LINK_TYPE: Final = 2
NOT_IP: Final = 3
LLC: Final = 4
PPP: Final = 5
MALFORMED_LINK: Final = 6
MALFORMED_IPV4: Final = 7
MALFORMED_IPV6: Final = 8
MALFORMED_TUNNEL: Final = 9
IPV4_FRAGMENT: Final = 10
IPV6_FRAGMENT: Final = 11
SHORT_TCP: Final = 12
PROTOCOL: Final = 13
UDP: Final = 14
ICMP: Final = 15
ICMPV6: Final = 16
PSEUDOWIRE: Final = 17
GRE: Final = 18
TUNNEL_CONTROL: Final = 19
TOO_DEEP: Final = 20
WLAN: Final = 21
WLAN_PROTECTED: Final = 22
NFLOG: Final = 23
NULL: Final = 24
IPV4_OPTIONS: Final = 25
WLAN_FRAGMENT: Final = 26

TEXTS: Final = [
    "nothing inside",
    "cut before the TCP header",
    "unknown link type {}",
    "not IP (ethertype 0x{:04x})",
    "not IP (LLC, service access point 0x{:02x})",
    "not IP (PPP, protocol 0x{:04x})",
    "malformed link header",
    "malformed IPv4 header",
    "malformed IPv6 header",
    "malformed tunnel header",
    "IPv4 fragment (waiting)",
    "IPv6 fragment (waiting)",
    "fewer than 16 bytes of TCP captured",
    "IP protocol {}",
    "UDP",
    "ICMP",
    "ICMPv6",
    "MPLS without IP (pseudowire)",
    "GRE without IP (protocol 0x{:04x})",
    "tunnel control message",
    "too many headers in one packet",
    "802.11 without IP (management, control, empty)",
    "encrypted (802.11)",
    "not IP (NFLOG)",
    "not IP (address family {})",
    "malformed IPv4 option",
    "802.11 fragment (waiting)",
]

NAMED: Final = {
    (NOT_IP, 0x0806): "not IP (ARP)",
    (NOT_IP, 0x8035): "not IP (RARP)",
    (NOT_IP, 0x8137): "not IP (IPX)",
    (NOT_IP, 0x8809): "not IP (slow protocols: LACP and the like)",
    (NOT_IP, 0x8863): "not IP (PPPoE discovery)",
    (NOT_IP, 0x888E): "not IP (802.1X)",
    (NOT_IP, 0x88CC): "not IP (LLDP)",
    (NOT_IP, 0x88E5): "encrypted (MACsec)",
    (NOT_IP, 0x9000): "not IP (loopback test)",
    (LLC, 0x42): "not IP (spanning tree)",
    (LLC, 0xF0): "not IP (NetBIOS)",
    (LLC, 0xFE): "not IP (OSI)",
    (PPP, 0x002D): "VJ-compressed TCP (PPP)",
    (PPP, 0x002F): "VJ-compressed TCP (PPP)",
    (PPP, 0x003D): "not IP (PPP multilink)",
    (PPP, 0x0053): "encrypted (PPP)",
    (PPP, 0x00FD): "compressed (PPP)",
    (PPP, 0x8021): "not IP (PPP control)",
    (PPP, 0xC021): "not IP (PPP control)",
    (PROTOCOL, 2): "IGMP",
    (PROTOCOL, 50): "encrypted (ESP)",
    (PROTOCOL, 88): "EIGRP",
    (PROTOCOL, 89): "OSPF",
    (PROTOCOL, 103): "PIM",
    (PROTOCOL, 108): "compressed (IPComp)",
    (PROTOCOL, 112): "VRRP",
    (PROTOCOL, 132): "SCTP",
    (GRE, 0): "GRE keep-alive",
}


def with_value(reason: i64, value: i64) -> i64:
    """Return a reason together with the number that it is about (16 bits)."""
    return reason << 16 | (value & 0xFFFF)


def text_of(code: int) -> str:
    """Return the reason in words."""
    reason, value = code >> 16, code & 0xFFFF
    named = NAMED.get((reason, value))
    return TEXTS[reason].format(value) if named is None else named
