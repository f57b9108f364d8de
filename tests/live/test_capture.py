"""Real captures on the loopback interface, where that is allowed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.capture_filter import WrongExpression
from tcptui.capture.live.live_capture import CaptureState, LiveCapture
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.live_source import LiveSource
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
PATIENCE = 10.0

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="capturing needs root, here on Linux"
)


class Sender:
    """Numbered UDP packets to a port of the loopback interface that nobody else uses."""

    def __init__(self) -> None:
        self.inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.inbox.bind(("127.0.0.1", 0))
        self.port = self.inbox.getsockname()[1]
        self.filter = f"udp dst port {self.port}"

    def send(self, start: int, stop: int) -> None:
        for number in range(start, stop):
            self.inbox.sendto(number.to_bytes(4, "big"), ("127.0.0.1", self.port))


@pytest.fixture
def sender() -> Iterator[Sender]:
    one = Sender()
    yield one
    one.inbox.close()


def numbers(source: LiveSource, count: int) -> list[int]:
    """What the next packets say, `count` of them or all until the end."""
    found: list[int] = []
    deadline = time.monotonic() + PATIENCE
    while len(found) < count and not source.ended:
        assert time.monotonic() < deadline, f"only {len(found)} of {count} packets came"
        if batch := source.next_batch(0.1):
            r = batch.records
            for i in range(batch.start, batch.stop):
                payload = source.read(r.position[i], r.captured[i])[42:46]
                found.append(int.from_bytes(payload, "big"))
    return found


def await_end(capture: LiveCapture) -> None:
    wait_until(lambda: capture.state is CaptureState.ENDED)


@pytest.fixture
def capture(sender: Sender, tmp_path: Path) -> Iterator[LiveCapture]:
    """One that runs, with its spool in the test's folder."""
    one = LiveCapture(LiveOptions(["lo"], sender.filter, spool=str(tmp_path)))
    one.start()
    yield one
    one.close()
    assert list(tmp_path.iterdir()) == []


def test_each_packet_comes_once(capture: LiveCapture, sender: Sender) -> None:
    assert capture.link_types == [1]
    sender.send(0, 100)
    assert numbers(capture.source, 100) == list(range(100))
    capture.stop()
    assert capture.figures.packets == 100
    assert (capture.figures.dropped, capture.error) == (0, "")
    assert numbers(capture.source, 1) == []


def test_another_filter_begins_another_source(capture: LiveCapture, sender: Sender) -> None:
    sender.send(0, 3)
    first = capture.source
    assert numbers(first, 3) == [0, 1, 2]
    second = capture.change_filter(f"{sender.filter} and udp[11] > 10")
    assert second is capture.source
    sender.send(8, 13)
    assert numbers(second, 2) == [11, 12]
    assert numbers(first, 1) == []
    assert first.ended


@pytest.mark.parametrize(
    ("direction", "expected"), [("in", [0, 1]), ("inout", [0, 1]), ("out", [])]
)
def test_a_direction(sender: Sender, tmp_path: Path, direction: str, expected: list[int]) -> None:
    """Linux's loopback interface shows each packet as one that comes in."""
    options = LiveOptions(["lo"], sender.filter, spool=str(tmp_path), direction=direction)
    capture = LiveCapture(options)
    capture.start()
    sender.send(0, 2)
    if expected:
        assert numbers(capture.source, 2) == expected
    capture.stop()
    assert capture.figures.packets == len(expected)
    capture.close()


def test_immediate_mode(sender: Sender, tmp_path: Path) -> None:
    capture = LiveCapture(LiveOptions(["lo"], sender.filter, spool=str(tmp_path), immediate=True))
    capture.start()
    sender.send(0, 2)
    assert numbers(capture.source, 2) == [0, 1]
    capture.close()


def test_a_wrong_filter_leaves_the_capture_as_it_is(capture: LiveCapture, sender: Sender) -> None:
    with pytest.raises(WrongExpression, match="syntax error") as caught:
        capture.change_filter("tcp prt 80")
    assert caught.value.column == 5
    sender.send(0, 2)
    assert numbers(capture.source, 2) == [0, 1]


def test_a_killed_capture_says_so_and_what_came_stays(sender: Sender, tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    capture = LiveCapture(LiveOptions(["lo"], sender.filter, write=str(path)))
    capture.start()
    sender.send(0, 5)
    assert numbers(capture.source, 5) == list(range(5))
    assert capture._process
    os.kill(capture._process.pid, signal.SIGKILL)
    await_end(capture)
    assert capture.error == "the capture process was killed (signal 9)"
    capture.close()
    assert path.stat().st_size == 24 + 5 * (16 + 46)


def test_an_interface_that_is_not_there() -> None:
    with pytest.raises(CaptureError, match=r"lo1: No such device.*did you mean lo"):
        LiveCapture(LiveOptions(["lo1"])).start()


def test_packets_that_nothing_can_be_read_from() -> None:
    with pytest.raises(CaptureError, match=r"lo: its packets \(EN10MB\) carry no TCP"):
        LiveCapture(LiveOptions(["lo"]), readable=[113]).start()


REFUSED = [
    (LiveOptions(["lo"]), [113]),
    (LiveOptions(["lo"], "tcp prt 80"), []),
    (LiveOptions(["lo1"]), []),
    (LiveOptions(["lo", "lo1"]), []),
]


@pytest.mark.parametrize(("options", "readable"), REFUSED)
@pytest.mark.parametrize("before", [b"precious", None])
def test_no_file_is_touched_before_the_capture_has_begun(
    options: LiveOptions, readable: list[int], before: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "a.pcap"
    if before:
        path.write_bytes(before)
    with pytest.raises((CaptureError, WrongExpression)):
        LiveCapture(options.changed(write=str(path)), readable).start()
    assert (path.read_bytes() if path.exists() else None) == before


def test_tcpdumps_command_line(sender: Sender, tmp_path: Path) -> None:
    path = tmp_path / "target.cap"
    line = f"udp -i lo -t -s 0 -c 20 and dst port {sender.port} and src net 127.0.0.0/8 -w {path}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tcptui.cli", *line.split()],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True,
    )  # fmt: skip
    assert process.stderr
    assert "capturing on lo" in process.stderr.readline()
    sender.send(0, 30)
    report, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert '"packets": 20' in report
    assert "20 packets captured, 0 dropped" in said
    assert path.stat().st_size == 24 + 20 * (16 + 46)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_a_signal_ends_it_with_the_report(
    sender: Sender, tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tcptui.cli", "report", "--spool", str(tmp_path), "-i", "lo",
         sender.filter],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True,
    )  # fmt: skip
    assert process.stderr
    process.stderr.readline()
    sender.send(0, 3)
    assert list(tmp_path.iterdir())
    process.send_signal(number)
    report, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert '"packets": 3' in report
    assert "3 packets, none of them TCP" in said


def test_rows_are_seen_while_the_capture_goes_on() -> None:
    """Also by a reader on a pipe, for which the system would gather 8 kB first."""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "tcptui.cli", "packets", "-i", "lo", f"tcp port {port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=buffered, text=True,
        )  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stderr.readline()
        with socket.create_connection(("127.0.0.1", port)):
            states = [process.stdout.readline().split("\t")[-2:] for _ in range(4)]
            assert process.poll() is None
            process.terminate()
        process.communicate(timeout=PATIENCE)
    assert states[-1] == ["ESTABLISHED", "ESTABLISHED\n"]
