"""The same inputs through the compiled modules and through their sources: the same bytes."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO, Final, cast

from tests.fuzz.answers import receive, send
from tests.fuzz.faults import Fault, Faults
from tests.fuzz.inputs import STREAM, Input, make_input
from tests.fuzz.runner import TELL_EVERY, counts
from tests.fuzz.seeds import Seeds

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("tcptui", "tests", "samples")
RENEWED: Final = 500
"""Inputs after which a process is begun anew: what it leaks does not add up."""


NAME: Final = re.compile(rb'"([a-z_]+)": ')


class Side:
    """A process that answers, in one of the two ways."""

    def __init__(self, root: Path, build: str) -> None:
        self.root, self.build = root, build
        self.begin()

    def begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.answers"], cwd=self.root,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(self.root)},
        )  # fmt: skip
        found = self.hear().decode()
        if found != self.build:
            raise SystemExit(f"{self.root}: {found}, to be {self.build}")
        self.answered = 0

    def hear(self) -> bytes:
        return receive(cast(BinaryIO, self.process.stdout))

    def ask(self, made: Input) -> None:
        if self.answered == RENEWED:
            self.end()
            self.begin()
        self.answered += 1
        kind = b"s" if made.kind == STREAM else b"f"
        send(cast(BinaryIO, self.process.stdin), kind + made.data)

    def answer(self) -> bytes:
        try:
            return self.hear()
        except EOFError:
            self.end()
            self.begin()
            return b"ended"

    def end(self) -> None:
        cast(BinaryIO, self.process.stdin).close()
        self.process.wait()


class Comparison:
    """Inputs ``first`` to ``stop`` through both; where the answers differ is a fault."""

    def __init__(
        self, seeds: Seeds, seed: int, first: int, stop: int, folder: Path,
        seconds: float | None = None,
    ) -> None:  # fmt: skip
        self.seeds, self.seed, self.numbers = seeds, seed, range(first, stop)
        self.faults = Faults(folder, seed)
        self.kinds: Counter[str] = Counter()
        self.inputs = 0
        self.began = time.monotonic()
        self.seconds = seconds

    def go(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in FOLDERS:
                shutil.copytree(ROOT / name, Path(folder, name),
                                ignore=shutil.ignore_patterns("*.so", "__pycache__"))  # fmt: skip
            sides = [Side(ROOT, "compiled"), Side(Path(folder), "interpreted")]
            try:
                self.compare(sides)
            finally:
                for side in sides:
                    side.end()

    def compare(self, sides: list[Side]) -> None:
        said = self.began
        for number in self.numbers:
            made = make_input(self.seeds, self.seed, number)
            for side in sides:
                side.ask(made)
            compiled, interpreted = (side.answer() for side in sides)
            self.inputs += 1
            start = compiled.partition(b":")[0].decode(errors="replace")
            self.kinds[start if start in ("refused", "raised") else "reported"] += 1
            if compiled != interpreted:
                self.faults.take(difference(number, compiled, interpreted), made)
            now = time.monotonic()
            if self.seconds and now - self.began > self.seconds:
                break
            if now - said > TELL_EVERY:
                said = now
                print(f"{self.inputs:,} compared, {self.faults.number} differ", flush=True)

    def lines(self) -> list[str]:
        rate = self.inputs / max(time.monotonic() - self.began, 1e-9)
        return [
            f"{self.inputs:,} inputs of seed {self.seed} compared, {rate:,.0f} a second",
            *counts("answers", self.kinds),
            f"{self.faults.number:,} differ",
            *self.faults.lines(),
        ]


def difference(number: int, compiled: bytes, interpreted: bytes) -> Fault:
    """Where two answers part."""
    pairs = enumerate(zip(compiled, interpreted, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(compiled), len(interpreted)))
    start = max(0, at - 40)
    parts = (text[start : at + 40].decode(errors="replace") for text in (compiled, interpreted))
    words = "compiled {!r}, interpreted {!r}".format(*parts)
    if b"raised" in (compiled[:6], interpreted[:6]):
        return Fault(number, "raised by one", words)
    names = NAME.findall(compiled[:at])
    return Fault(number, f"differs in {names[-1].decode() if names else 'the answer'}", words)
