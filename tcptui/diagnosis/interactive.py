"""Interactive data flow: how long each side keeps its ACKs, and how a key's echo feels."""

from bisect import bisect_left
from collections.abc import Generator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from mypy_extensions import i64

from tcptui.diagnosis.turn_times import SLICE, Turn
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.timing.lookback import rows_held
from tcptui.engine.timing.round_trips import rtt_to
from tcptui.engine.timing.thresholds import (
    LONGEST_DELAYED_ACK,
    SHORTEST_DELAYED_ACK,
    TYPING_WAIT,
)
from tcptui.engine.timing.turns import ack_delays
from tcptui.findings.sides import SIDES
from tcptui.text.durations import MICROSECOND, MILLISECOND, measured

MOST_ACKS: Final = 50_000
EDGES: Final = (1, 5, 20, 35, 60, 150, 250, 500)
"""Limits between the classes of delays, in ms: Linux delays by 40, many others by 200."""
CLASSES: Final = (
    f"below {EDGES[0]} ms",
    *(f"of {low} to {high} ms" for low, high in pairwise(EDGES)),
    f"over {EDGES[-1]} ms",
)
KEYSTROKE: Final = 128
"""Bytes; no key and no echo is longer, encrypted or not."""
FEW_KEYS: Final = 5


class AckDelays(NamedTuple):
    """The delays of one side's pure ACKs behind the data, in ns; the way there and back (``way``)
    is taken off where the handshake or an answer tells it. ``counts`` are those of the classes
    between ``EDGES``."""

    from_server: bool
    number: int
    fastest: int
    median: int
    slowest: int
    way: int
    counts: tuple[int, ...]

    @property
    def kept(self) -> bool:
        """Whether any was kept as hosts delay ACKs (RFC 9293, section 3.8.6.3)."""
        way = 0 if self.way else self.fastest
        return self.slowest - way >= SHORTEST_DELAYED_ACK


class Echoes(NamedTuple):
    """Small requests with small answers: as the person at the keyboard feels them, in ns."""

    number: int
    fastest: int
    median: int
    slowest: int


def delays_of(
    engine: Engine, flow: Flow, from_server: bool
) -> Generator[float, None, AckDelays | None]:
    """Measure the delays of one side's ACKs, in slices; None where there is none to measure.

    What took longer than any host keeps an ACK was lost, or answered something else.
    """
    delays: list[int] = []
    rows = rows_held(engine.packets, flow)
    for start in rows[::SLICE]:
        stop = min(start + SLICE, rows.stop)
        delays += ack_delays(engine.packets, i64(flow.index), from_server, start, stop)
        if len(delays) > MOST_ACKS:
            break
        yield (stop - rows.start) / len(rows)
    delays.sort()
    way = way_to(flow, from_server, delays)
    late = (max(delay - way, 0) for delay in delays)
    waits = [wait for wait in late if wait <= LONGEST_DELAYED_ACK]
    if not waits:
        return None
    limits = [0, *(bisect_left(waits, edge * MILLISECOND) for edge in EDGES), len(waits)]
    classes = tuple(stop - start for start, stop in pairwise(limits))
    middle = waits[len(waits) // 2]
    return AckDelays(from_server, len(waits), waits[0], middle, waits[-1], way, classes)


def way_to(flow: Flow, from_server: bool, delays: Sequence[int]) -> int:
    """From here to one end and back, in ns; 0 where nothing but these ACKs tells it."""
    way = rtt_to(flow, flow.server if from_server else flow.client)
    told = flow.syn_to_synack >= 0 or (delays and way < delays[0] - MICROSECOND)
    return way if told else 0


def delays_text(delays: AckDelays) -> str:
    """Return ``the client's ACKs (120) came 0.1 ms to 40.2 ms after the data, half of them within
    39.8 ms: 20 below 1 ms, 100 of 35 to 60 ms``."""
    way = "" if delays.way else ", the way there and back included"
    counts = ", ".join(
        f"{count:,} {name}" for name, count in zip(CLASSES, delays.counts, strict=True) if count
    )
    came = between(delays.fastest, delays.median, delays.slowest, " after the data")
    return f"the {SIDES[delays.from_server]}'s ACKs ({delays.number:,}) came {came}: {counts}{way}"


def between(fastest: int, median: int, slowest: int, after: str = "") -> str:
    """Return ``0.1 ms to 40.2 ms after the data, half of them within 39.8 ms``, or ``40.0 ms after
    the data`` where all of them read the same."""
    least, most = measured(fastest), measured(slowest)
    if least == most:
        return f"{most}{after}"
    return f"{least} to {most}{after}, half of them within {measured(median)}"


def echoes_of(turns: Sequence[Turn]) -> Echoes | None:
    """Return the keystrokes and echoes among a flow's turns: pauses as a person's between them."""
    waits = sorted(turn.waiting for turn in turns if is_keystroke(turn))
    if len(waits) < FEW_KEYS:
        return None
    return Echoes(len(waits), waits[0], waits[len(waits) // 2], waits[-1])


def is_keystroke(turn: Turn) -> bool:
    small = turn.request_bytes < KEYSTROKE and turn.answer_bytes < KEYSTROKE
    return small and turn.answer_frame > 0 and turn.pause >= TYPING_WAIT


def echoes_text(echoes: Echoes) -> str:
    """Return ``25 keys were echoed after 20 ms to 24 ms, half of them within 21 ms``."""
    return (
        f"{echoes.number:,} keys (or as short requests) were echoed after "
        f"{between(echoes.fastest, echoes.median, echoes.slowest)}"
    )
