"""docs/filters.md and docs/command-line.md list the fields that there are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from docs.pages.field_pages import BEGIN, END, field_table, report_table

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("page", "table"), [("filters.md", field_table), ("command-line.md", report_table)]
)
def test_the_table_of_fields_is_current(page: str, table: Callable[[], str]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    found = text[text.index(BEGIN) : text.index(END) + len(END)]
    assert found == table(), f"print(docs.pages.field_pages.{table.__name__}()) belongs there"
