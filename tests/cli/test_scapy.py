"""`tcptui packets --format py`: the packets of the chosen segments, as code."""

from pathlib import Path

import pytest

from tcptui.capture import writer
from tests.capture.test_scapy_script import captured, records, told
from tests.cli.running import run

SAMPLES = Path(__file__).parents[2] / "samples"
LOSSY = SAMPLES / "web-loss.pcapng"
FORM = ("--format", "py")


def test_the_frames_of_the_chosen_segments_are_printed(tmp_path: Path) -> None:
    ended = run("packets", str(LOSSY), *FORM, "-Y", "frame.number in {48, 85}")
    packets, _ = captured(LOSSY)
    chosen = [packets[frame - 1] for frame in (48, 85)]
    assert (ended.code, ended.stderr) == (0, "")
    assert records(ended.stdout.decode(), tmp_path / "out.pcap") == (1, told(chosen))


def test_nothing_chosen_is_a_script_of_nothing(tmp_path: Path) -> None:
    ended = run("packets", str(LOSSY), *FORM, "-Y", "tcp.port == 1")
    assert records(ended.stdout.decode(), tmp_path / "out.pcap") == (1, [])


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["-e", "tcp.seq"], "-e: --format py has whole packets, and no columns"),
        ([], f"--format py: {writer.TOO_MUCH_CODE}"),
    ],
)  # fmt: skip
def test_what_is_refused(more: list[str], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_CODE", 300)
    assert run("packets", str(LOSSY), *FORM, *more) == (2, b"", f"tcptui: {why}\n")
