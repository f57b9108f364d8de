"""Weaves the items of several folds into one list, in the order of time.

Each flow keeps its own fold; the weave only knows, item by item, whose turn it is: one byte each.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from heapq import merge
from typing import Final

from tcptui.panes.ladder.model.fold import EVENT, SHORTEST_RUN, Fold

MOST_FOLDS: Final = 64


class Weave:
    """One list over ``folds``. A place in it is called an index; a fold has items."""

    def __init__(self, folds: list[Fold]) -> None:
        self.folds = folds
        self.turns = bytearray()
        self.taken = [0] * len(folds)  # how many of each fold's items are in `turns`
        self.rows = [0] * len(folds)  # how many segments these stand for

    @property
    def count(self) -> int:
        return len(self.turns)

    def at(self, index: int) -> tuple[int, int]:
        """Return the number of the fold whose turn it is, and its item."""
        strand = self.turns[index]
        return strand, self.before(strand, index)

    def before(self, strand: int, index: int) -> int:
        """Return how many items of a fold stand before ``index``."""
        return self.turns.count(strand, 0, index) if len(self.folds) > 1 else index

    def index_of(self, strand: int, item: int) -> int:
        """Return where an item of a fold stands."""
        indexes = range(1, len(self.turns))
        return bisect_right(indexes, item, lo=item, key=partial(self.before, strand))

    def take_new_items(self) -> None:
        """Take over what the folds have got since. Of their last items, as many as the shortest run
        has may have become one."""
        grown = [
            strand
            for strand, fold in enumerate(self.folds)
            if len(fold.rows) != self.rows[strand] or len(fold.first) != self.taken[strand]
        ]
        start = len(self.turns)
        for strand in grown:
            unsettled = max(0, self.taken[strand] - SHORTEST_RUN)
            if self.taken[strand]:
                start = min(start, self.index_of(strand, unsettled))
            else:
                start = min(start, self.index_from(strand))
        self.rows = [len(fold.rows) for fold in self.folds]
        self.replace_turns(start, len(self.turns), [len(fold.first) for fold in self.folds])

    def index_from(self, strand: int) -> int:
        """Return where the first item of a fold belongs that is not there yet."""
        fold = self.folds[strand]
        return self.index_after(moment(fold, 0)) if len(fold.first) else len(self.turns)

    def index_after(self, when: int) -> int:
        """Return the first index that comes after a :func:`moment`."""
        return bisect_right(range(len(self.turns)), when, key=self.moment_at)

    def moment_at(self, index: int) -> int:
        """Return the :func:`moment` of the item at ``index``."""
        strand, item = self.at(index)
        return moment(self.folds[strand], item)

    def open_run(self, index: int) -> None:
        """Unfold the run at ``index``."""
        strand, item = self.at(index)
        fold = self.folds[strand]
        span = fold.span[item]
        last = fold.row_at(fold.first[item] + span - 1)
        stop = self.index_after(2 * last)
        ends = self.items_before(stop)
        ends[strand] += span - 1
        fold.open_run(item)
        self.replace_turns(index, stop, ends)

    def close_run(self, index: int) -> int:
        """Fold the run that ``index`` is part of again; return its index now, or -1."""
        strand, item = self.at(index)
        fold = self.folds[strand]
        before = len(fold.first)
        item = fold.close_run(item)
        if item < 0:
            return -1
        gone = before - len(fold.first)
        start, stop = self.index_of(strand, item), self.index_of(strand, item + gone) + 1
        ends = self.items_before(stop)
        ends[strand] -= gone
        self.replace_turns(start, stop, ends)
        return start

    def items_before(self, index: int) -> list[int]:
        """Return how many items of each fold stand before ``index``."""
        return [self.before(strand, index) for strand in range(len(self.folds))]

    def replace_turns(self, start: int, stop: int, ends: list[int]) -> None:
        """Put each fold's items up to ``ends`` between ``start`` and ``stop``."""
        begins = self.items_before(start)
        if len(self.folds) == 1:
            turns = bytes(ends[0] - begins[0])
        else:
            waiting = [self.turns_of(s, begins[s], ends[s]) for s in range(len(self.folds))]
            turns = bytes(strand for _, strand in merge(*waiting))
        self.turns[start:stop] = turns
        self.taken = [len(fold.first) for fold in self.folds]

    def turns_of(self, strand: int, first: int, stop: int) -> Iterator[tuple[int, int]]:
        fold = self.folds[strand]
        return ((moment(fold, item), strand) for item in range(first, stop))


def moment(fold: Fold, item: int) -> int:
    """Return the key by which the items of several folds are ordered: twice the packet row; an
    event comes after its row."""
    if fold.kind[item] == EVENT:
        return 2 * fold.events[fold.first[item]] + 1
    return 2 * fold.row_at(fold.first[item])
