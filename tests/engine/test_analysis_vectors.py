"""The test vectors of the analysis rules: packet scripts with tshark's verdict beside each line."""

from dataclasses import replace
from pathlib import Path

import pytest

from samples.capture_files import Record, pcap
from samples.frames import frame
from samples.packet_script import Packet, read_script
from tests.engine.feeding import analysed
from tests.engine.verdicts import (
    TIMES,
    Verdict,
    engine_verdict,
    nanoseconds,
    tshark_verdicts,
    write_profile,
)
from tests.wireshark import needed_tshark

VECTORS = sorted((Path(__file__).parent / "vectors").glob("V*.txt"))
SHOWN_ALWAYS = {"flags", "dup", "acks", "rtt", "rto", "rtof", "bif", "psh"}
"""Where a script says nothing of these, there is nothing."""


def expected_verdict(packet: Packet) -> Verdict:
    """The right margin of a line."""
    assert packet.expected
    verdict: Verdict = {"flags": sorted(packet.expected.flags)}
    for key, text in packet.expected.values.items():
        verdict[key] = nanoseconds(text) if key in TIMES else text if key == "dup" else int(text)
    return verdict


def said_of(verdict: Verdict, expected: Verdict) -> Verdict:
    """The part of a verdict that a script speaks of."""
    return {key: value for key, value in verdict.items() if key in SHOWN_ALWAYS | expected.keys()}


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_engine_gives_the_vector(path: Path) -> None:
    script = read_script(path)
    engine = analysed(script.packets)
    assert engine.packets.count == len(script.packets)
    for row, packet in enumerate(script.packets):
        expected = expected_verdict(packet)
        assert said_of(engine_verdict(engine, row), expected) == expected, f"packet {row + 1}"


def shifted(verdict: Verdict, frames: int, streams: int) -> Verdict:
    """The same verdict where other packets and flows come first."""
    moved = dict(verdict)
    for key in moved.keys() & {"acks", "rtof"}:
        moved[key] += frames
    if "strm" in moved:
        moved["strm"] += streams
    if "dup" in moved:
        frame_number, _, count = moved["dup"].partition("#")
        moved["dup"] = f"{int(frame_number) + frames}#{count}"
    return moved


def with_ports(packet: Packet, offset: int) -> Packet:
    """The same packet between other ports."""
    source, destination = packet.source, packet.destination
    return replace(
        packet,
        source=source._replace(port=source.port + offset),
        destination=destination._replace(port=destination.port + offset),
    )


def test_tshark_gives_the_vectors_too(tmp_path: Path) -> None:
    """All vectors behind one another in one capture, each between ports of its own."""
    tshark = needed_tshark("4.0")
    write_profile(tmp_path, tshark)
    records: list[Record] = []
    expectations: list[Verdict] = []
    streams = 0
    for offset, path in enumerate(VECTORS):
        packets = read_script(path).packets
        expected = [expected_verdict(packet) for packet in packets]
        expectations += [shifted(verdict, len(records), streams) for verdict in expected]
        records += [Record(packet.time, frame(with_ports(packet, offset))) for packet in packets]
        streams += 1 + max(verdict["strm"] for verdict in expected)
    (tmp_path / "vectors.pcap").write_bytes(pcap(records))
    told = dict(tshark_verdicts(tmp_path / "vectors.pcap", tmp_path, tshark))
    assert len(told) == len(expectations)
    for number, expected_one in enumerate(expectations, 1):
        assert said_of(told[number], expected_one) == expected_one, f"frame {number}"
