"""Writes tables as Parquet files and Arrow streams."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
from pyarrow import parquet

COMPRESSION: Final = "zstd"


@contextmanager
def parquet_writer(out: BinaryIO, schema: Any) -> Iterator[Any]:
    """Write batches as row groups, and the end of the file once all are written."""
    writer = parquet.ParquetWriter(pa.PythonFile(out, mode="w"), schema, compression=COMPRESSION)
    yield writer
    writer.close()


@contextmanager
def stream_writer(out: BinaryIO, schema: Any) -> Iterator[Any]:
    """Write batches as an Arrow IPC stream, and its end once all are written."""
    writer = pa.ipc.new_stream(pa.PythonFile(out, mode="w"), schema)
    yield writer
    writer.close()


def write_table(path: Path, table: Any) -> None:
    """Write a table as a Parquet file."""
    parquet.write_table(table, path, compression=COMPRESSION)
