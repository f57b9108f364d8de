"""What the machine lacks is said in one line: memory, threads, descriptors, room in a file."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tcptui import shortage as limits
from tcptui.shortage import DESCRIPTORS, MEMORY, THREADS, shortage

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "web-loss.pcapng"
COMMAND = f"{sys.executable} -m tcptui"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")


def limited(limit: str, command: str) -> subprocess.CompletedProcess[bytes]:
    line = f"ulimit {limit}; exec {COMMAND} {command}"
    return subprocess.run(["bash", "-c", line], capture_output=True, check=False, cwd=ROOT)


def raised_during(error: Exception, behind: Exception) -> Exception:
    error.__context__ = behind
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), MEMORY),
        (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), MEMORY),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), DESCRIPTORS),
        (BlockingIOError(errno.EAGAIN, "fork"), THREADS),
        (RuntimeError("can't start new thread"), THREADS),
        (ImportError("zlib.so: failed to map segment from shared object"), MEMORY),
        (ImportError("x.so: cannot allocate memory in static TLS block"), MEMORY),
        (ImportError("x.so: cannot open shared object file: Too many open files"), DESCRIPTORS),
        (raised_during(ValueError("x"), MemoryError()), MEMORY),
        (SystemError("error return without exception set"), None),
        (ModuleNotFoundError("No module named 'x'"), None),
        (OSError(errno.EIO, "input/output error"), None),
        (ValueError("can't start new thread"), None),
    ],
    ids=repr,
)
def test_errors_that_mean_a_shortage(error: Exception, said: str | None) -> None:
    assert shortage(error) == said


def test_compiled_code_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROOM", 1 << 62)
    assert shortage(SystemError("error return without exception set")) == MEMORY
    with pytest.raises(MemoryError):
        limits.require_room()


@LINUX
@pytest.mark.parametrize("command", ["report", "report --evidence", "packets", "explain"])
@pytest.mark.parametrize("kilobytes", [40_000, 60_000, 200_000])
def test_memory(command: str, kilobytes: int) -> None:
    done = limited(f"-v {kilobytes}", f"{command} {SAMPLE} {'9' if command == 'explain' else ''}")
    if done.returncode == 0:
        assert done.stdout.endswith(b"\n")
        assert done.stderr == b""
    else:
        assert kilobytes < 200_000
        assert (done.returncode, done.stderr) == (1, f"tcptui: {MEMORY}\n".encode())


@LINUX
@pytest.mark.parametrize("kilobytes", [20_000, 40_000, 60_000])
def test_a_file_is_not_written_over_where_memory_is_short(tmp_path: Path, kilobytes: int) -> None:
    target = tmp_path / "target.pcapng"
    target.write_bytes(SAMPLE.read_bytes())
    done = limited(f"-v {kilobytes}", f"packets {tmp_path / 'missing.pcap'} -w {target}")
    assert done.returncode in (1, 3)
    assert target.read_bytes() == SAMPLE.read_bytes()


@pytest.mark.parametrize("number", [8, 12, 16])
def test_descriptors(tmp_path: Path, number: int) -> None:
    for name in range(20):
        (tmp_path / f"{name}.pcapng").write_bytes(SAMPLE.read_bytes())
    done = limited(f"-n {number}", f"report {tmp_path}/*.pcapng")
    assert done.returncode in (1, 3)
    assert len(done.stderr.splitlines()) == 1
    assert b"too many open files; raise the limit (ulimit -n)" in done.stderr
    assert done.stdout == b""


def test_the_size_of_files(tmp_path: Path) -> None:
    done = limited("-f 1", f"packets {SAMPLE} > {tmp_path / 'rows'}")
    said = b"tcptui: standard output: File too large; write to another disk\n"
    assert (done.returncode, done.stderr) == (3, said)
