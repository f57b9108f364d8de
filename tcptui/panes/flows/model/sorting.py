"""Puts flows in order, a slice at a time: no call takes longer than its budget allows.

Compiled where it can be; a million flows are in order after about half a second of slices.
"""

from collections.abc import Callable, Generator
from typing import Final, Protocol

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.flow import Flow
from tcptui.findings.judgement import Judge

RUN: Final = 4096
"""How many rows one call of the built-in sort takes."""
SLICE: Final = 2048
"""How many flows lie between two looks at the clock …"""
SLICE_TO_FILTER: Final = 128
"""… how many where each is first read as text …"""
SLICE_TO_JUDGE: Final = 512
"""… and how many whose keys are made, which may ask for all that is wrong with them."""


class Sorter:
    """A stable merge sort over integer keys, done in slices.

    ``keys[i]`` belongs to item ``i``; :meth:`sort_some` works until :attr:`done`, and then
    ``order`` lists the items, smallest key first.
    """

    def __init__(self, keys: vec[i64]) -> None:
        self.keys: vec[i64] = keys
        self.size: i64 = len(keys)
        self.order: vec[i32] = vec[i32]()
        self.target: vec[i32] = vec[i32]()
        self.run: i64 = RUN
        self.at: i64 = 0
        self.left: i64 = 0
        self.right: i64 = 0
        self.sorted_runs: bool = False
        self.done: bool = self.size == 0

    def sort_some(self, items: i64) -> None:
        """Go on for about ``items`` items (at least one run)."""
        budget = items
        while budget > 0 and not self.done:
            if not self.sorted_runs:
                budget -= self.sort_run()
            else:
                budget -= self.merge_runs(budget)

    def sort_run(self) -> i64:
        """Sort the next short run; return how many items it has."""
        keys = self.keys
        start = self.at
        stop = start + RUN if start + RUN < self.size else self.size
        for item in sorted(range(start, stop), key=keys.__getitem__):
            self.order = append(self.order, i32(item))
        self.at = stop
        if stop == self.size:
            self.sorted_runs = True
            self.start_pass()
        return stop - start

    def start_pass(self) -> None:
        """Begin to merge runs of the present length, or finish."""
        if self.run >= self.size:
            self.done = True
            return
        if len(self.target) == 0:
            self.target = self.order[:]
        self.at = 0
        self.start_pair(0)

    def start_pair(self, start: i64) -> None:
        self.left = start
        self.right = start + self.run if start + self.run < self.size else self.size

    def merge_runs(self, budget: i64) -> i64:
        """Write up to ``budget`` items of the present pair of runs; return how many were
        written."""
        keys = self.keys
        order = self.order
        target = self.target
        pair = self.at // (2 * self.run) * (2 * self.run)
        middle = pair + self.run if pair + self.run < self.size else self.size
        end = middle + self.run if middle + self.run < self.size else self.size
        left = self.left
        right = self.right
        at = self.at
        stop = end if end - at < budget else at + budget
        written = stop - at
        while at < stop:
            if right >= end or (
                left < middle and keys[i64(order[left])] <= keys[i64(order[right])]
            ):
                target[at] = order[left]
                left += 1
            else:
                target[at] = order[right]
                right += 1
            at += 1
        self.at = at
        self.left = left
        self.right = right
        if at == self.size:
            self.order, self.target = self.target, self.order
            self.run *= 2
            self.start_pass()
        elif at == end:
            self.start_pair(end)
        return written


def choose(
    flows: list[Flow],
    start: i64,
    stop: i64,
    keep: Callable[[Flow, Judge], bool] | None,
    judge: Judge,
    into: vec[i32],
) -> vec[i32]:
    """Fill ``into`` with those flows of ``start`` … ``stop - 1`` that are there and kept, by
    index."""
    i = start
    while i < stop:
        flow = flows[i]
        if i64(flow.index) >= 0 and (keep is None or keep(flow, judge)):
            into = append(into, i32(i))
        i += 1
    return into


def fill(
    flows: list[Flow],
    chosen: vec[i32],
    start: i64,
    stop: i64,
    key: Callable[[Flow, Judge], int],
    judge: Judge,
    sign: i64,
    into: vec[i64],
) -> vec[i64]:
    """Fill ``into`` with the keys of the chosen flows ``start`` … ``stop - 1``, times ``sign``."""
    i = start
    while i < stop:
        into = append(into, sign * i64(key(flows[i64(chosen[i])], judge)))
        i += 1
    return into


def pick(chosen: vec[i32], order: vec[i32], start: i64, stop: i64, into: vec[i32]) -> vec[i32]:
    """Fill ``into`` with the chosen flows in the order of ``order``."""
    i = start
    while i < stop:
        into = append(into, chosen[i64(order[i])])
        i += 1
    return into


class OrderedFlows(Protocol):
    """A list of flows: their numbers in its order."""

    @property
    def order(self) -> vec[i32]: ...


def row_of(listed: OrderedFlows, flow: i64) -> i64:
    """Return the row of a list that shows a flow; -1 for none."""
    order = listed.order
    wanted = i32(flow)
    rows: i64 = len(order)
    row: i64 = 0
    while row < rows:
        if order[row] == wanted:
            return row
        row += 1
    return -1


def arrange(
    flows: list[Flow],
    count: int,
    key: Callable[[Flow, Judge], int],
    judge: Judge,
    descending: bool,
    keep: Callable[[Flow, Judge], bool] | None = None,
) -> Generator[float, None, vec[i32]]:
    """Filter and sort the first ``count`` flows, by what ``judge`` thinks of them where the key
    asks; returns their indices in order.

    Yields its progress (0 to 1) after each slice: run it until a few milliseconds are over, then
    let others work.
    """
    chosen: vec[i32] = vec[i32]()
    step = SLICE if keep is None else SLICE_TO_FILTER
    for start in range(0, count, step):
        chosen = choose(flows, start, min(start + step, count), keep, judge, chosen)
        yield 0.3 * start / count
    size: int = len(chosen)
    keys: vec[i64] = vec[i64]()
    for start in range(0, size, SLICE_TO_JUDGE):
        keys = fill(
            flows,
            chosen,
            start,
            min(start + SLICE_TO_JUDGE, size),
            key,
            judge,
            -1 if descending else 1,
            keys,
        )
        yield 0.3 + 0.3 * start / size
    sorter = Sorter(keys)
    while not sorter.done:
        sorter.sort_some(2 * SLICE)
        yield 0.6
    order: vec[i32] = vec[i32]()
    for start in range(0, size, 8 * SLICE):
        order = pick(chosen, sorter.order, start, min(start + 8 * SLICE, size), order)
        yield 0.9
    return order
