"""What the report reads again from the file: checksums of what its receiver ignored."""

import gzip
import io
import json
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.capture.source import open_source
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.report.report import Contents, print_report

DAMAGED = """
1   0 A S  1000    0 64000    0
2  20 B SA 5000 1001 64000    0
3  21 A A  1001 5001 64000    0
4  30 A PA 1001 5001 64000  500 sum=bad
5 330 A PA 1001 5001 64000  500
6 350 B A  5001 1501 64000    0
"""


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "damaged.pcap"
    packets = parse_script(DAMAGED).packets
    path.write_bytes(pcap(Record(packet.time, frame(packet)) for packet in packets))
    return path


def kinds(path: Path) -> set[str]:
    out = io.BytesIO()
    source = open_source([str(path)], seekable=False)
    try:
        print_report(source, out, [str(path)], "json", "interpreted", Contents(WIRESHARK_4_0))
    finally:
        source.close()
    (flow,) = json.loads(out.getvalue())["flows"]
    return {finding["kind"] for finding in flow["findings"]}


def test_a_wrong_checksum_is_found(capture: Path) -> None:
    assert "bad_checksum" in kinds(capture)


def test_without_the_bytes_nothing_is_said_of_it(capture: Path) -> None:
    packed = capture.with_suffix(".gz")
    packed.write_bytes(gzip.compress(capture.read_bytes()))
    assert "loss_after_capture" in kinds(packed)
    assert "bad_checksum" not in kinds(packed)
