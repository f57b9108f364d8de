"""Captures for tests of filters: the sample scripts, and frames in tags and tunnels."""

import os
import shutil
import subprocess
from pathlib import Path
from struct import pack

import pytest

from samples.capture_files import Record, pcap
from samples.frames import checksum, frame
from samples.packet_script import parse_script, read_script
from tcptui.capture.source import Source, open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.filters.subjects import OpenCapture
from tcptui.session import analyse
from tests.wireshark import needed_tshark

SCRIPTS = sorted((Path(__file__).parents[2] / "samples" / "scripts").glob("*.txt"))
SECOND = 1_000_000_000

needs_tcpdump = pytest.mark.skipif(shutil.which("tcpdump") is None, reason="needs tcpdump")

TALK = """
flow A 10.0.0.1:40000 B 10.0.0.2:80
numbers A=1000 B=5000
 1   0  A  S   0   0  64000   0  mss=1460 ws=7
 2 +10  B  SA  0   1  65000   0  mss=1460 ws=7
 3 +10  A  A   1   1    500   0
 4 +10  A  PA  1   1    500  "GET / HTTP/1.1"
 5 +10  B  A   1  15    500   0
 6 +10  B  PA  1  15    500  "HTTP/1.1 200 OK"
 7 +300 B  PA  1  15    500  "HTTP/1.1 200 OK"
 8 +10  A  FA 15  16    500   0
 9 +10  B  FA 16  16    500   0
10 +10  A  A  16  17    500   0
"""
"""A conversation with a retransmission."""

REUSED = """
flow A 10.0.0.1:40000 B 10.0.0.2:80
flow C 10.0.0.1:40000 D 10.0.0.2:80
flow E 10.0.0.3:40000 F 10.0.0.2:80
 1   0  A  S  100   0  64000   0
 2 +10  B  SA 900 101  64000   0
 3 +10  A  R  101   0      0   0
 4 +10  E  S  300   0  64000   0
 5 +10  C  S  7000  0  64000   0
 6 +10  D  SA 8000 7001 64000  0
 7 +10  C  A  7001 8001 64000  0
"""
"""Two flows between the same ports, and one of another host."""

BOMB = 'tcp.payload matches "(a+)+$"'
BOMB_TEXT = """
flow A 10.0.0.1:40000 B 10.0.0.2:80
numbers A=1000 B=5000
 1   0  A  S   0   0  64000   0
 2 +10  B  SA  0   1  65000   0
 3 +10  A  PA  1   1    500  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"
"""
"""The expression would need 2^60 steps to say that it does not match."""

V6 = """
flow A [2001:db8::1]:40000 B [2001:db8::2]:443
 1   0  A  S  100   0  64000   0
 2 +10  B  SA 900 101  64000   0
"""


def frames_of(script: str) -> list[bytes]:
    return [frame(packet) for packet in parse_script(script).packets]


def tagged(data: bytes, vlan: int) -> bytes:
    """An Ethernet frame with an 802.1Q tag."""
    return data[:12] + pack("!HH", 0x8100, vlan) + data[12:]


def in_gre(data: bytes) -> bytes:
    """An Ethernet frame's IPv4 packet in GRE, between 192.0.2.1 and 192.0.2.2."""
    inner = pack("!HH", 0, 0x0800) + data[14:]
    ends = bytes((192, 0, 2, 1, 192, 0, 2, 2))
    head = pack("!BBHHHBB", 0x45, 0, 20 + len(inner), 1, 0, 64, 47)
    return data[:14] + head + pack("!H", checksum(head + ends)) + ends + inner


def write_capture(path: Path, frames: list[bytes]) -> Path:
    """Frames 10 ms apart, as a capture file."""
    times = range(SECOND, SECOND + len(frames) * 10_000_000, 10_000_000)
    path.write_bytes(pcap([Record(time, data) for time, data in zip(times, frames, strict=True)]))
    return path


def script_capture(path: Path, script: Path) -> Path:
    """A sample script as a capture file."""
    packets = read_script(script).packets
    path.write_bytes(pcap([Record(packet.time, frame(packet)) for packet in packets]))
    return path


class Loaded:
    """A capture file, analysed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source: Source = open_source([str(path)])
        self.engine = Engine(WIRESHARK_4_0)
        for _ in analyse(self.source, self.engine):
            pass
        self.capture = OpenCapture(self.engine, (str(path),), self.source.read)

    @property
    def count(self) -> int:
        return int(self.engine.packets.count)

    def frames(self, rows: list[int]) -> list[int]:
        return sorted({int(self.engine.packets.frame(row)) for row in rows})


def tshark_frames(path: Path, display_filter: str, *options: str) -> list[int]:
    """The frames with a row that tshark 4.0 selects; application decoders do not matter here."""
    whole = f"(tcp && !icmp && !icmpv6) && ({display_filter})"
    command = [needed_tshark("4.0"), "-n", "-r", str(path), "-Y", whole]
    command += ["-T", "fields", "-e", "frame.number", *options]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"TZ": "UTC"}
    )
    return [int(number) for number in done.stdout.split()]


def tcpdump_times(path: Path, capture_filter: str) -> list[str]:
    """The time stamps of what tcpdump selects: each sample packet has its own."""
    command = ["tcpdump", "-n", "-tt", "--nano", "-r", str(path), capture_filter]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split()[0] for line in done.stdout.splitlines()]
