"""What becomes garbage is freed, sooner or later."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from tcptui.garbage import MANY, Garbage


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[Garbage]:
    yield Garbage(calls_in_round=3)
    gc.unfreeze()
    gc.enable()


def test_a_circle_is_freed_within_a_call(collector: Garbage) -> None:
    gone = weakref.ref(Circle())
    collector.collect(0)
    assert gone() is None


@pytest.mark.parametrize(("flows", "freed"), [(0, True), (MANY, False)])
def test_one_that_lived_longer_is_freed_in_the_next_round_of_few_flows(
    collector: Garbage, flows: int, freed: bool
) -> None:
    circle = Circle()
    gone = weakref.ref(circle)
    collector.collect(flows)
    del circle
    collector.collect(flows)
    assert gone() is not None
    collector.collect(flows)
    assert (gone() is None) is freed
