"""A kind of finding is looked for only where a flow has one of its signs, and misses none by it."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings

from samples.frames import frame
from samples.packet_script import Packet, parse_script
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.findings.finding import Read
from tcptui.findings.findings import detected_findings
from tcptui.findings.kinds import DETECTED
from tests.engine.feeding import analysed
from tests.engine.test_states_fuzz import Story, packets, stories

ROOT = Path(__file__).parents[2]
FOLDERS = ("samples/scripts", "tests/engine/lifecycle", "tests/engine/vectors")
SCRIPTS = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.txt"))


def all_detected(engine: Engine, flow: Flow, read: Read) -> Iterable[str]:
    """The kinds that are found where each of them is looked for."""
    for kind in DETECTED.kinds:
        if kind.detect is not None and kind.detect(kind, engine, flow, read) is not None:
            yield kind.name


def check_none_is_missed(made: list[Packet]) -> None:
    def read(row: int) -> bytes:
        return frame(made[row])

    engine = analysed(made)
    for flow in engine.flows:
        found = [one.kind for one in detected_findings(engine, flow, read)]
        assert found == list(all_detected(engine, flow, read))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_no_finding_of_a_sample_is_missed(script: Path) -> None:
    check_none_is_missed(parse_script(script.read_text()).packets)


@settings(max_examples=150, deadline=None)
@given(stories)
def test_no_finding_is_missed(story: Story) -> None:
    check_none_is_missed(packets(story))
