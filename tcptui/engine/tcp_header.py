"""The bits of a TCP header (RFC 9293, section 3.1)."""

from typing import Final

FIN: Final = 0x001
SYN: Final = 0x002
RST: Final = 0x004
PSH: Final = 0x008
ACK: Final = 0x010
URG: Final = 0x020
ECE: Final = 0x040
CWR: Final = 0x080
AE: Final = 0x100

ECN_BITS: Final = AE | CWR | ECE
"""What asks for ECN in a handshake, and is a counter where accurate ECN is used (RFC 9768)."""
ECN_SHIFT: Final = 6
RARE: Final = SYN | ECE | CWR
"""Header flags that few segments have."""

FLAG_BITS: Final = 0xFFF
"""All twelve bits that tshark shows as ``tcp.flags``: three reserved, then AE … FIN."""

TCP_MIN_HEADER: Final = 20
TCP_READABLE: Final = 16
"""With fewer captured bytes than this a TCP header has no row; `Rules.quoted_from` is about quoted
ones."""
PORTS: Final = 4
"""Bytes of both ports, with which it begins. Every ICMP error quotes them and the sequence number
(RFC 792), which a short snap length may cut off."""
