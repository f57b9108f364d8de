"""What the command line asks for: tcpdump's letters, options and words in any order."""

import pytest

from tcptui.arguments import Request, UsageError, parse


def request(**options: object) -> dict[str, object]:
    """A request with these options, all others as they are without any."""
    return vars(Request()) | options


ASKED = [
    ("", request(command="open", format="json")),
    ("a.pcap b.pcap", request(files=["a.pcap", "b.pcap"], format="json")),
    ("-", request(files=["-"], format="json")),
    ("./report", request(files=["./report"], format="json")),
    ("report a.pcap", request(command="report", files=["a.pcap"], format="json")),
    ("report --format md a.pcap", request(command="report", files=["a.pcap"], format="md")),
    ("packets a.pcap", request(command="packets", files=["a.pcap"], format="tsv")),
    (
        "packets a.pcap -e tcp.seq -e tcp.ack",
        request(command="packets", files=["a.pcap"], fields=["tcp.seq", "tcp.ack"], format="tsv"),
    ),
    ("explain a.pcap 7", request(command="explain", files=["a.pcap"], words=["7"], format="text")),
    (
        "-r a.pcap tcp port 80",
        request(files=["a.pcap"], expression="tcp port 80", format="json"),
    ),
    ("tcp -r a.pcap port 80", request(files=["a.pcap"], expression="tcp port 80", format="json")),
    ("-n -ttt a.pcap", request(files=["a.pcap"], time_format=3, format="json")),
    ("a.pcap -Y tcp.len", request(files=["a.pcap"], display_filter="tcp.len", format="json")),
    ("--calm a.pcap", request(files=["a.pcap"], calm=True, format="json")),
    (
        "compare a.pcap --threshold 99%",
        request(command="compare", files=["a.pcap"], threshold=99, format="json"),
    ),
    ("--version whatever", request(command="version")),
    (
        "tcp -i en0 -t -s 0 -c 100 and dst port ! 22 and src net 182.123.13.0/24 -w ./target.cap",
        request(
            interfaces=["en0"],
            expression="tcp and dst port ! 22 and src net 182.123.13.0/24",
            time_format=1,
            format="json",
            capture={"s": "0", "c": "100", "w": "./target.cap"},
        ),
    ),
]

REFUSED = [
    ("--colour a.pcap", "option --colour not recognized"),
    ("report", "report needs a capture file"),
    ("report --format xml a.pcap", "report writes json, csv, md"),
    ("packets --format md a.pcap", "packets writes tsv, json"),
    ("compare a.pcap --threshold 101", "a percentage from 0 to 100"),
]


@pytest.mark.parametrize(("line", "expected"), ASKED, ids=[line for line, _ in ASKED])
def test_asked(line: str, expected: dict[str, object]) -> None:
    assert vars(parse(line.split())) == expected


@pytest.mark.parametrize(("line", "reason"), REFUSED, ids=[line for line, _ in REFUSED])
def test_refused(line: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        parse(line.split())
