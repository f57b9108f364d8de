"""The companions of lists of names in a table of flows: lists of the same length."""

from tcptui.fields.columns.flow_values import ALPHABETICAL_NUMBERS, FlagCounts, FlowReader

Items = list[int] | list[str | None]


class Companion:
    """A list beside one of names."""

    def items(self, at: FlowReader) -> Items:
        """Return what the flow has in it."""
        raise NotImplementedError


class FlagNumbers(Companion):
    """The numbers of segments with each flag of the flow."""

    def __init__(self) -> None:
        self.counts: FlagCounts = FlagCounts()

    def items(self, at: FlowReader) -> Items:
        flow = at.here()
        found: list[int] = []
        if flow.bits != 0:
            for number in ALPHABETICAL_NUMBERS:
                count = self.counts.count(flow, number)
                if count != 0:
                    found.append(int(count))
        return found


class FindingCounts(Companion):
    """The counts of the findings."""

    def items(self, at: FlowReader) -> Items:
        return [one.count for one in at.findings()]


class LimitSides(Companion):
    """The side that each limit is on."""

    def items(self, at: FlowReader) -> Items:
        return [one.side for one in at.limits()]


class LimitTimes(Companion):
    """The time that each limit held."""

    def items(self, at: FlowReader) -> Items:
        return [one.cost for one in at.limits()]
