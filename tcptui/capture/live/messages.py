"""Sends the capture process's messages to its parent: lines of JSON, never waiting until the
end."""

import json
import os
from typing import Any


class ParentMessages:
    """Writes lines to a pipe; a reader that is gone ends the capture, one that sleeps does not."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.gone = False
        self._waiting = b""
        os.set_blocking(fd, False)

    def send_message(self, kind: str, **values: Any) -> None:
        """Send a message that must not be lost."""
        self._waiting += json.dumps({"kind": kind} | values).encode() + b"\n"
        self.write_waiting()

    def send_figures(self, **values: Any) -> bool:
        """Send the current figures; return False where the reader sleeps, so that they must be sent
        later."""
        self.write_waiting()
        if self._waiting:
            return False
        self.send_message("figures", **values)
        return True

    def send_all(self) -> None:
        """Wait until the reader has taken everything: it must get the last figures and why the
        capture ended."""
        os.set_blocking(self.fd, True)
        self.write_waiting()

    def write_waiting(self) -> None:
        """Write as much as the pipe takes."""
        try:
            while self._waiting:
                self._waiting = self._waiting[os.write(self.fd, self._waiting) :]
        except BlockingIOError:
            return
        except OSError:
            self.gone = True
            self._waiting = b""
