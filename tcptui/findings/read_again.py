"""Segments that were sent again are read once more, for what only the packets' bytes tell.

The same bytes with another content are of another origin; and segments whose time stamps went back
are ignored by their receiver however often they come.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.decode.header_search import locate_header, payload_of
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.header_fields import NO_STAMP, time_stamp_echo_of, time_stamp_of
from tcptui.engine.ledger import JournalCase, LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.sequence import MASK32, gt, lt
from tcptui.engine.tcp_state.states import ACK_OUT
from tcptui.engine.wireshark.flags import KEEP_ALIVE, ZERO_WINDOW_PROBE
from tcptui.findings.checksums import is_damaged
from tcptui.findings.finding import Finding, FindingKind, Read, frame_of
from tcptui.findings.sides import SIDES
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

SENT_AGAIN: Final = (LedgerKind.LOSS_AFTER_CAPTURE, LedgerKind.NOT_LOST)
MOST_COMPARED: Final = 4
"""Repetitions of one flow."""
MOST_CASES: Final = 64
FEWEST_IGNORED: Final = 2
"""One segment alone may just have been late."""


def cases_of(engine: Engine, flow: Flow) -> list[JournalCase]:
    """Return the flow's segments that had passed here and came again, as far as they are held."""
    cases = engine.time_accounting.journal.of_flow(
        i64(flow.index), i64(flow.first_row), i64(flow.last_row), i64(MOST_CASES)
    )
    return [case for case in cases if case.kind in SENT_AGAIN and case.row >= engine.packets.first]


def other_content(
    kind: FindingKind, engine: Engine, flow: Flow, read: Read | None
) -> Finding | None:
    """Find that bytes came again with another content."""
    if read is None:
        return None
    changed: list[tuple[JournalCase, int]] = []
    for case in cases_of(engine, flow)[:MOST_COMPARED]:
        size = changed_bytes(engine, flow, read, case)
        if size > 0:
            changed.append((case, size))
    if not changed:
        return None
    sides = {case.side for case, _ in changed}
    side = SIDES[sides.pop()] if len(sides) == 1 else None
    frames = [frame_of(engine, case.row) for case, _ in changed]
    text = (
        f"{amount(sum(size for _, size in changed), 'byte')} that had passed here came again with "
        f"other content (#{frames[0]}"
        + (f" and {amount(len(frames) - 1, 'other segment')}" if len(frames) > 1 else "")
        + f"): somebody else sent one of the two in the {side or 'sender'}'s name, or a box "
        "between changed it; the receiver keeps what reaches it first"
    )
    return kind.finding(len(changed), (frames[0], frames[-1]), side, None, text)


def changed_bytes(engine: Engine, flow: Flow, read: Read, case: JournalCase) -> int:
    """Return how many bytes of what came again differ from what passed before with the same
    numbers, as far as both were captured."""
    packets, row = engine.packets, case.row
    if packets.length(row) <= 0 or packets.analysis(row) & (KEEP_ALIVE | ZERO_WINDOW_PROBE):
        return 0
    first = max(i64(flow.first_row), packets.first)
    server = packets.is_from_server(row)
    start, end = packets.seq(row), row_search.end_of(packets, i64(row))
    before = row_search.overlapping(
        packets, i64(flow.index), server, i64(case.before) + 1, first, start, end
    )  # fmt: skip
    if len(before) == 0:
        return 0
    copy = int(before[len(before) - 1])
    if packets.length(copy) <= 1:
        return 0  # a probe's byte has no meaning
    ours = payload_of(engine, row, read(row))
    theirs = payload_of(engine, copy, read(copy))
    ahead = int((packets.seq(copy) - start) & MASK32)
    if ahead >> 31:
        theirs = theirs[(1 << 32) - ahead :]
    else:
        ours = ours[ahead:]
    if ours[: len(theirs)] == theirs[: len(ours)]:
        return 0
    if is_damaged(engine, flow, read, copy) or is_damaged(engine, flow, read, row):
        return 0  # damaged on the way, which is another finding
    return sum(one != other for one, other in zip(ours, theirs, strict=False))


def ignored_for_time_stamps(engine: Engine, flow: Flow, read: Read) -> tuple[int, list[int]] | None:
    """Return which side's segments were ignored because their time stamps are lower than what the
    receiver echoes (PAWS, RFC 7323, section 5.3), and their rows; None where nobody's were."""
    for side, end in enumerate((flow.client, flow.server)):
        receiver = end.peer
        if not end.highest_known or not receiver.has(ACK_OUT):
            continue
        if not gt(int(end.highest) & MASK32, int(receiver.highest_ack) & MASK32):
            continue
        rows = [case.row for case in cases_of(engine, flow) if case.side == side]
        late = [row for row in rows[-MOST_COMPARED:] if is_too_old(engine, flow, end, read, row)]
        if len(late) >= FEWEST_IGNORED:
            return side, late
    return None


def is_too_old(engine: Engine, flow: Flow, end: Endpoint, read: Read, row: int) -> bool:
    """Return whether the receiver's next ACK echoes a later time stamp than the segment in ``row``
    has, and does not take the segment."""
    packets = engine.packets
    answer = int(
        row_search.following(
            packets, i64(flow.index), end is flow.client, i64(row), i64(flow.last_row),
            row_search.ANY,
        )
    )  # fmt: skip
    if answer == NO_ROW or gt(packets.ack(answer), packets.seq(row)):
        return False
    sent, told = locate_header(engine, row, read(row)), locate_header(engine, answer, read(answer))
    if sent is None or told is None:
        return False
    stamp, echo = time_stamp_of(sent), time_stamp_echo_of(told)
    return NO_STAMP not in (stamp, echo) and lt(stamp, echo)


def dropped_data(kind: FindingKind, engine: Engine, flow: Flow, read: Read) -> Finding | None:
    """Find segments that their receiver ignored for their time stamps."""
    found = ignored_for_time_stamps(engine, flow, read)
    if found is None:
        return None
    side, rows = found
    packets = engine.packets
    lasted = int(flow.time_between(packets.time(i64(rows[0])), flow.last_time))
    text = (
        f"the {SIDES[1 - side]} ignored the {SIDES[side]}'s segments for {duration(lasted)}: their "
        "time stamps are lower than the ones it echoes in its ACKs (PAWS), so to it they are old "
        f"duplicates; the {SIDES[side]}'s clock went back, or another host or box sends in its name"
    )
    frames = frame_of(engine, rows[0]), frame_of(engine, int(flow.last_row))
    return kind.finding(len(rows), frames, SIDES[side], lasted or None, text)
