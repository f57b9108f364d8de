"""The page of findings is the table of kinds."""

from pathlib import Path

from docs.pages.kind_pages import PAGE, kind_pages

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    """`python -m docs.pages.kind_pages` writes it."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == kind_pages()
