"""What the terminal can do, and what Textual is told of it before it is imported."""

import locale
import os
import sys
from collections.abc import Mapping
from typing import Final

CALM: Final = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_FPS": "15", "TEXTUAL_SMOOTH_SCROLL": "0"}
PLAIN_TERMINALS: Final = ("linux", "vt", "dumb")
SWITCH_SECONDS: Final = 0.0005
"""How soon the screen's thread gets the interpreter back from the analysis."""


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether bytes to the terminal cross a network."""
    return "SSH_CONNECTION" in environment or "SSH_TTY" in environment


def is_plain(environment: Mapping[str, str]) -> bool:
    """Whether only ASCII may be drawn: another character set, or a console without the glyphs."""
    encoding = locale.getencoding().lower().replace("-", "")
    return encoding != "utf8" or environment.get("TERM", "").startswith(PLAIN_TERMINALS)


def prepare(calm: bool) -> None:
    """Set what Textual reads when it is imported; keep the screen's thread responsive."""
    if calm:
        for name, value in CALM.items():
            os.environ.setdefault(name, value)
    sys.setswitchinterval(SWITCH_SECONDS)
