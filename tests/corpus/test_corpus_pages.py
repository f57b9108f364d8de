"""docs/wireshark-versions.md and docs/differences.md have the figures of the captures beside the
project."""

from collections.abc import Callable
from pathlib import Path

import pytest

from docs.pages.corpus_pages import differences_figures, figures_in, names, versions_figures
from tests.corpus.fetch import NO_CORPUS
from tests.corpus.test_verdicts import COMPILED

DOCS = Path(__file__).parents[2] / "docs"
needs_corpus = pytest.mark.skipif(not names(), reason=NO_CORPUS)
needs_speed = pytest.mark.skipif(not COMPILED, reason="analyses all captures: compiled only")


@needs_corpus
@pytest.mark.parametrize(
    ("page", "figures"),
    [
        ("wireshark-versions.md", versions_figures),
        pytest.param("differences.md", differences_figures, marks=needs_speed),
    ],
)
def test_the_figures_are_current(page: str, figures: Callable[[], str]) -> None:
    """If not: ``python -m docs.pages.corpus_pages``."""
    assert figures_in((DOCS / page).read_text(encoding="utf-8")) == figures()
