"""Zeek's view of a connection: `conn_state` and the `history` string of its conn.log.

The rules follow Zeek's TCPSessionAdapter.cc and scripts/base/protocols/conn/main.zeek; the
originator is the flow's client. Zeek has a state machine of its own, simpler than RFC 9293's: an
endpoint's state is what it sent last, whether or not it arrived. Not judged here: bad checksums
(`c`) and Zeek's own limits (`x`).
"""

import re
from typing import Final

from mypy_extensions import i32, i64, u8

from tcptui.engine.flow import Endpoint, Flow
from tcptui.engine.segment import Segment
from tcptui.engine.sequence import MASK32, s32
from tcptui.engine.tcp_header import ACK, FIN, RST, SYN
from tcptui.engine.tcp_state.zeek_letters import TURNED, A, D, F, G, H, I, Q, R, S, T, W
from tcptui.engine.wireshark.flags import (
    ACK_LOST_SEGMENT,
    KEEP_ALIVE,
    OUT_OF_ORDER,
    RESENT,
)

# Zeek's states of an endpoint (TCP_ENDPOINT_…).
INACTIVE: Final = 0
SYN_SENT: Final = 1
SYN_ACK_SENT: Final = 2
PARTIAL: Final = 3
"""It has sent something, but its SYN was not captured."""
ESTABLISHED: Final = 4
CLOSED: Final = 5
RESET: Final = 6

# Which letters that come once are in an endpoint's part of the history.
LETTER_SYN: Final = 1
LETTER_FIN: Final = 2
LETTER_RST: Final = 4
LETTER_DATA: Final = 8
LETTER_ACK: Final = 16
LETTER_FIN_RST: Final = 32
LETTER_MULTI: Final = 64

STATE_BITS: Final = 4
STATE_MASK: Final = 15

REPEATED: Final = RESENT | OUT_OF_ORDER | KEEP_ALIVE
"""Zeek's `T`: the payload's numbers were sent before, whatever Wireshark calls it."""
GIVEN_UP: Final = re.compile(r"\^?S[^HAFGIQ]*R.*")
"""A SYN and then a RST of its own: the opener gave up before anything else (`RSTOS0`)."""


def zeek_state(end: Endpoint) -> i64:
    """Return Zeek's state of an endpoint."""
    return i64(end.zeek_states) & STATE_MASK


def state_before(end: Endpoint) -> i64:
    """Return Zeek's state of an endpoint before its present one."""
    return i64(end.zeek_states) >> STATE_BITS


def history(flow: Flow) -> str:
    """Return Zeek's history letters: upper case for the originator, ``^`` first where Zeek turns
    the direction."""
    return flow.zeek_history.text


def conn_state(flow: Flow) -> str:
    """Return `S0`, `SF`, `REJ` … as Zeek's script decides after the last packet.

    The order is the script's: a reset by the responder counts before one by the originator.
    """
    orig = zeek_state(flow.client)
    resp = zeek_state(flow.server)
    no_orig = orig in (INACTIVE, PARTIAL)
    no_resp = resp in (INACTIVE, PARTIAL)
    if resp == RESET:
        silent = flow.client.unique_bytes == 0 and flow.server.unique_bytes == 0
        if orig in (SYN_SENT, SYN_ACK_SENT) or (orig == RESET and silent):
            return "REJ"
        return "RSTRH" if no_orig else "RSTR"
    if orig == RESET:
        if no_resp:
            return "RSTOS0" if GIVEN_UP.fullmatch(flow.zeek_history.text) else "OTH"
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


