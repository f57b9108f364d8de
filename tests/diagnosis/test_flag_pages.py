"""docs/flags.md is what the tables say."""

from pathlib import Path

from docs.pages.flag_pages import PAGE, flag_pages
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    """If not: ``python -m docs.pages.flag_pages``."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == flag_pages()


def test_every_flag_has_its_place() -> None:
    page = flag_pages()
    assert all(f'<a id="{flag.name}"></a>' in page for flag in ANALYSIS_FLAGS)
