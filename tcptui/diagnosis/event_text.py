"""Puts the events of a flow into words."""

from collections.abc import Callable
from typing import Any, Final

from tcptui.engine.engine import Engine
from tcptui.engine.events import Event, EventKind, Side
from tcptui.engine.ledger import LedgerKind
from tcptui.engine.tcp_state.states import State
from tcptui.engine.tcp_state.timers import TIMER_LABELS, HangKind, TimerKind
from tcptui.findings.finding import frame_of
from tcptui.findings.icmp import icmp_words

HANG_TEXTS: Final = {
    HangKind.SYN_UNANSWERED: "no answer from {}",
    HangKind.DATA_UNANSWERED: "{} has stopped answering",
    HangKind.KEEP_ALIVE_UNANSWERED: "{} answers no keep-alive",
    HangKind.NOT_CLOSED: "the application of {} does not close",
}

SIDES: Final = {Side.CLIENT: "the client", Side.SERVER: "the server", Side.BOTH: "both sides"}


def icmp_text(event: Event) -> str:
    return f"{icmp_words(event.value)}, for a segment of {SIDES[event.side]}"


def base_text(event: Event) -> str:
    return f"{SIDES[event.side]} starts again with another initial sequence number"


def oddity_text(event: Event) -> str:
    words = LedgerKind(event.value).name.lower().replace("_", " ").replace("syn ack", "SYN+ACK")
    for name in ("syn", "ack", "fin", "rst"):
        words = " ".join(name.upper() if word == name else word for word in words.split())
    return f"{words}, by {SIDES[event.side]}"


def correction_text(event: Event) -> str:
    wrong, right = State(event.value >> 4 & 15), State(event.value & 15)
    return f"{SIDES[event.side]} was not in {wrong.label} but in {right.label}"


def timer_text(event: Event) -> str:
    return f"{TIMER_LABELS[TimerKind(event.value)]} timer of {SIDES[event.side]} runs out"


def hang_text(event: Event) -> str:
    return HANG_TEXTS[HangKind(event.value)].format(SIDES[event.side])


def other_text(event: Event) -> str:
    return f"{event.kind.name.lower().replace('_', ' ')} ({SIDES[event.side]})"


EVENT_TEXTS: Final[dict[EventKind, Callable[[Event], str]]] = {
    EventKind.ICMP_ERROR: icmp_text,
    EventKind.BASE_MOVED: base_text,
    EventKind.ODDITY: oddity_text,
    EventKind.CORRECTION: correction_text,
    EventKind.TIMER: timer_text,
    EventKind.HANG: hang_text,
}


def event_text(event: Event) -> str:
    """Return an event in a few words."""
    return EVENT_TEXTS.get(event.kind, other_text)(event)


def event_facts(engine: Engine, event: Event) -> dict[str, Any]:
    """Return what there is to say of an event, its time in ns, by the names of the columns of
    events; ``frame`` is its flow's last one before it, or None."""
    return {
        "time": event.time,
        "flow": event.flow,
        "frame": frame_of(engine, event.row) or None,
        "kind": event.kind.name.lower(),
        "side": event.side.name.lower(),
        "text": event_text(event),
    }
