"""The names of flows are tshark's, frame by frame, over the corpus and the samples.

tshark has the application decoders that the other comparisons leave out.
"""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.engine.engine import Engine
from tcptui.engine.names.names import FlowNames
from tcptui.fields.schema import SCHEMA
from tcptui.fields.view import View
from tests.corpus.oracles import CORPUS
from tests.engine.feeding import analysed_file
from tests.sampling import sample
from tests.wireshark import needed_tshark

FIELDS: Final = {
    "tls.handshake.extensions_server_name": "sni",
    "http.host": "http_host",
    "http.request.method": "http_method",
    "http.request.uri": "http_path",
}
"""tshark's field, and which of a flow's names has its first value."""
LONGEST: Final = 255
MISSING, ON_ANOTHER_FRAME = 2, 9
"""Of more than 2,000 names in the whole corpus: requests whose body came out of order, or not all
of it, for which tshark waits. A sample may have all of them."""


class Told(NamedTuple):
    """A name as tshark tells it: of a flow, and on which frame first."""

    frame: int
    text: str


def captures() -> list[Path]:
    folders = (CORPUS / "captures", Path(__file__).parents[2] / "samples")
    found = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [path for path in found if ".pcap" in path.name or ".trace" in path.name]


def told_by_tshark(path: Path, engine: Engine) -> dict[tuple[int, str], Told]:
    """The first value of each field in each flow that has rows here."""
    command = [needed_tshark("4.0"), "-n", "-r", str(path), "-Tfields", "-eframe.number"]
    command += [f"-e{field}" for field in FIELDS]
    command += ["-Y", "||".join(FIELDS)]
    said = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    found: dict[tuple[int, str], Told] = {}
    packets = engine.packets
    for line in said.stdout.splitlines():
        number, *values = line.split("\t")
        row = packets.row_of(int(number))
        if row == packets.count or packets.frame(row) != int(number):
            continue
        for field, text in zip(FIELDS, values, strict=True):
            if text:
                key = int(packets.flow(row)), field
                found.setdefault(key, Told(int(number), text[:LONGEST]))
    return found


def told_here(engine: Engine) -> Iterator[tuple[int, str, FlowNames]]:
    assert engine.naming is not None
    for flow, names in ((one.index, one.names) for one in engine.flows if one.names):
        for field, name in FIELDS.items():
            if getattr(names, name):
                yield flow, field, names


def compared(path: Path) -> Counter[str]:
    """How many names are equal, are ours alone, are missing, or are others."""
    counts: Counter[str] = Counter()
    try:
        engine, _ = analysed_file(path)
    except CaptureError:
        return counts
    view = View(engine)
    theirs = told_by_tshark(path, engine)
    for flow, field, names in told_here(engine):
        told = theirs.pop((flow, field), None)
        if told is None:
            counts["ours alone"] += 1
            continue
        text = getattr(names, FIELDS[field])
        first = told.text.startswith(text) and told.text[len(text) : len(text) + 1] in ("", ",")
        counts["equal" if first else "other"] += 1
        shown = SCHEMA.by_name[field].get(view, int(engine.packets.row_of(told.frame)))
        counts["on that frame" if shown == text else "on another frame"] += 1
    counts["missing"] = len(theirs)
    return counts


@pytest.mark.slow
def test_names_are_those_of_tshark() -> None:
    paths = sample(captures(), 12)
    if len(paths) < 10:
        pytest.skip("no corpus beside the project")
    counts = sum(map(compared, paths), Counter[str]())
    print(dict(counts))
    assert counts["other"] == 0
    assert counts["equal"] > 0
    assert counts["missing"] <= MISSING
    assert counts["on another frame"] <= ON_ANOTHER_FRAME
