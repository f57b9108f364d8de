"""Shows a live capture in the head: how fast, how much, what was lost, how far the analysis
lags."""

from collections import deque
from typing import Final

from tcptui.drawing.cells import Line, Run
from tcptui.text.amounts import amount, count

SECONDS: Final = 2.0
"""Time over which packets per second are measured."""


class Rate:
    """Packets per second, from a counter that is read now and then."""

    def __init__(self) -> None:
        self.seen: deque[tuple[float, int]] = deque()

    def take_count(self, moment: float, packets: int) -> int:
        """Record the counter at a moment (s); return the packets per second over the last
        `SECONDS`."""
        self.seen.append((moment, packets))
        while len(self.seen) > 2 and moment - self.seen[1][0] >= SECONDS:
            self.seen.popleft()
        since, before = self.seen[0]
        return round((packets - before) / (moment - since)) if moment > since else 0


def figures_line(rate: int, captured: int, dropped: int, behind: int, owners: str = "") -> Line:
    """Return numbers of packets: per second, written, lost by the kernel, not analysed yet; then
    what is not known of processes, which is cut first."""
    lag = f" · {count(behind)} not analysed yet" if behind else ""
    told = [Run(f"· {owners} ", "note")] if owners else []
    return [
        Run(f"{count(rate)}/s · {count(captured)} captured · ", "note"),
        Run(f"{count(dropped)} dropped", "error" if dropped else "note"),
        Run(f"{lag} ", "warning" if behind > max(rate, 100) else "note"),
        *told,
    ]


def loss(dropped: int, by_interface: int) -> str:
    """Return what was lost and what to do; nothing where all came."""
    told = [
        f"{amount(number, 'packet')} dropped by the {culprit}"
        for number, culprit in ((dropped, "kernel"), (by_interface, "interface"))
        if number
    ]
    if not told:
        return ""
    return f"Capture: {', '.join(told)}: a larger buffer (-B) or a narrower filter helps"
