"""Does long work beside the screen: a few milliseconds at a time, keys and painting in between."""

import asyncio
import threading
from collections.abc import Callable, Generator
from time import perf_counter
from typing import TypeVar, cast

SLICE_SECONDS = 0.004
PAUSE_SECONDS = 0.001
SHORT_SECONDS = 0.05
"""Nobody sees that work takes so long: until then it has no pauses and tells nothing …"""
SHORT_SLICE_SECONDS = 0.001
"""… and its slices are short: what is typed or painted takes its turn after each."""

Result = TypeVar("Result")


async def in_slices(
    work: Generator[float, None, Result], tell: Callable[[float], None] | None = None
) -> Result:
    """Run a generator to its end and return its result; ``tell`` is called with what it yields
    once it takes long."""
    short_until = perf_counter() + SHORT_SECONDS
    while True:
        now = perf_counter()
        is_short = now < short_until
        deadline = now + (SHORT_SLICE_SECONDS if is_short else SLICE_SECONDS)
        progress = 0.0
        try:
            while perf_counter() < deadline:
                progress = next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        if tell is not None and not is_short:
            tell(progress)
        await asyncio.sleep(0 if is_short else PAUSE_SECONDS)


async def in_thread(
    work: Generator[float, None, Result], tell: Callable[[float], None], stop: Callable[[], None]
) -> Result:
    """Run work that waits for others on a thread; ``stop`` ends such a wait when it is
    cancelled."""
    loop = asyncio.get_running_loop()
    ended = threading.Event()

    def run() -> Result | None:
        try:
            while not ended.is_set():
                loop.call_soon_threadsafe(tell, next(work))
        except StopIteration as end:
            result: Result = end.value
            return result
        return None

    try:
        return cast(Result, await asyncio.to_thread(run))
    finally:
        ended.set()
        stop()
