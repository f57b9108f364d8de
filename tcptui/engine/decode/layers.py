"""Layers say how a segment was carried: those of a packet, and the table of distinct paths.

While a packet is decoded its path is a string of bytes: for each layer its kind and a value of
fixed size, outermost first, without the link layer (which the interface tells) and without the
IP header of the segment itself (which the flow tells). Such a string is cheap to build and to
look up; a :class:`Path` is made of it when somebody looks.
"""

from typing import Final

from librt.strings import read_i32_be
from mypy_extensions import i64

from tcptui.engine.addresses import address_text

VLAN: Final = 0
PROVIDER_VLAN: Final = 1
BACKBONE: Final = 2
E_TAG: Final = 3
VN_TAG: Final = 4
FABRIC_PATH: Final = 5
META_DATA: Final = 6
REDUNDANCY: Final = 7
ETHERNET: Final = 8
MPLS: Final = 9
PPPOE: Final = 10
PPP: Final = 11
IPV4: Final = 12
IPV6: Final = 13
UDP: Final = 14
GRE: Final = 15
GRE_KEY: Final = 16
ERSPAN: Final = 17
VXLAN: Final = 18
GENEVE: Final = 19
GTP: Final = 20
L2TP: Final = 21
TEREDO: Final = 22
ETHER_IP: Final = 23
AH: Final = 24
ICMP: Final = 25
ICMPV6: Final = 26
NSH: Final = 27
ISL: Final = 28
HDLC: Final = 29
LLC: Final = 30
WLAN: Final = 31
NFLOG: Final = 32

NO_NUMBER: Final = -1
NO_PORT: Final = -1

ETHERNET_LINK: Final = 1
"""The link type of Ethernet."""
MAC_TO_IP: Final = 8
"""From the source's hardware address to the IP header: six bytes, and the EtherType."""
TAG_SIZE: Final = 4

MOST_PATHS: Final = 1_000_000
MOST_PATH_BYTES: Final = 64_000_000
"""More distinct paths than this share the last entry, so that no capture can fill the memory."""


class LayerKind:
    """A kind of layer: its name and how many bytes its value takes in a path."""

    def __init__(self, name: str, size: int) -> None:
        self.name: str = name
        self.size: int = size


KINDS: Final = [
    LayerKind("vlan", 2),  # 802.1Q, identifier without priority
    LayerKind("802.1ad", 2),
    LayerKind("802.1ah", 3),  # service instance
    LayerKind("etag", 2),  # E-CID base
    LayerKind("vntag", 2),  # destination virtual interface
    LayerKind("fabricpath", 2),  # forwarding tag
    LayerKind("sgt", 2),  # Cisco MetaData: security group
    LayerKind("802.1cb", 0),
    LayerKind("eth", 0),
    LayerKind("mpls", 3),  # label
    LayerKind("pppoe", 2),  # session
    LayerKind("ppp", 0),
    LayerKind("ip", 8),
    LayerKind("ip", 32),
    LayerKind("udp", 4),
    LayerKind("gre", 0),
    LayerKind("gre", 4),  # key
    LayerKind("erspan", 2),  # session
    LayerKind("vxlan", 3),
    LayerKind("geneve", 3),
    LayerKind("gtp", 4),  # tunnel endpoint
    LayerKind("l2tp", 4),  # tunnel << 16 | session
    LayerKind("teredo", 0),
    LayerKind("etherip", 0),
    LayerKind("ah", 4),  # SPI
    LayerKind("icmp", 2),  # type << 8 | code
    LayerKind("icmpv6", 2),
    LayerKind("nsh", 4),  # service path << 8 | index
    LayerKind("isl", 2),
    LayerKind("hdlc", 0),
    LayerKind("llc", 0),
    LayerKind("wlan", 0),
    LayerKind("nflog", 0),
]

SIZES: Final = [kind.size for kind in KINDS]

LINK_NAMES: Final = {
    0: "loop",
    1: "eth",
    9: "ppp",
    10: "fddi",
    12: "raw",
    14: "raw",
    50: "ppp",
    51: "pppoe",
    100: "llc",
    101: "raw",
    104: "hdlc",
    105: "wlan",
    108: "loop",
    112: "hdlc",
    113: "cooked",
    127: "wlan",
    163: "wlan",
    192: "ppi",
    204: "ppp",
    228: "raw",
    229: "raw",
    239: "nflog",
    242: "infiniband",
    253: "netlink",
    276: "cooked",
}


