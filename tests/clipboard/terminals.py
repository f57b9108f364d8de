"""Terminals for tests: a pty whose other end is read, and what OSC 52 puts on its clipboard."""

import base64
import os
import pty
import re
import select
import sys
import time
from collections.abc import Sequence
from pathlib import Path

OSC_52 = re.compile(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")
PATIENCE = 10.0
ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
from tcptui.clipboard import copy
copied = copy(open(sys.argv[1]).read(), lambda text: (sys.stdout.write(text), sys.stdout.flush()))
open(sys.argv[2], "w").write(str(copied))
"""
"""Copies the text of one file; says in another where it went."""


def program(text: Path, said: Path) -> list[str]:
    return [sys.executable, "-c", PROGRAM, str(text), str(said)]


class Terminal:
    """Runs a command in a pty and plays the terminal outside."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.seen = b""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.execvpe(command[0], list(command), environment)

    def read_until(self, done: Path) -> None:
        """Read what the command writes until the file is there, and a little longer."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            ready, _, _ = select.select([self.descriptor], [], [], 0.2)
            if ready:
                try:
                    self.seen += os.read(self.descriptor, 65536)
                except OSError:
                    return
            elif done.exists() and done.read_text():
                return

    @property
    def clipboard(self) -> list[str]:
        """The texts that the clipboard was given, in order."""
        return [base64.b64decode(found).decode() for found in OSC_52.findall(self.seen)]

    def close(self) -> None:
        os.close(self.descriptor)
        os.waitpid(self.process, 0)
