"""The default columns of `tcptui packets`, written straight from the packet columns."""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from tcptui.engine.packets import (
    BLOCK_BITS,
    BLOCK_MASK,
    BLOCK_ROWS,
    BOGUS_HEADER,
    FROM_SERVER,
    Block,
    Packets,
)
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import FLAG_BITS
from tcptui.engine.tcp_state.states import State, client_state, server_state
from tcptui.engine.wireshark.flags import flag_names
from tcptui.text.digits import SECOND, write_nine_digits, write_number, write_seconds

STATES: Final = 11
TAB: Final = 9

FLAG_TEXTS: Final[list[bytes]] = [b"\t0x%04x\t" % flags for flags in range(FLAG_BITS + 1)]
STATE_TEXTS: Final[list[bytes]] = [
    f"\t{client.label}\t{server.label}\n".encode() for server in State for client in State
]


class RowWriter:
    """Rows of tab-separated text; what repeats from row to row is kept once it is made."""

    def __init__(self) -> None:
        self.analysis_texts: dict[int, bytes] = {0: b""}
        self.second: i64 = -1
        self.second_text: bytes = b""

    def rows(self, packets: Packets, start: i64, stop: i64) -> bytes:
        """Return the rows ``start`` … ``stop - 1``, a line each."""
        out = BytesWriter()
        row = start
        while row < stop:
            i = row & BLOCK_MASK
            count = min(BLOCK_ROWS - i, stop - row)
            self.write_rows(out, packets.blocks[row >> BLOCK_BITS], i, i + count)
            row += count
        return out.getvalue()

    def write_rows(self, out: BytesWriter, block: Block, start: i64, stop: i64) -> None:
        """Write rows of a block, whose columns are looked up once and not for each row."""
        time = block.time
        flow = block.flow
        seq = block.seq
        ack = block.ack
        lengths = block.length
        flags = block.flags
        attributes = block.attributes
        analysis = block.analysis
        states = block.states
        i = start
        while i < stop:
            bits = i64(attributes[i])
            bogus = (bits & BOGUS_HEADER) != 0
            length = i64(lengths[i])
            write_number(out, block.frame_at(i))
            self.write_time(out, time.at(i))
            out.append(u8(TAB))
            write_number(out, i64(flow[i]))
            out.write(b"\ts\t" if (bits & FROM_SERVER) != 0 else b"\tc\t")
            write_number(out, i64(seq[i]) & MASK32)
            out.append(u8(TAB))
            if not bogus:
                write_number(out, i64(ack[i]) & MASK32)
            out.append(u8(TAB))
            if length >= 0:
                write_number(out, length)
            if bogus:
                out.write(b"\t\t")
            else:
                out.write(FLAG_TEXTS[i64(flags[i])])
                write_number(out, block.scaled_window_at(i))
            out.append(u8(TAB))
            if analysis[i] != 0:
                out.write(self.analysis_text(i64(analysis[i])))
            state = i64(states[i])
            out.write(STATE_TEXTS[server_state(state) * STATES + client_state(state)])
            i += 1

    def write_time(self, out: BytesWriter, ns: i64) -> None:
        """Write a tab and the time in seconds; consecutive rows mostly share the whole seconds."""
        if ns < 0:
            out.append(u8(TAB))
            write_seconds(out, ns)
            return
        second = ns // SECOND
        if second != self.second:
            self.second = second
            self.second_text = b"\t%d." % second
        out.write(self.second_text)
        write_nine_digits(out, ns - second * SECOND)

    def analysis_text(self, bits: int) -> bytes:
        text = self.analysis_texts.get(bits)
        if text is None:
            text = ",".join(flag_names(bits)).encode()
            self.analysis_texts[bits] = text
        return text
