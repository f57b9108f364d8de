"""Zeek's view of a connection: `conn_state` and the `history` string of its conn.log.

After Zeek's TCPSessionAdapter.cc and scripts/base/protocols/conn/main.zeek; the originator is the
flow's client. Not judged here: bad checksums (`c`) and Zeek's own limits (`x`).
"""

import re
from typing import Final

from mypy_extensions import i32, i64, u8

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
    KEEP_ALIVE,
    OUT_OF_ORDER,
    RESENT,
)

INACTIVE: Final = 0
SYN_SENT: Final = 1
SYN_ACK_SENT: Final = 2
PARTIAL: Final = 3
ESTABLISHED: Final = 4
CLOSED: Final = 5
RESET: Final = 6

LETTER_SYN: Final = 1
LETTER_FIN: Final = 2
LETTER_RST: Final = 4
LETTER_DATA: Final = 8
LETTER_ACK: Final = 16
LETTER_FIN_RST: Final = 32
LETTER_MULTI: Final = 64

REPEATED: Final = RESENT | OUT_OF_ORDER | KEEP_ALIVE
GIVEN_UP: Final = re.compile(r"\^?S[^HAFGIQ]*R.*")

# The numbers of the letters in LETTERS.
S: Final = 0
H: Final = 2
A: Final = 4
D: Final = 6
F: Final = 8
R: Final = 10
W: Final = 12
T: Final = 14
G: Final = 16
I: Final = 18  # noqa: E741 - it is Zeek's letter
Q: Final = 20
TURNED: Final = 22


def history(flow: Flow) -> str:
    """The letters: upper case for the originator, ``^`` first where Zeek turns the direction."""
    return flow.history.text


def conn_state(flow: Flow) -> str:
    """`S0`, `SF`, `REJ` … as Zeek's script decides after the last packet."""
    orig = i64(flow.client.zeek) & 15
    resp = i64(flow.server.zeek) & 15
    no_orig = orig in (INACTIVE, PARTIAL)
    no_resp = resp in (INACTIVE, PARTIAL)
    if resp == RESET:
        silent = flow.client.unique_bytes == 0 and flow.server.unique_bytes == 0
        if orig in (SYN_SENT, SYN_ACK_SENT) or (orig == RESET and silent):
            return "REJ"
        return "RSTRH" if no_orig else "RSTR"
    if orig == RESET:
        if no_resp:
            return "RSTOS0" if GIVEN_UP.fullmatch(flow.history.text) else "OTH"
        return "RSTO"
    if orig == CLOSED:
        if resp == CLOSED:
            return "SF"
        return "SH" if no_resp else "S2"
    if resp == CLOSED:
        return "SHR" if no_orig else "S3"
    if orig == SYN_SENT and resp == INACTIVE:
        return "S0"
    return "S1" if orig == ESTABLISHED and resp == ESTABLISHED else "OTH"


