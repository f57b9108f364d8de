"""A live capture without a screen: to -c, to the interrupt, or until its interface is gone."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tcptui.capture.live.capture import LiveCapture
from tcptui.capture.live.options import LiveOptions
from tcptui.capture.live.source import LiveSource
from tcptui.capture.source import Source

ENDS: Final = (signal.SIGINT, signal.SIGTERM)
GRACE: Final = 0.3
"""Seconds for the other end of a pipe, interrupted too, to write what it has."""


@contextmanager
def captured(options: LiveOptions) -> Iterator[LiveSource]:
    """The packets of a capture that ends with the first interrupt; the second one is obeyed.

    CaptureError where it cannot begin. What it does and did is told on stderr.
    """
    capture = LiveCapture(options)
    capture.start()
    try:
        with ended_by_signals(capture.end):
            say(f"capturing on {capture.source.name}; Ctrl-C ends it and prints")
            for note in capture.notes:
                say(note)
            yield capture.source
        say(summary(capture))
    finally:
        capture.close()


@contextmanager
def ending_with_interrupt(source: Source) -> Iterator[None]:
    """The first interrupt ends streams and files that are followed, where they are now."""
    growing = [one.raw for one in source._inputs if one.raw.follow or not one.raw.seekable]

    def end() -> None:
        for raw in growing:
            threading.Timer(GRACE, raw.stop).start()

    if not growing:
        yield
        return
    with ended_by_signals(end):
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


def summary(capture: LiveCapture) -> str:
    """What was captured and lost."""
    figures = capture.figures
    lost = figures.dropped + figures.interface_dropped
    advice = "; a larger buffer (-B) or a narrower filter helps" if lost else ""
    return (
        f"{capture.source.packets:,} packets captured, "
        f"{figures.dropped:,} dropped by the kernel, "
        f"{figures.interface_dropped:,} by the interface{advice}"
    )


def say(text: str) -> None:
    """One line on stderr."""
    print(f"tcptui: {text}", file=sys.stderr)
