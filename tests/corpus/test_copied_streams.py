"""Copied filters by number, against what each tshark numbered: the flow's frames and no others.

Only captures in which the releases number differently; the verdicts lie beside the project.
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.filters.outgoing import copy
from tcptui.filters.subjects import FlaggedSubject, FlowSubject, OpenCapture
from tcptui.session import analyse
from tests.corpus.fetch import NO_CORPUS
from tests.corpus.oracles import CORPUS
from tests.corpus.test_verdicts import FOLDERS, NAMES

LARGEST = 60_000
"""Bytes of a capture."""
MOST = 8
BY_NUMBER = re.compile(r"tcp\.stream == (\d+)(?: && (tcp\.analysis\.flags))?")


def said(name: str, release: str) -> Iterator[tuple[int, str, bool]]:
    """Yield frame, streams, and whether there is a flag, of each packet that is TCP itself."""
    with gzip.open(CORPUS / FOLDERS[release] / f"{name}.tsv.gz", "rt", encoding="utf-8") as table:
        names = table.readline().rstrip("\n").split("\t")
        for line in table:
            values = dict(zip(names, line.rstrip("\n").split("\t"), strict=True))
            if values["quoted_in_icmp"] != "1":
                yield int(values["number"]), values["stream"], bool(values["analysis"])


@cache
def numbered_differently() -> list[str]:
    """The smallest captures in which 4.6 numbers otherwise than 4.0."""
    small = [
        (size, name)
        for name in NAMES
        if (size := (CORPUS / "captures" / name).stat().st_size) <= LARGEST
    ]
    found = []
    for _, name in sorted(small):
        streams = [[row[1] for row in said(name, release)] for release in ("4.0", "4.6")]
        if streams[0] != streams[1] and not any("," in one for one in streams[0]):
            found.append(name)
        if len(found) == MOST:
            break
    return found


def opened(path: Path, release: str) -> OpenCapture:
    engine = Engine(RULE_SETS[release])
    source = open_source([str(path)], seekable=False)
    for _ in analyse(source, engine):
        pass
    source.close()
    return OpenCapture(engine, (str(path),))


@pytest.mark.skipif(not NAMES, reason=NO_CORPUS)
@pytest.mark.parametrize("release", FOLDERS)
def test_a_copied_number_selects_what_that_tshark_numbers_so(release: str) -> None:
    assert len(numbered_differently()) == MOST
    for name in numbered_differently():
        frames: dict[int, list[int]] = defaultdict(list)
        flagged: dict[int, list[int]] = defaultdict(list)
        for frame, stream, has_flag in said(name, release):
            frames[int(stream)].append(frame)
            if has_flag:
                flagged[int(stream)].append(frame)
        capture = opened(CORPUS / "captures" / name, release)
        packets = capture.engine.packets
        assert len(capture.engine.flows) == len(frames)
        for flow in capture.engine.flows:
            for subject in (FlowSubject(flow.index), FlaggedSubject(flow.index)):
                made = copy("stream", capture, subject)
                asked = BY_NUMBER.fullmatch(made.text)
                assert asked is not None
                assert f"right for Wireshark {release}" in made.caveat
                wanted = (flagged if asked[2] else frames)[int(asked[1])]
                assert [packets.frame(row) for row in subject.rows(capture)] == wanted, name