def follow_segment(flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> None:
    """Add the segment's letters to the history, and move Zeek's states."""
    if flow.packets == 0 and sender is flow.server:
        # Zeek first takes the first sender for the originator, and turns the two around.
        add_letter(flow, TURNED)
    flags = seg.flags
    if (flags & (SYN | FIN | RST)) == 0:
        if seg.length > 0:
            add_first_letter(flow, sender, LETTER_DATA, D)
        elif (flags & ACK) != 0:
            add_first_letter(flow, sender, LETTER_ACK, A)
    else:
        add_control_letter(flow, sender, seg)
    state = zeek_state(sender)
    # Zeek takes no zero window as one where it means nothing any more: of a RST, of a side that
    # has reset, or towards one that has closed and sends nothing.
    closed = state == RESET or zeek_state(receiver) == CLOSED
    if seg.window == 0 and (flags & RST) == 0 and not closed:
        counters = sender.own_repeat_counters()
        counters.zero_windows += 1
        add_counted_letter(flow, sender, i64(counters.zero_windows), W)
    if seg.analysis != 0 and (flags & RST) == 0:
        if seg.length > 0 and (seg.analysis & REPEATED) != 0 and state != RESET:
            counters = sender.own_repeat_counters()
            counters.repeats += 1
            add_counted_letter(flow, sender, i64(counters.repeats), T)
        if (seg.analysis & ACK_LOST_SEGMENT) != 0 and (flags & FIN) == 0:
            counters = receiver.own_repeat_counters()
            counters.gaps += 1
            add_counted_letter(flow, receiver, i64(counters.gaps), G)
    new = next_zeek_state(flow, sender, receiver, seg, state)
    if new != state:
        sender.zeek_states = u8(new | state << STATE_BITS)


def add_letter(flow: Flow, letter: i64) -> None:
    """Append one letter to the flow's history."""
    flow.zeek_history = flow.zeek_history.with_letter(letter)


def add_letter_of(flow: Flow, end: Endpoint, letter: i64) -> None:
    """Append the originator's or the responder's letter, whichever ``end`` is."""
    add_letter(flow, letter + flow.side_of(end))


def add_first_letter(flow: Flow, end: Endpoint, bit: i64, letter: i64) -> bool:
    """Add a letter that comes once in a direction, and return whether it was there already."""
    have = i64(end.zeek_letters)
    if (have & bit) != 0:
        return True
    end.zeek_letters = u8(have | bit)
    add_letter_of(flow, end, letter)
    return False


def add_counted_letter(flow: Flow, end: Endpoint, count: i64, letter: i64) -> None:
    """Add a letter at the 1st, 10th, 100th … time, as Zeek does for what is often repeated."""
    while count % 10 == 0:
        count = count // 10
    if count == 1:
        add_letter_of(flow, end, letter)


def add_control_letter(flow: Flow, sender: Endpoint, seg: Segment) -> None:
    """Add the letter of a SYN, FIN or RST; again for another sequence number.

    A repetition is the same event to Zeek, another number is a new one. The numbers compared are
    those of the state machine, whose rules come after this.
    """
    control = seg.flags & (SYN | FIN | RST)
    if control == SYN:
        letter: i64 = S
        if (seg.flags & ACK) != 0:
            letter = H
        repeated = add_first_letter(flow, sender, LETTER_SYN, letter)
        if repeated and seg.seq != i64(sender.isn) & MASK32:
            add_letter_of(flow, sender, letter)
    elif control == FIN:
        end = (seg.seq + seg.length + 1) & MASK32
        repeated = add_first_letter(flow, sender, LETTER_FIN, F)
        if repeated and end != i64(sender.fin_end) & MASK32:
            add_letter_of(flow, sender, F)
    elif control == RST:
        repeated = add_first_letter(flow, sender, LETTER_RST, R)
        if repeated and seg.seq != i64(sender.rst_seq) & MASK32:
            add_letter_of(flow, sender, R)
        sender.rst_seq = i32(s32(seg.seq))
    elif (control & (FIN | RST)) == (FIN | RST):
        add_first_letter(flow, sender, LETTER_FIN_RST, I)
    else:
        add_first_letter(flow, sender, LETTER_MULTI, Q)


def next_zeek_state(
    flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment, state: i64
) -> i64:
    """Return Zeek's state of the sender after its segment; the peer's may change too."""
    if state == INACTIVE:
        return first_zeek_state(flow, sender, receiver, seg)
    flags = seg.flags
    if state == CLOSED:
        return RESET if (flags & RST) != 0 and zeek_state(receiver) != CLOSED else CLOSED
    if state == RESET:
        return RESET
    if (flags & RST) != 0:
        return RESET
    if (flags & FIN) != 0:
        # The peer had sent its RST right behind a FIN: Zeek goes back to the FIN, so that two FINs
        # make a normal end (SF).
        if zeek_state(receiver) == RESET and state_before(receiver) == CLOSED:
            receiver.zeek_states = u8(CLOSED | RESET << STATE_BITS)
        return CLOSED
    if state == PARTIAL and (flags & (SYN | ACK)) == SYN and zeek_state(receiver) == INACTIVE:
        return SYN_SENT
    return state


def first_zeek_state(flow: Flow, sender: Endpoint, receiver: Endpoint, seg: Segment) -> i64:
    """Return the state that an endpoint's first segments give it."""
    flags = seg.flags
    peer = zeek_state(receiver)
    if (flags & RST) != 0:
        return RESET
    if (flags & FIN) != 0:
        return CLOSED
    if (flags & SYN) != 0:
        if sender is flow.client:
            return SYN_ACK_SENT if (flags & ACK) != 0 else SYN_SENT
        if peer == SYN_SENT:
            receiver.zeek_states = u8(ESTABLISHED | SYN_SENT << STATE_BITS)
        return ESTABLISHED
    if sender is flow.server and seg.length <= 0 and peer == SYN_SENT:
        # An ACK that answers a SYN belongs to an older connection (a challenge).
        return INACTIVE
    if (flags & ACK) != 0 and peer == ESTABLISHED:
        return ESTABLISHED
    return PARTIAL
