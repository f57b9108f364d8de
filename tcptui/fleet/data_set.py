"""Writes the rows of a capture into the data set, all of them or none."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tcptui.capture.errors import CaptureError
from tcptui.capture.file_owner import invoker, make_folders, new_file
from tcptui.fleet.partitions import UNFINISHED, WAITING, file_of
from tcptui.fleet.rows import Tables
from tcptui.tables.parquet import parquet_writer, stream_writer

FileOf = Callable[[str, str, str], str]
"""Returns the file for what a table has in a partition of the capture with a name."""


class Unwritable(CaptureError):
    """The data set cannot be written."""


@contextmanager
def writing_to(out: Path) -> Iterator[None]:
    """Tell what the system refuses as an error of the data set. Raises Unwritable."""
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        advice = "make room there, or choose another folder"
        raise Unwritable(what[:1].lower() + what[1:], str(out), advice) from error


def write_rows(
    out: Path, partition: str, name: str, parts: Iterable[Tables], file_of: FileOf = file_of
) -> list[str]:
    """Write a file for each table of a capture; return their paths within the data set, which
    ``file_of`` says.

    Each has another name until all are whole. Raises Unwritable, and what making the rows raises.
    """
    writers: dict[str, Any] = {}
    stack = ExitStack()
    try:
        for table, rows in (one for tables in parts for one in tables.items()):
            file = file_of(table, partition, name)
            with writing_to(out):
                if file not in writers:
                    writers[file] = stack.enter_context(opened(out / file, rows.schema))
                writers[file].write_table(rows)
        with writing_to(out):
            stack.close()
            for file in writers:
                os.replace(unfinished_at(out / file), out / file)  # noqa: PTH105 - ours
    except BaseException:
        with suppress(OSError):
            stack.close()
        for path in (out / file for file in writers):
            for left in (path, unfinished_at(path)):
                left.unlink(missing_ok=True)
        raise
    return list(writers)


@contextmanager
def opened(path: Path, schema: Any) -> Iterator[Any]:
    """Open a file for the rows of a table, which is whole in the end. Raises OSError."""
    owner = invoker()
    make_folders(str(path.parent), owner)
    form = stream_writer if path.suffix == WAITING else parquet_writer
    handle = new_file(str(unfinished_at(path)), owner)
    with os.fdopen(handle, "wb") as file, form(file, schema) as writer:
        yield writer


def unfinished_at(path: Path) -> Path:
    """Return the name of a file until it is whole: one that readers of data sets pass over."""
    return path.with_name(f".{path.name}{UNFINISHED}")
