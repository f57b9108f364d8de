"""Keeps what another program says on its standard error, within bounds, while it runs."""

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Final

FIRST: Final = 20
LAST: Final = 20
"""Lines that are kept from the beginning and from the end; those in between are counted."""
LENGTH: Final = 500
"""Bytes that are kept of a line; the rest is counted."""
READ: Final = 1 << 16


class StderrLines:
    """Reads a program's stderr to its end in a thread, so that the program never waits.

    `told` gets each of the first lines as it comes; `rest` is what came after them.
    """

    def __init__(self, pipe: IO[bytes], told: Callable[[str], None] = lambda line: None) -> None:
        self._pipe = pipe
        self._told = told
        self._first: list[str] = []
        self._last: deque[str] = deque()
        self._left_lines = self._left_bytes = 0
        self._line = b""
        self._reader = threading.Thread(target=self._read_pipe, name="stderr", daemon=True)
        self._reader.start()

    def wait(self, seconds: float) -> None:
        """Wait until the program has closed its stderr, or for so many seconds."""
        self._reader.join(seconds)

    @property
    def lines(self) -> list[str]:
        """Return all that was kept, with a line in place of what was not."""
        return [*self._first, *self.rest]

    @property
    def rest(self) -> list[str]:
        """Return what came after the first lines."""
        return [*self._left_out(), *self._last]

    @property
    def last(self) -> str:
        """The last line; empty for none."""
        return (self._last or self._first or [""])[-1]

    def _left_out(self) -> list[str]:
        if not self._left_bytes:
            return []
        plural = "" if self._left_lines == 1 else "s"
        lines = f"{self._left_lines:,} line{plural} and " if self._left_lines else ""
        return [f"({lines}{self._left_bytes:,} bytes are left out)"]

    def _read_pipe(self) -> None:
        while data := os.read(self._pipe.fileno(), READ):
            *ends, rest = data.split(b"\n")
            for end in ends:
                self._add_data(end)
                self._keep_line()
            self._add_data(rest)
        self._keep_line()

    def _add_data(self, data: bytes) -> None:
        room = LENGTH - len(self._line)
        self._line += data[:room]
        self._left_bytes += len(data[room:])

    def _keep_line(self) -> None:
        cut = "…" if len(self._line) == LENGTH else ""
        line, self._line = self._line.decode("utf-8", "replace").strip() + cut, b""
        if not line:
            return
        if len(self._first) < FIRST:
            self._first.append(line)
            self._told(line)
            return
        self._last.append(line)
        if len(self._last) > LAST:
            self._left_lines += 1
            self._left_bytes += len(self._last.popleft().encode())
