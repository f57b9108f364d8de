"""`-r FILE expression`: the packets that libpcap admits, as if there were no others."""

import ctypes
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.capture.errors import WrongOption
from tcptui.capture.live import libpcap
from tcptui.capture.live.capture_filter import WrongExpression, compile_filter
from tcptui.capture.live.filtered_source import FilteredSource, bpf_program
from tcptui.capture.source import open_source
from tests.corpus.oracles import PacketHeader
from tests.live.packets import HEADER, records


def found(path: Path, expression: str, count: int = 0) -> list[int]:
    source = FilteredSource(open_source([str(path)]), expression, count)
    numbers = [
        int.from_bytes(chunk[r.offset[i] : r.offset[i] + 4], "big")
        for chunk, r, start, stop in source.batches()
        for i in range(start, stop)
    ]
    source.close()
    return numbers


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "a.pcap"
    path.write_bytes(HEADER + records(0, 10_000))
    return path


ADMITTED = [
    ("", 0, list(range(10_000))),
    ("ether[2:2] = 7", 0, [7]),
    ("ether[3] = 5", 3, [5, 261, 517]),
    ("ether[2:2] >= 9998", 0, [9998, 9999]),
    ("greater 61", 0, []),
]


@pytest.mark.parametrize(("expression", "count", "numbers"), ADMITTED)
def test_admitted(capture: Path, expression: str, count: int, numbers: list[int]) -> None:
    assert found(capture, expression, count) == numbers


def test_a_wrong_filter(capture: Path) -> None:
    with pytest.raises(WrongExpression, match="syntax error"):
        found(capture, "tcp prt 80")


EXPRESSIONS = [
    "tcp",
    "tcp port 80 or udp portrange 20-30",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and not src net 10.0.0.0/8",
    "ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) > 0",
    "ip6 and host 2001:db8::1",
    "vlan 5 and tcp",
    "len * 3 / 2 > ether[20:4] % 100 or ether[14] ^ 3 = 5",
    "ether[len - 2] | ether[1] << 3 > 200",
    "ether[0] / ether[1] > 2",
    "less 40",
    "ip[len - 40] > 5",
]

IPV4 = struct.pack("!6s6sH", b"\x02" * 6, b"\x04" * 6, 0x0800)
TCP = IPV4 + bytes([0x45, 0, 0, 60, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 80])


@pytest.mark.parametrize("expression", EXPRESSIONS)
@given(head=st.sampled_from([b"", IPV4, TCP]), tail=st.binary(max_size=80), more=st.integers(0, 9))
def test_the_same_packets_as_libpcap(expression: str, head: bytes, tail: bytes, more: int) -> None:
    data = head + tail
    header = PacketHeader(captured=len(data), original=len(data) + more)
    theirs = compile_filter(expression)
    try:
        admits = libpcap.library().pcap_offline_filter
        expected = bool(admits(ctypes.byref(theirs), ctypes.byref(header), data))
    finally:
        libpcap.free(theirs)
    ours = bpf_program(expression, 1)
    assert ours.admits(b"##" + data, 2, len(data), len(data) + more) is expected


def test_words_that_only_other_link_types_have(tmp_path: Path) -> None:
    header = bytearray(HEADER)
    header[20:24] = struct.pack("<I", 127)
    path = tmp_path / "wifi.pcap"
    path.write_bytes(header)
    assert found(path, "type mgt") == []


def test_a_filter_that_does_not_fit_the_capture(tmp_path: Path) -> None:
    header = bytearray(HEADER)
    header[20:24] = struct.pack("<I", 101)
    path = tmp_path / "raw.pcap"
    path.write_bytes(header + records(0, 1))
    with pytest.raises(
        WrongOption, match=r"raw\.pcap: not a broadcast link, .* link type 101; use"
    ):
        found(path, "ether broadcast")
