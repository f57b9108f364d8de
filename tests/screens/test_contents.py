"""A packet's fields and bytes, and a flow's stream."""

from importlib.util import find_spec
from struct import pack

import pytest

from tcptui.capture.source import open_source
from tcptui.drawing import hexdump
from tcptui.drawing.cells import plain
from tcptui.engine.decode.header_search import payload_of
from tcptui.screens.byte_stream import StreamDirection, StreamPiece, joined
from tcptui.screens.packet_fields import dissect, load_dissectors, own_fields
from tests.panes.loaded import SAMPLES, sample


@pytest.fixture(scope="module")
def packet() -> bytes:
    """The SYN of the lossy download."""
    packets = sample("web-loss").packets
    source = open_source([str(SAMPLES / "web-loss.pcapng")])
    for _ in source.batches():
        pass
    data = source.read(int(packets.position(0)), int(packets.captured(0)))
    source.close()
    return data


def test_scapy_and_the_engine_agree_on_where_tcp_begins(packet: bytes) -> None:
    ours = own_fields(packet, 1)
    theirs = dissect(packet, 1)
    begin = next(field for field in theirs if field.text == "TCP").start
    assert ours[0].text == "TCP"
    assert ours[0].start == begin


def test_a_field_knows_its_bytes(packet: bytes) -> None:
    fields = {field.text.split(" = ")[0]: field for field in dissect(packet, 1)}
    port = fields["dport"]
    assert int.from_bytes(packet[port.start : port.stop]) == 8080
    assert any("window scale" in field.text for field in dissect(packet, 1))


HEADERS = bytes.fromhex(
    "0200000000020200000000010800"  # Ethernet
    "4500000000000000400600 00c0000201c0000202"  # IPv4
)
with_cryptography = pytest.mark.skipif(
    find_spec("cryptography") is None, reason="scapy needs cryptography for TLS"
)
REQUEST = b"GET /a HTTP/1.1\r\nHost: x.example\r\nContent-Encoding: gzip\r\n\r\n"


def carrying(payload: bytes, port: int) -> bytes:
    """A packet to a port of a server."""
    tcp = pack("!HHIIBBHHH", 50000, port, 1, 1, 0x50, 0x18, 1000, 0, 0)
    headers = bytearray(HEADERS)
    headers[16:18] = pack("!H", len(HEADERS) - 14 + len(tcp) + len(payload))
    return bytes(headers) + tcp + payload


@pytest.mark.parametrize(
    ("payload", "port", "shown"),
    [
        pytest.param(REQUEST, 80, ["HTTP Request", "Path = /a"], id="HTTP"),
        pytest.param(
            b"\0\x16\x12\x34\1\0\0\1\0\0\0\0\0\0\4test\0\0\1\0\1", 53, ["DNS", "qd:"], id="DNS"
        ),
        pytest.param(b"SSH-2.0-x\r\n", 22, ["SSH - Protocol Version Exchange"], id="SSH"),
        pytest.param(b"\0\1\0\0\0\6\1\3\0\0\0\2", 502, ["ModbusADU"], id="Modbus"),
        pytest.param(b"\x15\3\3\0\2\2\x28", 443, ["TLS"], id="TLS", marks=with_cryptography),
    ],
)
def test_what_tcp_carries_is_dissected_too(payload: bytes, port: int, shown: list[str]) -> None:
    load_dissectors()
    texts = [field.text for field in dissect(carrying(payload, port), 1)]
    assert {*shown} <= {*texts[texts.index("TCP") :]}
    assert not any("= None" in text for text in texts)


def test_scapy_says_nothing_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    load_dissectors()
    dissect(carrying(b"\5\1\0", 60000)[:-1], 1)
    dissect(carrying(b"\x16\3\3\0\6\2\0\0\2\3\3", 443), 1)
    assert capfd.readouterr() == ("", "")


def test_payload_is_empty_for_a_syn(packet: bytes) -> None:
    assert payload_of(sample("web-loss"), 0, packet) == b""


def test_hex_line_highlights() -> None:
    line = hexdump.line(b"GET / HTTP/1.1\r\n\x00more", 0, 4, 6)
    assert plain(line).startswith("0000  47 45 54 20 2f 20 48")
    assert plain(line).rstrip().endswith("GET / HTTP/1.1··")
    assert [run.text for run in line if run.style == "hit"] == ["2f 20", "/ "]


SEGMENTS = [
    pytest.param([(1, b"abc", 3), (4, b"def", 3)], [(b"abc", 0), (b"def", 0)], id="in order"),
    pytest.param([(1, b"abc", 3), (1, b"abc", 3)], [(b"abc", 0)], id="repeated"),
    pytest.param([(1, b"abc", 3), (7, b"g", 1), (4, b"def", 3)],
                 [(b"abc", 0), (b"def", 0), (b"g", 0)], id="reordered"),
    pytest.param([(1, b"abc", 3), (2, b"bcde", 4)], [(b"abc", 0), (b"de", 0)], id="overlapping"),
    pytest.param([(1, b"abc", 3), (7, b"g", 1)], [(b"abc", 0), (b"", 3), (b"g", 0)], id="hole"),
    pytest.param([(1, b"ab", 5)], [(b"ab", 0), (b"", 3)], id="cut by snaplen"),
    pytest.param([(0xFFFFFFFE, b"abc", 3), (1, b"d", 1)], [(b"abc", 0), (b"d", 0)], id="wraps"),
]  # fmt: skip


@pytest.mark.parametrize(("segments", "stream"), SEGMENTS)
def test_stream(segments: list[tuple[int, bytes, int]], stream: list[tuple[bytes, int]]) -> None:
    side = StreamDirection()
    got = [piece for segment in segments for piece in side.take_bytes(*segment)] + side.rest()
    assert got == stream


def test_pieces_of_one_side_are_joined() -> None:
    pieces = [
        StreamPiece(False, b"a"),
        StreamPiece(False, b"b"),
        StreamPiece(True, b"c"),
        StreamPiece(True, b"", 5),
    ]
    assert joined(pieces) == [
        StreamPiece(False, b"ab"),
        StreamPiece(True, b"c"),
        StreamPiece(True, b"", 5),
    ]
