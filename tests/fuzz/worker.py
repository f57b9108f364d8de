"""A process that puts a range of inputs through the targets, and one that watches it.

The process is forked from one that has imported everything, and lives for some hundred inputs: so
what it leaks does not add up, and a crash or an endless loop costs one process and names its input.
"""

import gc
import mmap
import os
import pickle
import shutil
import signal
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tests.fuzz import targets
from tests.fuzz.faults import Fault, fault_of
from tests.fuzz.inputs import Input, make_input
from tests.fuzz.limits import TooSlow, limit_memory, limits
from tests.fuzz.seeds import Seeds

AT_ONCE: Final = 500
"""Inputs of one process."""
STUCK: Final = 60.0
"""Seconds after which a process that does not get on is ended from outside."""
MEMORY: Final = Path("/dev/shm")


class Done(NamedTuple):
    """What came of a range of inputs; ``next`` is the first that is still to be done."""

    next: int
    targets: Counter[str]
    mutators: Counter[str]
    faults: list[Fault]


def try_input(made: Input, random: Random, whole: bool = False) -> tuple[list[str], Fault | None]:
    """The targets that an input went through, and what it did wrong."""
    try:
        with limits():
            return targets.run(made.kind, made.data, random, whole), None
    except (Exception, TooSlow) as error:
        return [made.kind], fault_of(made.number, error)


def new_folder() -> str:
    """A new folder, in memory where there is such a place."""
    return tempfile.mkdtemp(prefix="tcptui-fuzz-", dir=MEMORY if MEMORY.is_dir() else None)


class Worker:
    """A child that works on the inputs from ``first`` up to ``stop``."""

    def __init__(self, seeds: Seeds, seed: int, first: int, stop: int) -> None:
        self.next, self.stop = first, stop
        self.folder = new_folder()
        self.progress = mmap.mmap(-1, 8)
        self.moved = time.monotonic()
        self.seen = -1
        self.told, theirs = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process = os.fork()
        if not self.process:
            try:
                os.close(self.told)
                self.work(seeds, seed, theirs)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(theirs)
        self.answer = b""
        self.seconds = 0.0  # of processor time, once it has ended

    def work(self, seeds: Seeds, seed: int, told: int) -> None:
        """In the child."""
        gc.freeze()
        limit_memory()
        os.chdir(self.folder)
        tempfile.tempdir = self.folder
        passed: Counter[str] = Counter()
        mutators: Counter[str] = Counter()
        faults: list[Fault] = []
        for number in range(self.next, self.stop):
            self.progress[:] = number.to_bytes(8)
            made = make_input(seeds, seed, number)
            names, fault = try_input(made, Random(number))
            passed.update(names)
            mutators.update(set(made.mutators) or {"as it is"})
            if fault:
                faults.append(fault)
                if fault.words.startswith(("TooBig", "MemoryError", "TooSlow")):
                    break
        done = Done(number + 1, passed, mutators, faults)
        with os.fdopen(told, "wb") as out:
            pickle.dump(done, out)
        os._exit(0)

    def wait(self) -> None:
        """Take what the child has said, once its pipe has something, and see whether it moves."""
        now = int.from_bytes(self.progress[:])
        if now != self.seen:
            self.seen, self.moved = now, time.monotonic()
        elif time.monotonic() - self.moved > STUCK:
            os.kill(self.process, signal.SIGKILL)

    def read(self) -> Done | None:
        """More of the answer; at its end what was done, faults of the process itself included."""
        more = os.read(self.told, 1 << 16)
        self.answer += more
        if more:
            return None
        os.close(self.told)
        _, status, used = os.wait4(self.process, 0)
        self.seconds = used.ru_utime + used.ru_stime
        shutil.rmtree(self.folder, ignore_errors=True)
        if status == 0:
            done: Done = pickle.loads(self.answer)
            return done
        number = int.from_bytes(self.progress[:])
        how = signal.Signals(status & 127).name if status & 127 else f"exit {status >> 8}"
        words = f"stuck for {STUCK:g} s" if how == "SIGKILL" else f"process ended by {how}"
        return Done(number + 1, Counter(), Counter(), [Fault(number, words, words)])
