"""The spool file: private, limited, gone when done, recognised when left behind."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from tcptui import doctor
from tcptui.capture.errors import CaptureError
from tcptui.capture.spool import Spool, stale_spools


def test_it_is_private_and_gone_on_close(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path))
    spool.write(b"0123456789")
    spool.write(b"abc")
    assert spool.reread(8, 4) == b"89ab"
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_the_limit_is_said_before_it_is_reached(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path), limit=100)
    spool.write(bytes(80))
    assert spool.warning == ""
    spool.write(bytes(5))
    assert "holds 85 bytes of at most 100" in spool.warning
    spool.write(bytes(50))
    assert "is full at 85 bytes" in spool.warning
    spool.write(bytes(5))
    assert (spool.size, spool.full) == (85, True)
    with pytest.raises(CaptureError, match="this packet was not kept"):
        spool.reread(80, 6)
    spool.close()


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no such file or directory"):
        Spool(str(tmp_path / "missing"))


def test_what_a_crash_left_behind_is_found(tmp_path: Path) -> None:
    gone = tmp_path / "tcptui-4194305-abc.spool"
    alive = tmp_path / f"tcptui-{os.getpid()}-abc.spool"
    for path in (gone, alive, tmp_path / "tcptui-x.spool", tmp_path / "other"):
        path.write_bytes(b"")
    assert stale_spools(str(tmp_path)) == [gone]


def test_the_doctor_names_what_a_crash_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = tmp_path / "tcptui-4194305-abc.spool"
    gone.write_bytes(b"")
    assert f"{gone}: open it like a capture, or delete it" in doctor.report("0.0")


def test_the_doctor_counts_what_older_crashes_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for number in range(5):
        spool = tmp_path / f"tcptui-419430{5 + number}-abc.spool"
        spool.write_bytes(b"12345")
        os.utime(spool, (number, number))
    told = doctor.report("0.0")
    assert [f"419430{5 + number}-abc" in told for number in range(5)] == [False] * 2 + [True] * 3
    assert f"2 older spools, 10 B, in {tmp_path}" in told
