"""Signals end the program in order: its exit code says which, and its spools are gone."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from tcptui.capture import interrupt
from tcptui.capture.input import WORTH_A_PROCESS
from tcptui.capture.spool import Spool
from tests.engine.headers import ethernet, ip, tcp
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "openings.pcapng"
ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
COMMAND = [sys.executable, "-m", "tcptui"]
PATIENCE = 20.0
ENDLESS_PACKETS = 1_000_000


def await_spool(folder: Path) -> None:
    wait_until(lambda: list(folder.glob("*.spool")))


@contextmanager
def running(
    *arguments: str, prefix: Sequence[str] = (), ignored: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    before = signal.getsignal(signal.SIGHUP)
    if ignored:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    process = subprocess.Popen(
        [*prefix, *COMMAND, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    signal.signal(signal.SIGHUP, before)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compressed capture that takes long to analyse."""
    packet = bytes(8) + (60).to_bytes(4, "little") * 2 + bytes(12) + b"\x08\x00" + bytes(46)
    header = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
    path = tmp_path_factory.mktemp("long") / "long.pcap.gz"
    path.write_bytes(gzip.compress(header + packet * ENDLESS_PACKETS, 1))
    return path


@pytest.mark.parametrize("number", ENDS, ids=str)
def test_a_command_that_is_ended_leaves_nothing(
    tmp_path: Path, long: Path, number: signal.Signals
) -> None:
    with running("report", "--evidence", "--spool", str(tmp_path), str(long)) as process:
        await_spool(tmp_path)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (128 + number, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_wants_to_know_of_children(tmp_path: Path) -> None:
    """As under some schedulers: the system would tell nothing of the process that decompresses."""
    packets = (Record(n, ethernet(ip(tcp(os.urandom(1000))))) for n in range(1500))
    path = tmp_path / "large.pcap.gz"
    path.write_bytes(gzip.compress(pcap(packets)))
    assert path.stat().st_size > WORTH_A_PROCESS
    ignoring = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
    prefix = [sys.executable, "-c", ignoring + "os.execv(sys.argv[1], sys.argv[1:])"]
    with running("report", str(path), prefix=prefix) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out)["capture"]["packets"] == 1500


@pytest.mark.parametrize("number", ENDS, ids=str)
def test_a_stream_ends_with_the_signal_and_is_reported(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running("report", "--evidence", "--spool", str(tmp_path), "-") as process:
        assert process.stdin
        process.stdin.write(SAMPLE.read_bytes())
        process.stdin.flush()
        await_spool(tmp_path)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b'{"capture": ')
    assert list(tmp_path.iterdir()) == []


def test_the_second_signal_ends_a_stream_at_once(tmp_path: Path) -> None:
    with running("report", "--evidence", "--spool", str(tmp_path), "-") as process:
        assert process.stdin
        process.stdin.write(SAMPLE.read_bytes()[:600])
        process.stdin.flush()
        await_spool(tmp_path)
        process.send_signal(signal.SIGTERM)
        time.sleep(interrupt.GRACE / 3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_a_hang_up_that_is_ignored_stays_so(tmp_path: Path) -> None:
    with running("packets", "-", ignored=True) as process:
        assert process.stdin
        process.stdin.write(SAMPLE.read_bytes())
        process.stdin.flush()
        assert process.stdout
        assert process.stdout.readline().startswith(b"frame\t")
        process.send_signal(signal.SIGHUP)
        time.sleep(2 * interrupt.GRACE)
        assert process.poll() is None
        process.stdin.close()
        process.stdin = None
        out = process.stdout.read()  # communicate() would miss what readline() read ahead
        assert process.wait(PATIENCE) == 0
    assert len(out.splitlines()) == 19


LEAVING_LATE = """
import os, signal, sys, time
from tcptui.capture import interrupt
from tcptui.capture.spool import Spool
interrupt.end_at_signals()
Spool(sys.argv[1]).write(b"x")
try:
    os.kill(os.getpid(), signal.SIGTERM)
finally:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
"""


def test_the_second_signal_takes_the_spools_along(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVING_LATE, str(tmp_path)],
        capture_output=True, check=False, cwd=ROOT, timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, b"")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_of_the_process_does_not_delete_its_spools(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path))
    copy = interrupt.forked()
    if copy == 0:
        time.sleep(PATIENCE)
        os._exit(0)
    assert copy is not None
    os.kill(copy, signal.SIGINT)
    _, status = os.waitpid(copy, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGINT
    assert Path(spool.path).exists()
    spool.close()


def test_an_interrupt_while_the_program_starts_is_no_traceback(tmp_path: Path) -> None:
    """The first module that is imported of others raises it."""
    (tmp_path / "signal.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
         "from tcptui.start import run; run()"],
        capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, b"")
