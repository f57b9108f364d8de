"""Random segments: the same verdicts as tshark, whatever the batches, and never an exception."""

from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import Host, Packet
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tests.engine.feeding import analysed, feed, new_engine
from tests.engine.fuzz_traffic import mixture, traffic
from tests.engine.verdicts import engine_verdict, tshark_verdicts, write_profile
from tests.wireshark import needed_tshark

PACKETS = 20_000


def disagreements(packets: list[Packet], folder: Path, release: str) -> list[str]:
    """Where the engine and a release's tshark differ: a line for each, the engine's verdict
    first."""
    tshark = needed_tshark(release)
    write_profile(folder, tshark)
    capture = folder / "fuzz.pcap"
    capture.write_bytes(pcap(Record(packet.time, frame(packet)) for packet in packets))
    engine = analysed(packets, RULE_SETS[release])
    told = [f"engine has {engine.packets.count} rows"] * (engine.packets.count != len(packets))
    for row, (number, theirs) in enumerate(tshark_verdicts(capture, folder, tshark)):
        ours = engine_verdict(engine, row)
        if ours != theirs or engine.packets.frame(row) != number:
            differing = {k for k in ours.keys() | theirs.keys() if ours.get(k) != theirs.get(k)}
            told.append(
                f"frame {number}: "
                + ", ".join(f"{k}: {ours.get(k)} but {theirs.get(k)}" for k in sorted(differing))
            )
    return told


@pytest.mark.fuzz
@pytest.mark.parametrize("release", RULE_SETS)
def test_random_segments_get_tsharks_verdicts(tmp_path: Path, release: str) -> None:
    assert disagreements(mixture(1, PACKETS), tmp_path, release) == []


def every_row(engine: Engine) -> list[object]:
    return [engine_verdict(engine, row) for row in range(engine.packets.count)]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_batches_do_not_change_the_answer(seed: int, cuts: list[int]) -> None:
    packets = list(traffic(seed, 4, 300))
    in_batches = new_engine()
    edges = [0, *sorted(cuts), len(packets)]
    for start, stop in pairwise(edges):
        some = packets[start:stop]
        feed(in_batches, [frame(packet) for packet in some], [packet.time for packet in some])
    assert every_row(in_batches) == every_row(analysed(packets))


NUMBERS = st.integers(0, 0xFFFFFFFF)
ENDS = (Host(IPv4Address("10.0.0.1"), 1111), Host(IPv4Address("10.0.0.2"), 2222))


@st.composite
def any_packet(draw: st.DrawFn) -> Packet:
    """A segment with any numbers, any flags and any bytes as options, at any time."""
    source, destination = draw(st.permutations(ENDS))
    options = draw(st.binary(max_size=10)) * 4
    return Packet(
        time=draw(st.integers(0, 1 << 62)),
        source=source,
        destination=destination,
        flags=draw(st.integers(0, 0xFFF)),
        seq=draw(NUMBERS),
        ack=draw(NUMBERS),
        window=draw(st.integers(0, 0xFFFF)),
        payload=bytes(draw(st.integers(0, 99))),
        options=options,
        ip={"id": "0"},
        comment="",
        expected=None,
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(any_packet(), max_size=30))
def test_no_sequence_of_segments_raises(packets: list[Packet]) -> None:
    assert analysed(packets).packets.count == len(packets)
