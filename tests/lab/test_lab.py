"""Two real kernels say what their sockets' states are; tcptui must say the same from the tap."""

import pytest

from tcptui.diagnosis.lifecycle import lifecycle_findings
from tcptui.engine.columns import Packets
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.states import Certainty, State
from tests.lab.compare import Captured, differences, engine_of, outcome, packets_of
from tests.lab.network import Lab
from tests.lab.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.slow
each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)

FIN, RST, ACK = 0x01, 0x04, 0x10


@each_scenario
def test_the_story_is_told(scenario: Scenario, labs: dict[str, Lab]) -> None:
    expected = (scenario.client, scenario.server, scenario.opening, scenario.closing)
    assert outcome(labs[scenario.name].path) == expected


@each_scenario
def test_findings_name_what_happened(scenario: Scenario, labs: dict[str, Lab]) -> None:
    engine = engine_of(packets_of(labs[scenario.name].path))
    kinds = {finding.kind for finding in lifecycle_findings(engine, engine.flows[-1])}
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
    the last ACK."""
    flags = packets.flags(row)
    later = [packets.flags(other) for other in range(row + 1, rows)]
    if flags & RST:
        return True
    if flags & FIN:
        return not any(it & FIN for it in later)
    return not any(packets.flow(other) == packets.flow(row) for other in range(row + 1, rows))


def states(flow: Flow) -> dict[int, tuple[str, str]]:
    """State and certainty by port."""
    return {
        end.port: (State(int(end.state)).label, Certainty(int(end.certainty)).label)
        for end in (flow.client, flow.server)
    }


def without(packets: list[Captured], row: int) -> Engine:
    return engine_of(packets[:row] + packets[row + 1 :])


@each_scenario
def test_one_segment_not_captured(scenario: Scenario, labs: dict[str, Lab]) -> None:
    """Whichever it is, the end is the same, but for the last ones; and a wrong state is not
    called `seen`."""
    packets = packets_of(labs[scenario.name].path)
    whole = engine_of(packets)
    right = states(whole.flows[-1])
    for row in range(len(packets) - 1):
        flow = without(packets, row).flows[-1]
        found = states(flow)
        wrong = [port for port in right if found[port][0] != right[port][0]]
        assert [port for port in wrong if found[port][1] == "seen"] == [], f"without {row + 1}"
        if wrong:
            assert last_of_its_kind(whole.packets, row, len(packets)), f"without {row + 1}"
