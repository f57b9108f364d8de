"""UDP: which tunnel a datagram belongs to, by its ports."""

from itertools import chain
from typing import Final

from mypy_extensions import i64

from tcptui.engine.decode import layers, protocol_numbers, skip_reasons, steps
from tcptui.engine.decode.cursor import IPV4_ADDRESSES, Cursor

HEADER: Final = 8

GTP_MESSAGES: Final = frozenset(
    chain(
        range(0x01, 0x08),
        range(0x10, 0x26),
        range(0x30, 0x3F),
        (0x46,),
        range(0x60, 0x6A),
        range(0x70, 0x7A),
        (0x80, 0x81, 0xF0, 0xF1, 0xFE, 0xFF),
    )
)
"""Message types of versions 0 and 1 that exist; with another one it is not GTP."""

DNS_PORT: Final = 53
L2TP_PORT: Final = 1701
L2TP_VERSIONS: Final = (2, 3)
MOST_L2TP_ENDS: Final = 65_536


def udp(at: Cursor) -> i64:
    """Decode UDP: of interest where a port is that of a tunnel."""
    at.give_up(skip_reasons.UDP, 0)
    if at.captured < HEADER:
        return steps.DONE
    length = at.short(4)
    if length == 0 and len(at.addresses) > IPV4_ADDRESSES:
        length = at.reported
    if length < HEADER:
        return steps.DONE
    step = tunnel(at)
    if step == steps.DONE:
        if at.short(0) == DNS_PORT and not at.quoted:
            at.dns_message = at.piece(HEADER, length if length < at.captured else at.captured)
        return steps.DONE
    at.limit(length)
    at.push_ip()
    at.push(layers.UDP, at.piece(0, 4))
    at.skip(HEADER)
    return step


def tunnel(at: Cursor) -> i64:
    """Return what listens at the lower port, or at the higher one if the lower does not know the
    bytes."""
    if len(at.l2tp_ends) > 0 and is_known_l2tp(at):
        return steps.L2TP
    source, destination = at.short(0), at.short(2)
    low, high = (source, destination) if source < destination else (destination, source)
    for port in (low, high):
        step = protocol_numbers.UDP_PORTS.get(port, steps.DONE)
        if step != steps.DONE and accepts(at, step):
            if step == steps.L2TP and destination == L2TP_PORT:
                remember_l2tp(at)
            return step
    return steps.DONE


def accepts(at: Cursor, step: i64) -> bool:
    """Return whether the payload can be what its port says; most tunnels take anything."""
    if at.captured < HEADER + 2:
        return True
    if step == steps.GTP:
        version = at.byte(HEADER) >> 5
        return version == 2 or (version < 2 and at.byte(HEADER + 1) in GTP_MESSAGES)
    if step == steps.L2TP:
        return at.byte(HEADER + 1) & 15 in L2TP_VERSIONS
    return True


def remember_l2tp(at: Cursor) -> None:
    """Remember the port: the answer to it may come from any port of the peer (RFC 2661, section
    8.1)."""
    if len(at.l2tp_ends) < MOST_L2TP_ENDS:
        at.l2tp_ends[at.piece(0, 2) + at.addresses] = None


def is_known_l2tp(at: Cursor) -> bool:
    """Return whether one end has asked the other for a tunnel from this port."""
    half = len(at.addresses) // 2
    turned = at.addresses[half:] + at.addresses[:half]
    known = at.piece(0, 2) + at.addresses in at.l2tp_ends
    return (known or at.piece(2, 4) + turned in at.l2tp_ends) and accepts(at, steps.L2TP)
