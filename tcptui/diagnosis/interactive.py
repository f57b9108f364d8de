"""Interactive data flow: how long each side keeps its ACKs, and how a key's echo feels."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.diagnosis.turns import SLICE, Turn
from tcptui.diagnosis.words import amount, duration
from tcptui.engine.columns import NO_ROW
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.totals import LONGEST_DELAYED_ACK, near
from tcptui.engine.turns import ack_delays

MOST_ACKS: Final = 100_000
MILLISECOND: Final = 1_000_000
EDGES: Final = (1, 5, 20, 35, 60, 150, 250, 500)
"""Limits between the classes of delays, in ms: Linux delays by 40, many others by 200."""
KEYSTROKE: Final = 128


class AckDelays(NamedTuple):
    """How long one side's pure ACKs came after the data, the way there and back (``way``) taken
    off; in ns. ``counts`` are those of the classes between ``EDGES``."""

    number: int
    fastest: int
    median: int
    slowest: int
    way: int
    counts: tuple[int, ...]


class Echoes(NamedTuple):
    """Small requests with small answers: as the person at the keyboard feels them, in ns."""

    number: int
    fastest: int
    median: int
    slowest: int


def delays_of(engine: Engine, flow: Flow, from_server: bool) -> AckDelays | None:
    """The delays of one side's ACKs; None where there is none to measure. What took longer than
    any host keeps an ACK was lost, or answered something else."""
    if flow.first_row == NO_ROW:
        return None
    end = flow.server if from_server else flow.client
    way = int(near(flow, end))
    late = (max(delay - way, 0) for delay in measured(engine, flow, from_server))
    waits = sorted(wait for wait in islice(late, MOST_ACKS) if wait <= LONGEST_DELAYED_ACK)
    if not waits:
        return None
    classes = [0] * (len(EDGES) + 1)
    for wait in waits:
        classes[sum(wait >= edge * MILLISECOND for edge in EDGES)] += 1
    return AckDelays(len(waits), waits[0], waits[len(waits) // 2], waits[-1], way, tuple(classes))


def measured(engine: Engine, flow: Flow, from_server: bool) -> Iterator[int]:
    """How long after the data each ACK passed here, in order."""
    start, stop = int(flow.first_row), int(flow.last_row) + 1
    while start < stop:
        end = min(start + SLICE, stop)
        found = ack_delays(engine.packets, i64(flow.index), from_server, i64(start), i64(end))
        yield from (int(found[n]) for n in range(len(found)))
        start = end


def delays_text(delays: AckDelays) -> str:
    """``120 ACKs: 0.1 ms to 40.2 ms late, half of them within 39.8 ms``."""
    return (
        f"{amount(delays.number, 'ACK')}: {duration(delays.fastest)} to "
        f"{duration(delays.slowest)} late, half of them within {duration(delays.median)}"
    )


def echoes_of(turns: Sequence[Turn]) -> Echoes | None:
    """Keystrokes and their echoes among the turns of a flow."""
    waits = sorted(
        turn.waiting
        for turn in turns
        if turn.answer_frame and turn.request_bytes < KEYSTROKE and turn.answer_bytes < KEYSTROKE
    )
    if not waits:
        return None
    return Echoes(len(waits), waits[0], waits[len(waits) // 2], waits[-1])
