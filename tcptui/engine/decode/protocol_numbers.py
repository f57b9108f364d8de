"""The headers that the decoder knows: which number stands for which, and which follows what.

The tables are those of Wireshark 4.0 with its application decoders off.
"""

from typing import Final

DONE: Final = 0
ETHERNET: Final = 1
LLC: Final = 2
VLAN: Final = 3
PROVIDER_VLAN: Final = 4
BACKBONE: Final = 5
E_TAG: Final = 6
VN_TAG: Final = 7
META_DATA: Final = 8
REDUNDANCY: Final = 9
MPLS: Final = 10
PPPOE: Final = 11
PPP: Final = 12
PPP_HDLC: Final = 13
PPP_DIRECTION: Final = 14
HDLC: Final = 15
NULL: Final = 16
LOOP: Final = 17
RAW: Final = 18
COOKED: Final = 19
COOKED_2: Final = 20
FDDI: Final = 21
INFINIBAND: Final = 22
NFLOG: Final = 23
NETLINK: Final = 24
RADIOTAP: Final = 25
PPI: Final = 26
AVS: Final = 27
WLAN: Final = 28
CENTRINO: Final = 29
PF_LOG: Final = 30
NSH: Final = 31
IPV4: Final = 32
IPV6: Final = 33
HOP_BY_HOP: Final = 34
ROUTING: Final = 35
FRAGMENT: Final = 36
DESTINATION: Final = 37
AH: Final = 38
UDP: Final = 39
ICMP: Final = 40
ICMPV6: Final = 41
GRE: Final = 42
ERSPAN: Final = 43
VXLAN: Final = 44
VXLAN_GPE: Final = 45
GENEVE: Final = 46
GTP: Final = 47
TEREDO: Final = 48
L2TP: Final = 49
ETHER_IP: Final = 50
TCP: Final = 51
BARE_ETHERNET: Final = 52
REDIRECTED: Final = 53

LINKS: Final = {
    0: NULL,
    1: ETHERNET,
    9: PPP_HDLC,
    10: FDDI,
    12: RAW,
    14: RAW,
    50: PPP_HDLC,
    51: PPPOE,
    100: LLC,
    101: RAW,
    104: HDLC,
    105: WLAN,
    108: LOOP,
    112: HDLC,
    113: COOKED,
    117: PF_LOG,
    127: RADIOTAP,
    163: AVS,
    192: PPI,
    204: PPP_DIRECTION,
    228: IPV4,
    229: IPV6,
    239: NFLOG,
    242: INFINIBAND,
    253: NETLINK,
    276: COOKED_2,
}
"""LINKTYPE_… number → first header."""

ETHERTYPES: Final = {
    0x0800: IPV4,
    0x2452: CENTRINO,
    0x6558: ETHERNET,
    0x8100: VLAN,
    0x86DD: IPV6,
    0x8847: MPLS,
    0x8848: MPLS,
    0x8864: PPPOE,
    0x8870: LLC,
    0x88A8: PROVIDER_VLAN,
    0x88E7: BACKBONE,
    0x8909: META_DATA,
    0x8926: VN_TAG,
    0x893F: E_TAG,
    0x894F: NSH,
    0x9100: VLAN,
    0xF1C1: REDUNDANCY,
}

PPP_PROTOCOLS: Final = {
    0x0021: IPV4,
    0x004B: LLC,
    0x0057: IPV6,
    0x0281: MPLS,
    0x0283: MPLS,
    0x0800: IPV4,
    0x86DD: IPV6,
}

HDLC_PROTOCOLS: Final = {
    0x0800: IPV4,
    0x6558: ETHERNET,
    0x86DD: IPV6,
    0x8847: MPLS,
    0x8848: MPLS,
}

GRE_PROTOCOLS: Final = {
    0x0800: IPV4,
    0x22EB: ERSPAN,
    0x6400: ETHERNET,
    0x6558: ETHERNET,
    0x86DD: IPV6,
    0x880B: PPP_HDLC,
    0x883E: REDIRECTED,
    0x8847: MPLS,
    0x8848: MPLS,
    0x88BE: ERSPAN,
    0x8909: META_DATA,
    0x894F: NSH,
}

for _aruba in range(0x8200, 0x8380, 0x10):
    GRE_PROTOCOLS[_aruba] = WLAN

IP_PROTOCOLS: Final = {
    0: HOP_BY_HOP,
    1: ICMP,
    4: IPV4,
    6: TCP,
    17: UDP,
    41: IPV6,
    43: ROUTING,
    44: FRAGMENT,
    47: GRE,
    51: AH,
    58: ICMPV6,
    60: DESTINATION,
    97: ETHER_IP,
    137: MPLS,
    143: BARE_ETHERNET,
}

TUNNELS_OVER_IP: Final = frozenset((IPV4, IPV6, GRE, ETHER_IP, MPLS, BARE_ETHERNET))

UDP_PORTS: Final = {
    1701: L2TP,
    2123: GTP,
    2152: GTP,
    3544: TEREDO,
    4754: GRE,
    4789: VXLAN,
    4790: VXLAN_GPE,
    6081: GENEVE,
    6635: MPLS,
    12000: LLC,
    12001: LLC,
    12002: LLC,
    12003: LLC,
    12004: LLC,
}

NEXT_PROTOCOLS: Final = {1: IPV4, 2: IPV6, 3: ETHERNET, 4: NSH, 5: MPLS}
"""Of NSH (RFC 8300) and VXLAN-GPE."""
