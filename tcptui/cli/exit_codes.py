"""The exit codes tell how the program ended, as docs/command-line.md lists them."""

from typing import Final

DONE: Final = 0
BUG: Final = 1
BELOW_THRESHOLD: Final = 1
"""Only `compare` returns it."""
WRONG_USE: Final = 2
UNREADABLE: Final = 3
UNWRITABLE: Final = 3
FOUND: Final = 4
"""`report --fail-on`: there is a finding of that severity or a worse one."""
INTERRUPTED: Final = 130
