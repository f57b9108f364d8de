"""Finds out what the terminal can do, and tells Textual before that is imported."""

import locale
import os
import sys
import termios
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from tcptui.streams import indulgent

CALM: Final = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_FPS": "15", "TEXTUAL_SMOOTH_SCROLL": "0"}
TERMINAL: Final = "/dev/tty"
"""The name of the terminal that controls the process, whatever its standard streams are."""
PLAIN_TERMINALS: Final = ("linux", "vt", "dumb")
LEAVE_SCREEN: Final = (
    b"\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2048l\x1b[<u"
    b"\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""What Textual writes at its end: no paste brackets, mouse, keyboard protocol; the first screen."""
KEYS: Final = 0
DRAWN: Final = 2
"""The descriptors of the streams that Textual uses."""
SSH_SETS: Final = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")
SWITCH_SECONDS: Final = 0.0005
"""How soon the screen's thread gets the interpreter back from the analysis."""


class NoTerminal(Exception):
    """There is nothing to draw on, or to read keys from."""


def device() -> int:
    """Return a descriptor of the terminal where a standard stream that the screen needs is another
    file; else -1. Raises NoTerminal."""
    if os.isatty(KEYS) and os.isatty(DRAWN):
        return -1
    try:
        return os.open(TERMINAL, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        stream = "stderr" if os.isatty(KEYS) else "stdin"
        raise NoTerminal(
            f"{stream} is not a terminal, and {TERMINAL} cannot be opened "
            f"({os.strerror(error.errno or 0)}): the screen needs one; "
            "`tcptui report FILE` prints instead"
        ) from None


def attach(descriptor: int) -> None:
    """Let Textual read its keys from the terminal and draw on it: it takes Python's original
    stdin and stderr. Our own messages still go where stderr leads.

    Once standard input is read as a capture, its number is free for the terminal.
    """
    drawn = DRAWN
    if descriptor >= 0:
        if not os.isatty(KEYS):
            os.dup2(descriptor, KEYS)
        if not os.isatty(DRAWN):
            drawn = descriptor
    setattr(sys, "__stderr__", indulgent(drawn, locale.getencoding()))  # noqa: B010
    sys.stdin = sys.__stdin__


def keep_modes() -> Callable[[], None]:
    """Note how the terminal is set; return what sets it so again, in whatever state the screen
    is."""
    with suppress(termios.error):
        modes = termios.tcgetattr(KEYS)

        def give_back() -> None:
            with suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(KEYS, termios.TCSANOW, modes)
                if sys.__stderr__:
                    os.write(sys.__stderr__.fileno(), LEAVE_SCREEN)

        return give_back
    return lambda: None


def crosses_network(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal is at the other end of SSH."""
    return any(environment.get(name) for name in SSH_SETS)


def is_plain(environment: Mapping[str, str]) -> bool:
    """Return whether only ASCII may be drawn: another character set, or a console without the
    glyphs."""
    encoding = locale.getencoding().lower().replace("-", "")
    return encoding != "utf8" or environment.get("TERM", "").startswith(PLAIN_TERMINALS)


def prepare(calm: bool) -> None:
    """Set what Textual reads when it is imported; keep the screen's thread responsive."""
    if calm:
        for name, value in CALM.items():
            os.environ.setdefault(name, value)
    sys.setswitchinterval(SWITCH_SECONDS)
