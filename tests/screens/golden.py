"""Compares whole screens with what they were: the files in `goldens`.

With TCPTUI_WRITE_GOLDENS set they are written anew; look at the difference before committing it.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

GOLDENS: Final = Path(__file__).with_name("goldens")


def check_screens(name: str, size: tuple[int, int], ascii_only: bool, pages: Sequence[str]) -> None:
    """Check that these screens are no wider than the terminal, and those that are recorded."""
    columns, lines = size
    text = ("=" * columns + "\n").join(pages)
    assert not ascii_only or text.isascii()
    assert max(map(len, text.splitlines())) <= columns
    form = "ascii" if ascii_only else "unicode"
    golden = GOLDENS / f"{name}-{columns}x{lines}-{form}.txt"
    if os.environ.get("TCPTUI_WRITE_GOLDENS"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
