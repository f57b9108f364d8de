"""Writes the rows of a capture into the data set, all of them or none."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tcptui.capture.errors import CaptureError
from tcptui.fleet.partitions import UNFINISHED, file_of
from tcptui.fleet.rows import Tables
from tcptui.tables.parquet import write_table


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


def write_rows(out: Path, partition: str, name: str, tables: Tables) -> list[str]:
    """Write a file for each table of a capture; return their paths within the data set.

    Each has another name until all are whole. Raises Unwritable.
    """
    files = [file_of(table, partition, name) for table in tables]
    unfinished = [unfinished_at(out / file) for file in files]
    try:
        with writing_to(out):
            for path, rows in zip(unfinished, tables.values(), strict=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_table(path, rows)
            for path, file in zip(unfinished, files, strict=True):
                os.replace(path, out / file)  # noqa: PTH105 - both are paths of ours
    except BaseException:
        for path in (*unfinished, *(out / file for file in files)):
            with suppress(OSError):
                path.unlink()
        raise
    return files


def unfinished_at(path: Path) -> Path:
    """Return the name of a file until it is whole: one that readers of data sets pass over."""
    return path.with_name(f".{path.name}{UNFINISHED}")
