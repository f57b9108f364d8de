"""A live capture without a screen: to -c, to the interrupt, or until its interface is gone."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from tcptui.capture.interrupt import ended_by_signals
from tcptui.capture.live.capture import LiveCapture
from tcptui.capture.live.options import LiveOptions
from tcptui.capture.live.source import LiveSource


@contextmanager
def captured(options: LiveOptions, readable: Collection[int]) -> Iterator[LiveSource]:
    """The packets of a capture that ends with the first interrupt; the second one is obeyed.

    CaptureError where it cannot begin. What it does and did is told on stderr.
    """
    capture = LiveCapture(options, readable)
    capture.start()
    try:
        with ended_by_signals(lambda _: capture.end()):
            say(f"capturing on {capture.source.name}; Ctrl-C ends it and prints")
            for note in capture.notes:
                say(note)
            yield capture.source
        say(summary(capture))
    finally:
        capture.close()


def summary(capture: LiveCapture) -> str:
    """What was captured and lost."""
    figures = capture.figures
    lost = figures.dropped + figures.interface_dropped
    advice = "; a larger buffer (-B) or a narrower filter helps" if lost else ""
    return (
        f"{capture.packets:,} packets captured, "
        f"{figures.dropped:,} dropped by the kernel, "
        f"{figures.interface_dropped:,} by the interface{advice}"
    )


def say(text: str) -> None:
    """One line on stderr."""
    print(f"tcptui: {text}", file=sys.stderr)
