"""What holds for every input, and the exceptions that are answers."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.refusal import Refusal
from tcptui.capture.writer import SaveError
from tcptui.drawing.cells import Line
from tcptui.fields.view import NoBytes

ANSWERS: Final = (CaptureError, SaveError, Refusal, NoBytes)
"""Exceptions whose text is told to the user in a line."""

CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What may not reach a terminal or a file of text; tabs and line ends are meant."""


class Broken(AssertionError):
    """A promise that an input breaks."""


def promise(holds: object, what: str) -> None:
    if not holds:
        raise Broken(what)


def not_finite(constant: str) -> NoReturn:
    raise Broken(f"{constant} in JSON")


def read_json(text: bytes) -> Any:
    """What strict JSON in UTF-8 says."""
    return json.loads(text.decode(), parse_constant=not_finite)


def check_text(text: str, what: str) -> None:
    found = CONTROLS.search(text)
    if found:
        raise Broken(f"control character {found[0]!r} in {what}")


def check_bytes(text: bytes, what: str) -> None:
    check_text(text.decode(), what)


def check_line(line: Line, what: str) -> None:
    """A line that is drawn: each of its texts can be printed as it stands."""
    for run in line:
        promise(run.text.isprintable(), f"{run.text!r} in {what}")


def check_lines(lines: Iterable[Line], what: str) -> None:
    for line in lines:
        check_line(line, what)


def check_answer(error: Exception) -> None:
    """One line without control characters."""
    text = str(error)
    promise(text and "\n" not in text, f"an error of no line or of several: {text!r}")
    check_text(text, "an error")
