"""Packet scripts of every opening, closing and oddity, with both states beside each segment.

``sure=`` has a letter for each side's certainty (seen, inferred, assumed). The last line tells
what is said of the whole flow: the last one, where a script has several.
"""

from pathlib import Path

import pytest

from samples.packet_script import read_script
from tcptui.engine.engine import Engine
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import states_shown
from tcptui.engine.tcp_state.timers import timer
from tcptui.engine.tcp_state.zeek import conn_state, history
from tests.diagnosis.causes import state_findings
from tests.engine.feeding import analysed

SCRIPTS = sorted((Path(__file__).parent / "lifecycle").glob("*.txt"))
each_script = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)


def shown(packed: int) -> tuple[tuple[str, str], str]:
    """Both states, and a letter for each certainty."""
    client, server = states_shown(packed)
    sure = client.certainty.label[0] + server.certainty.label[0]
    return (client.state.label, server.state.label), sure


@each_script
def test_states_beside_each_segment(path: Path) -> None:
    script = read_script(path)
    engine = analysed(script.packets)
    for row, packet in enumerate(script.packets):
        assert packet.expected
        states, sure = shown(int(engine.packets.states(row)))
        expected = packet.expected.states, packet.expected.values.get("sure", sure)
        assert (states, sure) == expected, f"packet {row + 1}"


def end_of(path: Path) -> dict[str, str]:
    """The words of the script's last line."""
    last = path.read_text().splitlines()[-1]
    assert last.startswith("# end: ")
    return dict(word.split("=") for word in last[7:].split())


def end_of_flow(engine: Engine) -> dict[str, str]:
    """What the engine says of the last flow, in the words of a script's last line."""
    flow = engine.flows[-1]
    running = timer(flow, engine.last_time)
    return {
        "opening": opening(flow).label,
        "closing": closing(flow).label,
        "conn_state": conn_state(flow),
        "history": history(flow),
        "timer": running.name.replace(" ", "_") if running else "",
        "findings": ",".join(finding.kind for finding in state_findings(engine, flow)),
    }


@each_script
def test_what_is_said_of_the_flow(path: Path) -> None:
    found = end_of_flow(analysed(read_script(path).packets))
    expected = end_of(path)
    assert {name: found[name] for name in expected} == expected
