"""Writes the rows of a capture into the data set, all of them or none."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tcptui.capture.errors import CaptureError
from tcptui.fleet.partitions import UNFINISHED, file_of
from tcptui.fleet.rows import Tables
from tcptui.tables.parquet import parquet_writer


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


def write_rows(out: Path, partition: str, name: str, parts: Iterable[Tables]) -> list[str]:
    """Write a file for each table of a capture; return their paths within the data set.

    Each has another name until all are whole. Raises Unwritable, and what making the rows raises.
    """
    writers: dict[str, Any] = {}
    stack = ExitStack()
    try:
        for file, rows in files_of(partition, name, parts):
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


def files_of(partition: str, name: str, parts: Iterable[Tables]) -> Iterator[tuple[str, Any]]:
    """Yield the rows of a capture with the file that they belong to."""
    for tables in parts:
        for table, rows in tables.items():
            yield file_of(table, partition, name), rows


@contextmanager
def opened(path: Path, schema: Any) -> Iterator[Any]:
    """Open a file for the rows of a table, which is whole in the end. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_at(path).open("wb") as file, parquet_writer(file, schema) as writer:
        yield writer


def unfinished_at(path: Path) -> Path:
    """Return the name of a file until it is whole: one that readers of data sets pass over."""
    return path.with_name(f".{path.name}{UNFINISHED}")
