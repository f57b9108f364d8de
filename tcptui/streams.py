"""Prepares the standard streams, whatever they were when the program began."""

import errno
import os
import sys
from contextlib import suppress
from io import BufferedWriter, FileIO, TextIOWrapper, UnsupportedOperation
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Indulgent(FileIO):
    """A file that loses what the system refuses to write, as that of a terminal that is gone."""

    def write(self, data: "ReadableBuffer", /) -> int:
        with suppress(OSError):
            return super().write(data)
        return memoryview(data).nbytes


def indulgent(descriptor: int, encoding: str) -> TextIOWrapper:
    """Return a stream that writes what it can, a line at a time; what cannot be encoded is
    escaped."""
    raw = Indulgent(descriptor, "w", closefd=False)
    return TextIOWrapper(BufferedWriter(raw), encoding, "backslashreplace", line_buffering=True)


def prepare_standard_streams() -> None:
    """Make the standard streams usable. Where one was closed (``>&-``), nothing is read and what is
    written is lost: otherwise the next file that is opened would take its number. What stdout
    cannot encode is escaped, and what stderr cannot take is lost."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)
            stream = open(number, "r+", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr = indulgent(sys.stderr.fileno(), sys.stderr.encoding)


def require_reader(out: BinaryIO) -> None:
    """Raise BrokenPipeError if nobody reads any more what is written to a pipe.

    Who writes learns it from the next write; who waits for something to write has to ask. What is
    written to memory always has a reader.
    """
    try:
        descriptor = out.fileno()
    except UnsupportedOperation:
        return
    import select

    poll = select.poll()
    poll.register(descriptor, 0)
    if any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0)):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def lose_output() -> None:
    """Discard what was not yet written to stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
