"""Reads what a capture says of itself without analysing it: when it began and ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import Source, open_source
from tcptui.capture.spool import Spool
from tcptui.engine.engine import Engine
from tcptui.fleet.places import CHECK_ADDRESS, reason
from tcptui.fleet.sources import SourceFile

BLOCK: Final = 1 << 22


class Outline(NamedTuple):
    """Holds the times (ns since 1970) of the first and the last packet, None where there is no
    packet, and what else is told of a capture as a whole."""

    first_ns: int | None
    last_ns: int | None
    packets: int
    format: str
    dropped: int | None
    warnings: list[str]


@contextmanager
def local_copy(source: SourceFile, folder: str | None = None) -> Iterator[str]:
    """Give the path of a capture; of one elsewhere, that of a copy in a folder ($TMPDIR), mode
    0600, until it is no longer needed. Raises CaptureError."""
    if source.file_system is None:
        yield source.path
        return
    spool = Spool(folder)
    try:
        try:
            with source.file_system.open(source.path, "rb") as file:
                while not spool.full and (block := file.read(BLOCK)):
                    spool.write(block)
        except Exception as error:  # of whatever kind: each file system has its own
            why = reason(error, source.scrub)
            raise CaptureError(why, source.name, CHECK_ADDRESS) from error
        if spool.full:
            raise CaptureError("no room for a copy", source.name, "set TMPDIR to another disk")
        yield spool.path
    finally:
        spool.close()


def outline_at(source: SourceFile) -> Outline | None:
    """Read a capture without analysing it; None where that fails, which its analysis then says."""
    try:
        with local_copy(source) as path:
            opened = open_source([path], seekable=False)
            try:
                outline = read_through(opened)
                return outline._replace(
                    warnings=[source.named(one, path) for one in outline.warnings]
                )
            finally:
                opened.close()
    except Exception:
        return None


def read_through(opened: Source) -> Outline:
    """Read all records of a capture. Raises CaptureError."""
    first = last = None
    for batch in opened.batches():
        times = batch.records.time
        first = times[batch.start] if first is None else first
        latest = max(times[at] for at in range(batch.start, batch.stop))
        last = latest if last is None else max(last, latest)
    return made_outline(opened, first, last, opened.packets)


def outline_after(opened: Source, engine: Engine) -> Outline:
    """Return the outline of a capture that was analysed."""
    first, last = (engine.first_time, engine.last_time) if engine.frames else (None, None)
    return made_outline(opened, first, last, engine.frames)


def made_outline(opened: Source, first: int | None, last: int | None, packets: int) -> Outline:
    return Outline(first, last, packets, opened.format, opened.dropped, opened.warnings)
