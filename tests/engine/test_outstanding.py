"""The list of outstanding segments against a model that does what the rule says, word for word."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.engine.sequence import MASK32, ge, gt, le
from tcptui.engine.wireshark import stairs
from tcptui.engine.wireshark.outstanding import Outstanding
from tcptui.engine.wireshark.outstanding_chunks import OutstandingChunks
from tcptui.engine.wireshark.stairs import Stairs, merged


class NaiveList:
    """Entries (frame, start, end, time) in order of arrival."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, int, int]] = []
        self.matched = self.partial = 0
        self.again: set[int] = set()  # frames of segments that were sent again

    def acknowledge(self, ack: int) -> None:
        kept = []
        self.matched = self.partial = 0
        for frame, start, end, time in reversed(self.entries):
            if ack == end:
                self.matched = frame
            elif gt(ack, start) and le(ack, end):
                kept.append((frame, ack, end, time))
                self.partial = frame
            elif gt(end, ack):
                kept.append((frame, start, end, time))
        self.entries = kept[::-1]

    def span(self, base: int) -> int:
        starts = [(start - base) & MASK32 for _, start, _, _ in self.entries]
        ends = [(end - base) & MASK32 for _, _, end, _ in self.entries]
        return max(ends) - min(starts)

    def oldest_from(self, seq: int) -> tuple[int, int] | None:
        return next(((e[0], e[3]) for e in self.entries if ge(e[1], seq)), None)

    def mark_covering(self, first: int, last: int) -> bool:
        for frame, start, end, _ in reversed(self.entries):
            if ge(first, start) and le(last, end):
                self.again.add(frame)
                return True
        return False

    def end_of_run(self, ack: int) -> int:
        """Wireshark's walk from the newest entry to the oldest, in its words."""
        tail_le = tail_re = 0
        for _, start, end, _ in reversed(self.entries):
            if tail_le == tail_re:
                tail_le, tail_re = start, end
            if ge(start, ack):
                if tail_le != end:
                    tail_re = end
                tail_le = start
        return tail_re if ack == tail_le and gt(tail_re, ack) else ack


BASES = st.sampled_from([0, 1 << 31, (1 << 31) - 40, MASK32 - 40])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send next"), st.integers(1, 30)),
        st.tuples(st.just("send at"), st.integers(-60, 60)),
        st.tuples(st.just("acknowledge"), st.integers(-60, 60)),
        st.tuples(st.just("acknowledge far"), st.sampled_from([0, 1 << 31, (1 << 31) + 7])),
        st.tuples(st.just("ask"), st.integers(-60, 60)),
        st.tuples(st.just("ask"), st.integers((1 << 31) - 60, (1 << 31) + 60)),
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
        st.tuples(st.just("send at"), st.just((1 << 31) - 3000), st.integers(1, 3)),
        st.tuples(st.just("ask"), st.integers(-6000, 60), st.integers(1, 3)),
        st.tuples(st.just("ask"), st.integers((1 << 31) - 6000, 1 << 31), st.integers(1, 3)),
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
            compare_acknowledged(ours, naive)
        else:
            end = (number + chance.randrange(1, 900)) & MASK32
            ours.add(frame, number, end, frame)
            naive.entries.append((frame, number, end, frame))
        compare(ours, naive, base=0)
        number = chance.randrange(reach)
        compare_answers(ours, naive, number, (number + chance.randrange(1, 200)) & MASK32)


def compare(ours: Outstanding, naive: NaiveList, base: int) -> None:
    assert ours.count() == len(naive.entries)
    if naive.entries:
        oldest = naive.entries[0]
        assert (ours.oldest_frame(), ours.oldest_time()) == (oldest[0], oldest[3])
        assert ours.span(base) == naive.span(base)


def compare_acknowledged(ours: Outstanding, naive: NaiveList) -> None:
    """``matched_frame`` and ``partial_frame``, which are negative where it was sent again."""
    for found, frame in (
        (ours.matched_frame, naive.matched),
        (ours.partial_frame, naive.partial),
    ):
        assert found == (-frame if frame in naive.again else frame)


def compare_answers(ours: Outstanding, naive: NaiveList, start: int, end: int) -> None:
    """What the rules ask about single entries."""
    at = ours.oldest_from(start)
    found = (ours.frame_at(at), ours.time_at(at)) if at >= 0 else None
    assert found == naive.oldest_from(start)
    assert ours.end_of_run(start) == naive.end_of_run(start)
    assert ours.mark_covering(start, end) == naive.mark_covering(start, end)


