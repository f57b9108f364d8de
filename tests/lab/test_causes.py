"""Causes that are known because they were made: each is found, and none besides."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tcptui.diagnosis.finding import Finding
from tcptui.diagnosis.findings import findings_of
from tcptui.engine.engine import Engine
from tests.engine.feeding import feed, new_engine
from tests.lab.causes import STORIES, Story
from tests.lab.network import possible
from tests.lab.relay import Wire

pytestmark = pytest.mark.slow
each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)

Capture = list[tuple[int, bytes]]

AT_ONCE = 12
FIRST_PORT = 9000
ABOVE_NOTE = ("warning", "error")


@pytest.fixture(scope="module")
def captures() -> dict[str, Capture]:
    """What the tap saw of every story, by the story's name."""
    reason = possible()
    if reason:
        pytest.skip(reason)
    ports = {story.name: FIRST_PORT + number for number, story in enumerate(STORIES)}
    wire = Wire({ports[story.name]: story.make_line() for story in STORIES})
    with wire.running(), ThreadPoolExecutor(AT_ONCE) as pool:
        for played in [pool.submit(one.play, wire, ports[one.name]) for one in STORIES]:
            played.result(timeout=30)
    return {name: wire.captured[port] for name, port in ports.items()}


def analysed(capture: Capture) -> Engine:
    engine = new_engine()
    feed(engine, [frame for _, frame in capture], [moment for moment, _ in capture])
    return engine


def found_in(capture: Capture) -> dict[str, Finding]:
    """The findings of the connection in a capture, by kind."""
    engine = analysed(capture)
    return {finding.kind: finding for finding in findings_of(engine, engine.flows[0])}


@each_story
def test_the_cause_is_found(story: Story, captures: dict[str, Capture]) -> None:
    found = found_in(captures[story.name])
    sides = {kind: found[kind].side for kind in story.kinds if kind in found}
    assert sides == story.kinds, [finding.text for finding in found.values()]


@each_story
def test_no_other_cause_is_found(story: Story, captures: dict[str, Capture]) -> None:
    found = found_in(captures[story.name])
    others = [
        finding.text
        for kind, finding in found.items()
        if finding.severity in ABOVE_NOTE and kind not in story.kinds
    ]
    assert others == []
