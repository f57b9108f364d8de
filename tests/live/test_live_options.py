"""Options of a live capture: what they ask for, and which make no sense."""

import pytest

from tcptui.capture.live.live_options import (
    KEEP_FLOWS,
    KEEP_PACKETS,
    LiveOptions,
    OptionConflict,
    live_options,
)
from tcptui.capture.options import CaptureOptions
from tcptui.cli.parser import parse
from tcptui.cli.request import UsageError

PLAIN = LiveOptions(["eth0"])
ROLLING = PLAIN.changed(keep_packets=KEEP_PACKETS, keep_flows=KEEP_FLOWS)

ASKED = [
    ("", ROLLING),
    ("-s 0", ROLLING),
    ("-s 96 -c 100 -B 4096", ROLLING.changed(snaplen=96, count=100, buffer=4096)),
    ("-p", ROLLING.changed(promiscuous=False)),
    ("-w a.pcap", PLAIN.changed(write="a.pcap")),
    ("-w a -C 2 -W 10", PLAIN.changed(write="a", rotate_bytes=2_000_000, rotate_files=10)),
    ("-w a -C 64k", PLAIN.changed(write="a", rotate_bytes=65_536)),
    ("-w a -G 60", PLAIN.changed(write="a", rotate_seconds=60)),
    ("--keep-packets 7 --keep-flows 5", PLAIN.changed(keep_packets=7, keep_flows=5)),
    ("-w a --keep-flows 5", PLAIN.changed(write="a", keep_flows=5)),
    ("--spool-size 20m", ROLLING.changed(rolling_bytes=20_000_000)),
]

WRONG = [
    ("-c 0", "-c 0: a number, 1 or more"),
    ("-c many", "-c many: a number"),
    ("-s 262145", "-s 262145: a number, from 0 to 262144"),
    ("-w a -C 1t", "-C 1t: a size"),
    ("-w ", "-w needs the name of a file"),
    ("--keep-flows none", "--keep-flows none: a number, 1 or more"),
    ("--spool-size 1k", "--spool-size 1k: a size, at least 1m"),
]

CONFLICTS = [
    (CaptureOptions(rotate_files=3), "-W needs -C or -G"),
    (CaptureOptions(rotate_bytes=1), "they need -w"),
    (CaptureOptions(write="-"), "-w - works only with -r"),
]


@pytest.mark.parametrize(("line", "expected"), ASKED)
def test_asked(line: str, expected: LiveOptions) -> None:
    request = parse(["-i", "eth0", *line.split()])
    assert live_options(request.input.interfaces, "", request.capture) == expected


@pytest.mark.parametrize(("line", "reason"), WRONG)
def test_wrong(line: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        parse(["-i", "eth0", *line.split(" ")])


@pytest.mark.parametrize(("options", "reason"), CONFLICTS, ids=str)
def test_conflict(options: CaptureOptions, reason: str) -> None:
    with pytest.raises(OptionConflict, match=reason):
        live_options(["eth0"], "", options)


def test_another_host_has_one_interface() -> None:
    with pytest.raises(OptionConflict, match="cannot be combined with other interfaces"):
        live_options(["eth0", "ssh://host/eth0"], "", CaptureOptions())


def test_options_cross_to_the_capture_process() -> None:
    chosen = CaptureOptions(write="a", rotate_seconds=60)
    options = live_options(["eth0", "lo"], "tcp port 80", chosen)
    assert LiveOptions.from_json(options.to_json()) == options
