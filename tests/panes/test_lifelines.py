"""The ladder with a lifeline for each point, as plain text.

Write the goldens anew with ``TCPTUI_WRITE_GOLDENS=1 pytest tests/panes/test_lifelines.py``.
"""

import os
from pathlib import Path

import pytest

from tcptui.between.journeys import followed
from tcptui.drawing.cells import line_width, plain
from tcptui.panes.lifelines.drawing import (
    JourneyDrawing,
    JourneySettings,
    TimeShown,
    header,
    lay_out,
    short_names,
)
from tcptui.panes.lifelines.model.journey_fold import JourneyFold
from tcptui.panes.lifelines.to_scale import JourneyTimeline
from tests.between.test_between import analysed
from tests.between.way import MILLISECOND, SECOND, Fates, Way, download

GOLDENS = Path(__file__).with_name("goldens")
WIDTHS = (80, 120, 200)
FATES = Fates(lost={5}, beyond={9}, twice={13}, late={17}, missed_at_a={30}, missed_at_b={34})
AHEAD = Way(offset=10 * SECOND, to_client=5 * MILLISECOND)


@pytest.fixture(scope="module")
def fold(tmp_path_factory: pytest.TempPathFactory) -> JourneyFold:
    """All fates, with B's clock ten seconds ahead."""
    captures = download(AHEAD, 40, FATES).files()
    comparison = analysed(tmp_path_factory.mktemp("lifelines"), *captures)
    found = JourneyFold(followed(comparison, comparison.flows[0]))
    for _ in found.fold():
        pass
    return found


def drawn(fold: JourneyFold, width: int, settings: JourneySettings) -> list[str]:
    drawing = JourneyDrawing(fold, settings)
    points = fold.journeys.comparison.points
    layout = lay_out(width, [point.engine.frames for point in points], settings)
    lines = [header(layout, settings, [point.name for point in points])]
    if settings.to_scale:
        timeline = JourneyTimeline(drawing, layout, 0, len(fold.first))
        lines += [line for _, line in timeline.draw()]
    else:
        lines += [drawing.line(item, layout) for item in range(len(fold.first))]
    assert {line_width(line) for line in lines} == {width}
    return [plain(line).rstrip() for line in lines]


@pytest.mark.parametrize("to_scale", [False, True], ids=["lines", "scale"])
@pytest.mark.parametrize("width", WIDTHS)
def test_ladder_as_text(fold: JourneyFold, width: int, to_scale: bool) -> None:
    text = "\n".join(drawn(fold, width, JourneySettings(to_scale=to_scale))) + "\n"
    golden = GOLDENS / f"lifelines-{width}{'-to-scale' if to_scale else ''}.txt"
    if os.environ.get("TCPTUI_WRITE_GOLDENS"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (TimeShown.DELTA, "+7.50 ms"),
        (TimeShown.WAY, "6.50 ms"),
        (TimeShown.START, "15.0 ms"),
    ],
)
def test_time_column(fold: JourneyFold, time: TimeShown, shown: str) -> None:
    assert any(shown in line for line in drawn(fold, 80, JourneySettings(time=time)))


def test_raw_numbers_are_those_of_the_file(fold: JourneyFold) -> None:
    assert any(
        "SYN 1000000" in line for line in drawn(fold, 120, JourneySettings(raw_numbers=True))
    )


def test_runs_open_and_close(fold: JourneyFold) -> None:
    item = next(n for n, span in enumerate(fold.span) if span > 1)
    before, span = list(fold.first), fold.span[item]
    fold.open(item)
    assert len(fold.first) == len(before) + span - 1
    assert fold.close(item + 1) == item
    assert fold.first == before


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["both-ends-client", "both-ends-server"], ["client", "server"]),
        (["A", "B"], ["A", "B"]),
        (["client", "client (2)"], ["client", "client (2)"]),
        (["lan.1", "lan.2"], ["1", "2"]),
    ],
)
def test_short_names(names: list[str], short: list[str]) -> None:
    assert short_names(names) == short
