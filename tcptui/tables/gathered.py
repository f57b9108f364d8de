"""Puts the rows of several files together."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

ROWS_AT_ONCE: Final = 1 << 16
"""Rows of a row group."""


class DamagedFile(Exception):
    """A file of rows is not as it was written: its path."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell what Arrow makes of bytes that nobody has written so as a DamagedFile."""
    try:
        yield
    except pa.ArrowException as error:
        raise DamagedFile(str(path)) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise DamagedFile(str(path)) from error


def rows_kept(path: Path, column: str, kept: Sequence[str]) -> Iterator[Any]:
    """Yield the rows of a Parquet file that have one of these texts in a column. Raises OSError,
    DamagedFile."""
    texts = pa.array(kept, pa.string())
    with reading(path), parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE):
            rows = pa.Table.from_batches([batch])
            yield rows.filter(pc.is_in(rows[column], value_set=texts))


def rows_streamed(path: Path) -> Any:
    """Return the rows of an Arrow stream. Raises OSError, DamagedFile."""
    with reading(path), path.open("rb") as file, pa.ipc.open_stream(file) as rows:
        return rows.read_all()


def in_groups(pieces: Iterable[Any]) -> Iterator[Any]:
    """Yield tables put together, so that each is as long as a row group is to be."""
    group: list[Any] = []
    rows = 0
    for piece in pieces:
        group.append(piece)
        rows += piece.num_rows
        if rows >= ROWS_AT_ONCE:
            yield pa.concat_tables(group)
            group, rows = [], 0
    if group:
        yield pa.concat_tables(group)
