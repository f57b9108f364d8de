"""Analyses a capture, and tells meanwhile which rows have come."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine
from tcptui.session import analyse
from tcptui.streams import require_reader

AT_ONCE: Final = 8192
"""How many rows are told at once where none were told before the end: with all fields they are some
ten MB of text."""


def rows_as_they_come(
    source: Source, engine: Engine, out: BinaryIO, held_back: bool
) -> Iterator[tuple[int, int]]:
    """Analyse a source, and yield the rows that have come: ranges (first, after the last).

    ``held_back``: none before the capture's end.
    """
    told = 0
    for _ in analyse(source, engine):
        count = engine.packets.count
        if count > told and not held_back:
            yield told, count
            told = count
        elif not source.at_rest:
            out.flush()
            require_reader(out)
    for start in range(told, engine.packets.count, AT_ONCE):
        yield start, min(start + AT_ONCE, engine.packets.count)
