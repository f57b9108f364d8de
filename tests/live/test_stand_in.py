"""A program that captures in tcptui's place: its packets, its last words, its count of losses."""

import select
import shutil
import sys
from pathlib import Path

import pytest

from tcptui.capture.live import stand_in
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Refusal
from tcptui.capture.live.stand_in import ProgramTap
from tests.live.stand_in_ssh import PRELUDE


def program(folder: Path, does: str) -> list[str]:
    path = folder / "tcpdump"
    path.write_text(f"{PRELUDE}{does}\n")
    return [sys.executable, str(path)]


def test_a_direction_is_for_tcpdump_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def which(name: str) -> None:
        asked.append(name)

    monkeypatch.setattr(shutil, "which", which)
    assert stand_in.stand_ins(LiveOptions(["lo"], direction="in")) == []
    assert stand_in.stand_ins(LiveOptions(["lo"])) == []
    assert asked == ["tcpdump", "dumpcap", "tcpdump"]
    command = stand_in.tcpdump("tcpdump", "lo", LiveOptions(direction="out", immediate=True))
    assert command[-3:] == ["-Q", "out", "--immediate-mode"]


def test_its_losses_are_counted_at_the_end(tmp_path: Path) -> None:
    does = """\
def end(*_):
    say(b"2 packets captured\\n3 packets dropped by kernel\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, end)
say(b"noise\\n" * 100_000)
head(); packet(); packet()
while True: time.sleep(1)
"""
    tap = ProgramTap("eth0", program(tmp_path, does))
    taken = 0
    while taken < 2 and select.select([tap.fd], [], [], 10)[0]:
        taken += tap.take_packets(10)
    tap.close()
    assert (taken, tap.dropped, tap.error) == (2, 3, "")


def test_a_failure_is_told_in_its_words(tmp_path: Path) -> None:
    tap = ProgramTap("eth0", program(tmp_path, "head(); say(b'it\\nis gone\\n'); sys.exit(1)"))
    while not tap.ended and select.select([tap.fd], [], [], 10)[0]:
        tap.take_packets(10)
    assert tap.error == "eth0: is gone"


def test_it_does_not_begin(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="eth0: no right to"):
        ProgramTap("eth0", program(tmp_path, "say(b'no right to\\n'); sys.exit(1)"))
