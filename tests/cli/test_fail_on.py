"""`report --fail-on`: the report in full, and then an exit code for scripts."""

from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.report.output_formats import REPORT_FORMATS, is_table, names
from tests.cli.running import run

ROOT = Path(__file__).parents[2]
TROUBLE = str(ROOT / "samples" / "openings.pcapng")
"""Its worst finding is an error, of flow 1; flow 4 has a note, flow 0 nothing."""

CALM = "1 0 A S 0 0 64000 0\n2 10 B SA 0 1 64000 0\n3 20 A A 1 1 64000 0"


@pytest.fixture
def calm(tmp_path: Path) -> str:
    """A capture without a finding above ``chat``."""
    path = tmp_path / "calm.pcap"
    packets = parse_script(CALM).packets
    path.write_bytes(pcap([Record(packet.time, frame(packet)) for packet in packets]))
    return str(path)


@pytest.mark.parametrize("form", names(REPORT_FORMATS))
@pytest.mark.parametrize("severity", ["note", "warning", "error"])
def test_every_format_is_printed_in_full(form: str, severity: str, calm: str) -> None:
    if is_table(REPORT_FORMATS, form):
        pytest.importorskip("pyarrow", reason="tables need pyarrow: pip install '.[test]'")
    for capture, code in ((TROUBLE, 4), (calm, 0)):
        plain = run("report", capture, "--format", form)
        failing = run("report", capture, "--format", form, "--fail-on", severity)
        assert (plain.code, failing.code) == (0, code)
        assert failing.stdout == plain.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-Y", "tcp.stream == 1", "--fail-on", "error"], 4),
        (["-Y", "tcp.stream == 0", "--fail-on", "note"], 0),
        (["-Y", "tcp.stream == 4", "--fail-on", "warning"], 0),
        (["-Y", "tcp.stream == 4", "--fail-on", "note"], 4),
        (["--evidence", "--fail-on", "error"], 4),
        (["-c", "2", "--fail-on", "note"], 0),
        (["--fail-on", "chat"], 2),
        (["--fail-on", "error", "--no-findings"], 2),
        (["--fail-on", "error", "-Y", "tcp.sek"], 2),
    ],
)
def test_what_counts(arguments: list[str], code: int) -> None:
    assert run("report", TROUBLE, *arguments).code == code


def test_a_file_that_cannot_be_read_goes_before_it(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pcap"
    empty.write_bytes(b"")
    assert run("report", str(empty), "--fail-on", "note").code == 3


def test_a_damaged_capture_counts_as_far_as_it_was_read(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(Path(TROUBLE).read_bytes()[:-7])
    ended = run("report", str(cut), "--fail-on", "warning")
    assert ended.code == 4
    assert "cut" in ended.stderr
    assert ended.stdout.endswith(b"]}\n")


def test_without_a_terminal_the_report_without_its_word_obeys_too() -> None:
    assert run(TROUBLE, "--fail-on", "error").code == 4
