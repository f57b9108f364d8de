"""What the capture process tells its parent: lines of JSON, waiting for the reader only at last."""

import json
import os
from typing import Any


class ParentMessages:
    """Lines to a pipe; a reader that is gone ends the capture, one that sleeps does not."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.gone = False
        self._waiting = b""
        os.set_blocking(fd, False)

    def tell(self, kind: str, **values: Any) -> None:
        """Say something that must not be lost."""
        self._waiting += json.dumps({"kind": kind} | values).encode() + b"\n"
        self.push()

    def show(self, **values: Any) -> bool:
        """Say how things stand; False where the reader sleeps, so that it has to be said later."""
        self.push()
        if self._waiting:
            return False
        self.tell("figures", **values)
        return True

    def flush(self) -> None:
        """Wait until the reader has taken all, as it must the last figures and why it ended."""
        os.set_blocking(self.fd, True)
        self.push()

    def push(self) -> None:
        """Write what the pipe takes."""
        try:
            while self._waiting:
                self._waiting = self._waiting[os.write(self.fd, self._waiting) :]
        except BlockingIOError:
            return
        except OSError:
            self.gone = True
            self._waiting = b""
