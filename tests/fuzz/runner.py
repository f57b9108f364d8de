"""A run: several processes, counts of what they did, and the faults that they found."""

import os
import select
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzz import compressed
from tests.fuzz.faults import Fault, Faults
from tests.fuzz.inputs import FILE, STREAM, Input, make_input
from tests.fuzz.seeds import Seeds, make_seeds
from tests.fuzz.worker import AT_ONCE, Done, Worker, new_folder, try_input

TICK: Final = 1.0
TELL_EVERY: Final = 60.0


class Run:
    """Inputs ``first`` to ``stop`` of a seed, on ``jobs`` processes, for at most ``seconds``."""

    def __init__(
        self, seeds: Seeds, seed: int, first: int, stop: int, jobs: int, folder: Path,
        seconds: float | None = None,
    ) -> None:  # fmt: skip
        self.seeds, self.seed, self.jobs = seeds, seed, jobs
        self.ranges = [(at, min(at + AT_ONCE, stop)) for at in range(first, stop, AT_ONCE)][::-1]
        self.faults = Faults(folder, seed)
        self.targets: Counter[str] = Counter()
        self.mutators: Counter[str] = Counter()
        self.inputs = 0
        self.seconds = 0.0  # of processor time
        self.began = self.said = time.monotonic()
        self.deadline = self.began + seconds if seconds else None

    def go(self) -> None:
        workers: dict[int, Worker] = {}
        while self.ranges or workers:
            if self.deadline and time.monotonic() > self.deadline:
                self.ranges.clear()
            while self.ranges and len(workers) < self.jobs:
                worker = Worker(self.seeds, self.seed, *self.ranges.pop())
                workers[worker.told] = worker
            ready, _, _ = select.select(list(workers), [], [], TICK)
            for worker in workers.values():
                worker.wait()
            for told in ready:
                worker = workers[told]
                if done := worker.read():
                    del workers[told]
                    self.take(worker, done)
            self.tell()

    def take(self, worker: Worker, done: Done) -> None:
        self.inputs += done.next - worker.next
        self.seconds += worker.seconds
        self.targets += done.targets
        self.mutators += done.mutators
        for fault in done.faults:
            self.faults.take(fault, make_input(self.seeds, self.seed, fault.number))
        if done.next < worker.stop:
            self.ranges.append((done.next, worker.stop))

    @property
    def rate(self) -> str:
        """Inputs a second, and inputs of a second of processor time: other work may go on."""
        passed = max(time.monotonic() - self.began, 1e-9)
        busy = self.inputs / max(self.seconds, 1e-9)
        return f"{self.inputs / passed:,.0f} a second, {busy:,.0f} a second of processor time"

    def tell(self) -> None:
        if time.monotonic() - self.said > TELL_EVERY:
            self.said = time.monotonic()
            print(f"{self.inputs:,} inputs, {self.faults.number:,} faults, {self.rate}", flush=True)

    def lines(self) -> list[str]:
        """The counts: inputs of each target and each mutator, and the kinds of faults."""
        return [
            f"{self.inputs:,} inputs of seed {self.seed}, {self.rate}",
            *counts("inputs that went through a target", self.targets),
            *counts("inputs that a mutator changed", self.mutators),
            f"{self.faults.number:,} faults of {len(self.faults.counts)} kinds",
            *self.faults.lines(),
        ]


def counts(title: str, found: Counter[str]) -> Iterable[str]:
    yield f"{title}:"
    for name, number in found.most_common():
        yield f"{number:12,}  {name}"


def prepared_seeds(with_corpus: bool = True) -> Seeds:
    """All seeds and bombs, and what is imported only on use: children share it."""
    seeds = make_seeds(with_corpus)
    compressed.prepare_bombs()
    warm_up(seeds)
    return seeds


@contextmanager
def scratch() -> Iterator[None]:
    """Work in a folder that goes away again."""
    here, folder = Path.cwd(), new_folder()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        shutil.rmtree(folder)


def warm_up(seeds: Seeds) -> None:
    """Put a few inputs through all targets, so that children need not import and parse again."""
    with scratch():
        for number in range(20):
            try_input(make_input(seeds, 0, number), Random(number), whole=True)


def replay(path: Path) -> Fault | None:
    """Put one kept input through all targets."""
    kind = STREAM if path.suffix == f".{STREAM}" else FILE
    data = path.read_bytes()
    with scratch():
        passed, fault = try_input(Input(0, kind, data, ()), Random(0), whole=True)
    print(f"went through {', '.join(passed)}")
    return fault
