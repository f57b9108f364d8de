"""Adds up the groups of flows that are looked at, a slice at a time: what `report --by` prints, for
the screen."""

from collections.abc import Generator
from typing import Final, Protocol

from librt.vecs import vec
from mypy_extensions import i32, i64

from tcptui.findings.flow_groups import FlowGroups, FlowWeight
from tcptui.findings.judgement import Judge
from tcptui.report.groups.keys import GroupKeys

SLICE: Final = 256
"""How many flows lie between two looks at the clock."""


class ListedFlows(Protocol):
    """A list of flows: their numbers in its order, and those that came since at its end."""

    @property
    def order(self) -> vec[i32]: ...

    @property
    def fresh(self) -> range: ...


class GroupSums:
    """Adds flows up to ``groups``; evicted ones are left out."""

    def __init__(self, keys: GroupKeys, judge: Judge) -> None:
        self.keys: GroupKeys = keys
        self.judge: Judge = judge
        self.groups: FlowGroups = FlowGroups()
        self.weight: FlowWeight = FlowWeight()

    def add_listed(self, order: vec[i32], start: i64, stop: i64) -> None:
        """Add the flows in the rows ``start`` … ``stop - 1`` of a list."""
        while start < stop:
            self.add_flow(i64(order[start]))
            start += 1

    def add_flow(self, number: i64) -> None:
        """Add the flow with this number."""
        flow = self.judge.engine.flows[number]
        if flow.index >= 0:
            rtt = self.judge.rtts.of(i64(flow.index))
            self.weight.weigh(flow, self.judge.upshot(flow), rtt)
            self.groups.add(self.keys.of(flow), self.weight)


def add_up(
    keys: GroupKeys, judge: Judge, listed: ListedFlows
) -> Generator[float, None, FlowGroups]:
    """Add up the flows of a list as it is now; yield how far that is."""
    order, fresh = listed.order, listed.fresh
    yield from judge.rtts.grow()
    sums = GroupSums(keys, judge)
    size: int = len(order)
    count: int = size + len(fresh)
    for start in range(0, size, SLICE):
        sums.add_listed(order, start, min(start + SLICE, size))
        yield start / count
    for at, number in enumerate(fresh):
        sums.add_flow(number)
        if at % SLICE == 0:
            yield (size + at) / count
    return sums.groups
