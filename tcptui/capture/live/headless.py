"""A live capture without a screen: to -c, to the interrupt, or until its interface is gone."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tcptui.capture.live.capture import LiveCapture
from tcptui.capture.live.options import LiveOptions
from tcptui.capture.live.source import LiveSource

ENDS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def captured(options: LiveOptions) -> Iterator[LiveSource]:
    """The packets of a capture that ends with the first interrupt; the second one is obeyed.

    CaptureError where it cannot begin. What it does and did is told on stderr.
    """
    capture = LiveCapture(options)
    capture.start()
    try:
        say(f"capturing on {capture.source.name}; Ctrl-C ends it and prints")
        for note in capture.notes:
            say(note)
        with ended_by_signals(capture.end):
            yield capture.source
        say(summary(capture))
    finally:
        capture.close()


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
        f"{figures.packets:,} packets captured, {figures.dropped:,} dropped by the kernel, "
        f"{figures.interface_dropped:,} by the interface{advice}"
    )


def say(text: str) -> None:
    """One line on stderr."""
    print(f"tcptui: {text}", file=sys.stderr)
