"""docs/states.md is what the tables say."""

from pathlib import Path

from tcptui.diagnosis.kinds import KINDS
from tcptui.diagnosis.state_pages import CLOSINGS, OPENINGS, PAGE, state_pages
from tcptui.engine.closing import Closing
from tcptui.engine.notes import Note
from tcptui.engine.opening import Opening
from tcptui.engine.states import State

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    """If not: ``python -m tcptui.diagnosis.state_pages``."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == state_pages()


def test_every_word_of_the_report_is_explained() -> None:
    assert list(OPENINGS) == list(Opening)
    assert list(CLOSINGS) == list(Closing)
    assert all(f"| {state.label} |" in state_pages() for state in State)


def test_whatever_the_machines_notice_is_a_kind_of_finding() -> None:
    names = {kind.name for kind in KINDS} | {"syn_retry"}
    assert {note.name.lower() for note in Note} <= names
