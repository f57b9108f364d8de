"""Puts the rows of captures that have few flows together: one file, the pool, for each table of a
partition.

Until then they wait in files that readers of data sets pass over. A pool is written anew as a
whole, with what it had, and takes the place of the former one at once; what has waited is removed
when the manifest says that it is in the pool. So whenever a sweep is ended, readers see each row
once, and what waits still can be pooled.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tcptui.escapes import visible
from tcptui.fleet.data_set import Unwritable, opened, unfinished_at, writing_to
from tcptui.fleet.partitions import TABLES, pool_of, waiting_file_of
from tcptui.fleet.rows import CAPTURE
from tcptui.tables.gathered import DamagedFile, in_groups, rows_kept, rows_streamed

FEW_FLOWS: Final = 1 << 12
"""What a capture has at most that has no file of its own."""


class Pooling(NamedTuple):
    """Names the captures whose rows the pools of a partition are to have, those that stay in it and
    those whose rows wait; and those whose rows are to go."""

    partition: str
    kept: list[str]
    waiting: list[str]
    gone: list[str]


def pool(pooling: Pooling, out: str) -> str:
    """Write the pools of a partition; return why it cannot be done, empty where it is."""
    try:
        with writing_to(Path(out)):
            for table in TABLES:
                write_pool(Path(out), table, pooling)
    except DamagedFile as error:
        where = visible(str(error))
        return f"{where}: it is damaged; remove it, so that its captures are read again"
    except Unwritable as error:
        return str(error)
    return ""


def write_pool(out: Path, table: str, pooling: Pooling) -> None:
    """Write the pool of a table, or remove it where no row is left. Raises OSError, DamagedFile."""
    path = out / pool_of(table, pooling.partition)
    paths = [out / waiting_file_of(table, pooling.partition, name) for name in pooling.waiting]
    pieces = in_groups(all_rows(path, pooling.kept, [one for one in paths if one.exists()]))
    first = next(pieces, None)
    if first is None:
        path.unlink(missing_ok=True)
        return
    with opened(path, first.schema) as writer:
        writer.write_table(first)
        for piece in pieces:
            writer.write_table(piece)
    os.replace(unfinished_at(path), path)  # noqa: PTH105 - ours


def all_rows(pool: Path, kept: Sequence[str], waiting: Sequence[Path]) -> Iterator[Any]:
    """Yield the rows of a pool that are to stay, and those that wait. Raises OSError,
    DamagedFile."""
    if kept and pool.exists():
        yield from rows_kept(pool, CAPTURE.name, kept)
    for path in waiting:
        yield rows_streamed(path)
