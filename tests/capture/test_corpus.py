"""Real captures of many makers against what tshark makes of them."""

import csv
import gzip
from decimal import Decimal

import pytest

from tests.capture.builders import CORPUS, needs_corpus
from tests.capture.reading import read

RARE_FORMATS = (".snoop", "FTPv6-1.cap")
"""Sun snoop and Microsoft Network Monitor: never left out."""

DIFFERENT_TIMES = ("pcapng-example",)
"""Negative time stamps: tshark shows 18446744073204 s, 64 bits of nanoseconds hold -505 s."""


def captures() -> list[str]:
    if not CORPUS.is_dir():
        return []
    files = (path for path in (CORPUS / "captures").rglob("*") if path.is_file())
    names = sorted(str(path.relative_to(CORPUS / "captures")) for path in files)
    rare = [name for name in names if name.endswith(RARE_FORMATS)]
    return rare + [name for name in names if name not in rare][::5]


@needs_corpus
@pytest.mark.parametrize("name", captures())
def test_frame_numbers_and_times_are_those_of_tshark(name: str) -> None:
    found, _ = read(str(CORPUS / "captures" / name), seekable=False)
    with gzip.open(CORPUS / "verdicts" / f"{name}.tsv.gz", "rt") as file:
        verdicts = list(csv.DictReader(file, delimiter="\t"))
    assert verdicts
    for verdict in verdicts:
        row = found[int(verdict["number"]) - 1]
        seconds, _, fraction = verdict["time_epoch"].partition(".")
        if not any(part in name for part in DIFFERENT_TIMES):
            assert row.time == int(seconds) * 10**9 + int(Decimal(fraction))
