"""Texts as JSON and as cells of a comma-separated table."""

from json.encoder import encode_basestring
from typing import Final

from librt.strings import BytesWriter, read_i32_le, read_i64_le
from mypy_extensions import i64, u8

from tcptui.engine.eight_bytes import EACH, HIGHEST_OF_EACH

QUOTE: Final = 0x22
BACKSLASH: Final = 0x5C
SPACE: Final = 0x20
FOUR_BYTES: Final = 0xFFFFFFFF
BACKSLASHES: Final[i64] = i64(BACKSLASH * EACH)
DANGEROUS: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


def write_json_text(out: BytesWriter, text: str) -> None:
    """Write a text as a JSON string, quotes included."""
    out.append(u8(QUOTE))
    write_json_letters(out, text)
    out.append(u8(QUOTE))


def write_json_letters(out: BytesWriter, text: str) -> None:
    """Write a text, or a part of it, as it stands inside of a JSON string."""
    plain = utf8(text)
    out.write(plain if is_plain(plain) else utf8(encode_basestring(text))[1:-1])


def json_text(text: str) -> bytes:
    """Return a text as a JSON string, quotes included."""
    out = BytesWriter()
    write_json_text(out, text)
    return out.getvalue()


def utf8(text: str) -> bytes:
    """Return a text's bytes; half of a surrogate pair, which has none, is escaped."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace")


def is_plain(text: bytes) -> bool:
    """Return whether JSON needs no escape for the text: true for nearly all, and quickly found.

    Of a length that eight or four do not divide, some bytes are looked at twice.
    """
    size = i64(len(text))
    i: i64 = 0
    if size >= 8:
        while i + 8 < size:
            if needs_escape(read_i64_le(text, i)):
                return False
            i += 8
        return not needs_escape(read_i64_le(text, size - 8))
    if size >= 4:
        upper = i64(read_i32_le(text, size - 4)) << 32
        return not needs_escape(upper | i64(read_i32_le(text, 0)) & FOUR_BYTES)
    while i < size:
        byte = i64(text[i])
        if byte < SPACE or byte == QUOTE or byte == BACKSLASH:  # noqa: SIM109 (a tuple is slow)
            return False
        i += 1
    return True


def needs_escape(eight: i64) -> bool:
    """Return whether one of eight bytes is a control character, a quote or a backslash.

    Taking ``n`` from each byte sets the highest bit of those that were below ``n``, if it was not
    set before; a byte is another one if their difference is below 1.
    """
    quote = eight ^ QUOTE * EACH
    backslash = eight ^ BACKSLASHES
    below = (
        (eight - SPACE * EACH) & ~eight | (quote - EACH) & ~quote | (backslash - EACH) & ~backslash
    )
    return below & HIGHEST_OF_EACH != 0


def without_formula(cell: str) -> str:
    """Return a cell such that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def cell_text(text: str) -> bytes:
    """Return a cell of a table, in quotes where its text would end it."""
    cell = without_formula(text)
    if '"' in cell or "," in cell or "\n" in cell or "\r" in cell:
        doubled = cell.replace('"', '""')
        cell = f'"{doubled}"'
    return utf8(cell)
