"""Some things never came: answers, the bytes of a hole, and what only small segments get through.

Each of them is told only where the capture holds the proof that it did not arrive: the receiver's
own acknowledgments. How long somebody waited ends where the waiting side gave up, or with the
capture.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine import row_search
from tcptui.engine.engine import Engine
from tcptui.engine.flow import CLIENT, Endpoint, Flow
from tcptui.engine.ledger import LedgerEntry, LedgerKind
from tcptui.engine.packets import NO_ROW
from tcptui.engine.sequence import MASK32, ge, gt, le
from tcptui.engine.tcp_state.states import (
    ACK_OUT,
    BEGAN_INSIDE,
    FIN_OUT,
    RST_OUT,
    SPOKEN,
    SYN_ACK_OUT,
    SYN_OUT,
    WAS_RESET,
)
from tcptui.engine.tcp_state.timers import HANG_AFTER, SECOND
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.wireshark.flags import Severity
from tcptui.findings.finding import (
    Finding,
    FindingKind,
    Read,
    end_of,
    frame_of,
    time_of_frame,
    what_ends,
)
from tcptui.findings.sides import SIDES
from tcptui.findings.sizes import sizes_of
from tcptui.text.amounts import amount
from tcptui.text.durations import waited

# Kinds as numbers: asking a member of an enumeration for its value is slow.
KEEP_ALIVE_UNANSWERED: Final = int(LedgerKind.KEEP_ALIVE_UNANSWERED)
LOSS_AFTER_CAPTURE: Final = int(LedgerKind.LOSS_AFTER_CAPTURE)
RST_AFTER_FIN: Final = int(LedgerKind.RST_AFTER_FIN)
RST_BY_MIDDLEBOX: Final = int(LedgerKind.RST_BY_MIDDLEBOX)
RST_OUTSIDE_WINDOW: Final = int(LedgerKind.RST_OUTSIDE_WINDOW)
STALL_RTO: Final = int(LedgerKind.STALL_RTO)
STALL_SERVER_THINK: Final = int(LedgerKind.STALL_SERVER_THINK)

LONG_WAIT: Final = SECOND
"""Who waits longer than this in vain has trouble."""
SURE_WAIT: Final = 3 * SECOND
"""Who waited less for the first answer may have wanted none."""
LONGEST_OPEN_WAIT: Final = 600 * SECOND
"""Where the capture goes on for longer and nobody closes, the connection may just be idle."""
SMALL_MESSAGE: Final = 128
"""Bytes; so little may be a message that wants no answer, where others were answered."""
MOST_SEARCHED: Final = 4096
"""Frames of the capture that are searched for the last message of a flow."""
FULL_SEGMENTS: Final = (1460, 1448, 1440, 1428, 1420, 1408, 1400, 1388)
"""Payloads of full frames on Ethernet and in common tunnels, with and without time stamps."""
LARGEST_WINDOW: Final = 0xFFFF
"""Bytes, before it is scaled."""
LARGE: Final = 1000
"""Bytes; a full segment on any usual path."""
SEVERAL: Final = 3


def entry_of(flow: Flow, kind: i64, side: i64) -> LedgerEntry | None:
    """Return what the ledger has of the kind with this number on one side."""
    ledger = flow.ledger
    return None if ledger is None else ledger.entry_of(kind, side)


def first_number(end: Endpoint) -> int:
    """Return the raw number of the first byte that an endpoint sends, where its SYN was
    captured."""
    return (int(end.isn) + 1) & MASK32


def last_message_size(engine: Engine, flow: Flow, server: bool) -> int:
    """Return about how many bytes one side sent since the other's last data, or 0 where that is too
    long ago."""
    packets = engine.packets
    index, total, at = i64(flow.index), 0, int(flow.last_row) + 1
    first = row_search.first_within(packets, flow, i64(flow.last_row), MOST_SEARCHED)
    theirs = int(
        row_search.previous(packets, index, not server, i64(at), i64(first), row_search.ANY)
    )
    while theirs != NO_ROW and packets.length(theirs) <= 0:
        theirs = int(
            row_search.previous(packets, index, not server, i64(theirs), i64(first), row_search.ANY)
        )
    if theirs == NO_ROW:
        return 0
    while True:
        at = int(
            row_search.previous(
                packets, index, server, i64(at), i64(theirs), row_search.TAKES_SPACE
            )
        )
        if at == NO_ROW:
            return total
        total += max(int(packets.length(at)), 0)


def last_data_frame(engine: Engine, flow: Flow, server: bool) -> int:
    """Return the frame of the last data of one side, or 0 where it is kept no longer."""
    last = i64(flow.last_row)
    first = row_search.first_within(engine.packets, flow, last, MOST_SEARCHED)
    row = last_data_row(engine, flow, server, last + 1, first)
    return frame_of(engine, row) if row != NO_ROW else 0


def last_data_row(engine: Engine, flow: Flow, server: bool, row: i64, first: i64) -> int:
    """Return the last row with data of one side before ``row`` and not before ``first``, or
    NO_ROW."""
    packets, index = engine.packets, i64(flow.index)
    while row != NO_ROW:
        row = row_search.previous(packets, index, server, row, first, row_search.TAKES_SPACE)
        if row != NO_ROW and packets.length(row) > 0:
            break
    return int(row)


def unanswered_request(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find a request of the client that the server acknowledged and never answered.

    Who goes on by itself after long waits waits for no answers; and a short message behind
    others that were answered may want none.
    """
    lasted = wait_for_answer(engine, flow)
    if lasted == 0:
        return None
    client, server = flow.client, flow.server
    _, how = end_of_waiting(engine, flow)
    severity, doubt = Severity.WARNING, ""
    if lasted < SURE_WAIT and server.unique_bytes == 0:
        severity, doubt = Severity.NOTE, "; a protocol may have no answers"
    if not how:
        if lasted > LONGEST_OPEN_WAIT:
            severity, doubt = Severity.NOTE, "; after so long it may just be idle"
        thought = entry_of(flow, STALL_SERVER_THINK, 1)
        if lasted < max(HANG_AFTER, 2 * (thought.worst if thought is not None else 0)):
            severity = Severity.NOTE
            doubt = f"; {what_ends(engine, flow)} too soon to tell whether one comes"
    if flow.has(BEGAN_INSIDE):
        severity, doubt = Severity.NOTE, "; who asks here is not certain, the beginning is missing"
    spoke = server.unique_bytes > 0
    if spoke and last_message_size(engine, flow, server=False) < SMALL_MESSAGE:
        severity, doubt = Severity.NOTE, "; it is short, and may have wanted none"
    row = frame_of(engine, int(flow.last_row))
    asked = last_data_frame(engine, flow, server=False)
    text = (
        f"the client {waited(lasted)} for an answer to its last request: the server acknowledged "
        f"it and sent none{how or f' until {what_ends(engine, flow)}'}{doubt}; the server's "
        "application, or what that waits for, has it"
    )
    first = asked or int(client.next_exp_frame) or row
    found = kind.finding(1, (first, row), "server", lasted, text)
    found.severity = severity.value
    return found


