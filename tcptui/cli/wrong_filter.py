"""Recognises a display filter where a capture filter belongs, and the other way round."""

import re
import shlex
from typing import Final

from tcptui.cli.request import Request

FIELD: Final = re.compile(r"(?<![\w.:-])[a-z][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+", re.IGNORECASE)
"""What looks like a field of a display filter."""
RELATION: Final = re.compile(r"\s*(?:[=!]=|[~<>]|\b(?:eq|ne|gt|lt|ge|le|contains|matches)\b)")
"""What follows a field, and what no name of a host is followed by."""
UNKNOWN_HOST: Final = "unknown host"
"""What libpcap says of a name that is not in /etc/hosts."""


def refused_filter_advice(request: Request, words: str) -> str:
    """Return what to type instead of a capture filter that libpcap refused in these words; empty
    where nobody knows."""
    text = request.input.expression
    if UNKNOWN_HOST in words:
        return "; DNS is never asked, so write its address"
    return f"; this is a display filter, so type {shown(request, text)}" if shows(text) else ""


def shows(text: str) -> bool:
    """Return whether a text that is no capture filter is a display filter, of a field that is
    known here or only looks like one."""
    from tcptui.filters.filter_error import FilterError
    from tcptui.filters.language import parse

    try:
        parse(text)
    except FilterError:
        return any(is_field(found, text) for found in FIELD.finditer(text))
    return True


def is_field(found: re.Match[str], text: str) -> bool:
    """Return whether what looks like a field is one of Wireshark's, or stands as fields do."""
    from tcptui.filters.wireshark_protocols import WIRESHARK_PROTOCOLS

    protocol = found[0].partition(".")[0].lower()
    return protocol in WIRESHARK_PROTOCOLS or bool(RELATION.match(text, found.end()))


def shown(request: Request, text: str) -> str:
    """Return the command line in which the words are a display filter."""
    return f"{called(request)} -Y {shlex.quote(text)}"


def capture_filter_advice(request: Request) -> str:
    """Return what to type where the display filter is a capture filter; empty if it is none.

    Asked once it was refused as a display filter.
    """
    text = request.output.display_filter
    if not is_capture_filter(text):
        return ""
    return f"; this is a capture filter, so type {called(request)} {shlex.quote(text)}"


def is_capture_filter(text: str) -> bool:
    """Return whether libpcap understands a text; False where there is no libpcap."""
    from tcptui.capture.live.capture_filter import WrongExpression
    from tcptui.capture.live.filtered_source import check_for_any_link_type
    from tcptui.capture.live.libpcap import Missing

    try:
        check_for_any_link_type(text)
    except (WrongExpression, Missing):
        return False
    return True


def called(request: Request) -> str:
    """Return the beginning of the command line: the command, and what it reads."""
    read = request.input
    words = [] if request.command == "open" else [request.command]
    words += [word for name in read.interfaces for word in ("-i", name)]
    words += [word for name in read.files for word in ("-r", name)]
    return f"tcptui {shlex.join(words)}"
