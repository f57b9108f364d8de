"""The interfaces of this machine."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tcptui.capture.live import permissions
from tcptui.capture.live.interfaces import NetworkInterface, interfaces, listing, traffic
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.refusal import Reason

ROOT = Path(__file__).parents[2]


def test_the_loopback_interface_is_there() -> None:
    loopback = [one for one in interfaces() if "Loopback" in one.state and "Up" in one.state]
    assert loopback
    assert all(one.is_network for one in loopback)


def test_the_listing_is_tcpdumps() -> None:
    lines = listing().splitlines()
    assert [line.split(".")[0] for line in lines] == [str(n) for n in range(1, len(lines) + 1)]
    command = [sys.executable, "-m", "tcptui.cli", "-D"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout == listing()


@pytest.mark.skipif(sys.platform != "linux", reason="counters come from /proc/net/dev")
def test_traffic_is_counted() -> None:
    before = traffic()["lo"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(bytes(100), ("127.0.0.1", 9))
    after = traffic()["lo"]
    assert after.packets > before.packets
    assert after.bytes >= before.bytes + 100


def test_states_in_words() -> None:
    assert NetworkInterface("eth0", "", 0b10110).state == ["Up", "Running", "Connected"]


def test_the_right_to_capture_is_given_by_exact_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/home/me/.local/bin/tcptui"])
    text = permissions.advice(Reason.PERMISSION, LiveOptions(["eth0"]))
    assert "sudo /home/me/.local/bin/tcptui -i eth0" in text
    assert "usermod -aG" in text
    assert "setcap cap_net_raw,cap_net_admin+ep $(which tcpdump)" in text
    assert "\n" not in text
