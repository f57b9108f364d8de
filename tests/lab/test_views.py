"""A cause is the same however it was captured, and a part of a capture shows no other one."""

import pytest

from tests.lab.causes import STORIES, Story
from tests.lab.test_causes import Capture, captures_of_stories, found_in, other_causes, tells
from tests.lab.views import HIDDEN, MISREAD, VIEWS, WHOLE

pytestmark = pytest.mark.lab
each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@pytest.fixture(scope="module")
def captures() -> dict[str, Capture]:
    return captures_of_stories(tells_in_all_views)


def tells_in_all_views(story: Story, capture: Capture) -> bool:
    return tells(story, capture) and not any(
        others_in(view, story, capture) for view in VIEWS if story.name not in MISREAD.get(view, ())
    )


def others_in(view: str, story: Story, capture: Capture) -> list[str]:
    return other_causes(story.true_kinds, found_in(VIEWS[view](capture)))


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
    assert others_in(view, story, captures[story.name]) == []
