"""``python -m tests.fuzz --inputs 2000000 --seed 1 --jobs 2``; exit 1 where faults were found."""

import argparse
import sys
from pathlib import Path

from tests.conftest import ROOT, stale_modules
from tests.fuzz.compare import Comparison
from tests.fuzz.runner import Run, prepared_seeds, replay


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, help="how many (default: 20,000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first (default: 0)")
    parser.add_argument("--seed", type=int, default=1, help="what they are made from (default: 1)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument("--seconds", type=float, help="stop after so many seconds")
    parser.add_argument(
        "--folder", type=Path, default=Path("fuzz-faults"), help="for failing inputs"
    )
    parser.add_argument("--no-corpus", action="store_true", help="only seeds of the repository")
    parser.add_argument("--compare", action="store_true", help="compiled against interpreted")
    parser.add_argument("--replay", type=Path, help="put one kept input through all targets")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    if stale := stale_modules(ROOT):
        sys.exit(f"compiled modules are older than their sources: {', '.join(stale)}")
    if asked.replay:
        fault = replay(asked.replay.absolute())
        print(fault.words if fault else "no fault")
        return bool(fault)
    folder = asked.folder.absolute()
    print(f"seed {asked.seed}", flush=True)
    seeds = prepared_seeds(not asked.no_corpus)
    stop = asked.first + asked.inputs
    run: Run | Comparison
    if asked.compare:
        run = Comparison(seeds, asked.seed, asked.first, stop, folder, asked.seconds)
    else:
        run = Run(seeds, asked.seed, asked.first, stop, asked.jobs, folder, asked.seconds)
    try:
        run.go()
    except KeyboardInterrupt:
        print("interrupted")
    print("\n".join(run.lines()))
    return bool(run.faults.number)


if __name__ == "__main__":
    sys.exit(main())
