"""Adds up the groups of flows that are looked at, a slice at a time: what `report --by` prints, for
the screen."""

from collections.abc import Generator, Sequence
from typing import Final

from mypy_extensions import i64

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.fields.columns.flow_values import FlowReader
from tcptui.findings.flow_groups import FlowGroups, weight_of
from tcptui.findings.judgement import Judge
from tcptui.report.grouping import Grouping

SLICE: Final = 64
"""How many flows lie between two looks at the clock."""


class GroupKeys:
    """Tells which group flows belong to."""

    def __init__(self, grouping: Grouping, source: Source, engine: Engine) -> None:
        self.reader = FlowReader(engine)
        self.key = grouping.key(source)

    def of(self, flow: Flow) -> bytes:
        """Return the key of a flow."""
        self.reader.move_to_flow(i64(flow.index), flow)
        return self.key(self.reader)


def add_up(
    keys: GroupKeys, judge: Judge, flows: Sequence[int]
) -> Generator[float, None, FlowGroups]:
    """Add up the flows with these numbers; yield how far that is. Evicted ones are left out."""
    yield from judge.rtts.grow()
    groups, known = FlowGroups(), judge.engine.flows
    for at, number in enumerate(flows):
        flow = known[number]
        if flow.index >= 0:
            rtt = judge.rtts.of(i64(flow.index))
            groups.add(keys.of(flow), weight_of(judge.judge(flow), rtt))
        if at % SLICE == 0:
            yield at / len(flows)
    return groups


def members(
    keys: GroupKeys, engine: Engine, flows: Sequence[int], key: bytes
) -> Generator[float, None, list[int]]:
    """Find the numbers of those flows that belong to a group."""
    found: list[int] = []
    for at, number in enumerate(flows):
        flow = engine.flows[number]
        if flow.index >= 0 and keys.of(flow) == key:
            found.append(number)
        if at % SLICE == 0:
            yield at / len(flows)
    return found
