"""Looking back from a segment finds what the engine compared it with, on random traffic."""

from dataclasses import replace

import pytest

from samples.frames import frame
from samples.packet_script import Packet, parse_script
from tcptui.diagnosis.explain import why
from tcptui.diagnosis.trail import SegmentContext
from tcptui.engine.sequence import MASK32
from tcptui.engine.wireshark.flags import LOST_SEGMENT, OUT_OF_ORDER, RESENT
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
    """Malformed options hide flags, and then the columns cannot tell everything."""
    odd = any(option in packet.options for option in ODD_OPTIONS)
    return replace(packet, options=b"") if odd else packet


@pytest.mark.parametrize("seed", [1, 2])
def test_the_past_is_found_in_the_columns(seed: int) -> None:
    engine = new_engine()
    compared = 0
    for row, packet in enumerate(map(well_formed, mixture(seed, PACKETS))):
        data = frame(packet)
        end = engine.endpoints.get(key_of(packet))
        flows = len(engine.flows)
        past = end and (end.next_exp & MASK32, end.peer.last_ack & MASK32, end.peer.last_time)
        feed(engine, [data], [packet.time])
        if len(engine.flows) > flows or not past or not engine.packets.analysis(row) & COMPARED:
            continue
        trail = SegmentContext(engine, row)
        highest, peer = trail.highest(trail.server), trail.last_of_peer()
        assert highest is None or highest.end == past[0]
        assert peer is None or (peer.ack, peer.time) == past[1:]
        compared += highest is not None
    assert compared > 100


def test_every_random_segment_can_be_explained() -> None:
    engine = analysed(mixture(3, PACKETS))
    assert all(why(engine, row).endswith(".") for row in range(engine.packets.count))


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
    assert [sent.frame for sent in SegmentContext(engine, 5).copies()] == [1]
    assert [sent.frame for sent in SegmentContext(engine, 5).duplicate_acks(9)] == [5, 4]
    assert [sent.frame for sent in SegmentContext(engine, 6).copies()] == [6, 2, 1]
