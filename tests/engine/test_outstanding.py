"""The list of outstanding segments against a model that does what the rule says, word for word."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.engine.outstanding import Outstanding
from tcptui.engine.sequence import MASK32, gt, le


class NaiveList:
    """Entries (frame, start, end, time) in order of arrival."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, int, int]] = []
        self.matched = 0

    def acknowledge(self, ack: int) -> None:
        kept = []
        self.matched = 0
        for frame, start, end, time in reversed(self.entries):
            if ack == end:
                self.matched = frame
            elif gt(ack, start) and le(ack, end):
                kept.append((frame, ack, end, time))
            elif gt(end, ack):
                kept.append((frame, start, end, time))
        self.entries = kept[::-1]

    def span(self, base: int) -> int:
        starts = [(start - base) & MASK32 for _, start, _, _ in self.entries]
        ends = [(end - base) & MASK32 for _, _, end, _ in self.entries]
        return max(ends) - min(starts)


BASES = st.sampled_from([0, 1 << 31, (1 << 31) - 40, MASK32 - 40])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send next"), st.integers(1, 30)),
        st.tuples(st.just("send at"), st.integers(-60, 60)),
        st.tuples(st.just("acknowledge"), st.integers(-60, 60)),
        st.tuples(st.just("acknowledge far"), st.sampled_from([0, 1 << 31, (1 << 31) + 7])),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(base=BASES, steps=STEPS)
def test_agrees_with_the_rule(base: int, steps: list[tuple[str, int]]) -> None:
    ours, naive = Outstanding(), NaiveList()
    end = base
    for frame, (kind, number) in enumerate(steps, 1):
        if kind.startswith("send"):
            start = end if kind == "send next" else (end + number) & MASK32
            end = (start + abs(number) + 1) & MASK32
            ours.add(frame, start, end, frame * 10)
            naive.entries.append((frame, start, end, frame * 10))
        else:
            ack = (end + number) & MASK32
            ours.acknowledge(ack)
            naive.acknowledge(ack)
            assert ours.matched_frame == naive.matched
        assert ours.count() == len(naive.entries)
        if naive.entries:
            oldest = naive.entries[0]
            assert (ours.oldest_frame(), ours.oldest_time()) == (oldest[0], oldest[3])
            assert ours.span(base) == naive.span(base)


def test_the_oldest_of_several_matches_is_told() -> None:
    """A segment sent twice and then acknowledged: the first copy is what is acknowledged."""
    waiting = Outstanding()
    waiting.add(4, 1001, 1101, 30)
    waiting.add(9, 1001, 1101, 230)
    waiting.acknowledge(1101)
    assert (waiting.matched_frame, waiting.count()) == (4, 0)


def test_an_ack_inside_a_segment_keeps_the_rest() -> None:
    waiting = Outstanding()
    waiting.add(4, 1001, 1101, 30)
    waiting.acknowledge(1051)
    assert (waiting.matched_frame, waiting.count(), waiting.span(1001)) == (0, 1, 50)
