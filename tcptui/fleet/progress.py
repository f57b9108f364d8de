"""Tells how far a sweep has come."""

import time
from collections.abc import Iterable

from tcptui.fleet.sources import SourceFile
from tcptui.stderr import show_progress
from tcptui.text.amounts import amount, count, size
from tcptui.text.durations import SECOND, countdown


class Progress:
    """Counts captures and their bytes, and says how fast they go by."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self.sizes = {one.name: one.size or 0 for one in sources}
        self.total = sum(self.sizes.values())
        self.read = self.done = self.broken = 0
        self.began = time.monotonic_ns()

    def take(self, name: str, is_broken: bool) -> None:
        """Count a capture, and show where that leaves us."""
        self.done += 1
        self.broken += is_broken
        self.read += self.sizes[name]
        show_progress(self.text(time.monotonic_ns() - self.began))

    def text(self, passed: int) -> str:
        """Return the line for what was done in so many ns."""
        rate = self.read * SECOND // max(passed, 1)
        parts = [f"{count(self.done)} of {amount(len(self.sizes), 'capture')}", f"{size(rate)}/s"]
        if rate:
            parts.append(f"{countdown((self.total - self.read) * SECOND // rate)} left")
        if self.broken:
            parts.append(f"{count(self.broken)} broken")
        return ", ".join(parts)

    def end(self) -> None:
        """Erase the line."""
        show_progress("")
