"""The large transfers of a capture that grows are looked for now and then, not for each frame."""

from collections.abc import Callable

import pytest

from benchmarks.shapes import bulk, crowd
from tcptui.engine.engine import Engine
from tcptui.engine.transfers import FLOWS_FOR_A_FRAME
from tests.engine.feeding import feed, new_engine

FLOWS = 400
SEGMENTS = 3000
MILLISECOND = 1_000_000


def begun() -> Engine:
    """An engine with many flows that was asked for transfers, of which one has come since then."""
    engine = new_engine()
    feed(engine, list(crowd(FLOWS)), range(FLOWS))
    assert not engine.transfers.are_found(engine.packets, engine.flows, None, FLOWS)
    large = list(bulk(SEGMENTS))
    feed(engine, large, [MILLISECOND * number for number in range(len(large))])
    return engine


def known(engine: Engine, grown: int) -> int:
    """How many transfers are known once so many frames more are there."""
    found = engine.transfers.are_found(engine.packets, engine.flows, None, FLOWS + grown)
    of_client = engine.transfers.of_client(engine.flows[-1].client.address)
    assert found == bool(of_client)
    return len(of_client)


def rest(engine: Engine) -> None:
    engine.tick(engine.now + 1)


@pytest.mark.parametrize(
    ("happens", "grown", "found"),
    [
        (None, 1, 0),
        (None, FLOWS // FLOWS_FOR_A_FRAME + 1, 1),
        (Engine.finish, 1, 1),
        (rest, 1, 1),
    ],
    ids=["a frame", "a frame for eight flows", "the capture ends", "the capture rests"],
)
def test_they_are_looked_for_again(
    happens: Callable[[Engine], None] | None, grown: int, found: int
) -> None:
    engine = begun()
    if happens is not None:
        happens(engine)
    assert known(engine, grown) == found
