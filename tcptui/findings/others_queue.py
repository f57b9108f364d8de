"""A queue that another transfer fills: what this flow's turns take meanwhile, and before or after.

Both flows share the way of one client. A turn is from data to the first segment of the other side
that covers it, so it holds the path both ways, and an application where the answer is data.
"""

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, SAME_PACKET
from tcptui.engine.saturation import elapsed, plus
from tcptui.engine.sequence import MASK32, ge
from tcptui.engine.tcp_header import ACK, SYN
from tcptui.engine.tcp_state.timers import SECOND
from tcptui.engine.timing.thresholds import MILLISECOND
from tcptui.engine.transfers import TransferRow
from tcptui.engine.wireshark.flags import RESENT, Severity
from tcptui.findings.finding import Finding, FindingKind, frame_of
from tcptui.findings.sides import SIDES
from tcptui.text.amounts import amount
from tcptui.text.durations import duration

LEAST_PACKETS: Final = 16
LARGEST_SPAN: Final = 256
MOST_FRAMES: Final = 1 << 17
LEAST_TURNS: Final = 5
LEAST_OTHERS: Final = 3
LEAST_RISE: Final = 50 * MILLISECOND
LONGEST_TURN: Final = 10 * SECOND
MUCH_WAITING: Final = SECOND
"""In all; then the queue has cost an application time."""


class TurnTimes:
    """The turns of one side's data: when each began (ns), how long it took, in which row it ended,
    and whether data ended it."""

    def __init__(self) -> None:
        self.began: vec[i64] = vec[i64]()
        self.took: vec[i64] = vec[i64]()
        self.row: vec[i32] = vec[i32]()
        self.answered: i64 = 0

    def add(self, began: i64, took: i64, row: i64, is_answer: bool) -> None:
        """Add one turn; one that took very long waited for something else."""
        if 0 <= took < LONGEST_TURN:
            self.began = append(self.began, began)
            self.took = append(self.took, took)
            self.row = append(self.row, i32(row))
            if is_answer:
                self.answered += 1


def turns_of(engine: Engine, flow: Flow, server: bool) -> TurnTimes:
    """Return the turns that one side's data began; what is sent again begins none."""
    turns = TurnTimes()
    blocks = engine.packets.blocks
    wanted, side = i32(flow.index), i64(FROM_SERVER if server else 0)
    row, last = i64(flow.first_row), i64(flow.last_row)
    end: i64 = -1
    began: i64 = 0
    while row <= last:
        block = blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        row += 1
        if block.flow[i] != wanted or (i64(block.flags[i]) & SYN) != 0:
            continue
        if (i64(block.attributes[i]) & SAME_PACKET) != 0:
            continue
        length = i64(block.length[i])
        if (i64(block.attributes[i]) & FROM_SERVER) == side:
            if (i64(block.analysis[i]) & RESENT) != 0:
                end = -1
            elif length > 0 and end < 0:
                end = (i64(block.seq[i]) + length) & MASK32
                began = block.time.at(i)
        elif end >= 0 and (i64(block.flags[i]) & ACK) != 0 and ge(i64(block.ack[i]) & MASK32, end):
            turns.add(began, elapsed(block.time.at(i), began), row - 1, length > 0)
            end = -1
    return turns


def may_share_a_path(engine: Engine, flow: Flow) -> bool:
    """Return whether a flow is long enough to have turns to compare, and the capture has large
    transfers, which may share its path."""
    packets = engine.packets
    if i64(flow.packets) < LEAST_PACKETS or i64(flow.first_row) < packets.first:
        return False
    return engine.transfers.are_found(packets, engine.flows, engine.share, engine.frames)


def others_queue(kind: FindingKind, engine: Engine, flow: Flow) -> Finding | None:
    """Find a flow whose turns take longer while a large transfer of the same client goes on."""
    if not may_share_a_path(engine, flow):
        return None
    rows = engine.transfers.of_client(flow.client.address)
    if not rows:
        return None
    packets = engine.packets
    span = packets.frame(i64(flow.last_row)) - packets.frame(i64(flow.first_row))
    if span > MOST_FRAMES or span > LARGEST_SPAN * i64(flow.packets):
        return None
    transfer = longest_beside(engine, flow, rows)
    if transfer is None:
        return None
    for server in (False, True):
        found = longer_turns(kind, engine, flow, turns_of(engine, flow, server), transfer, server)
        if found is not None:
            return found
    return None


def longest_beside(engine: Engine, flow: Flow, rows: list[TransferRow]) -> TransferRow | None:
    """Return the other transfer that goes on for longest while the flow does, at least a second."""
    longest, found = int(SECOND), None
    for row in rows:
        first, last = max(row[1], int(flow.first_time)), min(row[2], int(flow.last_time))
        if row[4] != engine.number_of(i64(flow.index)) and last - first > longest:
            longest, found = last - first, row
    return found


def middle(values: list[int], part: int = 2) -> int:
    """Return the value at ``part`` quarters of some numbers in order, 0 for none."""
    return sorted(values)[len(values) * part // 4] if values else 0


def longer_turns(
    kind: FindingKind,
    engine: Engine,
    flow: Flow,
    turns: TurnTimes,
    transfer: TransferRow,
    server: bool,
) -> Finding | None:
    """Return the finding if the turns during a transfer take clearly longer than the others."""
    _, began, ended, down, number = transfer
    inside = [at for at in range(len(turns.began)) if began <= turns.began[at] <= ended]
    others = [
        int(turns.took[at])
        for at in range(len(turns.began))
        if not began <= turns.began[at] <= ended
    ]
    if len(inside) < LEAST_TURNS or len(others) < LEAST_OTHERS:
        return None
    usual = middle(others, 2)
    took = [int(turns.took[at]) for at in inside]
    least = usual + max(int(LEAST_RISE), usual // 2)
    # Three of four are longer: a server that is slow now and then is no queue.
    if middle(took, 1) < least or middle(others, 3) >= least:
        return None
    late = [at for at in inside if turns.took[at] >= least]
    cost = 0
    for at in late:
        cost = int(plus(cost, int(turns.took[at]) - usual))
    side = SIDES[int(server)]
    doubt = (
        f", or the {SIDES[1 - int(server)]} answers later meanwhile"
        if 2 * turns.answered > len(turns.began)
        else ""
    )
    text = (
        f"{amount(len(late), 'turn')} of the {side} took {duration(middle(took, 2))} instead of "
        f"{duration(usual)} while flow {number} {'came to' if down else 'left'} the same client: "
        f"it waits in the queue that this transfer fills{doubt}; {duration(cost)} in all"
    )
    frames = frame_of(engine, int(turns.row[inside[0]])), frame_of(engine, int(turns.row[late[-1]]))
    found = kind.finding(len(late), frames, side, cost, text)
    found.severity = Severity.WARNING.value if cost >= MUCH_WAITING else Severity.NOTE.value
    found.explains_until = frame_of(engine, int(flow.last_row))
    return found
