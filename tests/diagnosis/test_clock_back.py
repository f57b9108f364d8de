"""A capture whose clock goes back: no sentence tells a negative duration."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import read_script
from tcptui.diagnosis.explain import evidence
from tcptui.filters.subjects import OpenCapture
from tcptui.filters.ticket import flow_ticket
from tcptui.findings.judgement import Judge
from tcptui.panes.why import drawing
from tests.cli.running import run
from tests.engine.feeding import analysed_file
from tests.filters.samples import SCRIPTS

NEGATIVE = re.compile(r"-[\d.]+ (?:ns|µs|ms|s|m|h|d)\b")
YEAR = 365 * 86_400 * 1_000_000_000
STEPS: dict[str, Callable[[int, int, int], int]] = {
    "with each packet": lambda n, count, time: YEAR - time,
    "once": lambda n, count, time: YEAR + time if 2 * n < count else time,
    "now and then": lambda n, count, time: YEAR + time - n % 3 * 5_000_000_000,
}
"""The time of packet ``n`` of ``count``, taken ``time`` ns after the first."""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("step", STEPS)
def test_no_text_has_a_negative_duration(step: str, script: Path, tmp_path: Path) -> None:
    packets = read_script(script).packets
    path = tmp_path / "back.pcap"
    path.write_bytes(
        pcap(
            Record(STEPS[step](n, len(packets), packet.time - packets[0].time), frame(packet))
            for n, packet in enumerate(packets)
        )
    )
    engine, read = analysed_file(path)
    texts = [run("report", str(path), "--format", form).stdout.decode() for form in ("md", "json")]
    for row in range(int(engine.packets.count)):
        texts.append(evidence(engine, row, read).as_text())
    for flow in engine.flows:
        judged = Judge(engine, read).judge(flow)
        texts += [*flow_ticket(OpenCapture(engine), judged), drawing.of_sizes(flow)]
    assert [match for text in texts for match in NEGATIVE.findall(text)] == []