def wait_for_answer(engine: Engine, flow: Flow) -> int:
    """Return how long (ns) the client waited for an answer to data that the server has
    acknowledged, or 0 where it did not, or not for long."""
    if flow.last_data_side != CLIENT or not flow.has(SPOKEN):
        return 0
    client, server = flow.client, flow.server
    if server.packets == 0 or not client.highest_known or not server.has(ACK_OUT):
        return 0
    if not ge(i64(server.highest_ack) & MASK32, i64(client.highest) & MASK32):
        return 0
    if missing_range(server, client) is not None or has_unseen(server, client):
        return 0  # it was answered, and the answer was lost, or the capture has not got it
    if flow.ledger is not None and flow.ledger.unasked & 1:
        return 0
    if entry_of(flow, KEEP_ALIVE_UNANSWERED, CLIENT) is not None:
        return 0  # nobody is there any more, which is another finding
    until, _ = end_of_waiting(engine, flow)
    lasted = int(flow.time_between(flow.last_progress, until))
    return lasted if lasted > max(LONG_WAIT, 2 * int(flow.irtt)) else 0


def has_unseen(sender: Endpoint, receiver: Endpoint) -> bool:
    """Return whether a receiver acknowledged more than what passed here and a FIN behind it."""
    if not receiver.has(ACK_OUT) or not (sender.highest_known or sender.has(SYN_OUT | SYN_ACK_OUT)):
        return False
    seen = int(sender.highest) & MASK32 if sender.highest_known else first_number(sender)
    return gt(int(receiver.highest_ack) & MASK32, (seen + 1) & MASK32)


