"""Interrupts that end what is read instead of the program: what came so far is printed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tcptui.capture.source import Source

ENDS: Final = (signal.SIGINT, signal.SIGTERM)
GRACE: Final = 0.3
"""Seconds for the other end of a pipe, interrupted too, to write what it has."""


@contextmanager
def ending_with_interrupt(source: Source) -> Iterator[None]:
    """The first interrupt ends streams and files that are followed, where they are now."""
    if not source.endless:
        yield
        return
    with ended_by_signals(lambda: threading.Timer(GRACE, source.stop).start()):
        yield


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` at the first interrupt; a second one is obeyed."""
    former: dict[int, Any] = {}

    def obey(*_: object) -> None:
        for number, handler in former.items():
            signal.signal(number, handler)
        end()

    former |= {number: signal.signal(number, obey) for number in ENDS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
