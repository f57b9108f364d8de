"""A sweep on processes of its own: what it listens on, and how it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tcptui.fleet.cluster import local_cluster
from tests.fleet.swept import ROOT, SAMPLES, rows, sweep

LISTENING = "0A"


def listening() -> set[str]:
    """The addresses and ports on which somebody listens on this machine."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    lines += Path("/proc/net/tcp6").read_text().splitlines()[1:]
    return {line.split()[1] for line in lines if line.split()[3] == LISTENING}


@pytest.mark.slow
def test_a_local_cluster_is_for_this_machine_alone() -> None:
    before = listening()
    with local_cluster(1, dashboard=False) as client:
        opened = listening() - before
        assert client.submit(len, [1, 2]).result() == 2
    assert opened
    assert {address.split(":")[0] for address in opened} == {"0100007F"}


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "in" / "web1"
    folder.mkdir(parents=True)
    for number in range(40):
        shutil.copy(SAMPLES[number % len(SAMPLES)], folder / f"{'abcd'[number % 4]}{number}.pcapng")
    return folder


def read(out: Path) -> list[Path]:
    """The rows of captures that were read, and wait to be pooled."""
    return list(out.rglob("captures/**/.*.arrow"))


@contextmanager
def sweeping(folder: Path, out: Path, captures: int) -> Iterator[subprocess.Popen[str]]:
    """A sweep that has read so many captures."""
    words = [sys.executable, "-m", "tcptui", "sweep", str(folder), "--workers", "2", "-o", str(out)]
    process = subprocess.Popen(
        words, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while len(read(out)) < captures:
        assert process.poll() is None
        time.sleep(0.05)
    with process:
        yield process


@pytest.mark.slow
def test_an_interrupt_ends_all_processes_in_silence(many: Path, tmp_path: Path) -> None:
    with sweeping(many, tmp_path / "out", 5) as process:
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate()[1]
    assert process.returncode == 130
    assert [line.split()[0] for line in said.splitlines()] == ["tcptui:"]
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {"done", "pending"} == {one["state"] for one in told["captures"]}


@pytest.mark.slow
@pytest.mark.usefixtures("in_process")
def test_a_sweep_that_is_killed_and_resumed_has_the_same_rows(many: Path, tmp_path: Path) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    with sweeping(many, out, 10) as process:
        process.kill()
    time.sleep(1)  # its workers find that it is gone
    assert len(read(out)) < 40
    assert sweep(out, many, "--resume").code == 0
    assert sweep(fresh, many).code == 0
    for name in ("captures", "flows", "findings"):
        assert rows(out, name) == rows(fresh, name)
