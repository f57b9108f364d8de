"""One flow of hostile segments: what the engine holds for it does not grow with their number.

What has an entry for each packet or case of the capture is left out: the packet columns, the
journal of losses and waits, and the events; so are the bytes of the last batch.
"""

from typing import Final

import pytest

from benchmarks.shapes import SHAPES
from tcptui.engine import engine as module
from tests.engine.feeding import feed, new_engine
from tests.engine.held import entries_held

IS_COMPILED: Final = not (module.__file__ or "").endswith(".py")
AT_ONCE: Final = 4096
MANY: Final = AT_ONCE * (48 if IS_COMPILED else 12)
"""Segments: 200,000 where it does not take long. Half of them reach every limit of the engine."""
STEP: Final = 1 if IS_COMPILED else 3
"""All shapes compiled; interpreted, which is slower, every third."""
OF_THE_CAPTURE: Final = frozenset({"packets", "journal", "events"})
OF_THE_BATCH: Final = frozenset({"chunk", "key_data"})

BOUNDS: Final = {
    "RSTs with other numbers": 0,
    "FINs with other numbers": 0,
    "the same FIN": 0,
    "SYN+ACKs with other numbers": 0,
    "zero-window probes": 0,
    "zero-window probes, answered": 0,
    "keep-alives": 0,
    "duplicate ACKs": 0,
    "window updates": 0,
    "random SACK blocks": 0,
    "D-SACKs": 0,
    "never acknowledged": 0,
    "holes": 0,
    "holes, filled from the last": 16_000,  # where in a round of 4,000 holes it ends
    "segments in reverse": 0,
    "overlapping segments": 0,
    "random numbers": 100,
    "the same retransmission": 0,
    "ICMP errors on one flow": 0,
}
"""The shapes, and how many entries the second half of the segments may add."""


def growth(name: str) -> dict[str, int]:
    """What the second half of a shape's segments adds, by what holds it."""
    shape = next(one for one in SHAPES if one.name == name)
    engine = new_engine()
    packets = list(shape.packets(MANY))
    held: list[dict[str, int]] = []
    for start in range(0, MANY, AT_ONCE):
        batch = packets[start : start + AT_ONCE]
        feed(engine, [frame for _, frame in batch], [time for time, _ in batch])
        if start + AT_ONCE in (MANY // 2, MANY):
            held.append(entries_held(engine, OF_THE_CAPTURE | OF_THE_BATCH))
    half, whole = held
    return {what: grown for what in whole if (grown := whole[what] - half.get(what, 0)) > 0}


def test_what_grows_is_noticed() -> None:
    """Each SYN names another key here, and a subflow may join the connection by any of them."""
    assert growth("Multipath TCP keys")["MptcpConnection.tokens"] > MANY // 2


@pytest.mark.parametrize("name", list(BOUNDS)[::STEP])
def test_memory_is_bounded(name: str) -> None:
    grown = growth(name)
    assert sum(grown.values()) <= BOUNDS[name], grown