def check(steps: list[tuple[str, int]], base: int) -> None:
    ours, naive = Outstanding(), NaiveList()
    end = base
    for frame, (kind, number) in enumerate(steps, 1):
        if kind.startswith("send"):
            start = end if kind == "send next" else (end + number) & MASK32
            end = (start + abs(number) % 1000 + 1) & MASK32
            ours.add(frame, start, end, frame * 10)
            naive.entries.append((frame, start, end, frame * 10))
        elif kind == "ask":
            at = (end + number) & MASK32
            compare_answers(ours, naive, at, (at + 9) & MASK32)
            if naive.entries and frame % 4 == 0:
                assert ours.span(at) == naive.span(at)  # a base that moves
        else:
            ack = (end + number) & MASK32
            ours.acknowledge(ack)
            naive.acknowledge(ack)
            compare_acknowledged(ours, naive)
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
            compare_acknowledged(ours, naive)
        compare(ours, naive, base)
        if frame % 7 == 0:
            asked = (base + at + chance.randrange(-50, 3000)) & MASK32
            compare_answers(ours, naive, asked, (asked + 900) & MASK32)


AROUND = [0, 1 << 30, (1 << 31) - 450, 1 << 31, 3 << 30, MASK32 - 900]
LONG = [1 << 30, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, 3 << 30]


@pytest.mark.parametrize("places", [[0], [MASK32 - 900], AROUND])
@pytest.mark.parametrize("lengths", [[], LONG])
@pytest.mark.parametrize("seed", range(2))
def test_questions_without_end_agree_with_the_rule(
    places: list[int], lengths: list[int], seed: int
) -> None:
    """Hundreds of entries that overlap, each asked for over and over between acknowledgments and a
    few more entries."""
    chance = random.Random(seed)
    ours, naive = Outstanding(), NaiveList()
    for frame in range(1, 2000):
        start = (chance.choice(places) + chance.randrange(900)) & MASK32
        length = chance.choice([*lengths, *[chance.randrange(1, 60) for _ in range(40)]])
        end = (start + length) & MASK32
        if frame < 400 or chance.randrange(40) == 0:
            ours.add(frame, start, end, frame)
            naive.entries.append((frame, start, end, frame))
        elif chance.randrange(60) == 0:
            ack = (places[0] + chance.randrange(900)) & MASK32
            ours.acknowledge(ack)
            naive.acknowledge(ack)
            compare_acknowledged(ours, naive)
        else:
            assert ours.mark_covering(start, end) == naive.mark_covering(start, end)
    ours.acknowledge(places[0] + 900)
    naive.acknowledge(places[0] + 900)
    compare_acknowledged(ours, naive)
    compare(ours, naive, base=0)


@pytest.mark.skipif((stairs.__file__ or "").endswith(".so"), reason="compiled: calls are direct")
def test_few_steps_find_the_entry_that_has_a_range(monkeypatch: pytest.MonkeyPatch) -> None:
    """10,000 entries that overlap anywhere: a dozen nodes of the tree are asked for a range."""
    chance = random.Random(1)
    crowd = OutstandingChunks()
    for frame in range(1, 10_001):
        start = chance.randrange(60_000)
        crowd.add(frame, start, start + chance.randrange(1, 1000), frame)
    questions = [(at, at + chance.randrange(1, 1000)) for at in range(0, 60_000, 20)]
    for start, end in questions:
        crowd.mark_covering(start, end)
    asked = 0
    cover = Stairs.cover

    def counted(node: Stairs, start: int, end: int) -> bool:
        nonlocal asked
        asked += 1
        return cover(node, start, end)

    monkeypatch.setattr(Stairs, "cover", counted)
    for start, end in questions:
        crowd.mark_covering(start, end)
    assert 0 < asked <= 14 * len(questions)


def test_a_range_is_covered_where_one_of_many_has_all_of_it() -> None:
    """Ranges that begin in order, some within others, in two stairs that are merged."""
    chance = random.Random(1)
    for _ in range(60):
        ranges = sorted((at, at + chance.randrange(40)) for at in chance.choices(range(60), k=24))
        halves = Stairs(12), Stairs(12)
        for n, (start, end) in enumerate(ranges):
            halves[n % 2].step(start, end)
        both = merged(*halves)
        for start in range(-1, 62):
            for end in range(start, 105, 7):
                expected = any(low <= start and end <= high for low, high in ranges)
                assert both.cover(start, end) == expected
