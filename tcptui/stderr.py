"""The one way to standard error: nothing else in tcptui writes there."""

import sys
from contextlib import suppress

from tcptui.escapes import visible, visible_lines


def say(what: object, below: str = "") -> None:
    """Write one line that begins with ``tcptui:``, and the lines of ``below`` under it.

    All of it is escaped, whoever it came from. What cannot be written is lost: the exit code
    still tells.
    """
    text = f"tcptui: {visible(str(what))}" + (below and f"\n{visible_lines(below)}")
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def hint(what: object) -> None:
    """Write one line that only concerns who types: where stderr is a terminal."""
    if sys.stderr.isatty():
        say(what)
