"""The command line, run within the test's own process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from typing import NamedTuple

from tcptui.cli import main


class Ended(NamedTuple):
    """How a run of the command line ended, and what it printed."""

    code: int
    stdout: bytes
    stderr: str


def run(*arguments: str) -> Ended:
    """The command line with these arguments, its stdout a pipe that escapes what it cannot encode.

    Files are found from the current folder, stdin is that of the process.
    """
    printed, said = BytesIO(), StringIO()
    text = TextIOWrapper(printed, encoding="utf-8", errors="backslashreplace")
    with redirect_stdout(text), redirect_stderr(said), garbage_collected():
        code = main(arguments)
    text.flush()
    return Ended(code, printed.getvalue(), said.getvalue())


@contextmanager
def garbage_collected() -> Iterator[None]:
    """A program that is about to end leaves its garbage; a process that goes on must not."""
    enabled = gc.isenabled()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
