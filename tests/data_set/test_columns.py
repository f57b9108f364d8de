"""Texts are held once each, however a file stores them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tcptui.data_set.columns import TEXT, read_columns

TEXTS = ["10.0.0.1", None, "10.0.0.2", "10.0.0.1"]


def twice_stored() -> Any:
    """A dictionary that has a text twice."""
    return pa.DictionaryArray.from_arrays(
        pa.array([0, None, 1, 2], pa.int8()), pa.array(["10.0.0.1", "10.0.0.2", "10.0.0.1"])
    )


@pytest.mark.parametrize(
    ("column", "with_dictionary"),
    [
        (pa.array(TEXTS), False),
        (pa.array(TEXTS), True),
        (pa.array(TEXTS, pa.large_string()), True),
        (pa.array([text and text.encode() for text in TEXTS]), False),
        (pa.array(TEXTS).dictionary_encode(), True),
        (twice_stored(), True),
    ],
    ids=["plain", "once", "large", "bytes", "dictionary", "twice"],
)
def test_texts_are_read(tmp_path: Path, column: Any, with_dictionary: bool) -> None:
    path = str(tmp_path / "flows.parquet")
    parquet.write_table(pa.table({"client_address": column}), path, use_dictionary=with_dictionary)
    (read,) = read_columns(path, ["client_address"])
    assert read.type == TEXT
    assert read.to_pylist() == TEXTS
