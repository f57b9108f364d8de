"""What hostile shapes make the engine do: lines of its source that are run, not seconds."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from benchmarks.shapes import SHAPES, Shape
from tcptui.engine import engine as module
from tcptui.engine.decode.fragments import MOST_BYTES, MOST_DATAGRAMS, Fragments
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tests.engine.feeding import feed

FEW, MANY = 400, 1600


class Work:
    """Counts the lines that are run in the engine."""

    def __init__(self) -> None:
        self.lines = 0

    def enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        return self.count if "/engine/" in frame.f_code.co_filename else None

    def count(self, frame: FrameType, event: str, arg: Any) -> Any:
        self.lines += 1
        return self.count


@contextmanager
def counted() -> Iterator[Work]:
    work, before = Work(), sys.gettrace()
    sys.settrace(work.enter)
    try:
        yield work
    finally:
        sys.settrace(before)


def work_for(shape: Shape, count: int) -> int:
    packets = list(shape.packets(count))
    engine = Engine(WIRESHARK_4_0)
    engine.add_interface(shape.link)
    with counted() as work:
        feed(engine, [frame for _, frame in packets], [time for time, _ in packets])
    return work.lines


@pytest.mark.slow
@pytest.mark.skipif((module.__file__ or "").endswith(".so"), reason="compiled: no lines to count")
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_four_times_the_packets_are_four_times_the_work(shape: Shape) -> None:
    assert work_for(shape, MANY) < 4.4 * work_for(shape, FEW)


def test_fragments_that_never_become_whole_are_bounded() -> None:
    store = Fragments()
    for number in range(MOST_DATAGRAMS + 1000):
        store.add(number.to_bytes(4), 8, b"", False)
        for _ in range(3):
            store.add(b"always", 8 * (number % 1000), bytes(1000), False)
    assert len(store.waiting) <= MOST_DATAGRAMS
    assert store.held == sum(datagram.held for datagram in store.waiting.values()) <= MOST_BYTES
