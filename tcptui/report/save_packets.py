"""Saves some segments' packets as a capture of their own."""

from collections.abc import Iterator, Sequence

from tcptui.capture.source import Source
from tcptui.capture.writer import Packet, check_code, is_code, save
from tcptui.engine.engine import Engine
from tcptui.engine.names.owner_comment import comment_of
from tcptui.fields.view import View
from tcptui.filters.subject_words import ExplainRow
from tcptui.filters.subjects import OpenCapture, Subject, frames


def save_subject(
    target: str,
    source: Source,
    capture: OpenCapture,
    subject: Subject,
    why: ExplainRow | None = None,
    overwrite: bool = False,
    owners: bool = False,
) -> int:
    """Save the frames of the subject to ``target``; return how many. Raises SaveError,
    CaptureError.

    With ``why`` each flagged segment gets its explanation as a comment (pcapng, code); with
    ``owners`` the first packet of each flow tells its process; comments that the capture had are
    kept.
    """
    rows = subject.rows(capture)
    if is_code(target):
        check_code(sum(1 for _ in frames(capture.engine, rows)))
    packets = list(packets_of(source, capture.engine, rows, why, owners))
    return save(target, packets, source.interfaces, source.is_reading, overwrite)


def packets_of(
    source: Source,
    engine: Engine,
    rows: Sequence[int],
    why: ExplainRow | None,
    owners: bool = False,
) -> Iterator[Packet]:
    """Yield the packets of these rows, one for each frame."""
    view = View(engine, source.read)
    comments = source.comments
    untold = set(range(len(engine.flows))) if owners else set[int]()
    for first, behind in frames(engine, rows):
        position = engine.packets.position(first)
        told = [comments[position]] if position in comments else []
        told += processes(engine, range(first, behind), untold)
        told += explanations(engine, range(first, behind), why)
        yield Packet(
            engine.packets.time(first),
            view.interface(first),
            engine.packets.original(first),
            source.read(position, engine.packets.captured(first)),
            tuple(told),
        )


def processes(engine: Engine, rows: range, untold: set[int]) -> Iterator[str]:
    """Yield the comments that tell the processes of flows that were not told yet."""
    for flow in untold.intersection(engine.packets.flow(row) for row in rows):
        untold.remove(flow)
        owner = engine.owner_of(engine.flows[flow])
        if owner is not None and owner.pid:
            yield comment_of(owner)


def explanations(engine: Engine, rows: range, why: ExplainRow | None) -> list[str]:
    if why is None:
        return []
    return [why(row) for row in rows if engine.packets.analysis(row)]