class Layer:
    """One layer of a path.

    ``source`` and ``destination`` are addresses of 4 or 16 bytes (empty where there are none),
    ``number`` is the layer's identifier: VLAN id, MPLS label, VNI, tunnel endpoint, key, ICMP
    type << 8 | code (`NO_NUMBER` where it has none).
    """

    def __init__(self, kind: int, value: bytes) -> None:
        self.kind: int = kind
        self.name: str = KINDS[kind].name
        self.source: bytes = b""
        self.destination: bytes = b""
        self.source_port: int = NO_PORT
        self.destination_port: int = NO_PORT
        self.number: int = NO_NUMBER
        half = len(value) // 2
        if kind in (IPV4, IPV6):
            self.source = value[:half]
            self.destination = value[half:]
        elif kind == UDP:
            self.source_port = value[0] << 8 | value[1]
            self.destination_port = value[2] << 8 | value[3]
        elif len(value) > 0:
            number = 0
            for byte in value:
                number = number << 8 | byte
            self.number = number

    def text(self) -> str:
        """Return the layer in words, as in ``vlan 42`` or ``ip 10.0.0.1→10.0.0.2``."""
        if len(self.source) > 0:
            return f"{self.name} {address_text(self.source)}→{address_text(self.destination)}"
        if self.source_port != NO_PORT:
            return f"{self.name} {self.source_port}→{self.destination_port}"
        if self.kind == L2TP:
            return f"l2tp {self.number >> 16}/{self.number & 0xFFFF}"
        if self.kind in (ICMP, ICMPV6):
            return f"{self.name} {self.number >> 8}/{self.number & 0xFF}"
        return self.name if self.number == NO_NUMBER else f"{self.name} {self.number}"


class Path:
    """The way in which segments were carried: the interface, and the layers below their own IP
    header.

    Addresses and ports are those of the packet: outer source, outer destination.
    """

    def __init__(self, interface: int, link_type: int, layers: list[Layer], other: bool) -> None:
        self.interface: int = interface
        self.link_type: int = link_type
        self.layers: list[Layer] = layers
        self.other: bool = other
        """Stands for all paths that came after the table was full."""

    def mac_distance(self) -> int:
        """Return how far before the IP header the hardware address stands that sent the frame: 0
        where the frame has none, or something lies between other than VLAN tags.

        Behind a tunnel it would be the tunnel's, or, inside of it, none that this link has.
        """
        if self.other or self.link_type != ETHERNET_LINK:
            return 0
        if any(layer.kind not in (VLAN, PROVIDER_VLAN) for layer in self.layers):
            return 0
        return MAC_TO_IP + TAG_SIZE * len(self.layers)

    def text(self) -> str:
        """Return the path on one line, outermost layer first.

        As in ``eth · vlan 42 · ip 10.0.0.1→10.0.0.2 · vxlan 5000``.
        """
        if self.other:
            return "other paths"
        link = LINK_NAMES.get(self.link_type, f"link type {self.link_type}")
        return " · ".join([link] + [layer.text() for layer in self.layers])


def plain_path(interface: i64) -> bytes:
    """Return the string of a path without any layer."""
    return int(interface).to_bytes(4, "big")


class PathTable:
    """The distinct paths of a capture, by number; 0 is interface 0 without any further layer."""

    def __init__(self) -> None:
        self.link_types: list[int] = []
        self.keys: list[bytes] = []
        self.numbers: dict[bytes, int] = {}
        self.bytes: i64 = 0
        self.other: i64 = -1

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, number: int) -> Path:
        """The path of this number; IndexError beyond the last."""
        key = self.keys[number]
        if len(key) == 0:
            return Path(0, 0, [], True)
        interface = int.from_bytes(key[:4], "big")
        layers: list[Layer] = []
        i = 4
        while i < len(key):
            end = i + 1 + KINDS[key[i]].size
            layers.append(Layer(key[i], key[i + 1 : end]))
            i = end
        return Path(interface, self.link_types[interface], layers, False)

    def link_type(self, number: int) -> int:
        """Return the link type of the interface of this path; 0 for what stands for all others."""
        key = self.keys[number]
        return self.link_types[int(read_i32_be(key, 0))] if len(key) > 0 else 0

    def add_interface(self, link_type: int) -> i64:
        """Announce the next interface, and return the number of its plain path."""
        interface = len(self.link_types)
        self.link_types.append(link_type)
        return self.number(plain_path(interface))

    def number(self, key: bytes) -> i64:
        """Return the number of a path; one that was not met before gets a new number."""
        found = self.numbers.get(key)
        if found is not None:
            return found
        if self.other >= 0:
            return self.other
        number: i64 = len(self.keys)
        self.bytes += len(key)
        if number >= MOST_PATHS or self.bytes > MOST_PATH_BYTES:
            self.other = number
            key = b""
        self.keys.append(key)
        self.numbers[key] = number
        return number
