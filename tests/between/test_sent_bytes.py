"""Which segments carried some of the same bytes: the index against looking at all of them."""

from hypothesis import given
from hypothesis import strategies as st

from tcptui.between.sent_bytes import SentBytes
from tcptui.engine.sequence import s32

STARTS = st.sampled_from([-100, 0, (1 << 31) - 40, -(1 << 31)])


@given(
    base=STARTS,
    segments=st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30)), min_size=1, max_size=20),
)
def test_all_with_the_same_bytes_are_near(base: int, segments: list[tuple[int, int]]) -> None:
    sent = [(int(s32(base + start)), length) for start, length in segments]
    index = SentBytes([(start, length, n) for n, (start, length) in enumerate(sent)])
    for first, length in sent:
        near = index.beginning_near(first, length, 1000)
        overlapping = {
            n for n, (start, size) in enumerate(sent) if -size < s32(start - first) < length
        }
        assert overlapping <= set(near)
        assert len(near) == len(set(near))


def test_no_more_are_returned_than_are_asked_for() -> None:
    index = SentBytes([(5, 10, n) for n in range(100)])
    assert len(index.beginning_near(5, 10, 30)) == 30
