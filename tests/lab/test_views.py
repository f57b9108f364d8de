"""A cause is the same however it was captured, and a part of a capture shows no other one."""

import pytest

from tests.lab.causes import SOMETIMES, STORIES, Story
from tests.lab.network import possible
from tests.lab.relay import Wire
from tests.lab.test_causes import ABOVE_NOTE, FIRST_PORT, Capture, found_in, played
from tests.lab.views import HIDDEN, MISREAD, VIEWS, WHOLE

pytestmark = pytest.mark.lab
each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@pytest.fixture(scope="module")
def captures() -> dict[str, Capture]:
    reason = possible()
    if reason:
        pytest.skip(reason)
    stories = dict(enumerate(STORIES, FIRST_PORT))
    wire: Wire = played(
        {port: one.make_line for port, one in stories.items()},
        {port: one.play for port, one in stories.items()},
    )
    return {one.name: wire.captured[port] for port, one in stories.items()}


@pytest.mark.parametrize("view", WHOLE)
@each_story
def test_the_cause_is_found(story: Story, view: str, captures: dict[str, Capture]) -> None:
    if story.name in HIDDEN.get(view, ()):
        pytest.skip("cannot be seen this way")
    found = found_in(VIEWS[view](captures[story.name]))
    assert set(story.kinds) <= set(found)


@pytest.mark.parametrize("view", VIEWS)
@each_story
def test_no_other_cause_is_found(story: Story, view: str, captures: dict[str, Capture]) -> None:
    if story.name in MISREAD.get(view, ()):
        pytest.skip("the other side's ACKs would tell")
    found = found_in(VIEWS[view](captures[story.name]))
    others = [
        finding.text
        for kind, finding in found.items()
        if finding.severity in ABOVE_NOTE
        and kind not in story.kinds
        and kind not in SOMETIMES.get(story.name, ())
    ]
    assert others == []
