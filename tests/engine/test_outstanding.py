"""The list of outstanding segments against a model that does what the rule says, word for word."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.engine.sequence import MASK32, gt, le
from tcptui.engine.wireshark.outstanding import Outstanding


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


BURSTS = st.lists(
    st.one_of(
        st.tuples(st.just("send next"), st.integers(1, 30), st.integers(1, 200)),
        st.tuples(st.just("send at"), st.integers(-60, 60), st.integers(1, 300)),
        st.tuples(st.just("acknowledge"), st.integers(-6000, 60), st.integers(1, 3)),
        st.tuples(
            st.just("acknowledge far"), st.sampled_from([0, 1 << 31, (1 << 31) - 3000]), st.just(1)
        ),
    ),
    max_size=30,
)
"""Steps, each some times in a row: enough for a crowd."""


@settings(max_examples=60, deadline=None)
@given(base=BASES, bursts=BURSTS)
def test_a_crowd_agrees_with_the_rule(base: int, bursts: list[tuple[str, int, int]]) -> None:
    check([(kind, number + n) for kind, number, times in bursts for n in range(times)], base)


@settings(max_examples=300, deadline=None)
@given(base=BASES, steps=STEPS)
def test_agrees_with_the_rule(base: int, steps: list[tuple[str, int]]) -> None:
    check(steps, base)


@pytest.mark.parametrize("reach", [3000, 1 << 20, 1 << 31, MASK32])
def test_random_numbers_agree_with_the_rule(reach: int) -> None:
    """Hundreds of entries anywhere in ``reach`` bytes, and acknowledgments among them."""
    chance = random.Random(reach)
    ours, naive = Outstanding(), NaiveList()
    for frame in range(1, 1200):
        number = chance.randrange(reach)
        if chance.randrange(frame % 400 + 9) < 8 and naive.entries:
            ours.acknowledge(number)
            naive.acknowledge(number)
            assert ours.matched_frame == naive.matched
        else:
            end = (number + chance.randrange(1, 900)) & MASK32
            ours.add(frame, number, end, frame)
            naive.entries.append((frame, number, end, frame))
        compare(ours, naive, base=0)


def compare(ours: Outstanding, naive: NaiveList, base: int) -> None:
    assert ours.count() == len(naive.entries)
    if naive.entries:
        oldest = naive.entries[0]
        assert (ours.oldest_frame(), ours.oldest_time()) == (oldest[0], oldest[3])
        assert ours.span(base) == naive.span(base)


def check(steps: list[tuple[str, int]], base: int) -> None:
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
        compare(ours, naive, base)


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


@pytest.mark.parametrize("base", [0, (1 << 31) - 2000, MASK32 - 2000])
@pytest.mark.parametrize("seed", range(4))
def test_a_creeping_acknowledgment_agrees_with_the_rule(base: int, seed: int) -> None:
    """Hundreds of long entries that begin near each other, cut a few bytes at a time; the
    acknowledgments go back now and then, and in between more is sent, before or behind them."""
    chance = random.Random(seed)
    ours, naive = Outstanding(), NaiveList()
    at = 0
    for frame in range(1, 1500):
        if frame < 400 or not naive.entries or chance.randrange(6) == 0:
            start = (base + chance.choice([0, at, chance.randrange(2000)])) & MASK32
            end = (start + 3000 + chance.randrange(900)) & MASK32
            ours.add(frame, start, end, frame)
            naive.entries.append((frame, start, end, frame))
        else:
            at = chance.choice([at, at + 1, at + 1, at + 1, at + 40, chance.randrange(at + 1)])
            ack = (base + at) & MASK32
            ours.acknowledge(ack)
            naive.acknowledge(ack)
            assert ours.matched_frame == naive.matched
        compare(ours, naive, base)
