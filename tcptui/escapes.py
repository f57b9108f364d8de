"""Shows a text that is not ours: harmless to a terminal, and still recognisable."""

import re


def visible(text: str) -> str:
    """Return `text` on one line in which a terminal finds nothing to obey.

    Control characters, direction marks and what else does not print are written as escapes, the
    bytes of a file name that are no UTF-8 as ``\\xNN``. Texts that are not ours (names, a remote
    host's words, what a capture holds) pass here on their way to a terminal; what is drawn on the
    screen passes `tcptui.drawing.cells.clean`.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else escape(c) for c in text)


def visible_lines(text: str) -> str:
    """Return a text of several lines made harmless; it keeps its line ends and tabs."""
    return re.sub(r"[^\n\t]+", lambda match: visible(match[0]), text)


def escape(character: str) -> str:
    """Return a character that does not print as Python writes it; an undecoded byte as
    ``\\xNN``."""
    byte = ord(character) - 0xDC00
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else repr(character)[1:-1]


def decoded(text: str) -> str:
    """Return `text` with those bytes of a file name that are not UTF-8 as ``\\xNN``."""
    return "".join(escape(c) if "\udc80" <= c <= "\udcff" else c for c in text)
