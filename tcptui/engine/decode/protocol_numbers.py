"""The numbers of protocols, each with the decoder's step that reads what it announces.

The tables are those of Wireshark 4.0 with its application decoders off.
"""

from typing import Final

from tcptui.engine.decode import steps

LINKS: Final = {
    0: steps.NULL,
    1: steps.ETHERNET,
    9: steps.PPP_HDLC,
    10: steps.FDDI,
    12: steps.RAW,
    14: steps.RAW,
    50: steps.PPP_HDLC,
    51: steps.PPPOE,
    100: steps.LLC,
    101: steps.RAW,
    104: steps.HDLC,
    105: steps.WLAN,
    108: steps.LOOP,
    112: steps.HDLC,
    113: steps.COOKED,
    117: steps.PF_LOG,
    127: steps.RADIOTAP,
    163: steps.AVS,
    192: steps.PPI,
    204: steps.PPP_DIRECTION,
    228: steps.IPV4,
    229: steps.IPV6,
    239: steps.NFLOG,
    242: steps.INFINIBAND,
    253: steps.NETLINK,
    276: steps.COOKED_2,
}
"""LINKTYPE_… number → first header."""

ETHERTYPES: Final = {
    0x0800: steps.IPV4,
    0x2452: steps.CENTRINO,
    0x6558: steps.ETHERNET,
    0x8100: steps.VLAN,
    0x86DD: steps.IPV6,
    0x8847: steps.MPLS,
    0x8848: steps.MPLS,
    0x8864: steps.PPPOE,
    0x8870: steps.LLC,
    0x88A8: steps.PROVIDER_VLAN,
    0x88E7: steps.BACKBONE,
    0x8909: steps.META_DATA,
    0x8926: steps.VN_TAG,
    0x893F: steps.E_TAG,
    0x894F: steps.NSH,
    0x9100: steps.VLAN,
    0xF1C1: steps.REDUNDANCY,
}

PPP_PROTOCOLS: Final = {
    0x0021: steps.IPV4,
    0x004B: steps.LLC,
    0x0057: steps.IPV6,
    0x0281: steps.MPLS,
    0x0283: steps.MPLS,
    0x0800: steps.IPV4,
    0x86DD: steps.IPV6,
}

HDLC_PROTOCOLS: Final = {
    0x0800: steps.IPV4,
    0x6558: steps.ETHERNET,
    0x86DD: steps.IPV6,
    0x8847: steps.MPLS,
    0x8848: steps.MPLS,
}

GRE_PROTOCOLS: Final = {
    0x0800: steps.IPV4,
    0x22EB: steps.ERSPAN,
    0x6400: steps.ETHERNET,
    0x6558: steps.ETHERNET,
    0x86DD: steps.IPV6,
    0x880B: steps.PPP_HDLC,
    0x883E: steps.REDIRECTED,
    0x8847: steps.MPLS,
    0x8848: steps.MPLS,
    0x88BE: steps.ERSPAN,
    0x8909: steps.META_DATA,
    0x894F: steps.NSH,
}

for _aruba in range(0x8200, 0x8380, 0x10):
    GRE_PROTOCOLS[_aruba] = steps.WLAN

IP_PROTOCOLS: Final = {
    0: steps.HOP_BY_HOP,
    1: steps.ICMP,
    4: steps.IPV4,
    6: steps.TCP,
    17: steps.UDP,
    41: steps.IPV6,
    43: steps.ROUTING,
    44: steps.FRAGMENT,
    47: steps.GRE,
    51: steps.AH,
    58: steps.ICMPV6,
    60: steps.DESTINATION,
    97: steps.ETHER_IP,
    137: steps.MPLS,
    143: steps.BARE_ETHERNET,
}

TUNNELS_OVER_IP: Final = frozenset(
    (steps.IPV4, steps.IPV6, steps.GRE, steps.ETHER_IP, steps.MPLS, steps.BARE_ETHERNET)
)

UDP_PORTS: Final = {
    1701: steps.L2TP,
    2123: steps.GTP,
    2152: steps.GTP,
    3544: steps.TEREDO,
    4754: steps.GRE,
    4789: steps.VXLAN,
    4790: steps.VXLAN_GPE,
    6081: steps.GENEVE,
    6635: steps.MPLS,
    12000: steps.LLC,
    12001: steps.LLC,
    12002: steps.LLC,
    12003: steps.LLC,
    12004: steps.LLC,
}

NEXT_PROTOCOLS: Final = {
    1: steps.IPV4,
    2: steps.IPV6,
    3: steps.ETHERNET,
    4: steps.NSH,
    5: steps.MPLS,
}
"""Of NSH (RFC 8300) and VXLAN-GPE."""
