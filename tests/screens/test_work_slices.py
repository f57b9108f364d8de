"""Long work goes on between keys and painting, short work without pauses."""

from collections.abc import Generator

import pytest

from tcptui.screens import work_slices
from tcptui.screens.work_slices import PAUSE_SECONDS, SHORT_SECONDS, in_slices

STEP = 0.0004
"""Seconds of a step of the work."""


class Clock:
    """A clock that goes on where the work does."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[tuple[float, float]] = []  # when, and how long
        self.told: list[float] = []

    def read(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append((self.now, seconds))

    def work(self, steps: int) -> Generator[float, None, int]:
        for step in range(steps):
            self.now += STEP
            yield step / steps
        return steps


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(work_slices, "perf_counter", clock.read)
    monkeypatch.setattr("asyncio.sleep", clock.pause)
    return clock


async def test_short_work_gives_way_often_and_does_not_wait(clock: Clock) -> None:
    steps = int(SHORT_SECONDS / STEP)
    assert await in_slices(clock.work(steps), clock.told.append) == steps
    assert {seconds for _, seconds in clock.pauses} == {0}
    assert len(clock.pauses) > SHORT_SECONDS / 0.002
    assert clock.told == []


async def test_long_work_waits_after_each_slice_and_tells_how_far_it_is(clock: Clock) -> None:
    await in_slices(clock.work(1000), clock.told.append)
    waited = [when for when, seconds in clock.pauses if seconds == PAUSE_SECONDS]
    assert min(waited) > SHORT_SECONDS
    assert len(waited) > 50
    assert len(clock.told) == len(waited)
    assert clock.told == sorted(clock.told)
