"""Causes that are known because they were made: each is found, and none besides."""

import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tcptui.engine.engine import Engine
from tcptui.findings.finding import Finding
from tcptui.findings.findings import findings_of
from tests.engine.feeding import feed, new_engine
from tests.lab.causes import LOSSY, STORIES, Story, lossy_download, lossy_line
from tests.lab.network import possible
from tests.lab.relay import Line, Wire

pytestmark = pytest.mark.lab
each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)

Capture = list[tuple[int, bytes]]

AT_ONCE = 12
FIRST_PORT = 9000
TRIES = 3
A_MOMENT = 3_000_000
STOOD_STILL = 50_000_000
ABOVE_NOTE = ("warning", "error")


Play = Callable[[Wire, int], None]


def played(make_lines: Mapping[int, Callable[[], Line]], plays: Mapping[int, Play]) -> Wire:
    """A wire on which everything was played, side by side, each on a port of its own.

    On a machine that stood still meanwhile it was another story: it is played again.
    """
    reason = possible()
    if reason:
        pytest.skip(reason)
    for _ in range(TRIES):
        wire = Wire({port: make() for port, make in make_lines.items()})
        with wire.running(), ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(play, wire, port) for port, play in plays.items()]:
                done.result(timeout=30)
        if wire.latest < STOOD_STILL and not wire.overflowed:
            break
    return wire


def played_stories(stories: Sequence[Story]) -> dict[str, Capture]:
    """What the tap saw of these stories, played side by side, by the story's name."""
    ports = dict(enumerate(stories, FIRST_PORT))
    wire = played(
        {port: one.make_line for port, one in ports.items()},
        {port: one.play for port, one in ports.items()},
    )
    return {one.name: wire.captured[port] for port, one in ports.items()}


def tells(story: Story, capture: Capture) -> bool:
    """Whether a whole capture shows the story's causes, on their sides, and none besides."""
    found = found_in(capture)
    sides = {kind: found[kind].side for kind in story.kinds if kind in found}
    return sides == story.kinds and not other_causes(story.true_kinds, found)


def captures_of_stories(
    tells: Callable[[Story, Capture], bool] = tells,
) -> dict[str, Capture]:
    """What the tap saw of every story, by the story's name.

    Where a busy machine let a kernel's timer tell another story, that one is played again, alone.
    """
    captures = played_stories(STORIES)
    for story in STORIES:
        for _ in range(TRIES):
            if tells(story, captures[story.name]):
                break
            captures |= played_stories([story])
    return captures


@pytest.fixture(scope="module")
def captures() -> dict[str, Capture]:
    return captures_of_stories()


@pytest.fixture(scope="module")
def lossy() -> Wire:
    """The same download over lines that lose at random."""
    return played(
        {FIRST_PORT + number: partial(lossy_line, number) for number in LOSSY},
        {FIRST_PORT + number: lossy_download for number in LOSSY},
    )


def analysed(capture: Capture) -> Engine:
    engine = new_engine()
    feed(engine, [frame for _, frame in capture], [moment for moment, _ in capture])
    return engine


def found_in(capture: Capture) -> dict[str, Finding]:
    """The findings of the connection in a capture, by kind."""
    engine = analysed(capture)
    return {finding.kind: finding for finding in findings_of(engine, engine.flows[0])}


def other_causes(true: Set[str], found: Mapping[str, Finding]) -> list[str]:
    """The texts of findings above a note whose kind is none of the true ones."""
    return [
        finding.text
        for kind, finding in found.items()
        if finding.severity in ABOVE_NOTE and kind not in true
    ]


SERVER = socket.inet_aton("10.9.0.2")


def from_server(frame: bytes) -> bool:
    return frame[26:30] == SERVER


VIEWS: dict[str, Callable[[Capture], Capture]] = {
    "all": lambda capture: capture,
    "the client alone": lambda capture: [one for one in capture if not from_server(one[1])],
    "the server alone": lambda capture: [one for one in capture if from_server(one[1])],
    "from the middle": lambda capture: capture[len(capture) // 4 :],
}
"""What of a story is captured."""
each_view = pytest.mark.parametrize("view", VIEWS)


@each_story
def test_the_cause_is_found(story: Story, captures: dict[str, Capture]) -> None:
    found = found_in(captures[story.name])
    sides = {kind: found[kind].side for kind in story.kinds if kind in found}
    assert sides == story.kinds, [finding.text for finding in found.values()]


@each_view
@each_story
def test_no_other_cause_is_found(story: Story, view: str, captures: dict[str, Capture]) -> None:
    """One direction does not tell a closed window from a lost segment: a silence is told there. Nor
    does a part of the capture always hold the proof that a time-out was for nothing."""
    found = found_in(VIEWS[view](captures[story.name]))
    unproven = "alone" in view or "spurious_timeout" in story.kinds
    assert other_causes(story.true_kinds | ({"stall_rto"} if unproven else set()), found) == []


def first_passed(capture: Capture) -> dict[int, int]:
    """When each data segment of the server first passed the tap, by raw sequence number."""
    line, found = Line(), dict[int, int]()
    for moment, frame in capture:
        at = 14 + (frame[14] & 15) * 4
        sent = line.read(frame, int.from_bytes(frame[at : at + 2]) >= FIRST_PORT, moment)
        if sent.from_server and sent.length:
            found.setdefault(sent.seq, moment)
    return found


def visible_holes(lossy: Wire, port: int) -> int:
    """How many losses before the tap its capture must tell: those where a later segment passes
    some time before the repair. A tail leaves no hole, a second copy lost on the same way none of
    its own, and what is missing for a moment may be late."""
    first = first_passed(lossy.captured[port])
    holes = set()
    for where, lost in lossy.dropped[port]:
        before = first[lost.seq] - A_MOMENT
        later = (moment for seq, moment in first.items() if seq > lost.seq)
        if where == "before" and any(lost.time < moment < before for moment in later):
            holes.add(lost.seq)
    return len(holes)


@pytest.mark.parametrize("number", LOSSY)
def test_losses_are_told_on_the_side_where_they_were(number: int, lossy: Wire) -> None:
    port = FIRST_PORT + number
    truth = Counter(where for where, _ in lossy.dropped[port])
    found = found_in(lossy.captured[port])
    told = {
        where: found[kind].count if kind in found else 0
        for where, kind in (("before", "loss_before_capture"), ("behind", "loss_after_capture"))
    }
    assert told["behind"] == truth["behind"]
    assert visible_holes(lossy, port) <= told["before"] <= truth["before"]
