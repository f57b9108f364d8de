"""Which bytes passed: holes against a plain set of byte numbers."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.packet_script import parse_script
from tcptui.engine.coverage import MOST_HOLES, Coverage
from tcptui.engine.packets import REPEATS_BYTES
from tcptui.engine.sequence import MASK32
from tests.diagnosis.causes import numbered
from tests.engine.feeding import analysed

BASES = st.sampled_from([0, (1 << 31) - 100, MASK32 - 100])


@settings(max_examples=200, deadline=None)
@given(
    base=BASES,
    gaps=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), max_size=12),
    fills=st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=12),
)
def test_holes_are_filled_byte_by_byte(
    base: int, gaps: list[tuple[int, int]], fills: list[tuple[int, int]]
) -> None:
    holes, missing, at = Coverage(), set[int](), 0
    for distance, size in gaps:
        start = at + distance
        at = start + size
        missing |= set(range(start, at))
        holes.add((base + start) & MASK32, (base + at) & MASK32)
    for start, size in fills:
        hit = missing & set(range(start, start + size))
        assert holes.fill((base + start) & MASK32, (base + start + size) & MASK32) == len(hit)
        missing -= hit
    assert (holes.count == 0) == (not missing)


def test_beyond_the_most_holes_new_ones_are_forgotten() -> None:
    holes = Coverage()
    for n in range(MOST_HOLES + 5):
        holes.add(n * 10, n * 10 + 1)
    assert holes.count == MOST_HOLES


def test_unique_bytes_and_returning_segments() -> None:
    """A hole, its late filling, a repetition and one that goes beyond what was seen."""
    script = parse_script(
        """
        # no ms who flags  seq  ack  win  len
           1  0   A  A    1000    1  100  100
           2  1   A  A    1200    1  100  100
           3  2   A  A    1100    1  100  100
           4  3   A  A    1000    1  100  100
           5  4   A  A    1250    1  100  100
        """
    )
    engine = analysed(script.packets)
    returns = [bool(engine.packets.attributes(row) & REPEATS_BYTES) for row in range(5)]
    assert returns == [False, False, False, True, True]
    sender = engine.flows[0].client if engine.flows[0].client.packets else engine.flows[0].server
    assert (sender.bytes, sender.unique_bytes) == (500, 350)


SHAKEN: Final = """\
flow A 10.0.0.1:1111 B 10.0.0.2:80
numbers A=1000 B=5000
0 A S  0 0 64000 0
1 B SA 0 1 64000 0
2 A A  1 1 64000 0
"""
BEHIND_FIN: Final = {
    "all of it in order": ((501, 1000), (1501, 2000)),
    "all of it, the end first": ((1501, 2000), (501, 1000)),
    "all of it, and a part again": ((501, 1000), (1501, 2000), (701, 100)),
    "over the edge of what had passed": ((401, 200), (601, 2900)),
}


@pytest.mark.parametrize("data", BEHIND_FIN.values(), ids=BEHIND_FIN)
@pytest.mark.parametrize("fins", [1, 2, 3])
@pytest.mark.parametrize("is_begun", [False, True])
def test_what_a_fin_passed_over_comes_after_all(
    data: tuple[tuple[int, int], ...], fins: int, is_begun: bool
) -> None:
    sent = [f"B A {seq} 1 64000 {size}" for seq, size in ((1, 500), *data)]
    lines = [*sent[:is_begun], *["B FA 3501 1 64000 0"] * fins, *sent[is_begun:]]
    script = SHAKEN + "".join(f"{10 + n} {line}\n" for n, line in enumerate(lines))
    server = analysed(parse_script(numbered(script, 1)).packets).flows[0].server
    assert server.bytes == 500 + sum(size for _, size in data)
    assert server.unique_bytes == 3500
    assert server.holes is None


def test_a_fin_that_comes_again_leaves_the_holes_before_it() -> None:
    script = SHAKEN + "3 B A 1001 1 64000 500\n" + "4 B FA 3001 1 64000 0\n" * 2
    engine = analysed(parse_script(numbered(f"{script}6 B A 1 1 64000 1000\n", 1)).packets)
    holes = engine.flows[0].server.holes
    assert holes is not None
    assert [end - start for start, end in zip(holes.starts, holes.ends, strict=True)] == [1500]
    assert not engine.packets.has_attribute(6, REPEATS_BYTES)
