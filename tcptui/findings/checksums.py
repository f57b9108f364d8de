"""Segments that passed here and were thrown away by their receiver: a wrong checksum.

A checksum costs reading the packet again, so only what its receiver seems to have ignored is
looked at: the earlier copy of what was sent again, and a last segment that nobody acknowledged.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice, takewhile
from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.decode.header_search import BAD, checksum, locate_whole_header
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.ledger import JournalCase, LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.sequence import MASK32, gt
from tcptui.engine.wireshark.flags import ZERO_WINDOW_PROBE
from tcptui.findings.finding import Finding, FindingKind, Read
from tcptui.findings.sides import SIDES
from tcptui.text.amounts import amount, frames

MOST_LOOKED_AT: Final = 4
"""Segments of one flow."""
MOST_CASES: Final = 64
MOST_FLOWS: Final = 1_000
MOST_REPETITIONS: Final = 250
"""With more flows only those of the capture's first so many repetitions are looked at."""
LOSS_AFTER_CAPTURE: Final = int(LedgerKind.LOSS_AFTER_CAPTURE)
HANDSHAKE_RETRY: Final = int(LedgerKind.HANDSHAKE_RETRY)


def is_ignored(kind: i64) -> bool:
    """Return whether cases of the kind with this number are segments that came again because their
    receiver seems to have ignored them."""
    return kind in (LOSS_AFTER_CAPTURE, HANDSHAKE_RETRY)


def ignored(engine: Engine) -> Iterator[tuple[int, int]]:
    """Yield frame and flow of each segment that came again because its receiver seems to have
    ignored it, in order."""
    journal = engine.time_accounting.journal
    n: i64 = 0
    while n < i64(len(journal)):
        if is_ignored(i64(journal.key[n]) >> 1):
            yield int(engine.packets.frame(i64(journal.row[n]))), int(journal.flow[n])
        n += 1


def first_repetitions(engine: Engine) -> list[int]:
    """Return the frames of the capture's first repetitions of what was ignored."""
    return [frame for frame, _ in islice(ignored(engine), MOST_REPETITIONS)]


def worth_reading(
    engine: Engine, flows: int, repetitions: Sequence[int], most: int = MOST_FLOWS
) -> Collection[int]:
    """Return the numbers of the flows whose packets are read again for their checksums.

    ``flows`` and ``repetitions`` describe the whole capture; this engine may hold only part of it.
    """
    if flows <= most:
        return range(len(engine.flows))
    last = repetitions[-1] if repetitions else 0
    early = takewhile(lambda one: one[0] <= last, ignored(engine))
    return frozenset(flow for _, flow in early)


def bad_checksums(
    kind: FindingKind, engine: Engine, flow: Flow, read: Read | None
) -> Finding | None:
    """Find that what was ignored in this flow had a wrong checksum."""
    if read is None:
        return None
    bad = [row for row in suspects(engine, flow) if is_damaged(engine, flow, read, row)]
    if not bad:
        return None
    sides = {server_sent(engine, row) for row in bad}
    numbers = sorted(int(engine.packets.frame(row)) for row in bad)
    side = SIDES[sides.pop()] if len(sides) == 1 else None
    whom = f"the {SIDES[1 - SIDES.index(side)]}" if side else "the other side"
    text = (
        f"{amount(len(bad), 'segment')} with a wrong checksum ({frames(numbers)}): {whom} threw "
        f"{'it' if len(bad) == 1 else 'them'} away without an ACK; damaged on the way, or by a "
        "network card"
    )
    found = kind.finding(len(bad), (numbers[0], numbers[-1]), side, None, text)
    if side is not None:
        found.explains_until = last_repetition(flow, SIDES.index(side), len(bad))
    return found


def last_repetition(flow: Flow, side: int, bad: int) -> int:
    """Return the last frame in which one side sent something again, if no more was sent again than
    was thrown away, so that nothing of it was lost; else 0."""
    for entry in flow.ledger.entries() if flow.ledger is not None else []:
        if entry.kind is LedgerKind.LOSS_AFTER_CAPTURE and entry.side == side:
            return entry.last if entry.count <= bad else 0
    return 0


