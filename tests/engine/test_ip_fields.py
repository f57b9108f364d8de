"""What rules read of the IP header is that of the segment's own, whatever lies around it."""

from collections.abc import Sequence
from functools import partial

import pytest

from samples.frames import segment
from samples.packet_script import Packet, parse_script
from tcptui.engine.header_fields import has_ipv4, identification_of, traffic_class_of, ttl_of
from tcptui.engine.timing.recent_headers import RecentHeaders
from tcptui.findings.findings import findings_of
from tests.diagnosis.causes import numbered
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import ethernet, gre, ip, ip6, mpls, tcp, u16, u32, udp, vxlan
from tests.engine.test_decode import decoded

SEGMENT = tcp()
own = partial(ip, identification=0xF00D, ttl=37, tos=0xBA)
own6 = partial(ip6, ttl=37, tos=0xBA)
PACKET = own(SEGMENT)
PACKET6 = own6(SEGMENT)

ROUTING = bytes([6, 2, 0, 0, 0, 0, 0, 0]) + bytes(16)
HOP_BY_HOP = bytes([6, 0, 5, 2, 0, 0, 1, 0])
WITH_EXTENSIONS = {
    "hop-by-hop options": (0, HOP_BY_HOP),
    "destination options": (60, bytes([6, 1, 1, 12]) + bytes(12)),
    "a routing header": (43, ROUTING),
    "a fragment header": (44, bytes([6, 0, 0, 0, 0, 0, 0, 9])),
    "an authentication header": (51, bytes([6, 4, 0, 0]) + u32(5, 6) + bytes(12)),
    "hop-by-hop options and a routing header": (0, bytes([43]) + HOP_BY_HOP[1:] + ROUTING),
}
CARRIED: dict[str, bytes] = {
    "plain": ethernet(PACKET),
    "IPv6": ethernet(PACKET6, 0x86DD),
    "IPv4 options": ethernet(own(SEGMENT, options=bytes([148, 4, 0, 0]))),
    "IPv4 and an authentication header": ethernet(
        own(bytes([6, 4, 0, 0]) + u32(5, 6) + bytes(12) + SEGMENT, 51)
    ),
    "VLAN": ethernet(u16(5, 0x0800) + PACKET, 0x8100),
    "MPLS": ethernet(mpls(PACKET, 16, 17), 0x8847),
    "PPPoE": ethernet(b"\x11\0" + u16(5, 2 + len(PACKET), 0x21) + PACKET, 0x8864),
    "IP in IP": ethernet(ip(PACKET, 4)),
    "6in4": ethernet(ip(PACKET6, 41)),
    "4in6": ethernet(ip6(PACKET, 4), 0x86DD),
    "GRE": ethernet(ip(gre(PACKET), 47)),
    "VXLAN": ethernet(ip(udp(vxlan(ethernet(PACKET), 5000), 4789), 17)),
    **{
        f"IPv6 and {name}": ethernet(own6(header + SEGMENT, first), 0x86DD)
        for name, (first, header) in WITH_EXTENSIONS.items()
    },
}


@pytest.mark.parametrize("name", CARRIED)
def test_its_own_header_is_read(name: str) -> None:
    _, (at,) = decoded(CARRIED[name])
    assert (ttl_of(at), traffic_class_of(at)) == (37, 0xBA)
    assert RecentHeaders().note_packet(0, at) == 37
    if has_ipv4(at):
        assert identification_of(at) == 0xF00D


RESET = numbered(
    """
    flow A [fd00::1]:1111 B [fd00::2]:80
    numbers A=1000 B=5000
    0   A S    0   0 64000 0 mss=1400
    20  B SA   0   1 64000 0 mss=1400 ttl=52
    22  A A    1   1 64000 0
    100 A PA   1   1 64000 100
    120 B A    1 101 64000 0 ttl=52
    121 B PA   1 101 64000 500 ttl=52
    130 A PA 101 501 64000 100
    131 B RA 501 101 0 0 ttl=TTL
    """,
    1,
)


def extended(packets: Sequence[Packet], first: int, header: bytes) -> list[bytes]:
    """Frames in IPv6 with an extension header."""
    return [
        ethernet(
            ip6(
                header + segment(packet),
                first,
                source=packet.source.address.packed,
                destination=packet.destination.address.packed,
                ttl=int(packet.ip.get("ttl", "64")),
            ),
            0x86DD,
        )
        for packet in packets
    ]


@pytest.mark.parametrize("name", WITH_EXTENSIONS)
@pytest.mark.parametrize(("ttl", "kind"), [("52", "abort_unread_data"), ("61", "rst_by_middlebox")])
def test_a_reset_behind_extension_headers(name: str, ttl: str, kind: str) -> None:
    """One that came from another distance was not sent by the server."""
    packets = parse_script(RESET.replace("TTL", ttl)).packets
    engine = new_engine()
    feed(engine, extended(packets, *WITH_EXTENSIONS[name]), [packet.time for packet in packets])
    assert kind in {finding.kind for finding in findings_of(engine, engine.flows[0])}
