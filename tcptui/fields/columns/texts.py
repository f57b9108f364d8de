"""Texts as JSON and as cells of a comma-separated table."""

from typing import Final

ESCAPES: Final = {ord('"'): '\\"', ord("\\"): "\\\\"} | {n: f"\\u{n:04x}" for n in range(32)}
DANGEROUS: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


def json_text(text: str) -> bytes:
    """A JSON string, quotes included."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'.encode(errors="backslashreplace")
    return f'"{text.translate(ESCAPES)}"'.encode(errors="backslashreplace")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def cell_text(text: str) -> bytes:
    """A cell of a table, in quotes where its text would end it."""
    cell = harmless(text)
    if '"' in cell or "," in cell or "\n" in cell or "\r" in cell:
        doubled = cell.replace('"', '""')
        cell = f'"{doubled}"'
    return cell.encode(errors="backslashreplace")
