"""A remote host that plays foul: the capture ends with a line that says why, and keeps the rest."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.live_capture import CaptureState, LiveCapture
from tests.live.stand_in_ssh import URL, remote, write_ssh

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


@dataclass(frozen=True)
class Foul:
    """What the host does, and what comes of it."""

    does: str
    packets: int = 0
    error: str = ""
    warning: str = ""


FOULS = {
    "all is well": Foul("head(); packet(); packet(); say(b'tcpdump: listening on eth0\\n')", 2),
    "the other byte order": Foul("head(order='>'); packet(order='>')", 1),
    "nanoseconds": Foul("head(0xA1B23C4D); packet(fraction=999_999_999)", 1),
    "no snap length": Foul("head(snaplen=0); packet(262_144)", 1),
    "a fraction above one": Foul(
        "head(); packet(fraction=2**32 - 1); packet()", 2, "", "packet 1 has a fraction"
    ),
    "nanoseconds above one": Foul(
        "head(0xA1B23C4D); packet(fraction=10**9); packet()", 2, "", "packet 1 has a fraction"
    ),
    "more than the snap length": Foul(
        "head(snaplen=50); packet(); packet(40)", 2, "", "packet 1 has more bytes"
    ),
    "a length that cannot be": Foul(
        "head(); packet(); packet(2**32 - 1, data=b'')\nwhile True: os.write(1, bytes(1 << 16))",
        1,
        f"{URL}: byte 100, packet 2: a packet of 4,294,967,295 bytes",
    ),
    "nothing of a packet on the wire": Foul("head(); packet(60, 0)", 1),
    "one byte at a time": Foul(
        "head()\nfor _ in range(80): os.write(1, bytes(1)); time.sleep(0.001)", 5
    ),
    "an end within a packet": Foul(
        "head(); packet(); packet(data=b'half')", 1, "20 bytes of an incomplete packet are left out"
    ),
    "an end by a failure": Foul(
        "head(); packet(); say(b'tcpdump: eth0 went away\\n'); sys.exit(1)",
        1,
        "the stream ended: ssh ended with exit code 1 (tcpdump: eth0 went away)",
    ),
    "an end by a signal": Foul(
        "head(); packet(); os.kill(os.getpid(), signal.SIGKILL)", 1, "ssh ended by signal 9"
    ),
    "a stream that is closed while ssh goes on": Foul(
        "head(); packet(); os.close(1); time.sleep(60)", 1, "the stream was closed there"
    ),
    "an ssh that does not obey": Foul(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); head(); os.close(1); time.sleep(60)",
        0,
        "the stream was closed there",
    ),
    "an endless line of words": Foul("head(); packet()\nfor _ in range(2000): say(bytes(4096))", 1),
    "words of somebody who stays": Foul(
        "head(); packet()\nif os.fork() == 0: os.close(1); time.sleep(3); os._exit(0)", 1
    ),
}


def packets(capture: LiveCapture) -> int:
    """How many packets came until the capture's end."""
    count = 0
    deadline = time.monotonic() + PATIENCE
    while not capture.source.ended:
        assert time.monotonic() < deadline
        if batch := capture.source.next_batch(0.1):
            count += batch.stop - batch.start
    return count


@pytest.mark.parametrize("foul", FOULS.values(), ids=FOULS)
def test_a_foul_stream(foul: Foul, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = remote(tmp_path, foul.does, monkeypatch)
    capture.start()
    try:
        assert packets(capture) == foul.packets == capture.packets
        assert foul.error in capture.error
        assert bool(foul.error) == bool(capture.error)
        warnings = [foul.warning or foul.error] if foul.warning or foul.error else []
        assert len(capture.source.warnings) == len(warnings)
        assert all(map(str.__contains__, capture.source.warnings, warnings))
        assert sum(map(len, capture.words)) < 25_000
    finally:
        capture.close()
    assert [path.name for path in tmp_path.iterdir()] == ["ssh"]


REFUSED = {
    "nothing": ("", "before a capture began"),
    "a cut header": ("os.write(1, bytes(10))", "after 10 bytes"),
    "another magic number": ("head(0x12345678)", "begins with 78563412"),
    "last words": ("say(b'one\\nlast\\n'); sys.exit(255)", f"{URL}: last; try that host"),
    "a link type without TCP": ("head(link=189)", "USB_LINUX"),
    "a link type that nobody knows": ("head(link=60_000)", "carry no TCP"),
}


@pytest.mark.parametrize(("does", "said"), REFUSED.values(), ids=REFUSED)
def test_no_capture(does: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = remote(tmp_path, does, monkeypatch)
    capture.options = capture.options.changed(readable=[1])
    with pytest.raises(CaptureError, match=said):
        capture.start()


def test_many_words_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    does = "head(); packet()\nfor n in range(100_000): say(b'noise %d\\n' % n)"
    capture = remote(tmp_path, does, monkeypatch)
    capture.start()
    packets(capture)
    capture.close()
    assert len(capture.words) == 41
    assert capture.words[0] == "noise 0"
    left = sum(len(f"noise {n}") for n in range(20, 99_980))
    assert capture.words[20] == f"(99,960 lines and {left:,} bytes are left out)"
    assert capture.words[-1] == "noise 99999"


def test_an_end_that_was_asked_for_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = remote(
        tmp_path, "head(); packet(); packet(data=b'half'); time.sleep(60)", monkeypatch
    )
    capture.start()
    deadline = time.monotonic() + PATIENCE
    while not capture.packets:
        assert time.monotonic() < deadline
        capture.source.next_batch(0.1)
    capture.stop()
    assert (capture.state, capture.error, capture.packets) == (CaptureState.ENDED, "", 1)
    capture.close()


def test_an_interrupt_that_ends_ssh_too_is_no_error(tmp_path: Path) -> None:
    write_ssh(tmp_path, "head(); packet(); packet(data=b'half'); time.sleep(60)")
    program = subprocess.Popen(
        [sys.executable, "-m", "tcptui.cli", "report", "-i", URL],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        start_new_session=True,
        text=True,
    )
    assert program.stderr
    assert program.stderr.readline().startswith("tcptui: capturing on")
    time.sleep(0.5)
    os.killpg(program.pid, signal.SIGINT)
    _, told = program.communicate(timeout=PATIENCE)
    assert program.returncode == 0
    # The stand-in's traceback is what the host says; nothing says that the stream broke off.
    ours = [line for line in told.splitlines() if " says: " not in line]
    assert ours == [
        "tcptui: 1 packets captured, 0 dropped by the kernel, 0 by the interface",
        "tcptui: 1 packet, none of them TCP",
    ]
