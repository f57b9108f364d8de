"""The last line of a live capture counts what was captured and kept, whether or not it was read."""

import resource
from pathlib import Path

import pytest

from tcptui.capture.live.headless import summary
from tcptui.capture.live.live_capture import CaptureState, Figures, LiveCapture
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.source import open_source
from tests.live.stand_in_ssh import remote
from tests.waiting import wait_until

CASES = {
    "all was read": (1000, 0, 1000, "1,000 packets captured"),
    "the analysis is behind": (1000, 0, 80, "1,000 packets captured"),
    "the process was killed before it said more": (700, 0, 1000, "1,000 packets captured"),
    "another filter began meanwhile": (1000, 400, 50, "1,000 packets captured"),
}


@pytest.mark.parametrize(("told", "earlier", "read", "said"), CASES.values(), ids=CASES)
def test_summary(told: int, earlier: int, read: int, said: str) -> None:
    capture = LiveCapture(LiveOptions(["lo"]))
    capture.figures = Figures(packets=told, dropped=3)
    capture.earlier = earlier
    capture.source.packets = read
    assert summary(capture).startswith(f"{said}, 3 dropped by the kernel, 0 by the interface; ")


@pytest.mark.parametrize("name", ["a.pcap", "a.pcapng"])
@pytest.mark.parametrize("room", [5_000, 30_000])
def test_what_a_full_disk_does_not_hold_is_not_counted(
    name: str, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    does = "head(); os.write(1, (struct.pack('<IIII', 1, 1, 60, 60) + bytes(60)) * 500)"
    capture = remote(tmp_path, does, monkeypatch, write=str(path))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        capture.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    wait_until(lambda: capture.state is CaptureState.ENDED)
    capture.close()
    source = open_source([str(path)])
    held = sum(batch.stop - batch.start for batch in source.batches())
    source.close()
    assert not source.warnings
    assert 0 < held < 500
    assert capture.packets == held
    said = f"{held:,} packets captured, {500 - held:,} more were not written, 0 dropped by"
    assert summary(capture).startswith(said)
    assert capture.error == f"{path}: writing failed (File too large)"
