"""`ssh://host/interface`: the command line that ssh gets."""

import shlex

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.live.live_options import LiveOptions
from tcptui.capture.live.remote_command import SCRIPT, command

ADDRESSES = [
    ("ssh://host/eth0", ["-T", "--", "host"], "eth0"),
    ("ssh://me@host:2222/en0", ["-T", "-p", "2222", "--", "me@host"], "en0"),
    ("ssh://me@[fe80::1]:22/eth0", ["-T", "-p", "22", "--", "me@fe80::1"], "eth0"),
    ("ssh://-oProxyCommand=x/eth0", ["-T", "--", "-oProxyCommand=x"], "eth0"),
]


@pytest.mark.parametrize(("url", "way", "interface"), ADDRESSES, ids=[u for u, _, _ in ADDRESSES])
def test_address(url: str, way: list[str], interface: str) -> None:
    name, *arguments, there = command(url, LiveOptions([url]))
    assert name == "ssh"
    assert arguments == way
    assert shlex.split(there)[5:7] == ["-i", interface]


def test_nothing_of_the_filter_is_run_by_the_shell() -> None:
    evil = "tcp; touch /tmp/x && $(reboot) 'a' \"b\""
    there = command("ssh://host/eth0", LiveOptions(expression=evil))[-1]
    assert shlex.split(there)[:5] == ["sh", "-c", SCRIPT, "tcptui", evil]


def test_tcpdump_there_gets_what_tcpdump_here_would() -> None:
    options = LiveOptions(direction="in", immediate=True, user="nobody", promiscuous=False, count=3)
    there = shlex.split(command("ssh://host/eth0", options)[-1])
    assert there[-8:] == ["-c", "3", "-p", "-Q", "in", "--immediate-mode", "-Z", "nobody"]


@pytest.mark.parametrize("url", ["ssh://host", "ssh:///eth0", "ssh://host:port/eth0", "ssh://"])
def test_no_address(url: str) -> None:
    with pytest.raises(CaptureError, match="write ssh://"):
        command(url, LiveOptions([url]))
