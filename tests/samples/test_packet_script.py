"""The notation of packet scripts, and the frames and files that come of it."""

from struct import unpack

import pytest

from samples.capture_files import Record, pcap, pcapng
from samples.frames import checksum, frame, pseudo_header
from samples.packet_script import START, parse_script

SCRIPT = """
# A title
# another remark
flow A 10.0.0.1:1111 B 10.0.0.2:2222
numbers A=1000 B=4294967290
> told beforehand
1     0  A  S     0  0  64000  0     mss=1460 ws=7      | - ; strm=0 SYN-SENT/LISTEN
2   1.5  B  SA    0  1  64000  0                        | reused_ports # a remark
3  +0.5  A  PA    .  .    500  "hi\\n"  ttl=9 id=77       | duplicate_ack(2#1) zero_window
4    +1  B  FA   10  4    500  3     sack=1-2,3-4
"""


def test_a_script_becomes_packets() -> None:
    script = parse_script(SCRIPT)
    syn, syn_ack, data, last = script.packets
    assert script.title == "A title"
    assert (syn.flags, syn.seq, syn.ack, syn.window) == (0x02, 1000, 0, 64000)
    assert syn.options == bytes([2, 4, 5, 180, 1, 3, 3, 7])
    assert (syn.comment, syn_ack.comment) == ("told beforehand", "")
    assert [(p.time - START) // 1000 for p in script.packets] == [0, 1500, 2000, 3000]
    assert (data.seq, data.ack, data.payload) == (1001, 4294967291, b"hi\n")
    assert (last.seq, last.ack, len(last.payload)) == (4, 1004, 3)
    assert last.options[:4] == bytes([1, 1, 5, 18])
    assert unpack("!4I", last.options[4:]) == (1001, 1002, 1003, 1004)


def test_the_right_margin() -> None:
    first, second, third, fourth = (p.expected for p in parse_script(SCRIPT).packets)
    assert first
    assert second
    assert third
    assert (first.flags, first.values, first.states) == (
        frozenset(),
        {"strm": "0"},
        ("SYN-SENT", "LISTEN"),
    )
    assert (set(second.flags), second.states) == ({"reused_ports"}, None)
    assert (set(third.flags), third.values) == ({"duplicate_ack", "zero_window"}, {"dup": "2#1"})
    assert fourth is None


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("2 0 A S 0 0 1 0", "this is packet 1"),
        ("1 0 Z S 0 0 1 0", "'Z'"),
        ("1 0 A Q 0 0 1 0", "'Q'"),
        ("1 0 A S 0 0 1 0 wscale=7", "unknown option wscale"),
        ("1 0 A S 0", "not enough values"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=rf"script, line 1: .*{complaint}"):
        parse_script(line)


@pytest.mark.parametrize("flow", ["A 10.0.0.1:1 B 10.0.0.2:2", "A [::1]:1 B [::2]:2"])
def test_checksums_are_valid(flow: str) -> None:
    (packet,) = parse_script(f"flow {flow}\n1 0 A PA 1 1 9 5").packets
    data = frame(packet)
    segment = data[-25:]
    assert checksum(pseudo_header(packet, len(segment)) + segment) == 0
    assert len(data) == 14 + (20 if len(packet.source.address.packed) == 4 else 40) + 25


def test_files_keep_times_and_comments() -> None:
    records = [Record(1_000_000_001, b"abc", "a story"), Record(1_000_000_002, b"defg")]
    assert pcap(records)[24:40] == bytes([1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0])
    assert b"a story" in pcapng(records)
    assert len(pcapng(records)) % 4 == 0
