"""Filters that people paste select tshark's packets, or are refused with the reason."""

import shutil
import subprocess
from pathlib import Path

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
REFUSED = "\tREFUSED "


def filters_of(name: str) -> list[tuple[str, str]]:
    """The filters of a list, each with the reason why it is refused (empty: it is not)."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    parts = [line.partition(REFUSED) for line in lines if line and not line.startswith("#")]
    return [(text, reason) for text, _, reason in parts]


HOW_TO = filters_of("how_to_filters.txt")
COMPUTED = filters_of("computed_filters.txt")
UNDERSTOOD = [text for text, reason in (*HOW_TO, *COMPUTED) if not reason]
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


@pytest.mark.parametrize(("text", "reason"), [(text, reason) for text, reason in HOW_TO if reason])
def test_a_filter_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert reason in caught.value.what
    assert "did you mean" not in caught.value.what


def test_a_hundred_filters_of_how_tos_are_known() -> None:
    assert len(HOW_TO) >= 95
