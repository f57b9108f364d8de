"""Finds which ICMP errors quote a flow: their types and codes, by the engine's events."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.events import ICMPV6_MARK, EventKind, Events

TYPE_AND_CODE: Final = 0xFFFF
ICMP_ERROR: Final[i64] = EventKind.ICMP_ERROR.value


class IcmpErrors:
    """The errors that quote each flow, every type and code once, in the order of their coming."""

    def __init__(self) -> None:
        self.seen: i64 = 0
        self.of_flows: dict[int, dict[int, None]] = {}

    def of_flow(self, events: Events, flow: int) -> list[int]:
        """Return type << 8 | code of a flow's errors, | ICMPV6_MARK for ICMPv6."""
        self.read(events)
        found = self.of_flows.get(flow)
        return [] if found is None else list(found)

    def read(self, events: Events) -> None:
        """Take note of the events that have come since the last time."""
        i: i64 = max(self.seen - events.first, 0)
        while i < i64(len(events.kind)):
            if i64(events.kind[i]) == ICMP_ERROR:
                flow = int(events.flow[i])
                if flow not in self.of_flows:
                    self.of_flows[flow] = {}
                self.of_flows[flow][int(events.value[i] & (TYPE_AND_CODE | ICMPV6_MARK))] = None
            i += 1
        self.seen = events.first + i
