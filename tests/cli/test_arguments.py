"""What the command line asks for: tcpdump's letters, options and words in any order."""

import pytest

from tcptui.capture.options import CaptureOptions
from tcptui.cli.parser import parse
from tcptui.cli.request import InputOptions, OutputOptions, Request, UsageError

CONTRACT = "tcp -i en0 -t -s 0 -c 100 and dst port ! 22 and src net 182.123.13.0/24 -w ./target.cap"


def request(
    command: str = "open",
    files: str = "",
    *,
    read: InputOptions | None = None,
    capture: CaptureOptions | None = None,
    **output: object,
) -> Request:
    """A request for these files with these options, all others as they are without any."""
    made = Request(command, "", read or InputOptions(files.split()))
    made.capture = capture or made.capture
    vars(made.output).update({"format": "json", **output})
    return made


ASKED = [
    ("", request()),
    ("a.pcap b.pcap", request(files="a.pcap b.pcap")),
    ("-", request(files="-")),
    ("./report", request(files="./report")),
    ("report a.pcap", request("report", "a.pcap")),
    ("report --format md a.pcap", request("report", "a.pcap", format="md")),
    ("packets a.pcap", request("packets", "a.pcap", format="tsv")),
    (
        "packets a.pcap -e tcp.seq -e tcp.ack",
        request("packets", "a.pcap", format="tsv", fields=["tcp.seq", "tcp.ack"]),
    ),
    (
        "explain a.pcap 7",
        request("explain", read=InputOptions(["a.pcap"], words=["7"]), format="text"),
    ),
    ("-r a.pcap tcp port 80", request(read=InputOptions(["a.pcap"], expression="tcp port 80"))),
    ("tcp -r a.pcap port 80", request(read=InputOptions(["a.pcap"], expression="tcp port 80"))),
    ("-n -ttt a.pcap", request(files="a.pcap", numeric=True, time_format=3)),
    ("a.pcap -Y tcp.len", request(files="a.pcap", display_filter="tcp.len")),
    ("--calm a.pcap", request(files="a.pcap", calm=True)),
    ("compare a.pcap --threshold 99%", request("compare", "a.pcap", threshold=99.0)),
    ("--version whatever", Request("version")),
    ("report --help", Request("help", "report")),
    (
        CONTRACT,
        request(
            read=InputOptions(
                interfaces=["en0"],
                expression="tcp and dst port ! 22 and src net 182.123.13.0/24",
            ),
            capture=CaptureOptions(count=100, write="./target.cap"),
            time_format=1,
        ),
    ),
]

REFUSED = [
    ("--colour a.pcap", "option --colour not recognized"),
    ("report", "report needs a capture file"),
    ("report --format xml a.pcap", "report writes json, csv, md"),
    ("packets --format md a.pcap", "packets writes tsv, json"),
    ("compare a.pcap --threshold 101", "a percentage from 0 to 100"),
    ("report -C 5 a.pcap", "-C only works with -i"),
    ("compare -p a.pcap", "compare needs whole files"),
]


@pytest.mark.parametrize(("line", "expected"), ASKED, ids=[line for line, _ in ASKED])
def test_asked(line: str, expected: Request) -> None:
    asked = parse(line.split())
    assert (asked.command, asked.topic) == (expected.command, expected.topic)
    assert asked.parts() == expected.parts()


@pytest.mark.parametrize(("line", "reason"), REFUSED, ids=[line for line, _ in REFUSED])
def test_refused(line: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        parse(line.split())


def test_parts_of_requests_are_not_shared() -> None:
    parse(["a.pcap", "-e", "tcp.seq"])
    assert parse([]) == request()
    assert parse(["packets", "a.pcap"]).output == OutputOptions(format="tsv")
