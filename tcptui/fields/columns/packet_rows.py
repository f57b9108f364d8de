"""The default columns of `tcptui packets`, written straight from the packet columns."""

from typing import Final

from librt.strings import (
    BytesWriter,
    read_i32_le,
    read_i64_le,
    write_i16_le,
    write_i32_le,
    write_i64_le,
)
from librt.vecs import vec
from mypy_extensions import i16, i32, i64, u8

from tcptui.engine.engine import Engine
from tcptui.engine.packets import (
    BLOCK_BITS,
    BLOCK_MASK,
    BLOCK_ROWS,
    BOGUS_HEADER,
    FROM_SERVER,
    Block,
)
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_state.states import State, client_state, server_state
from tcptui.engine.wireshark.flags import flag_names
from tcptui.fields.columns.row_lines import RowLines
from tcptui.text.digits import (
    SECOND,
    hex_digits,
    write_nine_digits,
    write_number,
    write_seconds,
)

STATES: Final = 11
TAB: Final = 9
CLIENT: Final = 0x6309
SERVER: Final = 0x7309
"""A tab and the letter that tells the sender."""
FLAGS: Final = 0x0900000030783009
"""The letters around the three digits of flags: a tab, ``0x0``, and a tab behind them."""
TABS: Final = 0x0909
USUAL_SECOND: Final = 12
"""Letters of a second after 2001, with those around it."""
FLAG_DIGITS: Final = 32
"""By how many bits these digits are to be shifted."""

STATE_TEXTS: Final[list[bytes]] = [
    f"\t{client.label}\t{server.label}\n".encode() for server in State for client in State
]


class RowWriter(RowLines):
    """Writes the default columns as tab-separated text; what repeats from row to row is kept once
    it is made. Flows have the numbers that its engine's share tells, if it has one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine: Final = engine
        self.analysis_texts: dict[int, bytes] = {0: b""}
        self.second: i64 = -1
        self.second_text: bytes = b""

    def write(self, start: i64, stop: i64) -> None:
        packets = self.engine.packets
        share = self.engine.share
        numbers = vec[i32]() if share is None else share.numbers
        row = start
        while row < stop:
            i = row & BLOCK_MASK
            count = min(BLOCK_ROWS - i, stop - row)
            self.write_of_block(packets.blocks[row >> BLOCK_BITS], i, i + count, numbers)
            row += count

    def write_of_block(self, block: Block, start: i64, stop: i64, numbers: vec[i32]) -> None:
        """Write rows of a block, whose columns are looked up once and not for each row; ``numbers``
        are those of flows, where they have others in the whole capture."""
        out = self.out
        is_numbered = len(numbers) > 0
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
            write_number(out, block.frame_at(i))
            self.write_time(out, time.at(i))
            out.append(u8(TAB))
            number = i64(flow[i])
            write_number(out, i64(numbers[number]) if is_numbered else number)
            bits = i64(attributes[i])
            bogus = (bits & BOGUS_HEADER) != 0
            write_i16_le(out, i16(SERVER if (bits & FROM_SERVER) != 0 else CLIENT))
            out.append(u8(TAB))
            write_number(out, i64(seq[i]) & MASK32)
            out.append(u8(TAB))
            if not bogus:
                write_number(out, i64(ack[i]) & MASK32)
            out.append(u8(TAB))
            if lengths[i] >= 0:
                write_number(out, i64(lengths[i]))
            if bogus:
                write_i16_le(out, TABS)
            else:
                write_i64_le(out, FLAGS | hex_digits(i64(flags[i])) << FLAG_DIGITS)
                write_number(out, block.scaled_window_at(i))
            out.append(u8(TAB))
            if analysis[i] != 0:
                out.write(self.analysis_text(i64(analysis[i])))
            state = i64(states[i])
            out.write(STATE_TEXTS[server_state(state) * STATES + client_state(state)])
            if self.notes_ends:
                write_i32_le(self.ends, i32(len(out)))
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
        text = self.second_text
        if len(text) == USUAL_SECOND:
            write_i64_le(out, read_i64_le(text, 0))
            write_i32_le(out, read_i32_le(text, 8))
        else:
            out.write(text)
        write_nine_digits(out, ns - second * SECOND)

    def analysis_text(self, bits: int) -> bytes:
        text = self.analysis_texts.get(bits)
        if text is None:
            text = ",".join(flag_names(bits)).encode()
            self.analysis_texts[bits] = text
        return text
