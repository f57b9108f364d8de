"""Looking around from a segment finds what the engine compared it with, on random traffic."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from samples.frames import frame
from samples.packet_script import Packet, parse_script
from tcptui.diagnosis.explain import why
from tcptui.diagnosis.replays import Replays
from tcptui.diagnosis.trail import SegmentContext
from tcptui.engine.engine import Engine
from tcptui.engine.sequence import MASK32
from tcptui.engine.wireshark.flags import LOST_SEGMENT, OUT_OF_ORDER, RESENT
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tests.engine.feeding import analysed, feed, new_engine
from tests.engine.fuzz_traffic import ODD_OPTIONS, mixture

PACKETS = 1500
COMPARED = LOST_SEGMENT | RESENT | OUT_OF_ORDER


def key_of(packet: Packet) -> bytes:
    """How the engine finds the sender."""
    source, destination = packet.source, packet.destination
    ports = source.port.to_bytes(2) + destination.port.to_bytes(2)
    return source.address.packed + destination.address.packed + ports


def well_formed(packet: Packet) -> Packet:
    """Malformed options hide flags, and then a flag has no decision."""
    odd = any(option in packet.options for option in ODD_OPTIONS)
    return replace(packet, options=b"") if odd else packet


def reader(packets: Sequence[Packet]) -> Callable[[int], bytes]:
    """The bytes of the packets, which are all segments."""
    frames = [frame(packet) for packet in packets]
    return frames.__getitem__


def around(engine: Engine, packets: Sequence[Packet], row: int) -> SegmentContext:
    """The surroundings of a segment that the rules have judged again."""
    trail = SegmentContext(engine, row)
    recorder = Replays(engine, reader(packets)).of_row(row).decisions_at(row)
    assert recorder is not None
    trail.recorder = recorder
    return trail


@pytest.mark.parametrize("release", RULE_SETS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_replay_knows_what_the_engine_knew(seed: int, release: str) -> None:
    engine = new_engine(RULE_SETS[release])
    packets = [well_formed(packet) for packet in mixture(seed, PACKETS)]
    replays = Replays(engine, reader(packets))
    compared = 0
    for row, packet in enumerate(packets):
        end = engine.endpoints.get(key_of(packet))
        flows = len(engine.flows)
        past = end and (end.next_exp & MASK32, end.peer.last_ack & MASK32, end.peer.last_time)
        feed(engine, [frame(packet)], [packet.time])
        if len(engine.flows) > flows or not past or not engine.packets.analysis(row) & COMPARED:
            continue
        recorder = replays.of_row(row).decisions_at(row)
        assert recorder is not None
        trail = SegmentContext(engine, row)
        trail.recorder = recorder
        highest, peer = trail.highest(trail.server), trail.last_of_peer()
        assert highest is None or highest.end == past[0]
        assert peer is None or (peer.ack, peer.time) == past[1:]
        compared += highest is not None
    assert compared > 100


def test_every_random_segment_can_be_explained() -> None:
    packets = list(mixture(3, PACKETS))
    engine = analysed(packets)
    read = reader(packets)
    assert all(why(engine, row, read).endswith(".") for row in range(engine.packets.count))


def test_going_back_says_what_going_forward_said() -> None:
    packets = [well_formed(packet) for packet in mixture(4, PACKETS)]
    engine = analysed(packets)
    forward = Replays(engine, reader(packets))
    rows = range(engine.packets.count)
    told = [forward.why(row) for row in rows]
    back = Replays(engine, reader(packets))
    assert [back.why(row) for row in reversed(rows)] == told[::-1]


def test_what_never_passed() -> None:
    """Two holes in 1000:1600, one of them filled in part later."""
    script = parse_script(
        """
        # no ms who flags  seq  ack  win  len
           1  0   A  A    1000    1  100  100
           2  1   A  A    1200    1  100  100
           3  2   A  A    1500    1  100  100
           4  3   A  A    1350    1  100   50
           5  4   A  A    1600    1  100  100
        """
    )
    trail = SegmentContext(analysed(script.packets), 4)
    assert trail.missing(1000, 1600, trail.server) == [(1100, 1200), (1300, 1350), (1400, 1500)]


def test_copies_and_duplicate_acks_are_those_of_this_segment_alone() -> None:
    script = parse_script(
        """
        # no ms who flags  seq  ack  win  len
           1  0   A  A    1000    1  100  100
           2  1   A  A    1100    1  100  100
           3  2   B  A       1 1000  100    0
           4  3   B  A       1 1000  100    0
           5  4   B  A       1 1000  100    0
           6 30   A  A    1000    1  100  100
           7 60   A  A    1050    1  100  100
        """
    )
    engine = analysed(script.packets)
    sixth, seventh = (around(engine, script.packets, row) for row in (5, 6))
    assert [sent.frame for sent in sixth.copies()] == [1]
    assert [sent.frame for sent in sixth.duplicate_acks()] == [5, 4]
    assert [sent.frame for sent in seventh.copies()] == [6, 2, 1]
