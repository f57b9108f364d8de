"""Filters ask which ICMP errors quote a flow."""

import json
from pathlib import Path

import pytest

from tcptui.fields.columns.flow_walk import PacketNumbers, TimeDeltas
from tcptui.filters.language import parse
from tcptui.filters.selection import matching_flows
from tcptui.panes.why.drawing import state_words
from tests.cli.running import run
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


SYN = """
flow A 10.0.0.1:40000 B 10.0.0.2:80
numbers A=1000 B=5000
1 0 A S 0 0 64000 0
"""
OTHER = SYN.replace("40000", "50000")
AS_WITH_8 = [("0", "1", "0.000000000"), ("1", "1", "0.000000000")]
"""Of the segments behind the error: stream, number there, time since the packet before."""
AS_WITH_16 = [("1", "1", "0.000000000"), ("0", "2", "0.020000000")]


@pytest.mark.parametrize(
    ("rules", "quoted_bytes", "expected"),
    [
        ("4.4", 14, AS_WITH_8), ("4.4", 15, AS_WITH_8), ("4.4", 16, AS_WITH_16),
        ("4.6", 8, AS_WITH_8), ("4.6", 13, AS_WITH_8), ("4.6", 14, AS_WITH_16),
        ("4.6", 15, AS_WITH_16), ("4.6", 16, AS_WITH_16),
    ],
)  # fmt: skip
def test_an_error_opens_a_stream_where_wireshark_reads_the_header(
    rules: str, quoted_bytes: int, expected: list[tuple[str, ...]], tmp_path: Path
) -> None:
    """As tshark 4.4.19 and 4.6.9 print it; the error's is the last packet but two, and may end the
    file."""
    (syn,), (other,) = frames_of(SYN), frames_of(OTHER)
    error = icmp_error(syn, quoted_bytes, 3, 4)
    path = write_capture(tmp_path / "a.pcap", [error, other, syn])
    fields = ("-e", "tcp.stream", "-e", "tcp.stream.pnum", "-e", "tcp.time_delta")
    ended = run("packets", "--rules", rules, *fields, str(path))
    rows = [tuple(line.split("\t")) for line in ended.stdout.decode().splitlines()[1:]]
    assert rows == expected
    alone = write_capture(tmp_path / "b.pcap", [error])
    assert run("packets", "--rules", rules, str(alone)).code == 0


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


def test_of_a_flow_that_only_an_error_tells_of_no_state_was_seen(tmp_path: Path) -> None:
    (syn,) = frames_of(SYN)
    path = write_capture(tmp_path / "a.pcap", [icmp_error(syn, 20, 3, 1)])
    told = json.loads(run("report", "--format", "json", str(path)).stdout)["flows"][0]
    ends = [told[side] for side in ("client", "server")]
    assert [(end["packets"], end["state"], end["certainty"]) for end in ends] == [
        (0, "CLOSED", "assumed")
    ] * 2
    (flow,) = Loaded(path).engine.flows
    assert [state_words(end) for end in (flow.client, flow.server)] == ["CLOSED (assumed)"] * 2
