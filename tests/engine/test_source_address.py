"""The hardware address of a greeting is that of the frame's own link header, or it has none."""

import struct
from collections.abc import Callable

import pytest

from samples.frames import LOCAL_MAC, frame
from samples.packet_script import parse_script
from tcptui.engine.engine import Engine
from tcptui.engine.greetings import Greeting
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.findings.findings import findings_of
from tests.engine.feeding import feed
from tests.engine.headers import ethernet, gre, ip, udp, vxlan

ETHERNET = 1
COOKED = 113
RAW = 101
CLIENT = int.from_bytes(LOCAL_MAC + bytes([1]))
SYN = "flow A 10.0.0.1:1111 B 10.0.0.2:80\nnumbers A=1000 B=5000\n1 0 A S 0 0 64000 0 mss=1460\n"
IPV6 = "flow A fe80::1:1111 B fe80::2:80\nnumbers A=1000 B=5000\n1 0 A S 0 0 64000 0 mss=1460\n"
SNAP_IP = bytes.fromhex("aaaa030000000800")

Wrapped = Callable[[bytes], bytes]


def tagged(*tags: tuple[int, int]) -> Wrapped:
    """The frame with tags, outermost first: the EtherType and the number of each."""
    inside = b"".join(struct.pack(">HH", kind, number) for kind, number in tags)
    return lambda data: data[:12] + inside + data[12:]


def with_length(tag: bytes, llc: bytes) -> Wrapped:
    """The frame with a length in place of the EtherType (IEEE 802.3)."""
    return lambda data: data[:12] + tag + struct.pack(">H", len(llc + data[14:])) + llc + data[14:]


def fragmented(data: bytes) -> list[bytes]:
    """The frame's datagram in two fragments."""
    head, body = bytearray(data[14:34]), data[34:]
    pieces = []
    for start, end, flags in ((0, 8, 0x2000), (8, len(body), 1)):
        head[2:4] = struct.pack(">H", 20 + end - start)
        head[6:8] = struct.pack(">H", flags)
        pieces.append(data[:14] + bytes(head) + body[start:end])
    return pieces


def greeting_of(frames: list[bytes], link_type: int) -> Greeting:
    """The greeting of a capture's one SYN."""
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(link_type)
    feed(engine, frames, list(range(len(frames))))
    assert engine.greetings.count == 1
    return Greeting(engine.greetings.log.getvalue(), 0, True)


@pytest.mark.parametrize(
    ("link_type", "wrap", "mac"),
    [
        pytest.param(ETHERNET, bytes, CLIENT, id="plain"),
        pytest.param(ETHERNET, tagged((0x8100, 42)), CLIENT, id="VLAN"),
        pytest.param(ETHERNET, tagged((0x8100, 1), (0x8100, 2)), CLIENT, id="two VLAN tags"),
        pytest.param(ETHERNET, tagged((0x88A8, 1), (0x8100, 2)), CLIENT, id="provider's VLAN"),
        pytest.param(
            ETHERNET, tagged((0x8100, 1), (0x8100, 2), (0x8100, 3)), CLIENT, id="three VLAN tags"
        ),
        pytest.param(ETHERNET, with_length(b"", SNAP_IP), 0, id="SNAP"),
        pytest.param(ETHERNET, with_length(b"", b"\6\6\3"), 0, id="802.2"),
        pytest.param(ETHERNET, with_length(b"\x81\0\0\x2a", SNAP_IP), 0, id="SNAP in a VLAN"),
        pytest.param(ETHERNET, with_length(b"\x81\0\0\x2a", b"\6\6\3"), 0, id="802.2 in a VLAN"),
        pytest.param(
            ETHERNET, lambda one: ethernet(b"\0\1\1\x40" + one[14:], 0x8847), 0, id="MPLS"
        ),
        pytest.param(ETHERNET, lambda one: ethernet(ip(one[14:], 4)), 0, id="IP in IP"),
        pytest.param(ETHERNET, lambda one: ethernet(ip(gre(one[14:]), 47)), 0, id="GRE"),
        pytest.param(
            ETHERNET, lambda one: ethernet(ip(udp(vxlan(one, 7), 4789), 17)), 0, id="VXLAN"
        ),
        pytest.param(
            COOKED, lambda one: bytes(4) + b"\0\6" + one[6:12] + bytes(2) + one[12:], 0, id="cooked"
        ),
        pytest.param(RAW, lambda one: one[14:], 0, id="raw"),
    ],
)
def test_the_address_is_that_of_the_link_header(link_type: int, wrap: Wrapped, mac: int) -> None:
    # Beside another frame: what stands before a packet in a chunk is no header of it.
    other = bytes(60)
    (packet,) = parse_script(SYN).packets
    assert greeting_of([other, wrap(frame(packet))], link_type).mac == mac


def test_ipv6_has_it_too() -> None:
    (packet,) = parse_script(IPV6).packets
    assert greeting_of([tagged((0x8100, 42))(frame(packet))], ETHERNET).mac == CLIENT


def test_a_datagram_that_was_put_together_has_none() -> None:
    (packet,) = parse_script(SYN).packets
    assert greeting_of(fragmented(frame(packet)), ETHERNET).mac == 0


FLOWS = "".join(f"flow A{i} 10.0.0.{i + 3}:1111 B{i} 10.0.0.2:80\n" for i in range(4)) + "".join(
    f"{3 * i + 1} {i * 1000} A{i} S 0 0 64000 0 mss=1460\n"
    f"{3 * i + 2} {i * 1000 + 1} B{i} SA 0 1 64000 0 mss=1460"
    f"{' mac=77 ttl=128 ws=8' if i % 2 else ''}\n"
    f"{3 * i + 3} {i * 1000 + 2} A{i} A 1 1 64000 0\n"
    for i in range(4)
)


@pytest.mark.parametrize(
    ("wraps", "told"),
    [
        pytest.param([bytes, bytes], 2, id="one network"),
        pytest.param([tagged((0x8100, 42))] * 2, 2, id="one VLAN"),
        pytest.param([tagged((0x8100, 42)), tagged((0x8100, 43))], 0, id="each in its VLAN"),
        pytest.param([lambda one: ethernet(ip(one[14:], 4))] * 2, 0, id="behind a tunnel"),
    ],
)
def test_two_network_cards_of_one_network_have_one_address(wraps: list[Wrapped], told: int) -> None:
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(ETHERNET)
    packets = parse_script(FLOWS).packets
    frames = [wraps[at // 3 % 2](frame(packet)) for at, packet in enumerate(packets)]
    feed(engine, frames, [packet.time for packet in packets])
    found = [one for flow in engine.flows for one in findings_of(engine, flow)]
    assert sum(one.kind == "duplicate_address" for one in found) == told
