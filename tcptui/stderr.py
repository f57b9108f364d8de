"""The one way to standard error: nothing else in tcptui writes there."""

import sys
from contextlib import suppress

from tcptui.escapes import visible, visible_lines

PROGRESS_WIDTH = 79


def say(what: object, below: str = "") -> None:
    """Write one line that begins with ``tcptui:``, and the lines of ``below`` under it.

    All of it is escaped, whoever it came from. What cannot be written is lost: the exit code
    still tells.
    """
    text = f"tcptui: {visible(str(what))}" + (below and f"\n{visible_lines(below)}")
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def show_progress(text: str) -> None:
    """Write a text over the one before, on one line that nothing else is written to meanwhile; no
    text erases it. Only a terminal gets it."""
    if sys.stderr.isatty():
        with suppress(OSError):
            print(f"\r{visible(text):<{PROGRESS_WIDTH}.{PROGRESS_WIDTH}}", end="\r" * (not text),
                  file=sys.stderr, flush=True)  # fmt: skip


def hint(what: object) -> None:
    """Write one line that only concerns who types: where stderr is a terminal."""
    if sys.stderr.isatty():
        say(what)
