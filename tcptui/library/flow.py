"""Holds what is known of one flow of a capture, as an object."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tcptui.library.facts import (
    EndpointFacts,
    FindingFacts,
    LimitFacts,
    NamedFacts,
    NameFacts,
    StallFacts,
    TimerFacts,
    TimeSplitFacts,
    TlsFacts,
    VainWaitFacts,
)

Draw = Callable[[int, int], str]
"""Draws the ladder of the flow with a number, so many cells wide."""


class FlowFacts(NamedFacts):
    """All segments of one `tcp.stream`, as `report` tells of it: times in seconds, those since 1970
    in UTC."""

    NESTED: ClassVar[Mapping[str, type[NamedFacts]]] = {
        "client": EndpointFacts,
        "server": EndpointFacts,
        "findings": FindingFacts,
        "timer": TimerFacts,
        "time": TimeSplitFacts,
        "limits": LimitFacts,
        "worst_stall": StallFacts,
        "waited_in_vain": VainWaitFacts,
        "names": NameFacts,
        "tls": TlsFacts,
    }

    index: int
    client: EndpointFacts
    server: EndpointFacts
    first: float
    last: float
    initial_rtt: float | None
    completeness: int
    opening: str
    closing: str
    analysis: dict[str, int]
    findings: list[FindingFacts]
    timer: TimerFacts | None
    conn_state: str
    history: str
    time: TimeSplitFacts
    limits: list[LimitFacts]
    sentence: str
    worst_stall: StallFacts | None
    capture_point: str
    turns: int
    verdict: str
    cost: float | None
    waited_in_vain: VainWaitFacts | None
    names: NameFacts
    tls: TlsFacts | None

    def __init__(self, members: Mapping[str, Any], draw: Draw) -> None:
        index = members["index"]
        found = [{"flow": index, **one} for one in members["findings"]]
        super().__init__({**members, "findings": found})
        self._json = members
        self._draw = draw

    def ladder(self, width: int = 100) -> str:
        """Return the flow as a ladder of so many cells: client left, server right, time
        downwards."""
        return self._draw(self.index, width)
