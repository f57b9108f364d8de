"""Writes tables as Parquet files and Arrow streams."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import pyarrow as pa
from pyarrow import parquet

COMPRESSION: Final = "zstd"


@contextmanager
def parquet_writer(out: BinaryIO, schema: Any) -> Iterator[Any]:
    """Write batches as row groups, and the end of the file once all are written."""
    writer = parquet.ParquetWriter(pa.PythonFile(out, mode="w"), schema, compression=COMPRESSION)
    try:
        yield writer
        writer.close()
    finally:
        writer.is_open = False  # or it writes the end once more when it is let go of


@contextmanager
def stream_writer(out: BinaryIO, schema: Any) -> Iterator[Any]:
    """Write batches as an Arrow IPC stream, and its end once all are written."""
    writer = pa.ipc.new_stream(pa.PythonFile(out, mode="w"), schema)
    yield writer
    writer.close()
