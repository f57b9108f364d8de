"""Filters that people paste select tshark's packets, or are refused with the reason."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tcptui.filters.filter_error import FilterError
from tcptui.filters.language import parse
from tcptui.filters.selection import matching_rows
from tests.filters.samples import Loaded, tshark_frames
from tests.wireshark import needed_tshark

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "captures"
CAPTURES = [
    *sorted((ROOT / "samples").glob("*.pcapng")),
    *sorted(CORPUS.glob("the-tcpdump-group+tcpdump/*mptcp-v0.pcap")),
    *sorted(CORPUS.glob("AlexeyVasilev+PcapFlowLab/*showcase*.pcap")),
]
OWN = ("frame", "eth", "vlan", "sll", "ip", "ipv6", "tcp")
"""The dissectors whose fields are asked for here; those of others are tshark's matter."""
LEAST_SHARE = 0.95


class HowTo(NamedTuple):
    """A filter of a list: the reason why it is refused, empty if it is not, and whether tshark
    refuses it too."""

    text: str
    reason: str = ""
    is_invalid: bool = False

    @property
    def is_of_others(self) -> bool:
        """Whether it asks for what other dissectors than ours know."""
        of = re.search(r"a field of Wireshark's (\w+) dissector", self.reason)
        return bool(self.reason) and (of is None or of[1] not in OWN)


def filters_of(name: str) -> list[HowTo]:
    found = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, _, told = line.partition("\t")
            word, _, reason = told.partition(" ")
            found.append(HowTo(text, reason, word == "INVALID"))
    return found


HOW_TO = filters_of("how_to_filters.txt")
COMPUTED = filters_of("computed_filters.txt")
UNDERSTOOD = [one.text for one in (*HOW_TO, *COMPUTED) if not one.reason]
REFUSED = [one for one in HOW_TO if one.reason]
SUMS = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """All captures in one."""
    needed_tshark("4.0")
    if shutil.which("mergecap") is None:
        pytest.skip("needs mergecap")
    merged = tmp_path_factory.mktemp("merged") / "all.pcapng"
    subprocess.run(["mergecap", "-a", "-w", str(merged), *map(str, CAPTURES)], check=True)
    return Loaded(merged)


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_filter_selects_the_packets_that_tshark_selects(text: str, everything: Loaded) -> None:
    rows = list(matching_rows(parse(text, "4.0"), everything.engine, everything.source.read))
    assert everything.frames(rows) == tshark_frames(everything.path, text, *SUMS)


@pytest.mark.parametrize("one", REFUSED, ids=lambda one: one.text)
def test_a_filter_is_refused_with_the_reason(one: HowTo) -> None:
    with pytest.raises(FilterError) as caught:
        parse(one.text)
    assert one.reason in caught.value.what
    assert one.is_invalid or "did you mean" not in caught.value.what


@pytest.mark.parametrize("text", [one.text for one in REFUSED if one.is_invalid])
def test_what_is_invalid_is_refused_by_tshark(text: str) -> None:
    sample = ROOT / "samples" / "keep-alive-half-open.pcapng"
    command = [needed_tshark("4.0"), "-r", str(sample), "-Y", text]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_nearly_all_filters_of_how_tos_run_and_the_documentation_says_how_many() -> None:
    """Every one that runs is compared with tshark above."""
    assert len({one.text for one in HOW_TO}) == len(HOW_TO)
    valid = [one for one in HOW_TO if not one.is_invalid]
    asked = [one for one in valid if not one.is_of_others]
    run = [one for one in asked if not one.reason]
    assert len(asked) >= 100
    assert len(run) / len(asked) >= LEAST_SHARE
    told = f"{len(asked)} ask for fields of frames, links, IP and TCP: {len(run)} of these run"
    assert told in " ".join((ROOT / "docs" / "filters.md").read_text(encoding="utf-8").split())
    assert f"Of {len(valid)} display filters" in (ROOT / "docs" / "filters.md").read_text("utf-8")
