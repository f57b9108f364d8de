"""Datagrams in pieces: where tshark puts them together, and how much may wait."""

from collections.abc import Sequence

import pytest

from tcptui.engine.decode import fragments
from tcptui.engine.decode.decoder import Decoder
from tcptui.engine.decode.fragments import Fragments
from tests.engine.headers import MORE, ethernet, ip, ip6_fragment, tcp, u16

SEGMENT = tcp(bytes(range(200)))
"""220 bytes."""


def piece(start: int, stop: int | None = None, identification: int = 7, more: bool = True) -> bytes:
    """A fragment of `SEGMENT`; the last one where ``stop`` is left out."""
    flags = MORE if stop is not None and more else 0
    fragment = ip(SEGMENT[start:stop], fragment=start // 8 | flags, identification=identification)
    return ethernet(fragment)


def piece6(start: int, stop: int | None = None) -> bytes:
    return ethernet(ip6_fragment(SEGMENT[start:stop], start, stop is not None), 0x86DD)


def in_vlan(frame: bytes, tag: int) -> bytes:
    return frame[:12] + u16(0x8100, tag) + frame[12:]


def counts(frames: Sequence[bytes | tuple[bytes, int]]) -> str:
    """How many segments each frame completes, as digits; a pair tells a length on the wire."""
    decoder = Decoder()
    decoder.add_interface(1)
    told = ""
    for frame in frames:
        data, wire = frame if isinstance(frame, tuple) else (frame, len(frame))
        count = decoder.decode(data, 0, len(data), wire, 0, None)
        told += str(count)
        if count and decoder.found[0].sized:
            at = decoder.found[0]
            assert at.data[at.offset : at.offset + at.captured] == SEGMENT
            assert at.reported == len(SEGMENT)
            assert at.data[at.ip] >> 4 in (4, 6)
    return told


ORDERS = {
    "in order": ([piece(0, 64), piece(64, 128), piece(128)], "001"),
    "backwards": ([piece(128), piece(64, 128), piece(0, 64)], "001"),
    "a gap closed last": ([piece(0, 64), piece(128), piece(64, 128)], "001"),
    "overlapping": ([piece(0, 64), piece(56, 136), piece(128)], "001"),
    "the same twice": ([piece(0, 64), piece(0, 64), piece(64), piece(64)], "0010"),
    "another datagram": ([piece(0, 64, 1), piece(64, None, 2), piece(64, None, 1)], "001"),
    "another VLAN": ([in_vlan(piece(0, 64), 5), in_vlan(piece(64), 6)], "00"),
    "VLANs alike in the low byte": ([in_vlan(piece(0, 64), 5), in_vlan(piece(64), 0x105)], "01"),
    "first one cut by the snaplen: told without its length": ([(piece(0, 64)[:70], 98)], "1"),
    "what follows a cut one waits in vain": ([(piece(0, 64)[:70], 98), piece(64)], "10"),
    "last one cut": ([piece(0, 64), (piece(64)[:60], 190), piece(64)], "001"),
    "IPv6": ([piece6(0, 64), piece6(64, 128), piece6(128)], "001"),
    "IPv6, backwards": ([piece6(64), piece6(0, 64)], "01"),
    "IPv6, first one cut": ([(piece6(0, 64)[:90], 126)], "0"),
}


@pytest.mark.parametrize(("frames", "expected"), ORDERS.values(), ids=ORDERS)
def test_a_datagram_counts_where_it_becomes_complete(
    frames: Sequence[bytes | tuple[bytes, int]], expected: str
) -> None:
    assert counts(frames) == expected


def test_a_cut_first_fragment_has_no_known_length() -> None:
    decoder = Decoder()
    decoder.add_interface(1)
    frame = piece(0, 64)[:70]
    assert decoder.decode(frame, 0, 70, 98, 0, None) == 1
    assert not decoder.found[0].sized


def test_bytes_of_overlaps_are_those_of_the_fragment_that_begins_first() -> None:
    store = Fragments()
    assert store.add(b"key", 8, b"B" * 16, True) is None
    assert store.add(b"key", 0, b"A" * 12, False) == b"A" * 12 + b"B" * 12


def test_the_oldest_datagram_goes_when_too_much_waits() -> None:
    store = Fragments(most_datagrams=100)
    many = 101
    for number in range(many):
        assert store.add(number.to_bytes(4, "big"), 8, b"x", False) is None
    assert len(store.waiting) == many - 1
    assert (0).to_bytes(4, "big") not in store.waiting


def test_a_datagram_of_too_many_pieces_is_given_up() -> None:
    store = Fragments()
    for _ in range(fragments.MOST_PIECES + 1):
        store.add(b"key", 8, b"x", False)
    assert (len(store.waiting), store.held) == (0, 0)


def test_nothing_is_left_of_a_complete_datagram() -> None:
    store = Fragments()
    store.add(b"key", 8, b"x" * 8, True)
    assert store.add(b"key", 0, b"y" * 8, False) == b"y" * 8 + b"x" * 8
    assert (len(store.waiting), store.held) == (0, 0)
