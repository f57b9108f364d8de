"""Copies captures of a data set from where they lie to the spool folder."""

import os
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from tcptui.capture.errors import CaptureError
from tcptui.data_set.capture_places import check_unchanged
from tcptui.data_set.swept import SweptCapture
from tcptui.escapes import visible
from tcptui.fleet.outline import local_copy
from tcptui.fleet.sources import find_sources


class Fetcher:
    """Keeps the copies, mode 0600, in the spool folder until it is closed; they are called as what
    they are copies of."""

    def __init__(self, spool: str | None) -> None:
        self.spool = spool
        self.copies = ExitStack()
        self.paths: dict[str, str] = {}

    def fetch(self, capture: SweptCapture) -> str:
        """Return the path of a copy. Raises CaptureError."""
        if capture.name not in self.paths:
            found = find_sources([capture.name], "").sources
            if [one.name for one in found] != [capture.name]:
                where = visible(capture.name)
                raise CaptureError("this is not one capture", where, "check the address")
            (source,) = found
            check_unchanged(capture, source.size, source.mtime, source.etag)
            copy = self.copies.enter_context(local_copy(source, self.spool))
            self.paths[capture.name] = self.named(copy, PurePosixPath(capture.name).name)
        return self.paths[capture.name]

    def named(self, path: str, name: str) -> str:
        """Return the path of a copy under a name, in a folder of its own; its own path where the
        file system takes no such name."""
        try:
            temporary = TemporaryDirectory("", "tcptui-", Path(path).parent)
            other = Path(self.copies.enter_context(temporary)) / name
            os.link(path, other)
        except (OSError, ValueError):
            return path
        return str(other)

    def close(self) -> None:
        """Delete the copies."""
        self.copies.close()
