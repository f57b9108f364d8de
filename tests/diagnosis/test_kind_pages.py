"""The page of findings is the table of kinds."""

from pathlib import Path

from docs.pages.kind_pages import PAGE, kind_pages
from tcptui.findings.findings import COUNTED
from tcptui.findings.kinds import KIND_BY_NAME, KINDS

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    """`python -m docs.pages.kind_pages` writes it."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == kind_pages()


def test_kinds_have_names_of_their_own() -> None:
    assert len(KIND_BY_NAME) == len(KINDS)


def test_every_counted_cause_has_a_kind() -> None:
    assert {how.kind for how in COUNTED.values()} <= KIND_BY_NAME.keys()
