"""The time–sequence graph has what tcptrace draws into its .xpl files."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.feeding import analysed_file
from tests.graphs.xpl import direction_of, drawn_by_us, only_ours, only_theirs, traced

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))


@pytest.mark.skipif(
    not (shutil.which("tcptrace") and shutil.which("editcap")), reason="no tcptrace, or no editcap"
)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_tcptrace_draws_the_same(sample: Path, tmp_path: Path) -> None:
    copied = tmp_path / "sample.pcap"
    subprocess.run(["editcap", "-F", "pcap", sample, copied], check=True)
    engine, read = analysed_file(sample)
    flows = {
        direction_of(end): (flow, side)
        for flow in engine.flows
        for side, end in (("c", flow.client), ("s", flow.server))
    }
    compared = 0
    for theirs in traced(copied, tmp_path):
        flow, side = flows[theirs.direction]
        ours, drawn = drawn_by_us(engine, flow, read)[side], theirs.relative(flow)
        assert not any(only_theirs(drawn, ours))
        assert not any(only_ours(ours, drawn))
        compared += 1
    assert compared
