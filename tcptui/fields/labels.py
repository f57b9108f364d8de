"""Wireshark's words for the numbers of some fields, as display filters may write them."""

from typing import Final

DSCP: Final = {
    "Default": 0,
    "Lower Effort": 1,
    "Class Selector 1": 8,
    "Assured Forwarding 11": 10,
    "Assured Forwarding 12": 12,
    "Assured Forwarding 13": 14,
    "Class Selector 2": 16,
    "Assured Forwarding 21": 18,
    "Assured Forwarding 22": 20,
    "Assured Forwarding 23": 22,
    "Class Selector 3": 24,
    "Assured Forwarding 31": 26,
    "Assured Forwarding 32": 28,
    "Assured Forwarding 33": 30,
    "Class Selector 4": 32,
    "Assured Forwarding 41": 34,
    "Assured Forwarding 42": 36,
    "Assured Forwarding 43": 38,
    "Class Selector 5": 40,
    "Voice Admit": 44,
    "Expedited Forwarding": 46,
    "Class Selector 6": 48,
    "Class Selector 7": 56,
}

ECN: Final = {
    "Not ECN-Capable Transport": 0,
    "ECN-Capable Transport codepoint '01'": 1,
    "ECN-Capable Transport codepoint '10'": 2,
    "Congestion Experienced": 3,
}

CHECKSUM_STATUS: Final = {
    "Bad": 0,
    "Good": 1,
    "Unverified": 2,
    "Not present": 3,
    "Illegal": 4,
}

SLL_TYPES: Final = {
    "Unicast to us": 0,
    "Broadcast": 1,
    "Multicast": 2,
    "Unicast to another host": 3,
    "Sent by us": 4,
}

IP_PROTOCOLS: Final = {
    "IPv6 Hop-by-Hop Option": 0,
    "ICMP": 1,
    "IGMP": 2,
    "IPIP": 4,
    "TCP": 6,
    "UDP": 17,
    "IPv6": 41,
    "Routing Header for IPv6": 43,
    "Fragment Header for IPv6": 44,
    "Generic Routing Encapsulation": 47,
    "Encap Security Payload": 50,
    "Authentication Header": 51,
    "ICMPv6": 58,
    "Destination Options for IPv6": 60,
    "OSPF IGP": 89,
    "PIM": 103,
    "VRRP": 112,
    "SCTP": 132,
    "MPLS in IP": 137,
}
"""Of those that can stand around TCP, and what stands beside it."""

ETHERTYPES: Final = {
    "IPv4": 2048,
    "IPv6": 34525,
    "802.1Q Virtual LAN": 33024,
    "ARP": 2054,
    "PPPoE Discovery": 34915,
    "PPPoE Session": 34916,
    "802.1ad Provider Bridge (Q-in-Q)": 34984,
    "MPLS label switched packet": 34887,
    "802.1 Link Layer Discovery Protocol (LLDP)": 35020,
}
