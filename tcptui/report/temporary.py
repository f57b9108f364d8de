"""Temporary files for what waits while a report is made; they go when they are closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from tcptui.capture.errors import CaptureError
from tcptui.shortage import FULL


def temporary_file() -> BinaryIO:
    """Return a new one."""
    # Importing this takes longer than reporting a small capture.
    from tempfile import TemporaryFile

    return TemporaryFile()


@contextmanager
def writing_temporary_file() -> Iterator[None]:
    """Tell apart that there is no room for temporary files, which lie on another disk than what is
    printed. Raises CaptureError."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        from tempfile import gettempdir

        why = f"no room for a temporary file ({error.strerror})"
        raise CaptureError(why, gettempdir(), "make room, or set TMPDIR to another disk") from error
