"""Lines of tcpdump from public how-tos run as they are, and select tcpdump's packets.

`tcpdump_lines.txt` has the lines. What a line captures or reads is replaced by one capture with
packets for many of their filters; where no word says what to read, it is added.
"""

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from struct import pack
from typing import Final

import pytest

from samples.capture_files import Record, pcap
from tcptui.capture.live.capture_filter import WrongExpression
from tcptui.capture.live.filtered_source import check_for_any_link_type
from tcptui.capture.live.live_options import OptionConflict, live_options
from tcptui.cli.parser import parse, split
from tcptui.cli.request import UsageError
from tests.cli.running import run

LINES: Final = Path(__file__).with_name("tcpdump_lines.txt")
LIVE: Final = ("rotate_bytes", "rotate_files", "rotate_seconds", "direction", "user")
"""What has no meaning where a file is read."""
MOST_REFUSED: Final = 0.05
NEEDS_DNS: Final = "host www.example.com"
PAGE: Final = Path(__file__).parents[2] / "docs" / "tcpdump.md"

REJECTS_ALL: Final = "expression rejects all packets"
"""What tcpdump says where no packet could pass."""

pytestmark = pytest.mark.skipif(not shutil.which("tcpdump"), reason="needs tcpdump")


def lines() -> Iterator[list[str]]:
    """The words of each line, without the name of the program."""
    for line in LINES.read_text().splitlines():
        if line and not line.startswith("#"):
            yield shlex.split(line.removeprefix("sudo ").removeprefix("tcpdump"))


ALL: Final = list(lines())


# -- the capture -----------------------------------------------------------------------------------

ETHERNET: Final = bytes.fromhex("020000000001020000000002")
BROADCAST: Final = bytes.fromhex("ffffffffffff020000000002")
SYN, SYN_ACK, ACK, PUSH, FIN, RST = 2, 18, 16, 24, 17, 4
HELLO: Final = bytes.fromhex("160301000501")
PACKETS: Final = (
    ("192.168.1.1", "192.168.1.2", 1025, 80), ("192.168.1.100", "10.0.0.1", 40000, 80),
    ("10.0.0.1", "10.1.1.100", 40001, 443), ("192.168.1.5", "192.168.1.1", 40002, 23),
    ("1.1.1.1", "1.0.0.1", 40003, 53), ("1.2.3.4", "192.168.1.1", 40004, 443),
    ("10.20.43.21", "50.115.209.7", 40005, 22), ("50.115.209.7", "10.20.43.21", 40006, 25),
    ("127.0.0.1", "127.0.0.1", 40007, 8661), ("54.204.39.132", "192.168.122.98", 80, 40008),
    ("192.168.122.98", "10.0.0.9", 40009, 3389), ("10.0.0.8", "10.0.0.9", 40010, 8081),
    ("10.0.0.8", "10.0.0.9", 40011, 2049), ("10.0.0.8", "10.0.0.9", 40012, 21),
    ("2001:db8::1", "2001:db8::2", 40013, 80), ("10.0.0.8", "10.0.0.9", 40014, 9999),
    ("10.0.0.8", "10.0.0.9", 40015, 81), ("10.0.0.8", "10.0.0.9", 40016, 8080),
    ("10.0.0.8", "10.0.0.9", 53, 40017), ("10.0.0.8", "10.0.0.9", 40018, 3133),
)  # fmt: skip
"""The ends of each connection, and of a datagram: addresses and ports."""


def frames() -> Iterator[bytes]:
    """The frames of all connections, and others that are not TCP."""
    for number, (source, target, sport, dport) in enumerate(PACKETS):
        text = (HELLO, b"SSH-2.0-x\r\n", b"GET / HTTP/1.1\r\n\r\n" * 20)[number % 3]
        for flags, payload in ((SYN, b""), (ACK, b""), (PUSH, text), (FIN, b""), (RST, b"")):
            yield ip(source, target, 6, tcp(sport, dport, flags, payload))
        yield ip(target, source, 6, tcp(dport, sport, SYN_ACK, b""))
        yield ip(source, target, 17, pack("!4H", sport, dport, 12, 0) + b"data")
    yield ip("192.168.1.1", "8.8.8.8", 1, bytes([8, 0, 0, 0, 0, 1, 0, 1]))
    yield ip("192.168.1.1", "224.0.0.1", 17, pack("!4H", 5000, 5000, 12, 0) + b"data")
    arp = pack("!HHBBH", 1, 0x0800, 6, 4, 1) + bytes(20)
    yield BROADCAST + b"\x08\x06" + arp


