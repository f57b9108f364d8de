"""tcpdump's letters: what they ask for, and which make no sense."""

from dataclasses import replace

import pytest

from tcptui.capture.live.live_options import KEEP_FLOWS, KEEP_PACKETS, LiveOptions
from tcptui.capture.live.tcpdump_options import WrongLetter, live_options

PLAIN = LiveOptions(["eth0"])
ROLLING = replace(PLAIN, keep_packets=KEEP_PACKETS, keep_flows=KEEP_FLOWS)

ASKED = [
    ({}, ROLLING),
    ({"s": "0"}, ROLLING),
    ({"s": "96", "c": "100", "B": "4096"}, replace(ROLLING, snaplen=96, count=100, buffer=4096)),
    ({"p": ""}, replace(ROLLING, promiscuous=False)),
    ({"w": "a.pcap"}, replace(PLAIN, write="a.pcap")),
    (
        {"w": "a", "C": "2", "W": "10"},
        replace(PLAIN, write="a", rotate_bytes=2_000_000, rotate_files=10),
    ),
    ({"w": "a", "C": "64k"}, replace(PLAIN, write="a", rotate_bytes=65_536)),
    ({"w": "a", "G": "60"}, replace(PLAIN, write="a", rotate_seconds=60)),
    ({"keep-packets": "7", "keep-flows": "5"}, replace(PLAIN, keep_packets=7, keep_flows=5)),
    ({"w": "a", "keep-flows": "5"}, replace(PLAIN, write="a", keep_flows=5)),
    ({"spool-size": "20m"}, replace(ROLLING, rolling_bytes=20_000_000)),
]

SENSELESS = [
    ({"c": "0"}, "-c 0: a number, 1 or more"),
    ({"c": "many"}, "-c many: a number"),
    ({"s": "262145"}, "-s 262145: a number, from 0 to 262144"),
    ({"W": "3"}, "-W counts the files of -C or -G"),
    ({"C": "1"}, "name them with -w"),
    ({"w": "a", "C": "1t"}, "-C 1t: a size"),
    ({"w": ""}, "-w needs the name of a file"),
    ({"w": "-"}, "-w - is for what -r reads"),
    ({"keep-flows": "none"}, "--keep-flows none: a number, 1 or more"),
    ({"spool-size": "1k"}, "--spool-size: at least 1m"),
]


@pytest.mark.parametrize(("letters", "expected"), ASKED, ids=str)
def test_asked(letters: dict[str, str], expected: LiveOptions) -> None:
    assert live_options(["eth0"], "", letters) == expected


@pytest.mark.parametrize(("letters", "reason"), SENSELESS, ids=str)
def test_senseless(letters: dict[str, str], reason: str) -> None:
    with pytest.raises(WrongLetter, match=reason):
        live_options(["eth0"], "", letters)


def test_another_host_has_one_interface() -> None:
    with pytest.raises(WrongLetter, match="no other one"):
        live_options(["eth0", "ssh://host/eth0"], "", {})


def test_options_cross_to_the_capture_process() -> None:
    options = live_options(["eth0", "lo"], "tcp port 80", {"w": "a", "G": "60"})
    assert LiveOptions.from_json(options.to_json()) == options
