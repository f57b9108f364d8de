"""Two real kernels say what their sockets' states are; tcptui must say the same from the tap."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tcptui.engine.flow import Flow
from tcptui.engine.packets import Packets
from tcptui.engine.tcp_state.states import Certainty, State
from tests.diagnosis.causes import state_findings
from tests.lab.compare import differences, engine_of, outcome, packets_of
from tests.lab.network import Lab
from tests.lab.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.lab
each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)

FIN, RST = 0x01, 0x04

WAITING = {"SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "CLOSING", "LAST-ACK"}
"""States that end with the peer's next segment: before it they are right, and seen."""


@each_scenario
def test_the_story_is_told(scenario: Scenario, labs: dict[str, Lab]) -> None:
    expected = (scenario.client, scenario.server, scenario.opening, scenario.closing)
    assert outcome(labs[scenario.name].path) == expected


@each_scenario
def test_findings_name_what_happened(scenario: Scenario, labs: dict[str, Lab]) -> None:
    engine = engine_of(packets_of(labs[scenario.name].path))
    kinds = {finding.kind for finding in state_findings(engine, engine.flows[-1])}
    assert kinds == scenario.kinds


@each_scenario
def test_states_are_the_kernels(scenario: Scenario, labs: dict[str, Lab]) -> None:
    """At every quiet moment, except where no captured segment can tell; never `seen` there."""
    found, quiet = differences(labs[scenario.name])
    assert quiet > 0
    allowed = {(it.side, it.ours, it.kernel) for it in scenario.exceptions}
    assert [it for it in found if (it.side, it.ours, it.kernel) not in allowed] == []
    assert [it for it in found if it.certainty == "seen"] == []


def last_of_its_kind(packets: Packets, row: int, rows: int) -> bool:
    """Whether nothing captured after it could tell of this segment: the only RST, the last FIN,
    a side's last ACK."""
    flags = packets.flags(row)
    later = [other for other in range(row + 1, rows) if packets.flow(other) == packets.flow(row)]
    if flags & RST:
        return True
    if flags & FIN:
        return not any(packets.flags(other) & FIN for other in later)
    return not any(packets.is_from_server(other) == packets.is_from_server(row) for other in later)


def states(flow: Flow) -> dict[int, tuple[str, str]]:
    """State and certainty by port."""
    return {
        end.port: (State(int(end.state)).label, Certainty(int(end.certainty)).label)
        for end in (flow.client, flow.server)
    }


class Ending(NamedTuple):
    """How it ends if one packet had not been captured."""

    row: int
    last: bool
    found: dict[int, tuple[str, str]]


@cache
def endings(path: Path) -> tuple[dict[int, tuple[str, str]], list[Ending]]:
    """The right end, and those without each of the packets in turn."""
    packets = packets_of(path)
    whole = engine_of(packets)
    found = [
        Ending(
            row,
            last_of_its_kind(whole.packets, row, len(packets)),
            states(engine_of(packets[:row] + packets[row + 1 :]).flows[-1]),
        )
        for row in range(len(packets) - 1)
    ]
    return states(whole.flows[-1]), found


@each_scenario
def test_one_segment_not_captured(scenario: Scenario, labs: dict[str, Lab]) -> None:
    """Whichever it is, the end is the same, but for the last of their kind."""
    right, found = endings(labs[scenario.name].path)
    expected = {port: state for port, (state, _) in right.items()}
    for ending in found:
        if not ending.last:
            ended = {port: state for port, (state, _) in ending.found.items()}
            assert ended == expected, f"without packet {ending.row + 1}"


@each_scenario
def test_the_last_of_a_kind_not_captured(scenario: Scenario, labs: dict[str, Lab]) -> None:
    """Then a wrong state is `seen` only where it is right until the peer's next segment."""
    right, found = endings(labs[scenario.name].path)
    for ending in found:
        for port, (state, certainty) in ending.found.items():
            if state != right[port][0] and certainty == "seen":
                assert ending.last, f"without packet {ending.row + 1}"
                assert state in WAITING, f"without packet {ending.row + 1}"
