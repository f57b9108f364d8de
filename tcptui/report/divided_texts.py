"""Divides texts that do not depend on each other among all processors."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Final

from tcptui.report.flow_texts import Make
from tcptui.report.processes import (
    PipeEnds,
    in_order,
    other_processes,
    processors,
    texts_from,
    write_texts,
)

FEWEST: Final = 512
"""With fewer texts for it, another process is not worth its start."""


def texts_of(numbers: Sequence[int], make: Make, jobs: int | None = None) -> Iterator[bytes]:
    """Yield the texts of ``numbers`` in order, made by several processes: so many as there are
    processors, or ``jobs``."""
    makers = min(processors(jobs), len(numbers) // FEWEST)
    if makers < 2:
        yield from map(make, numbers)
        return
    parts = [numbers[maker::makers] for maker in range(makers)]

    def do_part(maker: int, ends: PipeEnds) -> None:
        write_texts(map(make, parts[maker]), ends.outgoing)

    def texts_of_part(maker: int, ends: PipeEnds) -> Iterator[bytes]:
        part = parts[maker]
        return texts_from(ends.incoming, len(part), lambda came: map(make, part[came:]))

    with other_processes(makers - 1, do_part) as others:
        theirs = [texts_of_part(maker, ends) for maker, ends in enumerate(others, 1)]
        texts = [map(make, parts[0]), *theirs]
        yield from in_order(texts, islice(cycle(range(makers)), len(numbers)))