def suspects(engine: Engine, flow: Flow) -> list[int]:
    """Return the rows of the first few segments that their receiver seems to have ignored."""
    found: list[int] = []
    cases = engine.time_accounting.journal.of_flow(
        i64(flow.index), i64(flow.first_row), i64(flow.last_row), i64(MOST_CASES)
    )
    for case in cases:
        if len(found) == MOST_LOOKED_AT:
            return found
        if is_ignored(case.number) and case.row >= engine.packets.first:
            add_suspect(found, copy_before(engine, flow, case))
    add_suspect(found, unacknowledged_end(engine, flow, flow.client))
    add_suspect(found, unacknowledged_end(engine, flow, flow.server))
    return found


def add_suspect(found: list[int], row: int) -> None:
    """Add a row, if there is one and it is a new one, and there are not yet enough."""
    if row != NO_ROW and len(found) < MOST_LOOKED_AT and row not in found:
        found.append(row)


def server_sent(engine: Engine, row: int) -> bool:
    return engine.packets.is_from_server(row)


def first_row(engine: Engine, flow: Flow) -> int:
    return max(int(flow.first_row), int(engine.packets.first))


def copy_before(engine: Engine, flow: Flow, case: JournalCase) -> int:
    """Return the latest earlier row with bytes of the segment that came again."""
    packets, row = engine.packets, i64(case.row)
    rows = row_search.overlapping(
        packets, i64(flow.index), packets.is_from_server(row), i64(case.before) + 1,
        i64(first_row(engine, flow)), packets.seq(row), row_search.end_of(packets, row), 1,
    )  # fmt: skip
    return int(rows[0]) if len(rows) > 0 else NO_ROW


def unacknowledged_end(engine: Engine, flow: Flow, sender: Endpoint) -> int:
    """Return the last row in which one side sent something to be acknowledged, if it was not; else
    NO_ROW."""
    if sender.packets == 0 or is_all_acknowledged(flow, sender):
        return NO_ROW
    packets = engine.packets
    row = row_search.previous(
        packets, i64(flow.index), sender is flow.server, i64(flow.last_row) + 1,
        i64(first_row(engine, flow)), row_search.TAKES_SPACE,
    )  # fmt: skip
    if row == NO_ROW or is_acknowledged(sender.peer, row_search.end_of(packets, row)):
        return NO_ROW
    return int(row)


def is_all_acknowledged(flow: Flow, sender: Endpoint) -> bool:
    """Return whether all that a side sent was acknowledged, as its highest number says at once;
    only the byte that probes a closed window may lie beyond that."""
    if (i64(flow.bits) & ZERO_WINDOW_PROBE) != 0:
        return False
    return is_acknowledged(sender.peer, i64(sender.next_exp) & MASK32)


def is_acknowledged(receiver: Endpoint, end: i64) -> bool:
    """Return whether a receiver that was heard acknowledged everything before ``end`` (raw)."""
    return receiver.packets > 0 and not gt(end, i64(receiver.highest_ack) & MASK32)


def is_damaged(engine: Engine, flow: Flow, read: Read, row: int) -> bool:
    """Return whether the checksum in ``row`` is wrong while not all of this sender's are: those of
    a host that leaves checksums to its network card may look wrong."""
    if not is_wrong(engine, read, row):
        return False
    index, server = i64(flow.index), server_sent(engine, row)
    first, last = first_row(engine, flow), int(flow.last_row)
    others = (
        row_search.following(
            engine.packets, index, server, i64(first - 1), i64(last), row_search.ANY
        ),
        row_search.following(engine.packets, index, server, i64(row), i64(last), row_search.ANY),
    )
    return any(
        other not in (NO_ROW, row) and not is_wrong(engine, read, int(other)) for other in others
    )


def is_wrong(engine: Engine, read: Read, row: int) -> bool:
    at = locate_whole_header(engine, row, read(row))
    return at is not None and checksum(engine, row, at) == BAD
