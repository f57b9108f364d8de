"""Flows copied as packet scripts: read and analysed again, they come to the same."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from samples.frames import frame
from samples.packet_script import START, Packet, parse_script, read_script
from tcptui.engine.engine import Engine
from tcptui.engine.tcp_state.outcome import closing, opening
from tcptui.engine.tcp_state.states import states_shown
from tcptui.engine.wireshark.flags import flag_names
from tcptui.filters.display_filter_text import CopiedText
from tcptui.filters.packet_script import MOST_SEGMENTS, packet_script
from tcptui.filters.subjects import (
    DirectionSubject,
    FlowsSubject,
    FlowSubject,
    OpenCapture,
    SpanSubject,
    Subject,
)  # fmt: skip
from tests.engine.feeding import analysed

ROOT = Path(__file__).parents[2]
FOLDERS = ("samples/scripts", "tests/engine/lifecycle", "tests/engine/vectors")
SCRIPTS = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.txt"))


def copied(packets: Sequence[Packet], subject: Subject | None = None) -> CopiedText:
    """The packets of a script as a script again: by default all flows."""
    engine, frames = analysed(packets), list(map(frame, packets))
    starts = {int(engine.packets.position(row)): row for row in range(engine.packets.count)}

    def read(position: int, captured: int) -> bytes:
        return frames[engine.packets.frame(starts[position]) - 1]

    flows = FlowsSubject(tuple(range(len(engine.flows))))
    return packet_script(OpenCapture(engine, (), read), subject or flows)


def found(engine: Engine) -> list[object]:
    """What is found of each row: flags, the duplicate's reference, states."""
    packets = engine.packets
    return [
        (flag_names(packets.analysis(row)), packets.reference_at(row), packets.states(row))
        for row in range(packets.count)
    ]


def alike(packets: Sequence[Packet]) -> list[Packet]:
    """Packets without what a script does not tell: comments, what is expected, the payload."""
    first = packets[0].time
    return [
        replace(
            packet, time=packet.time - first, expected=None, comment="",
            payload=bytes(len(packet.payload)),
            ip={"ttl": "64", **packet.ip, "mac": "", "sum": packet.ip.get("sum", "")},
        )
        for packet in packets
    ]  # fmt: skip


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_that_is_copied_comes_to_the_same(path: Path) -> None:
    packets = read_script(path).packets
    text = copied(packets)
    again = parse_script(text.text).packets
    assert text.caveat == ""
    assert alike(again) == alike(packets)
    engine = analysed(again)
    assert found(engine) == found(analysed(packets))
    last = engine.flows[-1]
    end = f"# end: opening={opening(last).label} closing={closing(last).label}"
    assert text.text.splitlines()[-1] == end
    for row, packet in enumerate(again):
        assert packet.expected
        assert sorted(packet.expected.flags) == flag_names(engine.packets.analysis(row))
        shown = states_shown(engine.packets.states(row))
        assert packet.expected.states == tuple(one.state.label for one in shown)


TALK = parse_script(
    """
    flow C 10.0.0.1:1112 D 10.0.0.2:80
    numbers C=1000 D=5000
    1     0  C  S   0  0  64000  0  mss=1460 ws=7
    2   1.5  D  SA  0  1  64000  0  mss=1000
    3  +0.1  C  A   1  1    500  0  ttl=9
    4  +0.1  C  PA  1  1    500  9  sum=bad
    """
).packets


READS = """\
# Segments of a capture, with what the rules of Wireshark 4.0 find today
flow C0 10.0.0.1:1112 S0 10.0.0.2:80
numbers C0=1000 S0=5000
# no   ms  who  flags  seq  ack    win  len  options                    | expected
   1    0   C0      S    0    0  64000    0  mss=1460 ws=7 ttl=64 id=1  | - ; SYN-SENT/LISTEN
   2  1.5   S0     SA    0    1  64000    0  mss=1000 ttl=64 id=1       | - ; SYN-SENT/SYN-RECEIVED
   3  1.6   C0      A    1    1    500    0  ttl=9 id=2                 | - ; ESTABLISHED/ESTABLISHED
   4  1.7   C0     PA    1    1    500    9  ttl=64 id=3 sum=bad        | - ; ESTABLISHED/ESTABLISHED
# end: opening=three-way closing=open
"""  # noqa: E501 - as wide as it is


def test_how_it_reads() -> None:
    assert copied(TALK, FlowSubject(0)).text == READS


@pytest.mark.parametrize("subject", [DirectionSubject(0, False), SpanSubject(0, START * 2)])
def test_nothing_is_expected_of_a_part(subject: Subject) -> None:
    assert all(
        packet.expected is None for packet in parse_script(copied(TALK, subject).text).packets
    )


def test_what_is_left_out_is_said() -> None:
    many = [replace(TALK[2], time=START + number) for number in range(MOST_SEGMENTS + 7)]
    odd = replace(TALK[2], options=b"\x1e\4\0\0" + b"\2\3\0\1")
    assert copied(many).caveat == "without the last 7 segments"
    text = copied([odd])
    assert text.caveat == "without the TCP options of kind 2, 30, or some of them"
    assert parse_script(text.text).packets[0].options == b""
