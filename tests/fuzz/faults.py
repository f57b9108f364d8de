"""Faults that inputs show: one of a kind is kept in full, of the rest their number."""

import json
import traceback
from pathlib import Path
from typing import Final, NamedTuple

from tests.fuzz.inputs import Input

KEPT: Final = 3
"""Inputs that are kept of one kind."""
TOLD: Final = 200
"""Characters of an exception's text."""
ROOT: Final = Path(__file__).parents[2]


class Fault(NamedTuple):
    """What an input did: its kind (what was raised and where) and the words."""

    number: int
    kind: str
    words: str


def fault_of(number: int, error: BaseException) -> Fault:
    """The kind is the exception and the two innermost places in the repository."""
    frames = traceback.extract_tb(error.__traceback__)
    places = []
    for frame in reversed(frames):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT) and path.name not in ("checks.py", "limits.py"):
            places.append(f"{path.relative_to(ROOT)}:{frame.lineno} {frame.name}")
    name = type(error).__name__
    kind = f"{name} at {' < '.join(places[:2])}"
    return Fault(number, kind, f"{name}: {error}"[:TOLD])


class Faults:
    """Counts faults by kind and writes the first inputs of each to a folder."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.counts: dict[str, int] = {}
        self.first: dict[str, Fault] = {}

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    def take(self, fault: Fault, made: Input) -> None:
        count = self.counts[fault.kind] = self.counts.get(fault.kind, 0) + 1
        self.first.setdefault(fault.kind, fault)
        if count > KEPT:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self.seed}-{made.number}.{made.kind}"
        path.write_bytes(made.data)
        told = fault._asdict() | {"mutators": made.mutators}
        path.with_suffix(path.suffix + ".json").write_text(json.dumps(told, indent=1) + "\n")
        if count == 1:
            print(f"\n{fault.kind}\n  {fault.words!r}\n  python -m tests.fuzz --replay {path}")

    def lines(self) -> list[str]:
        """A line for each kind, the most frequent first."""
        ranked = sorted(self.counts, key=lambda kind: -self.counts[kind])
        return [f"{self.counts[kind]:8,}  {kind}: {self.first[kind].words!r}" for kind in ranked]
