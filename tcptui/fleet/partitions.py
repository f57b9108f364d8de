"""Says where in the data set the rows of a capture lie, whatever its host is called."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

TABLES: Final = ("captures", "flows", "findings")
ABSENT: Final = "__HIVE_DEFAULT_PARTITION__"
"""The value that readers of partitions take for null."""
LONGEST: Final = 200
"""Bytes of a folder's name; file systems take 255."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SUFFIX: Final = ".parquet"
WAITING: Final = ".arrow"
UNFINISHED: Final = ".unfinished"
OURS: Final = re.compile(
    rf"\.{{0,2}}[0-9a-f]{{32}}({re.escape(SUFFIX)}|{re.escape(WAITING)})({re.escape(UNFINISHED)})?"
)
"""The name of a file that a sweep writes."""


def partition_of(host: str, first: int | None) -> str:
    """Return the folders of a capture by its host and the time (ns) of its first packet."""
    return f"host={escaped(host)}/date={day_of(first) or ABSENT}"


def escaped(value: str) -> str:
    """Return a value as the name of a folder has it: percent escapes for all but letters, digits
    and ``_.-~``; one that is too long ends in its digest."""
    name = quote(value, safe="", errors="backslashreplace")
    if len(name) <= LONGEST:
        return name
    return f"{re.sub('%.?$', '', name[: LONGEST // 2])}~{digest_of(value)}"


def day_of(time: int | None) -> str | None:
    """Return the day (UTC) of a time (ns); None where no calendar has it."""
    if time is None:
        return None
    try:
        return (EPOCH + timedelta(microseconds=time // 1000)).date().isoformat()
    except OverflowError:
        return None


def digest_of(name: str) -> str:
    """Return what stands for a name in the name of a file."""
    return blake2b(name.encode(errors="backslashreplace"), digest_size=16).hexdigest()


def file_of(table: str, partition: str, name: str) -> str:
    """Return the file in the data set for the rows that a capture has in a table."""
    return f"{table}/{partition}/{digest_of(name)}{SUFFIX}"


def waiting_file_of(table: str, partition: str, name: str) -> str:
    """Return the file for the rows of a capture until they are put into the pool: one that readers
    of data sets pass over."""
    return f"{table}/{partition}/.{digest_of(name)}{WAITING}"


def pool_of(table: str, partition: str) -> str:
    """Return the file with the rows of all captures of a partition that have few."""
    return file_of(table, partition, partition)


class PlacedFile(NamedTuple):
    """Says of which table and partition a file of the data set is, and whether it is the pool or
    waits to be put there."""

    table: str
    partition: str
    is_pool: bool
    waits: bool


def placed(file: str) -> PlacedFile:
    """Return what the path of a file within the data set says."""
    folders, _, name = file.rpartition("/")
    table, _, partition = folders.partition("/")
    return PlacedFile(table, partition, file == pool_of(table, partition), name.endswith(WAITING))


def remove_others(out: Path, kept: set[str]) -> None:
    """Remove what was left in a data set: files that no finished capture has, and folders that are
    empty then."""
    for table in TABLES:
        for path in sorted((out / table).rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif is_ours(path) and str(path.relative_to(out)) not in kept:
                path.unlink()


def is_ours(path: Path) -> bool:
    """Return whether a sweep has written a file, by its name."""
    return OURS.fullmatch(path.name) is not None
