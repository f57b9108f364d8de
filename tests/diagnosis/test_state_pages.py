"""docs/states.md is what the tables say."""

from pathlib import Path

from docs.pages.state_pages import CLOSINGS, OPENINGS, PAGE, state_pages
from tcptui.engine.tcp_state.outcome import Closing, Opening
from tcptui.engine.tcp_state.states import State

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    """If not: ``python -m docs.pages.state_pages``."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == state_pages()


def test_every_word_of_the_report_is_explained() -> None:
    assert list(OPENINGS) == list(Opening)
    assert list(CLOSINGS) == list(Closing)
    assert all(f"| {state.label} |" in state_pages() for state in State)
