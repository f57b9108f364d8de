"""Holds the glyphs that the screen draws with, and what stands for each in plain ASCII.

Everything is drawn in Unicode; where the terminal cannot show it, each line goes through
:func:`to_ascii`: one cell for one cell, so nothing moves.
"""

from typing import Final

ASCII: Final[dict[int, str]] = str.maketrans(
    {
        "─": "-", "━": "=", "═": "=", "╌": "~", "┈": ".", "┄": "-",
        "│": "|", "┃": "H", "║": "H", "╎": "!", "┊": ":", "┆": ":",
        "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
        "╭": "+", "╮": "+", "╯": "+", "╰": "+", "┏": "+", "┓": "+", "┗": "+", "┛": "+",
        "►": ">", "◄": "<", "▲": "^", "▼": "v", "→": ">", "←": "<", "⇄": "=", "↑": "^", "↓": "v",
        "▌": "|", "▐": "|", "█": "#", "▓": "#", "▒": "=", "░": ".", "▏": "|", "▶": ">", "▸": ">",
        "●": "o", "○": "o", "◆": "*", "✕": "x", "×": "x", "·": "-", "…": "~", "≈": "~",
        "µ": "u", "±": "+", "⋮": ":", "Δ": "d", "≥": ">", "≤": "<", "∙": ".", "▁": ".",
        "–": "-", "—": "-", "’": "'", "“": '"', "”": '"',
    }
)  # fmt: skip


class AsciiTable(dict[int, str]):
    """The table above; what it does not name and ASCII does not have becomes ``?``."""

    def __missing__(self, code: int) -> str:
        return chr(code) if code < 128 else "?"


TABLE: Final = AsciiTable(ASCII)


def to_ascii(text: str) -> str:
    """Return the text in ASCII, cell for cell."""
    return text if text.isascii() else text.translate(TABLE)
