"""Packets whose keys fall into one slot of the latest endpoints have flows of their own."""

from tcptui.engine.recent_senders import mixed_ends
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import A6, B6, ethernet, ip, ip6, tcp

IPV6 = 0x86DD
SWAPPED = A6[8:] + A6[:8]
"""Mixed, its halves give the same number as those of A6."""


def test_addresses_of_ipv6_that_mix_to_one_number() -> None:
    assert mixed_ends(A6 + B6, 0) == mixed_ends(SWAPPED + B6, 0)
    frames = [ethernet(ip6(tcp(), source=one), IPV6) for one in (A6, SWAPPED) * 3]
    engine = new_engine()
    feed(engine, frames, range(len(frames)))
    assert [engine.packets.flow(row) for row in range(6)] == [0, 1] * 3


def test_addresses_of_ipv4_that_are_what_others_of_ipv6_mix_to() -> None:
    ends = (int(mixed_ends(A6 + B6, 0)) % 2**64).to_bytes(8)
    four = ethernet(ip(tcp(), source=ends[:4], destination=ends[4:]))
    six = ethernet(ip6(tcp()), IPV6)
    engine = new_engine()
    feed(engine, [six, four, six, four], range(4))
    assert [engine.packets.flow(row) for row in range(4)] == [0, 1, 0, 1]
