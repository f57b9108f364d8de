"""Holds short names: of addresses, TCP flags, states, and the letters of analysis flags."""

from functools import lru_cache
from typing import Final

from tcptui.drawing.cells import Line, Run
from tcptui.engine.flow import Flow
from tcptui.engine.packets import ECN_COUNTER, Packets
from tcptui.engine.tcp_header import (
    ACK,
    AE,
    CWR,
    ECE,
    ECN_BITS,
    ECN_SHIFT,
    FIN,
    PSH,
    RST,
    SYN,
    URG,
)
from tcptui.engine.tcp_state.states import Certainty, State
from tcptui.engine.wireshark.flags import (
    ANALYSIS_FLAGS,
    AnalysisFlag,
    Severity,
)

TCP_FLAGS: Final = (
    (SYN, "SYN"),
    (FIN, "FIN"),
    (RST, "RST"),
    (URG, "URG"),
    (ACK, "ACK"),
    (PSH, "PSH"),
    (ECE, "ECE"),
    (CWR, "CWR"),
    (AE, "AE"),
)
SHORT_STATES: Final = {
    State.CLOSED: "CLOSED",
    State.LISTEN: "LISTEN",
    State.SYN_SENT: "SYN-SENT",
    State.SYN_RECEIVED: "SYN-RCVD",
    State.ESTABLISHED: "ESTAB",
    State.FIN_WAIT_1: "FIN-W-1",
    State.FIN_WAIT_2: "FIN-W-2",
    State.CLOSE_WAIT: "CLOSE-W",
    State.CLOSING: "CLOSING",
    State.LAST_ACK: "LAST-ACK",
    State.TIME_WAIT: "TIME-W",
}
"""State names of at most eight cells."""

TINY_STATES: Final = {
    State.CLOSED: "CL",
    State.LISTEN: "LI",
    State.SYN_SENT: "SS",
    State.SYN_RECEIVED: "SR",
    State.ESTABLISHED: "ES",
    State.FIN_WAIT_1: "F1",
    State.FIN_WAIT_2: "F2",
    State.CLOSE_WAIT: "CW",
    State.CLOSING: "CG",
    State.LAST_ACK: "LA",
    State.TIME_WAIT: "TW",
}
"""State names of two cells, for the flow list."""

CERTAINTY_MARKS: Final = {Certainty.SEEN: "", Certainty.INFERRED: "~", Certainty.ASSUMED: "?"}

SEVERITY_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.CHAT)
BY_WEIGHT: Final[tuple[AnalysisFlag, ...]] = tuple(
    sorted(ANALYSIS_FLAGS, key=lambda flag: SEVERITY_ORDER.index(flag.severity))
)


@lru_cache(maxsize=512)
def tcp_flags(bits: int) -> str:
    """Return the names of header flags: ``SYN ACK``; nothing for none."""
    return " ".join(name for bit, name in TCP_FLAGS if bits & bit)


def header_flags(packets: Packets, row: int) -> str:
    """Return the names of a row's header flags: ``ACK``, or with accurate ECN ``ACK ACE=5``."""
    others = tcp_flags(packets.flags(row) & ~ECN_BITS)
    return f"{others} {ecn_flags(packets, row)}".strip()


def ecn_flags(packets: Packets, row: int) -> str:
    """Return the flags of a row that are about ECN: ``ECE CWR``, or the counter that accurate ECN
    has in their place (RFC 9768), ``ACE=5``; nothing for none."""
    bits = packets.flags(row) & ECN_BITS
    return (
        f"ACE={bits >> ECN_SHIFT}" if packets.has_attribute(row, ECN_COUNTER) else tcp_flags(bits)
    )


def main_flags(bits: int) -> str:
    """Return the flags that say what a segment is for: ``SYN ACK``, ``FIN``; nothing for plain
    data."""
    kept = bits & (SYN | FIN | RST | URG)
    return tcp_flags(kept | bits & ACK) if kept & SYN else tcp_flags(kept)


@lru_cache(maxsize=4096)
def flags_of(bits: int) -> tuple[AnalysisFlag, ...]:
    """Return the analysis flags in ``bits``, gravest first."""
    return tuple(flag for flag in BY_WEIGHT if bits & flag.bit)


def flag_letters(bits: int) -> str:
    """Return the letters of the analysis flags in ``bits``, gravest first."""
    return "".join(flag.letter for flag in flags_of(bits))


def severity_style(bits: int) -> str:
    """Return the style name of the gravest flag: ``warning``, ``note``, ``chat`` …; ``dim`` for
    none."""
    flags = flags_of(bits)
    return flags[0].severity.value if flags else "dim"


def counted_letters(flow: Flow) -> Line:
    """Return each flag of the flow with its count: ``R7 F3 D88``."""
    line: Line = []
    for flag in flags_of(flow.bits):
        if line:
            line.append(Run(" ", "text"))
        line.append(Run(f"{flag.letter}{flow.count_of(flag.bit)}", flag.severity.value))
    return line


def state_name(state: State, certainty: Certainty, room: int) -> str:
    """Return the state's name for ``room`` cells, with ``~`` if inferred and ``?`` if assumed."""
    mark = CERTAINTY_MARKS[certainty]
    for names in (state.label, SHORT_STATES[state], TINY_STATES[state]):
        if len(names) + len(mark) <= room:
            return names + mark
    return TINY_STATES[state][:room]