def follow(flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Take a segment sent by ``sender``: letters and states."""
    if flow.packets == 0 and sender is flow.server:
        add_letter(flow, TURNED)
    flags = seg.flags
    if (flags & (SYN | FIN | RST)) == 0:
        if seg.length > 0:
            first_letter(flow, sender, LETTER_DATA, D)
        elif (flags & ACK) != 0:
            first_letter(flow, sender, LETTER_ACK, A)
    else:
        note_control(flow, sender, seg)
    state = i64(sender.zeek) & 15
    closed = state == RESET or (i64(receiver.zeek) & 15) == CLOSED
    if seg.window == 0 and (flags & RST) == 0 and not closed:
        tally = sender.own_repeat_counters()
        tally.zero_windows += 1
        repeat_letter(flow, sender, i64(tally.zero_windows), W)
    if seg.analysis != 0 and (flags & RST) == 0:
        if seg.length > 0 and (seg.analysis & REPEATED) != 0 and state != RESET:
            tally = sender.own_repeat_counters()
            tally.repeats += 1
            repeat_letter(flow, sender, i64(tally.repeats), T)
        if (seg.analysis & ACK_LOST_SEGMENT) != 0 and (flags & FIN) == 0:
            tally = receiver.own_repeat_counters()
            tally.gaps += 1
            repeat_letter(flow, receiver, i64(tally.gaps), G)
    new = next_state(flow, sender, receiver, seg, state)
    if new != state:
        sender.zeek = u8(new | state << 4)


def add_letter(flow: Flow, letter: i64) -> None:
    flow.history = flow.history.then(letter)


def add_sided(flow: Flow, end: Endpoint, letter: i64) -> None:
    if end is not flow.client:
        letter += 1
    add_letter(flow, letter)


def first_letter(flow: Flow, end: Endpoint, bit: i64, letter: i64) -> bool:
    """Add a letter that comes once in a direction; whether it was there already."""
    have = i64(end.letters)
    if (have & bit) != 0:
        return True
    end.letters = u8(have | bit)
    add_sided(flow, end, letter)
    return False


def repeat_letter(flow: Flow, end: Endpoint, count: i64, letter: i64) -> None:
    """Add a letter at the 1st, 10th, 100th … time."""
    while count % 10 == 0:
        count = count // 10
    if count == 1:
        add_sided(flow, end, letter)


def note_control(flow: Flow, sender: Endpoint, seg: Segment) -> None:
    """The letter of a SYN, FIN or RST; again for another sequence number."""
    control = seg.flags & (SYN | FIN | RST)
    if control == SYN:
        letter: i64 = S
        if (seg.flags & ACK) != 0:
            letter = H
        if first_letter(flow, sender, LETTER_SYN, letter) and seg.seq != i64(sender.isn) & MASK32:
            add_sided(flow, sender, letter)
    elif control == FIN:
        end = (seg.seq + seg.length + 1) & MASK32
        if first_letter(flow, sender, LETTER_FIN, F) and end != i64(sender.fin_end) & MASK32:
            add_sided(flow, sender, F)
    elif control == RST:
        if first_letter(flow, sender, LETTER_RST, R) and seg.seq != i64(sender.rst_seq) & MASK32:
            add_sided(flow, sender, R)
        sender.rst_seq = i32(s32(seg.seq))
    elif (control & (FIN | RST)) == (FIN | RST):
        first_letter(flow, sender, LETTER_FIN_RST, I)
    else:
        first_letter(flow, sender, LETTER_MULTI, Q)


def next_state(flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, state: i64) -> i64:
    """Zeek's state of the sender after its segment; the peer's may change too."""
    if state == INACTIVE:
        return from_inactive(flow, sender, receiver, seg)
    flags = seg.flags
    if state == CLOSED:
        return RESET if (flags & RST) != 0 and (i64(receiver.zeek) & 15) != CLOSED else CLOSED
    if state == RESET:
        return RESET
    if (flags & RST) != 0:
        return RESET
    if (flags & FIN) != 0:
        if (i64(receiver.zeek) & 15) == RESET and i64(receiver.zeek) >> 4 == CLOSED:
            receiver.zeek = u8(CLOSED | RESET << 4)
        return CLOSED
    if state == PARTIAL and (flags & (SYN | ACK)) == SYN and (i64(receiver.zeek) & 15) == INACTIVE:
        return SYN_SENT
    return state


def from_inactive(flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> i64:
    """The state that an endpoint's first segments give it."""
    flags = seg.flags
    peer = i64(receiver.zeek) & 15
    if (flags & RST) != 0:
        return RESET
    if (flags & FIN) != 0:
        return CLOSED
    if (flags & SYN) != 0:
        if sender is flow.client:
            return SYN_ACK_SENT if (flags & ACK) != 0 else SYN_SENT
        if peer == SYN_SENT:
            receiver.zeek = u8(ESTABLISHED | SYN_SENT << 4)
        return ESTABLISHED
    if sender is flow.server and seg.length <= 0 and peer == SYN_SENT:
        return INACTIVE
    if (flags & ACK) != 0 and peer == ESTABLISHED:
        return ESTABLISHED
    return PARTIAL
