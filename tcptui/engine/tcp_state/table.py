"""The table of TCP's states: every arrow of RFC 9293, figure 5, and its trigger on the wire.

The machine's moves (``Machine.follow_arrow``), the diagram, docs/states.md and the tests are all
made from this table; where an endpoint stands without having moved is not in it, and is listed in
the text of :mod:`tcptui.engine.tcp_state`. A trigger is what happens to one endpoint: what it
sends, what it acknowledges, what of its own is acknowledged, or what leaves no trace on the wire
(the application, a timer). TCP is symmetric, so one table serves both endpoints.
"""

from enum import IntEnum
from typing import Final, NamedTuple

from librt.vecs import vec
from mypy_extensions import i16

from tcptui.engine.tcp_state.states import State

SENDS_SYN: Final = 0
SENDS_SYN_ACK: Final = 1
ACKS_SYN: Final = 2
SYN_ACKED: Final = 3
SENDS_FIN: Final = 4
FIN_ACKED: Final = 5
ACKS_FIN: Final = 6
ACKS_FIN_AND_ACK: Final = 7
SENDS_RST: Final = 8
GETS_RST: Final = 9
REFUSED: Final = 10
OPENS: Final = 11
CLOSES: Final = 12
TIMES_OUT: Final = 13
TWO_MSL: Final = 14

TRIGGERS: Final = 15


class Trigger(IntEnum):
    """The happenings that move an endpoint from state to state."""

    SENDS_SYN = 0
    SENDS_SYN_ACK = 1
    ACKS_SYN = 2  # acknowledges the peer's SYN or SYN+ACK
    SYN_ACKED = 3  # its own SYN is acknowledged
    SENDS_FIN = 4
    FIN_ACKED = 5  # its own FIN is acknowledged
    ACKS_FIN = 6  # acknowledges the peer's FIN
    ACKS_FIN_AND_ACK = 7  # the same, of a FIN that acknowledged its own FIN
    SENDS_RST = 8
    GETS_RST = 9
    REFUSED = 10  # gets a RST although it has sent a SYN that nobody accepted
    # No segment shows the rest: the diagram has their arrows, the machine never follows them.
    OPENS = 11  # the application listens
    CLOSES = 12  # the application closes, and nothing needs to be sent
    TIMES_OUT = 13  # no answer to what it repeated, or no FIN in FIN-WAIT-2
    TWO_MSL = 14  # twice the maximum segment lifetime has passed

    @property
    def label(self) -> str:
        """What a row of the documentation calls it."""
        return TRIGGER_LABELS[self.value]


TRIGGER_LABELS: Final = (
    "sends SYN",
    "sends SYN+ACK",
    "acknowledges the SYN+ACK",
    "its SYN is acknowledged",
    "sends FIN",
    "its FIN is acknowledged",
    "acknowledges the FIN",
    "acknowledges a FIN that acknowledged its own",
    "sends RST",
    "gets RST",
    "gets RST before the handshake is done",
    "application listens",
    "application closes",
    "timeout",
    "2 MSL timeout",
)


class Arrow(NamedTuple):
    """An arrow is one transition.

    ``label`` fits beside a drawn arrow, ``sentence`` explains it, ``section`` is of RFC 9293,
    ``drawn`` is false for the arrows that would only darken the picture.
    """

    source: State
    target: State
    trigger: Trigger
    label: str
    sentence: str
    section: str
    drawn: bool = True


