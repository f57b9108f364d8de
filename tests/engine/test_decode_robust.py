"""No bytes whatever make the decoder fail, run long or read what is not the packet's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.engine.decode.decoder import Decoder
from tcptui.engine.decode.layers import plain_path
from tcptui.engine.decode.protocol_numbers import LINKS
from tests.engine.test_decode import INNER
from tests.engine.test_decode import LINKS as CARRIED

STARTS = [(link_type, packet) for link_type, packet, _ in CARRIED.values()]
STARTS += [(1, packet) for packet, _ in INNER.values()]

Finding = tuple[int, int, int, bytes, bool, bool, str]


def findings(packet: bytes, link_type: int, before: bytes, behind: bytes) -> list[Finding]:
    """What is found in a packet between other bytes; offsets count from the packet's start."""
    decoder = Decoder()
    decoder.add_interface(link_type)
    chunk = before + packet + behind
    count = decoder.decode(chunk, len(before), len(packet), len(packet), 0, None)
    told = []
    for at in decoder.found[:count]:
        start = at.offset - len(before) if len(at.data) == len(chunk) else at.offset
        assert 16 <= at.captured <= at.reported
        assert 0 <= start <= len(packet) - at.captured
        assert len(at.key) in (12, 36)
        path = decoder.paths[at.path].text()
        told.append((start, at.captured, at.reported, at.key, at.sized, at.quoted, path))
    quoted_only = not any(not one[5] for one in told)
    assert sum(decoder.skipped.values()) == quoted_only
    return told


@given(st.binary(max_size=200), st.sampled_from([*LINKS, 147]))
def test_any_bytes(packet: bytes, link_type: int) -> None:
    inside = findings(packet, link_type, b"", b"")
    assert inside == findings(packet, link_type, b"\x45" * 40, b"\x45" * 300)


@settings(max_examples=500)
@given(
    st.sampled_from(STARTS),
    st.lists(st.tuples(st.integers(0, 119), st.integers(0, 255)), max_size=4),
    st.integers(0, 200),
)
def test_damaged_headers(
    start: tuple[int, bytes], damage: list[tuple[int, int]], length: int
) -> None:
    link_type, packet = start
    damaged = bytearray(packet)
    for place, value in damage:
        damaged[place % len(damaged)] = value
    cut = bytes(damaged[:length])
    inside = findings(cut, link_type, b"", b"")
    assert inside == findings(cut, link_type, b"\xff" * 40, b"\0\6" * 150)


def test_many_paths_share_one_entry_in_the_end() -> None:
    decoder = Decoder()
    decoder.add_interface(1)
    table = decoder.paths
    huge = bytes([0]) * 3_000_000
    numbers = [table.number(plain_path(0) + huge + bytes([0, 0, i])) for i in range(30)]
    assert len(table) < 30
    assert numbers[-1] == numbers[-2] == len(table) - 1
    assert table[len(table) - 1].text() == "other paths"
    assert table[0].text() == "eth"
