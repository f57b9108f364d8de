"""Segments that passed here and were thrown away by their receiver: a wrong checksum."""

from collections.abc import Callable, Iterator
from typing import Final

from mypy_extensions import i64

from tcptui.diagnosis.counted import SEVERITIES, SIDES
from tcptui.diagnosis.finding import Finding
from tcptui.diagnosis.header import BAD, find_header
from tcptui.diagnosis.words import amount, frames
from tcptui.engine.causes import Case, Cause
from tcptui.engine.columns import NO_ROW
from tcptui.engine.copies import first_copy
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow

Read = Callable[[int], bytes]
"""The captured bytes of the packet in a row."""

MOST_LOOKED_AT: Final = 4
MOST_CASES: Final = 64


def bad_checksums(
    engine: Engine, flow: Flow, read: Read, most: int = MOST_LOOKED_AT
) -> Finding | None:
    """Whether what this flow had to send again had a wrong checksum the first time.

    Looks at the first copies of at most ``most`` lost segments in the capture file.
    """
    bad = list(bad_rows(engine, flow, read, most)) if flow.totals is not None else []
    if not bad:
        return None
    sides = {case.side for _, case in bad}
    numbers = [int(engine.packets.frame(row)) for row, _ in bad]
    side = SIDES[sides.pop()] if len(sides) == 1 else None
    whose = f"the {side}'s" if side else "both sides'"
    text = (
        f"{amount(len(bad), 'segment')} with a wrong checksum ({frames(numbers)}): {whose} peer "
        f"threw them away and they were sent again; damaged on the way, or by a network card"
    )
    kind = "bad_checksum"
    return Finding(kind, SEVERITIES[kind], len(bad), numbers[0], numbers[-1], side, None, text)


def bad_rows(engine: Engine, flow: Flow, read: Read, most: int) -> Iterator[tuple[int, Case]]:
    """The rows of first copies with a wrong checksum."""
    packets = engine.packets
    cases = engine.stopwatch.journal.of_flow(
        i64(flow.index), i64(flow.first_row), i64(flow.last_row), i64(MOST_CASES)
    )
    lost = [case for case in cases if case.cause is Cause.LOST_AFTER]
    for case in lost[:most]:
        row = int(first_copy(packets, i64(case.row), i64(flow.first_row)))
        if row == NO_ROW:
            continue
        end = flow.server if case.side else flow.client
        header = find_header(
            read(row),
            end.key,
            int(packets.seq(i64(row))),
            int(packets.ack(i64(row))),
            int(packets.length(i64(row))),
        )
        if header is not None and header.checksum == BAD:
            yield row, case
