"""Texts as JSON and as cells of a comma-separated table."""

from json.encoder import encode_basestring
from typing import Final

from mypy_extensions import i64

QUOTE: Final = 0x22
BACKSLASH: Final = 0x5C
SPACE: Final = 0x20
DANGEROUS: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


def json_text(text: str) -> bytes:
    """Return a text as a JSON string, quotes included."""
    plain = text.encode(errors="backslashreplace")
    if is_plain(plain):
        return b'"' + plain + b'"'
    return encode_basestring(text).encode(errors="backslashreplace")


def is_plain(text: bytes) -> bool:
    """Return whether JSON needs no escape for the text: true for nearly all, and quickly found."""
    i: i64 = 0
    while i < len(text):
        byte = i64(text[i])
        if byte < SPACE or byte == QUOTE or byte == BACKSLASH:  # noqa: SIM109 (a tuple is slow)
            return False
        i += 1
    return True


def harmless(cell: str) -> str:
    """Return a cell such that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def cell_text(text: str) -> bytes:
    """Return a cell of a table, in quotes where its text would end it."""
    cell = harmless(text)
    if '"' in cell or "," in cell or "\n" in cell or "\r" in cell:
        doubled = cell.replace('"', '""')
        cell = f'"{doubled}"'
    return cell.encode(errors="backslashreplace")
