"""Where the fields of a packet's headers stand, as far as mutators want to know them."""

from typing import Final, NamedTuple


class Field(NamedTuple):
    """A number in a packet: whose it is, its first byte and its size."""

    layer: str
    at: int
    size: int


FIELDS: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "eth": ((12, 2),),
    "vlan": ((0, 2), (2, 2)),
    "ip": ((0, 1), (1, 1), (2, 2), (4, 2), (6, 2), (8, 1), (9, 1), (12, 4), (16, 4), (20, 2)),
    "ip6": ((0, 4), (4, 2), (6, 1), (7, 1), (8, 8), (32, 8)),
    "extension": ((0, 1), (1, 1), (2, 2), (4, 4)),
    "tcp": (
        (0, 2), (2, 2), (4, 4), (4, 4), (8, 4), (8, 4), (12, 1), (13, 1), (13, 1), (12, 2),
        (14, 2), (14, 2), (16, 2), (18, 2),
    ),
    "udp": ((0, 2), (2, 2), (4, 2)),
    "gre": ((0, 2), (2, 2), (4, 4), (8, 4)),
    "icmp": ((0, 1), (1, 1), (4, 4), (8, 1), (10, 2)),
    "pppoe": ((0, 2), (2, 2), (4, 2), (6, 2)),
    "mpls": ((0, 4), (2, 1)),
    "inner": ((0, 1), (1, 1), (2, 2), (4, 4), (6, 2), (8, 4)),
}  # fmt: skip
"""Offset and size in each header; what is met most often stands there twice."""

BY_TYPE: Final = {0x0800: "ip", 0x86DD: "ip6", 0x8100: "vlan", 0x88A8: "vlan", 0x9100: "vlan",
                  0x8847: "mpls", 0x8864: "pppoe", 0x6558: "eth"}  # fmt: skip
BY_PROTOCOL: Final = {4: "ip", 6: "tcp", 17: "udp", 41: "ip6", 47: "gre", 1: "icmp", 58: "icmp",
                      0: "extension", 43: "extension", 44: "extension", 60: "extension",
                      51: "extension"}  # fmt: skip
LINKS: Final = {1: ("eth", 0), 12: ("ip", 0), 14: ("ip6", 0), 101: ("ip", 0), 228: ("ip", 0),
                229: ("ip6", 0), 0: ("ip", 4), 108: ("ip", 4), 113: ("ip", 16), 276: ("ip", 20),
                9: ("ip", 4), 104: ("ip", 4), 51: ("pppoe", 0)}  # fmt: skip
"""The first header of a link type, and where it begins."""
MOST_LAYERS: Final = 12


def fields_of(data: bytes, link_type: int) -> list[Field]:
    """The fields of the headers that are found; none of an unknown link type."""
    found: list[Field] = []
    layer, at = LINKS.get(link_type, ("", 0))
    for _ in range(MOST_LAYERS):
        if not layer or at >= len(data):
            break
        found += (Field(layer, at + offset, size) for offset, size in FIELDS[layer])
        if layer == "tcp":
            found += option_fields(data, at)
        layer, at = following(data, layer, at)
    return [field for field in found if field.at + field.size <= len(data)]


def following(data: bytes, layer: str, at: int) -> tuple[str, int]:
    """The header behind this one; "" where it is not known."""
    head = data[at : at + 40].ljust(40, b"\0")
    if layer in ("eth", "vlan"):
        start = 12 if layer == "eth" else 2
        return BY_TYPE.get(int.from_bytes(head[start : start + 2]), ""), at + start + 2
    if layer == "ip" and head[0] >> 4 == 6:
        layer = "ip6"
    if layer == "ip":
        return BY_PROTOCOL.get(head[9], ""), at + (head[0] & 15) * 4
    if layer == "ip6":
        return BY_PROTOCOL.get(head[6], ""), at + 40
    if layer == "extension":
        return BY_PROTOCOL.get(head[0], ""), at + 8 + head[1] * 8
    if layer == "gre":
        size = 4 + 4 * sum(bool(head[0] & bit) for bit in (0x80, 0x20, 0x10))
        return BY_TYPE.get(int.from_bytes(head[2:4]), ""), at + size
    sizes = {"udp": ("inner", 8), "icmp": ("ip", 8), "pppoe": ("ip", 8), "mpls": ("ip", 4)}
    after, size = sizes.get(layer, ("", 0))
    return after, at + size


def option_fields(data: bytes, start: int) -> list[Field]:
    """Kind, length and numbers of TCP's options."""
    found: list[Field] = []
    at, end = start + 20, min(len(data), start + (data[start + 12] >> 4) * 4 if
                              start + 12 < len(data) else 0)  # fmt: skip
    while at + 1 < end:
        kind, size = data[at], data[at + 1]
        found.append(Field("options", at, 1))
        if kind < 2:
            at += 1
            continue
        found.append(Field("options", at + 1, 1))
        found += (Field("options", place, 4) for place in range(at + 2, at + max(size, 2) - 3, 4))
        at += max(size, 2)
    return found
