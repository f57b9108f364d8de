"""Filters ask which ICMP errors quote a flow."""

from pathlib import Path

import pytest

from tcptui.fields.columns.flow_walk import PacketNumbers, TimeDeltas
from tcptui.filters.language import parse
from tcptui.filters.selection import matching_flows
from tests.diagnosis.test_icmp import icmp_error
from tests.filters.samples import REUSED, TALK, V6, Loaded, frames_of, write_capture


@pytest.fixture(scope="module")
def quoted(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Errors quote the first flow (type 3, code 4 twice, and type 11) and the second (3, code 13);
    no error quotes the third and fourth."""
    first, second = frames_of(TALK), frames_of(REUSED)[3:4]
    errors = [icmp_error(first[5], 20, *one) for one in ((3, 4), (3, 4), (11, 0))]
    also = icmp_error(second[0], 8, 3, 13)
    others = [*frames_of(TALK.replace("40000", "50000")), *frames_of(V6)]
    frames = [*first[:6], *errors[:2], *second, also, *first[6:], errors[2], *others]
    return Loaded(write_capture(tmp_path_factory.mktemp("icmp") / "quoted.pcap", frames))


@pytest.mark.parametrize(
    ("text", "flows"),
    [
        ("flow.icmp.type == 3", [0, 1]),
        ("flow.icmp.type == 3 && flow.icmp.code == 4", [0]),
        ("flow.icmp.code == 13", [1]),
        ("flow.icmp.type in {11, 12}", [0]),
        ("flow.icmp.type", [0, 1]),
        ("count(flow.icmp.type) == 2", [0]),
        ("!flow.icmp.type", [2, 3]),
        ("flow.icmpv6.type", []),
    ],
)
def test_flows_that_errors_quote(text: str, flows: list[int], quoted: Loaded) -> None:
    assert len(quoted.engine.flows) == 4
    assert matching_flows(parse(text), quoted.engine, quoted.source.read) == flows


@pytest.mark.parametrize(("quoted_bytes", "number", "delta"), [(8, 7, 20), (20, 8, 10)])
def test_an_error_is_a_packet_of_the_flow_where_wireshark_reads_the_header(
    quoted_bytes: int, number: int, delta: int, tmp_path: Path
) -> None:
    """As tshark 4.6.9 prints tcp.stream.pnum and tcp.time_delta (ms) behind such an error."""
    talk = frames_of(TALK)
    error = icmp_error(talk[5], quoted_bytes, 3, 4)
    path = write_capture(tmp_path / "a.pcap", [*talk[:6], error, *talk[6:]])
    engine = Loaded(path).engine
    behind = 6
    assert engine.packets.frame(behind) == 8
    assert PacketNumbers(engine).at(behind) == number
    assert TimeDeltas(engine).at(behind) == delta * 1_000_000
