"""The default columns of `tcptui packets`, written straight from the packet columns."""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from tcptui.engine.columns import (
    BLOCK_BITS,
    BLOCK_MASK,
    FROM_SERVER,
    SERVER_STATE_SHIFT,
    Packets,
)
from tcptui.engine.flags import ANY_FLAG, flag_names
from tcptui.engine.sequence import MASK32
from tcptui.engine.states import State
from tcptui.report.text import write_flags, write_number, write_seconds

COLUMNS: Final = (
    "frame",
    "time",
    "flow",
    "direction",
    "seq",
    "ack",
    "len",
    "flags",
    "window",
    "analysis",
    "client_state",
    "server_state",
)
TAB: Final = 9
NEWLINE: Final = 10

STATE_LABELS: Final[list[bytes]] = [state.label.encode() for state in State]


class RowWriter:
    """Rows of tab-separated text; the texts of flag combinations are kept once made."""

    def __init__(self) -> None:
        self.flag_texts: dict[int, bytes] = {0: b""}

    def flag_text(self, bits: int) -> bytes:
        text = self.flag_texts.get(bits)
        if text is None:
            text = ",".join(flag_names(bits)).encode()
            self.flag_texts[bits] = text
        return text

    def rows(self, packets: Packets, start: i64, stop: i64) -> bytes:
        """The rows ``start`` … ``stop - 1``, a line each."""
        out = BytesWriter()
        row = start
        while row < stop:
            self.write_row(out, packets, row)
            row += 1
        return out.getvalue()

    def write_row(self, out: BytesWriter, packets: Packets, row: i64) -> None:
        block = packets.blocks[row >> BLOCK_BITS]
        i = row & BLOCK_MASK
        marks = i64(block.marks[i])
        states = i64(block.states[i])
        length = i64(block.length[i])
        write_number(out, i64(block.frame[i]))
        out.append(u8(TAB))
        write_seconds(out, block.time[i])
        out.append(u8(TAB))
        write_number(out, i64(block.flow[i]))
        out.write(b"\ts\t" if (marks & FROM_SERVER) != 0 else b"\tc\t")
        write_number(out, i64(block.seq[i]) & MASK32)
        out.append(u8(TAB))
        write_number(out, i64(block.ack[i]) & MASK32)
        out.append(u8(TAB))
        if length >= 0:
            write_number(out, length)
        out.append(u8(TAB))
        write_flags(out, i64(block.flags[i]))
        out.append(u8(TAB))
        write_number(out, i64(block.window[i]))
        out.append(u8(TAB))
        if (marks & ANY_FLAG) != 0:
            out.write(self.flag_text(marks & ANY_FLAG))
        out.append(u8(TAB))
        out.write(STATE_LABELS[states & 15])
        out.append(u8(TAB))
        out.write(STATE_LABELS[(states >> SERVER_STATE_SHIFT) & 15])
        out.append(u8(NEWLINE))
