"""Reads columns of one file with flows, each of the type that a sweep writes."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from tcptui.fields.value_kind import ValueKind
from tcptui.tables.columns import TableColumn, column, worded
from tcptui.tables.flows import flow_columns

MOST_FLOWS: Final = 20_000_000
"""Of the whole data set; a file that claims more is not read."""
MOST_BYTES: Final = 1 << 32
"""Bytes that the columns of one file may take unpacked."""
CAPTURE: Final = "capture"
CAPTURES: Final = "captures"
TEXT: Final = pa.dictionary(pa.int32(), pa.string())
"""Texts are held as they are stored, each once: flows share addresses, names and many sentences."""


class Unreadable(Exception):
    """A file is not one that a sweep writes; the text says why."""


@cache
def known_columns() -> dict[str, TableColumn]:
    """Return the columns that the flows of a data set have, by their names."""
    found = {made.name: made for made, _ in flow_columns()}
    found[CAPTURE] = column(CAPTURE, ValueKind.TEXT)
    found[CAPTURES] = column(CAPTURES, ValueKind.TEXT, several=True)
    return found


def read_columns(path: str, names: Sequence[str]) -> list[Any]:
    """Return these columns of a file, an array each. Raises Unreadable."""
    try:
        with parquet.ParquetFile(path) as file:
            metadata = file.metadata
        check_size(metadata)
        texts = text_paths(metadata.schema, names)
        with parquet.ParquetFile(path, metadata=metadata, read_dictionary=texts) as file:
            there = set(file.schema_arrow.names)
            table = file.read([name for name in names if name in there])
            table.validate(full=True)
            check_texts(table)
            return [typed(table, name) for name in names]
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
        raise Unreadable(str(error).partition("\n")[0] or type(error).__name__) from error


def check_size(metadata: Any) -> None:
    """Check what a file claims of its size. Raises Unreadable."""
    if not 0 <= metadata.num_rows <= MOST_FLOWS:
        raise Unreadable(f"it claims {metadata.num_rows:,} flows")
    unpacked = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if unpacked > MOST_BYTES:
        raise Unreadable(f"it claims {unpacked:,} bytes")


def text_paths(schema: Any, names: Sequence[str]) -> list[str]:
    """Return where the texts of these columns lie in a file. They are read as they are stored, each
    once: a small file can repeat a long one for millions of flows."""
    leaves = [schema.column(at) for at in range(len(schema))]
    wanted = [one for one in leaves if one.path.partition(".")[0] in names]
    return [one.path for one in wanted if one.physical_type == "BYTE_ARRAY"]


def check_texts(table: Any) -> None:
    """Check how much texts take where each stands for itself. Raises Unreadable."""
    unpacked = sum(text_bytes(chunk) for column in table.columns for chunk in column.chunks)
    if unpacked > MOST_BYTES:
        raise Unreadable(f"its texts take {unpacked:,} bytes")


def text_bytes(array: Any) -> int:
    """Return how many bytes texts take that are stored once, or in lists; 0 for other values."""
    while pa.types.is_list(array.type):
        array = array.flatten()
    if not pa.types.is_dictionary(array.type):
        return 0
    return pc.sum(pc.binary_length(array.dictionary).take(array.indices)).as_py() or 0


def typed(table: Any, name: str) -> Any:
    """Return a column as one array of the type that it is to have, null where it is absent: of
    moments the nanoseconds, of texts their places among those that there are."""
    made = known_columns()[name]
    if name not in table.column_names:
        return absent(name, table.num_rows)
    if made.words and not made.several:
        return placed(one_array(table[name]), made.words)
    if type_of(made) == TEXT:
        return stored_once(one_array(table[name]))
    return one_array(table[name].cast(type_of(made)))


def absent(name: str, rows: int) -> Any:
    """Return a column without values."""
    made = known_columns()[name]
    if made.words and not made.several:
        return worded(pa.nulls(rows, pa.int32()), made.words)
    return pa.nulls(rows, type_of(made))


def type_of(made: TableColumn) -> Any:
    """Return the type that a column has here, words in lists and moments being plain."""
    if made.words and not made.several:
        return made.whole_type
    one = pa.int64() if pa.types.is_timestamp(made.type) else made.type
    return pa.list_(one) if made.several else TEXT if pa.types.is_string(one) else one


def stored_once(array: Any) -> Any:
    """Return texts by their places among those that there are."""
    if not pa.types.is_dictionary(array.type):
        return array.cast(pa.string()).dictionary_encode()
    there = array.dictionary.cast(pa.string())
    return pa.DictionaryArray.from_arrays(array.indices.cast(pa.int32()), there)


def one_array(chunked: Any) -> Any:
    """Return the rows of a column as one array."""
    if chunked.num_chunks == 1:
        return chunked.chunk(0)
    whole = chunked.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole


def placed(array: Any, words: tuple[str, ...]) -> Any:
    """Return known words by their places among all of them; other words are null."""
    value_set = pa.array(words, pa.string())
    if pa.types.is_dictionary(array.type):
        places = pc.index_in(array.dictionary.cast(pa.string()), value_set=value_set)
        return worded(places.take(array.indices), words)
    return worded(pc.index_in(array.cast(pa.string()), value_set=value_set), words)