def ip(source: str, target: str, protocol: int, data: bytes) -> bytes:
    """An Ethernet frame with an IP packet."""
    ends = ip_address(source).packed + ip_address(target).packed
    if len(ends) == 8:
        head = pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 0, 0, 64, protocol, 0)
        return ETHERNET + b"\x08\x00" + head + ends + data
    return ETHERNET + b"\x86\xdd" + pack("!IHBB", 6 << 28, len(data), protocol, 64) + ends + data


def tcp(sport: int, dport: int, flags: int, payload: bytes) -> bytes:
    """A TCP segment."""
    return pack("!HHIIBBHHH", sport, dport, 1000, 2000, 0x50, flags, 8192, 0, 0) + payload


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tcpdump") / "capture.pcap"
    records = [Record(n * 1_000_000, frame) for n, frame in enumerate(frames())]
    path.write_bytes(pcap(records))
    return path


# -- the lines -------------------------------------------------------------------------------------


def reading(words: list[str], capture: Path) -> list[str]:
    """The same line where it reads the capture, and writes, if it does, beside it."""
    _, given, expression = split(words)
    made = ["-r", str(capture)]
    for option, name, text in given:
        if option.field in ("files", "interfaces", *LIVE):
            continue
        value = str(capture.with_name("written")) if option.field == "write" else text
        made += [name, value] if option.metavar else [name]
    return [*made, *expression]


def with_input(words: list[str]) -> list[str]:
    """The line with what tcpdump would capture on, where it does not say."""
    fields = {option.field for option, _, _ in split(words)[1]}
    return words if fields & {"files", "interfaces"} else ["-i", "any", *words]


def count_by_tcpdump(capture: Path, words: list[str], also: str = "") -> int | str:
    """How many packets of the capture tcpdump selects, or the reason why it selects none."""
    request = parse(words)
    expression = request.input.expression
    selected = " and ".join(f"({one})" for one in (expression, also) if one)
    count = ["-c", str(request.capture.count)] if request.capture.count and not also else []
    command = ["tcpdump", "-n", "-r", str(capture), "--count", *count, "--", selected]
    ended = subprocess.run(command, capture_output=True, text=True)
    if REJECTS_ALL in ended.stderr:
        return 0
    return int(ended.stdout.split()[0]) if ended.returncode == 0 else ended.stderr


def test_there_are_a_hundred() -> None:
    assert len(ALL) >= 100
    assert len({tuple(words) for words in ALL}) == len(ALL)


@pytest.mark.parametrize("words", ALL, ids=shlex.join)
def test_line(capture: Path, words: list[str]) -> None:
    assert parse(with_input(words)).command in ("open", "interfaces")
    here = reading(words, capture)
    ended = run(*here)
    if "-D" in words:
        assert ended.code == 0
        return
    expected = count_by_tcpdump(capture, here)
    if isinstance(expected, str):
        assert ended.code == 2
        assert "can't parse filter expression" in ended.stderr or "unknown" in ended.stderr
        return
    assert ended.code == 0, ended.stderr
    counted = json.loads(ended.stdout)["capture"]
    assert counted["packets"] == expected
    if not parse(here).capture.count:
        assert counted["tcp_packets"] == count_by_tcpdump(capture, here, "tcp")


def refusal(words: list[str]) -> str:
    """Why a line would not run where there is such an interface; empty if it would."""
    try:
        request = parse(with_input(words))
        read = request.input
        if read.interfaces:
            live_options(read.interfaces, read.expression, request.capture)
        check_for_any_link_type(read.expression)
    except (UsageError, OptionConflict, WrongExpression) as error:
        return str(error)
    return ""


def test_hardly_any_is_refused_and_each_with_a_reason() -> None:
    refused = {shlex.join(words): why for words in ALL if (why := refusal(words))}
    assert len(refused) <= len(ALL) * MOST_REFUSED
    piped = "-s 0 -n -w - -U -i eth0 not port 22"
    assert refused[piped].startswith("-w - works only with -r")
    assert refused.keys() <= {piped, NEEDS_DNS}
    told = f"Of {len(ALL)} lines of tcpdump that public how-tos show, {len(ALL) - 1} run"
    assert told in PAGE.read_text(encoding="utf-8")