ARROWS: Final[tuple[Arrow, ...]] = (
    Arrow(
        State.CLOSED,
        State.LISTEN,
        Trigger.OPENS,
        "passive open",
        "The application listens on the port; nothing is sent.",
        "3.10.1",
    ),
    Arrow(
        State.CLOSED,
        State.SYN_SENT,
        Trigger.SENDS_SYN,
        "snd SYN",
        "Active open: the application connects and TCP sends a SYN.",
        "3.10.1",
    ),
    Arrow(
        State.CLOSED,
        State.SYN_RECEIVED,
        Trigger.SENDS_SYN_ACK,
        "snd SYN,ACK",
        "It refused before, or was not seen to listen, and now answers a SYN.",
        "3.10.7.2",
        drawn=False,
    ),
    Arrow(
        State.LISTEN,
        State.SYN_RECEIVED,
        Trigger.SENDS_SYN_ACK,
        "rcv SYN, snd SYN,ACK",
        "A SYN arrives at a listening port, which answers with SYN+ACK.",
        "3.10.7.2",
    ),
    Arrow(
        State.LISTEN,
        State.SYN_SENT,
        Trigger.SENDS_SYN,
        "snd SYN",
        "A socket that listened sends a SYN itself.",
        "3.10.2",
    ),
    Arrow(
        State.LISTEN,
        State.CLOSED,
        Trigger.CLOSES,
        "close",
        "The application stops listening; nothing is sent.",
        "3.10.4",
    ),
    Arrow(
        State.LISTEN,
        State.CLOSED,
        Trigger.SENDS_RST,
        "rcv SYN, snd RST",
        "The SYN is refused: nothing listens on this port.",
        "3.10.7.1",
        drawn=False,
    ),
    Arrow(
        State.SYN_SENT,
        State.SYN_RECEIVED,
        Trigger.SENDS_SYN_ACK,
        "rcv SYN, snd SYN,ACK",
        "Simultaneous open: a SYN arrives while its own is under way; it answers SYN+ACK.",
        "3.10.7.3",
    ),
    Arrow(
        State.SYN_SENT,
        State.ESTABLISHED,
        Trigger.ACKS_SYN,
        "rcv SYN,ACK, snd ACK",
        "The SYN+ACK arrives and is acknowledged: the connection stands on this side.",
        "3.10.7.3",
    ),
    Arrow(
        State.SYN_SENT,
        State.CLOSED,
        Trigger.REFUSED,
        "rcv RST,ACK",
        "A RST answers the SYN: refused.",
        "3.10.7.3",
    ),
    Arrow(
        State.SYN_SENT,
        State.CLOSED,
        Trigger.TIMES_OUT,
        "timeout",
        "The SYN was repeated with growing gaps and never answered.",
        "3.8.3",
        drawn=False,
    ),
    Arrow(
        State.SYN_SENT,
        State.CLOSED,
        Trigger.CLOSES,
        "close",
        "The application gives up before an answer came; nothing is sent.",
        "3.10.4",
        drawn=False,
    ),
    Arrow(
        State.SYN_RECEIVED,
        State.ESTABLISHED,
        Trigger.SYN_ACKED,
        "rcv ACK of SYN",
        "The ACK of its SYN arrives: the connection stands on this side too.",
        "3.10.7.4",
    ),
    Arrow(
        State.SYN_RECEIVED,
        State.ESTABLISHED,
        Trigger.ACKS_SYN,
        "rcv SYN,ACK",
        "Simultaneous open: the peer's SYN+ACK arrives and is acknowledged.",
        "3.10.7.4",
        drawn=False,
    ),
    Arrow(
        State.SYN_RECEIVED,
        State.LISTEN,
        Trigger.GETS_RST,
        "rcv RST",
        "The opener went away (or only probed): the passive side listens again.",
        "3.10.7.4",
    ),
    Arrow(
        State.SYN_RECEIVED,
        State.CLOSED,
        Trigger.REFUSED,
        "rcv RST",
        "Simultaneous open refused: a side that opened actively is closed.",
        "3.10.7.4",
        drawn=False,
    ),
    Arrow(
        State.SYN_RECEIVED,
        State.LISTEN,
        Trigger.TIMES_OUT,
        "timeout",
        "The SYN+ACK was repeated and never acknowledged: it listens again.",
        "3.8.3",
        drawn=False,
    ),
    Arrow(
        State.SYN_RECEIVED,
        State.FIN_WAIT_1,
        Trigger.SENDS_FIN,
        "close, snd FIN",
        "It closes before its SYN was acknowledged: the FIN follows the SYN+ACK.",
        "3.10.4",
    ),
    Arrow(
        State.SYN_RECEIVED,
        State.CLOSE_WAIT,
        Trigger.ACKS_FIN,
        "rcv FIN, snd ACK",
        "The peer's FIN arrives together with the ACK that establishes the connection.",
        "3.10.7.4",
        drawn=False,
    ),
    Arrow(
        State.ESTABLISHED,
        State.FIN_WAIT_1,
        Trigger.SENDS_FIN,
        "close, snd FIN",
        "Active close: it has nothing more to send and says so with a FIN.",
        "3.10.4",
    ),
    Arrow(
        State.ESTABLISHED,
        State.CLOSE_WAIT,
        Trigger.ACKS_FIN,
        "rcv FIN, snd ACK",
        "The peer has closed; this side acknowledges and waits for its own application.",
        "3.10.7.4",
    ),
    Arrow(
        State.FIN_WAIT_1,
        State.FIN_WAIT_2,
        Trigger.FIN_ACKED,
        "rcv ACK of FIN",
        "Its FIN is acknowledged; the peer may still send.",
        "3.10.7.4",
    ),
    Arrow(
        State.FIN_WAIT_1,
        State.CLOSING,
        Trigger.ACKS_FIN,
        "rcv FIN, snd ACK",
        "Simultaneous close: a FIN arrives that does not acknowledge its own.",
        "3.10.7.4",
    ),
    Arrow(
        State.FIN_WAIT_1,
        State.TIME_WAIT,
        Trigger.ACKS_FIN_AND_ACK,
        "rcv FIN,ACK, snd ACK",
        "The peer's FIN brings the ACK of its own: closed in three segments.",
        "3.10.7.4",
    ),
    Arrow(
        State.FIN_WAIT_2,
        State.TIME_WAIT,
        Trigger.ACKS_FIN,
        "rcv FIN, snd ACK",
        "The peer has closed too; the active closer keeps the last ACK at hand for 2 MSL.",
        "3.10.7.4",
    ),
    Arrow(
        State.FIN_WAIT_2,
        State.TIME_WAIT,
        Trigger.ACKS_FIN_AND_ACK,
        "rcv FIN, snd ACK",
        "The peer has closed too; its FIN repeats the ACK of this side's.",
        "3.10.7.4",
        drawn=False,
    ),
    Arrow(
        State.FIN_WAIT_2,
        State.CLOSED,
        Trigger.TIMES_OUT,
        "timeout",
        "The peer never closed; an orphaned socket is given up (Linux: tcp_fin_timeout, 60 s).",
        "3.6",
        drawn=False,
    ),
    Arrow(
        State.CLOSE_WAIT,
        State.LAST_ACK,
        Trigger.SENDS_FIN,
        "close, snd FIN",
        "Its application has closed too: the second FIN.",
        "3.10.4",
    ),
    Arrow(
        State.CLOSING,
        State.TIME_WAIT,
        Trigger.FIN_ACKED,
        "rcv ACK of FIN",
        "Simultaneous close: its FIN is acknowledged as well.",
        "3.10.7.4",
    ),
    Arrow(
        State.LAST_ACK,
        State.CLOSED,
        Trigger.FIN_ACKED,
        "rcv ACK of FIN",
        "The last ACK arrives: the passive closer is done.",
        "3.10.7.4",
    ),
    Arrow(
        State.TIME_WAIT,
        State.CLOSED,
        Trigger.TWO_MSL,
        "2 MSL timeout",
        "2 MSL have passed: no segment of this connection is left in the network.",
        "3.10.8",
    ),
    *(
        Arrow(
            state,
            State.CLOSED,
            Trigger.SENDS_RST,
            "snd RST",
            "It aborts the connection, or no longer knows it, and says so with a RST.",
            "3.5.2",
            drawn=False,
        )
        for state in State
        if state not in (State.CLOSED, State.LISTEN)
    ),
    *(
        Arrow(
            state,
            State.CLOSED,
            Trigger.GETS_RST,
            "rcv RST",
            "A RST inside the window ends the connection.",
            "3.5.3",
            drawn=False,
        )
        for state in State
        if state not in (State.CLOSED, State.LISTEN, State.SYN_RECEIVED)
    ),
    *(
        Arrow(
            state,
            State.CLOSED,
            Trigger.TIMES_OUT,
            "timeout",
            "What it sent was repeated and never acknowledged: it gives up.",
            "3.8.3",
            drawn=False,
        )
        for state in (
            State.ESTABLISHED,
            State.FIN_WAIT_1,
            State.CLOSE_WAIT,
            State.CLOSING,
            State.LAST_ACK,
        )
    ),
)


def next_states() -> vec[i16]:
    """Return the table for the machine: ``[state * TRIGGERS + trigger]`` is the next state.

    A trigger that has no arrow leaves the state as it is.
    """
    table: vec[i16] = vec[i16]([0] * (len(State) * TRIGGERS))
    for state in State:
        for trigger in Trigger:
            table[state.value * TRIGGERS + trigger.value] = i16(state.value)
    for arrow in ARROWS:
        table[arrow.source.value * TRIGGERS + arrow.trigger.value] = i16(arrow.target.value)
    return table
