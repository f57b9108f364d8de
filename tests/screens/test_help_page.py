"""Pages of help."""

import pytest

from tcptui.drawing.cells import plain, width_of
from tcptui.screens.help_page import Group, KeyHelp, lines, title_of

TEXT = """
    ## Flows
    Each line is a TCP connection,
    the worst first. `R7`: seven.

    Second paragraph.
    """
GROUPS = [
    Group("Keys here", [KeyHelp("↑ k", "One row up"), KeyHelp("f1 f2 f3 f4 f5 f6", "Many keys")])
]


def test_paragraphs_then_keys() -> None:
    page = [plain(line) for line in lines(TEXT, GROUPS, 60)]
    assert page == [
        "Each line is a TCP connection, the worst first. R7: seven.",
        "",
        "Second paragraph.",
        "",
        "Keys here",
        "  ↑ k  One row up",
        "  f1 f2 f3 f4 f5 f6",
        "       Many keys",
    ]


@pytest.mark.parametrize("width", [20, 30, 80])
def test_every_word_stays_whole(width: int) -> None:
    page = [plain(line) for line in lines(TEXT, GROUPS, width)]
    assert all(width_of(line) <= width for line in page)
    words = " ".join(page).split()
    assert words[:4] == ["Each", "line", "is", "a"]
    assert words[-2:] == ["Many", "keys"]


@pytest.mark.parametrize(("text", "title"), [(TEXT, "Flows"), ("", "keys"), ("Text", "keys")])
def test_title(text: str, title: str) -> None:
    assert title_of(text, "keys") == title
