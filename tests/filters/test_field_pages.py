"""docs/filters.md lists the fields that there are."""

from pathlib import Path

from docs.pages.field_pages import BEGIN, END, field_table

PAGE = Path(__file__).parents[2] / "docs" / "filters.md"


def test_the_table_of_fields_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    found = text[text.index(BEGIN) : text.index(END) + len(END)]
    assert found == field_table(), "print(docs.pages.field_pages.field_table()) belongs there"
