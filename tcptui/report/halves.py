"""Makes texts that do not depend on each other on two processors."""

from collections.abc import Iterator, Sequence
from typing import Final

from tcptui.report.flow_texts import Make
from tcptui.report.second import can_fork, lines_of, merged, second_process, write_lines

FEWEST: Final = 1024
"""With fewer texts, a second process is not worth its start."""


def texts_of(numbers: Sequence[int], make: Make) -> Iterator[bytes]:
    """Yield the texts of ``numbers`` in order; where it can, a second process makes every other
    one."""
    if len(numbers) < FEWEST or not can_fork():
        yield from map(make, numbers)
        return
    ours, theirs = numbers[::2], numbers[1::2]
    with second_process(lambda ends: write_lines(map(make, theirs), ends.outgoing)) as ends:
        lines = lines_of(ends.incoming, len(theirs), lambda came: map(make, theirs[came:]))
        yield from merged(map(make, ours), range(0, len(numbers), 2), lines)
