"""What docs/library.md shows is what the library does."""

import doctest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
TABLES = "\n## Tables\n"


def failures(text: str) -> list[str]:
    """Run the examples of a text; return what differs."""
    said: list[str] = []
    flags = doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(text, {}, "library.md", "docs/library.md", 0)
    assert test.examples
    doctest.DocTestRunner(optionflags=flags).run(test, out=said.append, clear_globs=False)
    return said


def test_what_needs_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    before, tables, _ = PAGE.partition(TABLES)
    assert tables
    assert failures(before) == []


def test_the_whole_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("pyarrow", "polars"):
        pytest.importorskip(package, reason=f"tables need {package}: pip install '.[test]'")
    monkeypatch.chdir(ROOT)
    assert failures(PAGE) == []