def end_of_waiting(engine: Engine, flow: Flow) -> tuple[int, str]:
    """Return when (ns) the client's wait for an answer ended, and by what; where it says nothing,
    by :func:`what_ends`."""
    client, server = flow.client, flow.server
    if client.has(FIN_OUT) and not closed_first(server, client):
        return int(client.next_exp_time), ", then the client closed"
    if server.has(FIN_OUT):
        return int(server.next_exp_time), ", then the server closed"
    if flow.has(WAS_RESET):
        if any(entry_of(flow, RST_BY_MIDDLEBOX, side) is not None for side in range(2)):
            return int(flow.last_time), "; then something on the path reset the connection"
        who = "client" if client.has(RST_OUT) and not server.has(RST_OUT) else "server"
        return int(flow.last_time), f", then the {who} reset the connection"
    return end_of(engine, flow), ""


def closed_first(end: Endpoint, other: Endpoint) -> bool:
    """Return whether an end sent its FIN before the other sent its own."""
    return end.has(FIN_OUT) and (
        not other.has(FIN_OUT) or int(end.next_exp_time) < int(other.next_exp_time)
    )


def met_close(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a request that reached a server that had closed, and was answered by RST.

    What a side sends right before its own FIN is a farewell (as TLS has one), and no request.
    """
    client, server = flow.client, flow.server
    entry = entry_of(flow, RST_AFTER_FIN, 1)
    if entry is None or client.has(FIN_OUT) or not server.has(FIN_OUT):
        return None
    if flow.last_data_side != CLIENT or not client.highest_known or not server.has(ACK_OUT):
        return None
    if not gt(int(client.highest) & MASK32, int(server.highest_ack) & MASK32):
        return None
    if sent_fin(engine, flow, entry.first):
        return None
    lost = (int(client.highest) - int(server.highest_ack)) & MASK32
    text = (
        f"{amount(lost, 'byte')} of the client met the server's close: they were answered with RST "
        "and never read, and must be sent again on a new connection; the server closes it sooner "
        "than the client stops using it"
    )
    first = min(int(client.next_exp_frame), entry.last)
    found = kind.finding(1, (first, entry.last), "server", None, text)
    if lost < SMALL_MESSAGE:
        found.severity = Severity.NOTE.value
        found.text += "; they are few, and may have been a farewell"
    return found


def sent_fin(engine: Engine, flow: Flow, frame: int) -> bool:
    """Return whether the client closes behind the server's RST in ``frame``: then what it sent
    before was a farewell, as TLS sends one."""
    packets = engine.packets
    row = i64(packets.row_of(i64(frame)))
    fin = row_search.following(
        packets, i64(flow.index), False, row, i64(flow.last_row), row_search.CLOSES
    )
    return fin != NO_ROW


def may_lack_bytes(sender: Endpoint) -> bool:
    """Return whether not all that a side has sent passed here: it has holes, or numbers beyond its
    last byte and a FIN."""
    if sender.holes is not None or not sender.highest_known:
        return True
    return (i64(sender.next_exp) - i64(sender.highest)) & MASK32 > 1


def missing_range(sender: Endpoint, receiver: Endpoint) -> tuple[int, int] | None:
    """Return the raw numbers of the first bytes that the receiver lacks although its peer sent
    more, or None where nothing is known to be missing."""
    if not may_lack_bytes(sender):
        return None
    if not receiver.has(ACK_OUT) or receiver.packets == 0 or sender.packets == 0:
        return None
    acked = int(receiver.highest_ack) & MASK32
    holes = sender.holes
    if holes is not None and holes.count > 0:
        start, end = holes.starts[0] & MASK32, holes.ends[0] & MASK32
    elif not is_number_forged(sender) and (
        sender.highest_known or sender.has(SYN_OUT | SYN_ACK_OUT)
    ):
        start = int(sender.highest) & MASK32 if sender.highest_known else first_number(sender)
        end = int(sender.fin_end) - 1 if sender.has(FIN_OUT) else int(sender.next_exp)
        end &= MASK32
        if not gt(end, start) or (end - start) & MASK32 == 1:
            return None
    else:
        return None
    # More than its window a receiver cannot wait for: such a number is of something else.
    window = LARGEST_WINDOW << (int(receiver.scale) if receiver.scale > 0 else 0)
    fits = (end - start) & MASK32 <= window
    return (start, end) if fits and le(acked, start) else None


def is_number_forged(sender: Endpoint) -> bool:
    """Return whether a RST, which need not be the sender's own, may have moved its numbers."""
    flow = sender.flow
    side = int(flow.side_of(sender))
    return sender.has(RST_OUT) or any(
        entry_of(flow, kind, side) is not None for kind in (RST_BY_MIDDLEBOX, RST_OUTSIDE_WINDOW)
    )


def since_when_missing(engine: Engine, flow: Flow, sender: Endpoint) -> int:
    """Return when (ns) it first showed that something is missing; what is missing before a FIN has
    been missed since the flow went on last before it."""
    ledger = flow.ledger
    if sender.has(FIN_OUT):
        before = last_data_before_fin(engine, flow, sender)
        if before != NO_ROW:
            return int(engine.packets.time(i64(before)))
    if ledger is not None:
        pending = ledger.server if sender is flow.server else ledger.client
        if pending is not None and len(pending.hole_since) > 0:
            return int(pending.hole_since[0])
    # Only the numbers of what came later tell: what it was to answer has waited since then.
    return int(flow.last_progress)


def last_data_before_fin(engine: Engine, flow: Flow, sender: Endpoint) -> int:
    """Return the row of the last data of either side before the first FIN of one, if nothing but
    that FIN shows that something is missing; else NO_ROW."""
    packets, index, server = engine.packets, i64(flow.index), sender is flow.server
    holes = sender.holes
    if holes is not None and sender.highest_known and holes.count > 0:
        end = holes.ends[0] & MASK32
        if not gt(end, int(sender.highest) & MASK32):
            return NO_ROW  # data behind it came
    last = i64(flow.last_row)
    first = row_search.first_within(packets, flow, last, MOST_SEARCHED)
    fin = row_search.following(packets, index, server, first - 1, last, row_search.CLOSES)
    if fin == NO_ROW:
        return NO_ROW
    return max(last_data_row(engine, flow, side, fin, first) for side in (False, True))


def unfilled_hole(
    kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None
) -> Finding | None:
    """Find bytes that a receiver still lacked at the end: its own acknowledgments are the proof."""
    found = still_missing(engine, flow)
    if found is None:
        return None
    sender, start, end, lasted = found
    side = flow.side_of(sender)
    guilty, waiting = SIDES[side], SIDES[1 - side]
    size = (end - start) & MASK32
    text = (
        f"the {waiting} {waited(lasted)} for {amount(size, 'byte')} of the {guilty} that "
        f"came neither here nor to it, as its ACKs say; lost between the {guilty} and here, "
        "and never repaired"
    )
    if full_segment_of(sender, size):
        text += "; only full-size segments are missing, which a too small MTU on the path would do"
    first = int(sender.next_exp_frame) or frame_of(engine, int(flow.first_row))
    last = frame_of(engine, int(flow.last_row))
    told = kind.finding(1, (min(first, last), last), guilty, lasted, text)
    if lasted <= LONG_WAIT:
        told.severity = Severity.NOTE.value
        told.text += f"; {what_ends(engine, flow)} too soon to tell whether they would come"
    return told


def still_missing(engine: Engine, flow: Flow) -> tuple[Endpoint, int, int, int] | None:
    """Return whose bytes are missing, from where to where, and for how long (ns) somebody waits."""
    if flow.has(BEGAN_INSIDE):
        return None
    for sender in (flow.server, flow.client):
        receiver = sender.peer
        missing = missing_range(sender, receiver)
        if missing is None:
            continue
        since = since_when_missing(engine, flow, sender)
        # It must have been heard since, and not have got them.
        if receiver.last_time < since or receiver.packets < 2:
            continue
        until = end_of(engine, flow)
        if receiver.has(FIN_OUT):
            until = int(receiver.next_exp_time)
        elif flow.has(WAS_RESET):
            until = int(flow.last_time)
        lasted = int(flow.time_between(since, until))
        if lasted > max(200 * MILLISECOND, 4 * int(flow.irtt)):
            return sender, missing[0], missing[1], lasted
    return None


def full_segment_of(sender: Endpoint, missing: int) -> int:
    """Return the payload of a full segment (bytes), if whole ones are missing and none so large has
    come; else 0."""
    for size in FULL_SEGMENTS:
        if missing > 0 and missing % size == 0 and int(sender.largest_payload) < size:
            return size
    return 0


def black_hole(kind: FindingKind, engine: Engine, flow: Flow, _read: Read | None) -> Finding | None:
    """Find a path on which large segments vanish and small ones pass, seen at either end of it."""
    found = still_missing(engine, flow)
    if found is not None:
        sender, start, end, lasted = found
        size = (end - start) & MASK32
        full = full_segment_of(sender, size)
        if full and lasted > LONG_WAIT:
            return told_black_hole(
                kind, engine, flow, sender, lasted,
                f"{amount(size // full, 'full-size segment')} of {full:,} bytes never came here, "
                f"while smaller ones did{largest_that_passed(sender)}",
            )  # fmt: skip
        return None
    if flow.ledger is None:
        return None
    for side, sender in enumerate((flow.client, flow.server)):
        told = black_hole_ahead(kind, engine, flow, side, sender)
        if told is not None:
            return told
    return None


def largest_that_passed(sender: Endpoint) -> str:
    largest = int(sender.largest_payload)
    return f" (the largest has {amount(largest, 'byte')})" if largest else " (without data)"


def black_hole_ahead(
    kind: FindingKind, engine: Engine, flow: Flow, side: int, sender: Endpoint
) -> Finding | None:
    """Find a black hole where the large segments still pass here: they are sent again and again,
    and the other side, which is there, acknowledges none of them."""
    timer = entry_of(flow, STALL_RTO, side)
    if timer is None or timer.amount < SEVERAL:
        return None
    lost = entry_of(flow, LOSS_AFTER_CAPTURE, side)
    if lost is None or lost.count < SEVERAL:
        return None
    receiver = sender.peer
    size = lost.amount // lost.count
    if size < LARGE or not receiver.has(ACK_OUT) or not sender.has(SYN_OUT | SYN_ACK_OUT):
        return None
    # Nothing so large was acknowledged at once; and the receiver was heard behind the first of the
    # repetitions.
    sizes = sizes_of(engine, flow, sender)
    if sizes.smallest <= sizes.largest or sizes.smallest < LARGE:
        return None
    began = time_of_frame(engine, lost.first)
    if receiver.last_time < began:
        return None
    lasted = int(flow.time_between(began, flow.last_time))
    if end_acknowledged(sender):
        lasted = timer.cost
    return told_black_hole(
        kind, engine, flow, sender, lasted,
        f"segments of {sizes.smallest:,} bytes and more had to be sent again {lost.count} times "
        f"and none was acknowledged, though the {SIDES[1 - side]} is there; "
        + (
            f"the largest that passed has {amount(sizes.largest, 'byte')}"
            if sizes.largest
            else "none with data passed"
        ),
    )  # fmt: skip


def end_acknowledged(sender: Endpoint) -> bool:
    """Return whether all that a side sent was acknowledged in the end."""
    return ge(int(sender.peer.highest_ack) & MASK32, int(sender.highest) & MASK32)


def told_black_hole(
    kind: FindingKind, engine: Engine, flow: Flow, sender: Endpoint, lasted: int, proof: str
) -> Finding:
    """Return the finding of a black hole, with its proof in words."""
    side = int(flow.side_of(sender))
    last = frame_of(engine, int(flow.last_row))
    first = min(frame_of(engine, int(flow.first_row)) or last, last)
    text = (
        f"the {SIDES[1 - side]} {waited(lasted)} for data on a path that seems to swallow "
        f"large segments (MTU black hole, seen by size): {proof}; surer by a ping "
        "of that size that may not be fragmented; cure: let ICMP 'fragmentation "
        "needed' through, or clamp the MSS"
    )
    return kind.finding(1, (first, last), SIDES[side], lasted, text)
