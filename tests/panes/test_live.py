"""The figures of a live capture."""

import pytest

from tcptui.drawing.cells import plain
from tcptui.panes.head.live import Rate, figures_line, loss


def test_rate_is_taken_over_the_last_two_seconds() -> None:
    rate = Rate()
    looks = [(0.0, 0), (1.0, 100), (2.0, 200), (3.0, 1200), (4.0, 2200), (5.0, 2200)]
    assert [rate.take_count(*look) for look in looks] == [0, 100, 100, 550, 1000, 500]


@pytest.mark.parametrize(
    ("figures", "text", "style"),
    [
        ((1200, 5000, 0, 3), "1,200/s · 5,000 captured · 0 dropped · 3 not analysed yet ", "note"),
        ((10, 5000, 7, 0), "10/s · 5,000 captured · 7 dropped ", "error"),
    ],
)
def test_figures(figures: tuple[int, int, int, int], text: str, style: str) -> None:
    line = figures_line(*figures)
    assert plain(line) == text
    assert line[1].style == style


def test_what_is_not_known_of_processes_comes_last() -> None:
    line = figures_line(1, 2, 0, 0, "processes: own user only")
    assert plain(line) == "1/s · 2 captured · 0 dropped · processes: own user only "


@pytest.mark.parametrize(
    ("lost", "said"),
    [((0, 0), ""), ((2, 0), "2 packets dropped by the kernel"), ((0, 1), "by the interface")],
)
def test_loss_says_what_to_do(lost: tuple[int, int], said: str) -> None:
    assert said in loss(*lost)
    assert ("-B" in loss(*lost)) == any(lost)
