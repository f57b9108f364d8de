"""Writes the rows of a capture into the data set, all of them or none."""

import os
from contextlib import suppress
from pathlib import Path

from tcptui.fleet.partitions import UNFINISHED, file_of
from tcptui.fleet.rows import Tables
from tcptui.tables.parquet import write_table


def write_rows(out: Path, partition: str, name: str, tables: Tables) -> list[str]:
    """Write a file for each table of a capture; return their paths within the data set.

    Each has another name until all are whole. Raises OSError.
    """
    files = [file_of(table, partition, name) for table in tables]
    unfinished = [unfinished_at(out / file) for file in files]
    try:
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
