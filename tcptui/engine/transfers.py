"""The transfers of a capture that may fill a queue for others: who moved much, when, how fast.

Processes that share the work each know the flows of their share; they tell each other these few.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.flow import Flow
from tcptui.engine.packets import BLOCK_BITS, BLOCK_MASK, FROM_SERVER, Packets
from tcptui.engine.share import Share

MUCH: Final = 250_000
"""Payload bytes of one direction."""
LONG: Final = 1_000_000_000
"""ns."""
FAST: Final = 50_000
"""Bytes a second, on average; a slower one fills no queue."""

FLOWS_FOR_A_FRAME: Final = 8
"""A look at so many flows takes about as long as a frame that is fed."""

LARGEST_SPAN: Final = 64
"""Frames of the capture that are looked at for each packet of a flow: where it is one among very
many, the others' rows would cost too much."""

TransferRow = tuple[bytes, int, int, int, int]
"""The client's address, when it began and ended (ns), 1 for a download, its flow."""


class Transfers:
    """The large transfers, by the address of the client whose way they share.

    They are looked for when somebody asks, and again when the capture has grown: by one frame for
    :data:`FLOWS_FOR_A_FRAME` flows, as each look takes the longer the more flows there are.
    """

    def __init__(self) -> None:
        self.by_client: dict[bytes, list[TransferRow]] = {}
        self.elsewhere: list[TransferRow] = []
        self.frames: i64 = -1

    def are_found(
        self, packets: Packets, flows: list[Flow], share: Share | None, frames: i64
    ) -> bool:
        """Look for them, as of so many frames of the capture, and return whether there are any."""
        if self.frames < 0 or frames - self.frames > i64(len(flows)) // FLOWS_FOR_A_FRAME:
            self.frames = frames
            self.by_client = {}
            own = rows_of(packets, flows)
            if share is not None:
                own = [(*row[:4], int(share.number_of(row[4]))) for row in own]
            for row in sorted(own + self.elsewhere, key=number_in):
                self.by_client.setdefault(row[0], []).append(row)
        return len(self.by_client) > 0

    def of_client(self, address: bytes) -> list[TransferRow]:
        """Return the transfers from or to a client that were found, in the order of their flows."""
        return self.by_client.get(address, [])

    def merge(self, rows: list[TransferRow]) -> None:
        """Take what other processes have found; the flows have the numbers of the whole capture."""
        self.elsewhere = rows
        self.look_again()

    def look_again(self) -> None:
        """Look for them anew when somebody asks: the capture is at its end, or rests."""
        self.frames = -1


def number_in(row: TransferRow) -> int:
    """Return the flow of a transfer."""
    return row[4]


def rows_of(packets: Packets, flows: list[Flow]) -> list[TransferRow]:
    """Return the large transfers among some flows."""
    found: list[TransferRow] = []
    for flow in flows:
        down = flow.server.unique_bytes >= flow.client.unique_bytes
        moved = flow.server.unique_bytes if down else flow.client.unique_bytes
        if moved < MUCH or flow.active_time() < LONG:
            continue
        began, ended = busy_time(packets, flow, down, moved)
        lasted = flow.time_between(began, ended)
        if lasted >= LONG and moved // FAST >= lasted // LONG:
            address = flow.client.address
            found.append((address, int(began), int(ended), int(down), int(flow.index)))
    return found


def busy_time(packets: Packets, flow: Flow, down: bool, moved: i64) -> tuple[i64, i64]:
    """Return when the first and the last bytes of a transfer passed (ns), without a twentieth at
    each end, which may lie far away; the flow's own times where it is one among very many."""
    row, last = i64(flow.first_row), i64(flow.last_row)
    began, ended = flow.first_time, flow.last_progress
    if row < packets.first or (
        packets.frame(last) - packets.frame(row) > LARGEST_SPAN * i64(flow.packets)
    ):
        return began, ended
    wanted, side = flow.index, i64(FROM_SERVER if down else 0)
    low, high, total = moved // 20, moved - moved // 20, i64(0)
    while row <= last:
        block = packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        if (
            block.flow[i] == wanted
            and block.length[i] > 0
            and (i64(block.attributes[i]) & FROM_SERVER) == side
        ):
            before = total
            total += i64(block.length[i])
            if before < low <= total:
                began = block.time.at(i)
            if before < high <= total:
                return began, block.time.at(i)
        row += 1
    return began, ended
