"""The bar of where the time went, and the overview's lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.diagnosis.capture_causes import ANY_TROUBLE, TopCause
from tcptui.diagnosis.capture_causes import causes as causes_of
from tcptui.diagnosis.work_slices import at_once
from tcptui.drawing import overview
from tcptui.drawing.cells import plain
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import time_bar
from tests.panes.loaded import sample


def top_causes(name: str) -> list[TopCause]:
    engine = sample(name)
    return at_once(causes_of(Judge(engine, None), len(engine.flows)))


@given(st.lists(st.integers(0, 1 << 60), min_size=1, max_size=6), st.integers(0, 40))
def test_cells_fill_the_width(sizes: list[int], width: int) -> None:
    if sum(sizes):
        cells = time_bar.cells_of(sizes, width)
        assert sum(cells) == width
        assert min(cells) >= 0


@pytest.mark.parametrize(
    ("name", "flow", "bar"),
    [("zero-window", 0, "TTTTTTTTTTTTTN"), ("closings", 3, "SSSNNNNNNN····"),
     ("keep-alive-half-open", 0, "CCCCCCCCCCCCCC")],
)  # fmt: skip
def test_bar(name: str, flow: int, bar: str) -> None:
    assert plain(time_bar.bar(sample(name).flows[flow], 14)) == bar


@pytest.mark.parametrize(
    ("name", "lead"),
    [
        ("zero-window", ["stall zero window 1.60 s in 1 flow"]),
        ("closings", ["abort ×1 in 1 flow"]),
        (
            "ssh-keystrokes",
            [
                "stall delayed ACK nagle 78.2 ms in 1 flow",
                "write write read 78.2 ms in 1 flow",
            ],
        ),
    ],
)
def test_lead(name: str, lead: list[str]) -> None:
    assert overview.lead(top_causes(name)) == lead


def test_details_name_flows_and_places() -> None:
    text = overview.details(top_causes("openings")[1], "4.0")
    assert "192.0.2.1 → 192.0.2.99:80 (1)" in text
    assert "Worst flows (4.0): 2." in text


def test_line_says_how_often_and_in_how_many_flows() -> None:
    first = plain(overview.line(top_causes("web-loss")[1], 120))
    assert "loss before capture" in first
    assert "7× in 2 flows" in first


def test_flows_with_any_trouble_stand_together_before_their_causes() -> None:
    together, *others = top_causes("web-loss")
    assert (together.kind, together.flows, together.count) == (ANY_TROUBLE, 2, 2)
    assert sum(together.pairs.values()) == 2
    assert ANY_TROUBLE not in {cause.kind for cause in others}
    assert overview.lead([together, *others]) == overview.lead(others)
    assert "Ports: 8080 (2)" in overview.details(together, "4.0")
