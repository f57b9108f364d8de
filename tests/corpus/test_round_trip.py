"""What is copied of the flows of real captures, given to tshark and to libpcap.

A display filter selects the flow's frames and no others; so does a capture filter, or it says what
else it matches. `TCPTUI_ROUND_TRIP=1` tries every flow of every capture, which takes minutes, and
prints how many filters are exact (`-s` shows it).
"""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.corpus.fetch import NO_CORPUS
from tests.corpus.oracles import CORPUS
from tests.corpus.round_trip import EXACT, WIDER, WRONG, measured

WHOLE: Final = "TCPTUI_ROUND_TRIP" in os.environ
STEP: Final = 1 if WHOLE else 24
LARGEST: Final = 100_000_000 if WHOLE else 50_000
PARTS: Final = 4

EXCEPTIONS: Final = {
    "clusterfuzz-testcase-minimized-FuzzTarget-6303070823907328": "times",
    "clusterfuzz-testcase-minimized-FuzzTarget-5755755617189888": "link type",
    "pcapng-example": "times",
    "detect-ipopts": "source routes",
    "dns_packet.capture2": "ICMP",
}
"""Captures with times before 1970 or more than a million microseconds, which tshark shows
otherwise; with a link type that libpcap does not know; with source routes, whose final destination
counts here and in tshark, and the next hop in a capture filter; and with an ICMP error that quotes
eight bytes, which nobody announces."""


def captures() -> list[Path]:
    files = (path for path in (CORPUS / "captures").rglob("*") if path.is_file())
    small = sorted(path for path in files if path.stat().st_size < LARGEST)
    return [path for path in small if not any(name in path.name for name in EXCEPTIONS)][::STEP]


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason=NO_CORPUS)
@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_copied_selects_what_is_meant(part: int, tmp_path: Path) -> None:
    outcomes, wrong = measured(captures()[part::PARTS], tmp_path)
    for line in sorted(f"{form} {kind}: {n} {how}" for (form, kind, how), n in outcomes.items()):
        print(line)
    assert wrong == []
    assert outcomes["display", "flow", EXACT] > outcomes["display", "flow", WIDER] * 50
    assert not any(how == WRONG for _, _, how in outcomes)
