"""Runs a live capture without a screen: until -c, an interrupt, or the end of its interface."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from tcptui.capture.interrupt import ended_by_signals
from tcptui.capture.live.live_capture import LiveCapture
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.live_source import LiveSource
from tcptui.stderr import say


@contextmanager
def captured(
    options: LiveOptions, readable: Collection[int], names_owners: bool = False
) -> Iterator[LiveSource]:
    """Run a live capture that ends with the first interrupt; the second one ends the program.

    Raises CaptureError where it cannot begin. What the capture does and did is said on
    stderr.
    """
    capture = LiveCapture(options, readable, names_owners)
    capture.start()
    try:
        with ended_by_signals(lambda _: capture.end()):
            say(f"capturing on {capture.source.name}; Ctrl-C stops it and prints the result")
            for note in capture.notes:
                say(note)
            said = tell_words(capture)
            yield capture.source
        account(capture, said)
    finally:
        capture.close()


def account(capture: LiveCapture, said: int = 0) -> None:
    """Say how a capture went that has ended; `said` lines of a remote host's words were printed
    before."""
    tell_words(capture, said)
    say(summary(capture))
    if capture.owners_told:
        say(capture.owners_told)


def tell_words(capture: LiveCapture, said: int = 0) -> int:
    """Print what a remote host said after the first `said` lines; return how many lines that
    makes."""
    words = list(capture.words)
    for line in words[said:]:
        say(f"{capture.source.name} says: {line}")
    return len(words)


def summary(capture: LiveCapture) -> str:
    """Return what was captured and kept, and what was lost."""
    figures = capture.figures
    lost = figures.dropped + figures.interface_dropped
    advice = "; a larger buffer (-B) or a narrower filter helps" if lost else ""
    unwritten = f"{figures.unwritten:,} more were not written, " if figures.unwritten else ""
    return (
        f"{capture.packets:,} packets captured, {unwritten}"
        f"{figures.dropped:,} dropped by the kernel, "
        f"{figures.interface_dropped:,} by the interface{advice}"
    )
