"""What a source hands out, as plain rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source, open_source
from tcptui.engine.records import FILE_SHIFT


class Row(NamedTuple):
    """One record, with its bytes as they stand in the chunk."""

    time: int
    captured: int
    original: int
    interface: int
    position: int
    data: bytes

    @property
    def file(self) -> int:
        return self.position >> FILE_SHIFT


def rows(source: Source) -> list[Row]:
    """All records; each batch keeps the promises that the engine relies on."""
    found: list[Row] = []
    for chunk, r, start, stop in source.batches():
        assert 0 <= start < stop <= r.count <= 4096
        for i in range(start, stop):
            data = chunk[r.offset[i] : r.offset[i] + r.captured[i]]
            assert len(data) == r.captured[i] <= r.original[i]
            assert r.interface[i] < len(source.interfaces)
            found.append(
                Row(r.time[i], r.captured[i], r.original[i], r.interface[i], r.position[i], data)
            )
    assert source.packets == len(found)
    return found


def read(*paths: str, **how: Any) -> tuple[list[Row], Source]:
    """All records of these files, and the source, closed."""
    source = open_source(paths, **how)
    try:
        return rows(source), source
    finally:
        source.close()


def refusal_of(path: str) -> str:
    """What the reading of a file is refused with."""
    with pytest.raises(CaptureError) as caught:
        read(path)
    return str(caught.value)


def times(found: Sequence[Row]) -> list[int]:
    return [row.time for row in found]


def open_descriptors() -> int:
    """How many file descriptors this process has."""
    return len(list(Path("/dev/fd").iterdir()))
