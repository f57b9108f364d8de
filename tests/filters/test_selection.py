"""What filters select: by hand, by two ways of asking, and by tshark."""

from pathlib import Path

import pytest

from tcptui.filters.filter_error import Unanswered
from tcptui.filters.language import parse
from tcptui.filters.selection import Selection, matching_flows, matching_rows, runs
from tests.filters.samples import (
    REUSED,
    SCRIPTS,
    TALK,
    V6,
    Loaded,
    frames_of,
    in_gre,
    script_capture,
    tagged,
    tshark_frames,
    write_capture,
)

TALK_FRAMES = [
    ("", "1 2 3 4 5 6 7 8 9 10"),
    ("tcp.flags.syn == 1", "1 2"),
    ("tcp.flags == 0x12", "2"),
    ("tcp.flags & 0x01", "8 9"),
    ("tcp.flags.str contains \"F\"", "8 9"),
    ("tcp.srcport == 80", "2 5 6 7 9"),
    ("tcp.port != 80", ""),
    ("tcp.port !== 80", "1 2 3 4 5 6 7 8 9 10"),
    ("tcp.len > 0", "4 6 7"),
    ("tcp.len in {14, 100..200}", "4"),
    ("tcp.seq == 1 && tcp.ack == 1", "3 4"),
    ("tcp.seq_raw == 1001", "3 4"),
    ("tcp.analysis.retransmission", "7"),
    ("tcp.analysis.flags and tcp.len > 0", "7"),
    ("tcp.time_delta > 100ms", "7"),
    ("frame.number in {2..3, 9}", "2 3 9"),
    ("ip.src == 10.0.0.1 or tcp.flags.fin == 1", "1 3 4 8 9 10"),
    ("ip.addr in {10.0.0.2 .. 10.0.0.9} && !tcp.len", ""),
    ("ipv6", ""),
    ("tcp.payload contains \"GET\"", "4"),
    ("tcp.payload matches \"^http/1\\\\.1 2\"", "6 7"),
    ("tcp.payload contains 47:45:54", "4"),
    ("tcp.payload == 47", ""),
    ("client_state == FIN-WAIT-1", "8 9"),
    ("direction == s && server_state == LAST-ACK", "9"),
    ("analysis contains \"retrans\"", "7"),
    ("flow.retransmissions == 1", "1 2 3 4 5 6 7 8 9 10"),
    ("flow.opening == three-way && flow.server.bytes == 30", "1 2 3 4 5 6 7 8 9 10"),
    ("flow.client.state == ESTABLISHED", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The conversation, with the times that its script has."""
    script = tmp_path_factory.mktemp("talk") / "talk.txt"
    script.write_text(TALK)
    return Loaded(script_capture(script.with_suffix(".pcap"), script))


@pytest.mark.parametrize(("text", "frames"), TALK_FRAMES)
def test_frames(talk: Loaded, text: str, frames: str) -> None:
    found = matching_rows(parse(text), talk.engine, talk.source.read)
    assert talk.frames([int(row) for row in found]) == [int(frame) for frame in frames.split()]


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Flows straight, in a VLAN, in GRE, in IPv6, and on ports that are used twice."""
    frames = [
        *frames_of(REUSED),
        *(tagged(data, 42) for data in frames_of(V6)),
        *(in_gre(data) for data in frames_of(TALK.replace("40000", "50000"))),
    ]
    return Loaded(write_capture(tmp_path_factory.mktemp("carried") / "carried.pcap", frames))


CARRIED_FILTERS = [
    "tcp.stream == 1", "ip.addr == 192.0.2.1", "ip.src == 10.0.0.1", "ip.addr != 10.0.0.1",
    "all tcp.port > 100", "vlan.id == 42", "vlan", "ipv6.dst == 2001:db8::/64", "ip", "ipv6",
    "ip.src == ip.dst", "ip.src < ip.dst", "tcp.srcport > tcp.dstport", "ip.host contains \"192\"",
    "tcp.analysis.reused_ports", "tcp.analysis", "tcp.completeness & 4", "tcp.window_size > 500",
    "tcp.payload matches \"ok$\"", "frame contains \"HTTP\"", "tcp contains 00:50",
    "tcp.flags.syn == 1 && !(ip.addr == 10.0.0.2 || ipv6)", "tcp.ack > 0 and tcp.seq_raw < 900",
    "tcp.connection.synack", "tcp.nxtseq == 1", "tcp.time_relative < 0.02",
    "frame.cap_len > 60", "frame.len > 100", "tcp.analysis.initial_rtt > 0.005",
    "tcp.analysis.bytes_in_flight > 14", "tcp.window_size_value == 500",
    "tcp.analysis.ack_rtt", "tcp.analysis.acks_frame == 4", "frame.time_epoch >= 1.05",
    "frame.time_relative in {0.01 .. 0.05}", "tcp.port in {80, 443, 40000..40001}",
]  # fmt: skip


@pytest.mark.parametrize("text", CARRIED_FILTERS)
def test_both_ways_of_asking_agree(carried: Loaded, text: str) -> None:
    """The columns' tests and the fields' getters."""
    selection = Selection(parse(text), carried.engine, carried.source.read)
    fast = [int(row) for row in selection.rows(0, carried.count)]
    assert fast == [row for row in range(carried.count) if selection.whole_frame(row)]
    assert fast == [row for row in range(carried.count) if selection.matches(row)]
    flows = sorted({int(carried.engine.packets.flow(row)) for row in fast})
    assert matching_flows(parse(text), carried.engine, carried.source.read) == flows


@pytest.mark.parametrize(
    ("text", "count"),
    [("ipv6.src & ffff:: == 2001::", 2), ("ipv6.src & ffff:: == fe80::", 0),
     ("ipv6.addr & ::f == ::2", 2), ("all ipv6.addr & ::f == ::2", 0)],
)  # fmt: skip
def test_addresses_of_ipv6_have_masks(carried: Loaded, text: str, count: int) -> None:
    """In tshark 4.0 what such a mask leaves is equal to everything."""
    assert len(matching_rows(parse(text), carried.engine)) == count


@pytest.mark.slow
@pytest.mark.parametrize("text", CARRIED_FILTERS)
def test_tshark_selects_the_same_frames(carried: Loaded, text: str) -> None:
    rows = matching_rows(parse(text), carried.engine, carried.source.read)
    assert carried.frames([int(row) for row in rows]) == tshark_frames(carried.path, text)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_tshark_selects_the_same_frames_of_samples(script: Path, tmp_path: Path) -> None:
    loaded = Loaded(script_capture(tmp_path / "sample.pcap", script))
    for text in (
        "tcp.analysis.flags && !tcp.analysis.window_update",
        "tcp.seq > 1 && tcp.analysis.ack_rtt < 0.05 || tcp.flags.fin == 1",
        "tcp.completeness >= 15 and tcp.analysis.duplicate_ack_num > 1",
    ):
        rows = matching_rows(parse(text), loaded.engine)
        assert loaded.frames([int(row) for row in rows]) == tshark_frames(loaded.path, text), text


def sum_of(count: int) -> str:
    return " + ".join(["tcp.port"] * count)


def test_arithmetic_makes_no_more_values_than_it_may(talk: Loaded) -> None:
    ports = 12 * 80
    assert len(matching_rows(parse(f"{sum_of(12)} == {ports}"), talk.engine)) == talk.count
    for text in (f"{sum_of(40)} > 5", f"max({sum_of(20)}) > 5", f"{sum_of(13)} == tcp.port"):
        with pytest.raises(Unanswered, match=r"^frame 1: tcp\.port .* more than 4,096 values"):
            matching_rows(parse(text), talk.engine)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"{sum_of(12)} == {sum_of(12)}", 10),
        (f"all {sum_of(12)} < {sum_of(12)}", 0),
        (f"all {sum_of(12)} <= {{tcp.port + 1000000}}", 10),
        (f"any {sum_of(12)} != {sum_of(12)}", 10),
        ("tcp.port !== tcp.srcport", 10),
        ("tcp.port != tcp.srcport", 0),
        ("tcp.port === tcp.port", 0),
        ("tcp.srcport === tcp.srcport", 10),
        ("all tcp.port >= tcp.port", 0),
        ("ip.ttl == ip.ttl + 1", 0),
    ],
)
def test_values_are_compared_in_pairs(talk: Loaded, text: str, count: int) -> None:
    assert len(matching_rows(parse(text), talk.engine, talk.source.read)) == count


def test_numbers_grow_only_so_far(talk: Loaded) -> None:
    product = "tcp.seq_raw"
    for _ in range(9):
        product = f"{{{product} * {product}}}"
    found = matching_rows(parse(f'string({product}) contains "1"'), talk.engine)
    assert list(found) == []


def test_times_and_flags_are_absent_where_the_header_makes_no_sense(tmp_path: Path) -> None:
    frames = frames_of(TALK)
    frames[4] = frames[4][:46] + b"\0" + frames[4][47:]
    loaded = Loaded(write_capture(tmp_path / "bogus.pcap", frames))
    for text in ("tcp.time_delta < 1", "tcp.time_relative", "tcp.nxtseq", "tcp.flags.str"):
        rows = [int(row) for row in matching_rows(parse(text), loaded.engine)]
        assert (
            loaded.frames(rows) == tshark_frames(loaded.path, text) == [1, 2, 3, 4, *range(6, 11)]
        )


@pytest.mark.parametrize(
    "text", ["tcp.ack", "tcp.ack_raw", "tcp.window_size", "tcp.flags.ack == 1"]
)
def test_filters_and_rows_lack_the_same_where_the_header_makes_no_sense(
    tmp_path: Path, text: str
) -> None:
    frames = frames_of(TALK)
    frames[4] = frames[4][:46] + b"\0" + frames[4][47:]
    loaded = Loaded(write_capture(tmp_path / "bogus.pcap", frames))
    selection = Selection(parse(text), loaded.engine)
    found = [row for row in range(loaded.count) if selection.matches(row)]
    assert found == [row for row in range(loaded.count) if selection.whole_frame(row)]
    assert 4 not in found
    assert len(found) >= loaded.count - 2


def test_rows_that_come_later_are_seen_after_renewing(talk: Loaded) -> None:
    selection = Selection(parse("tcp.len > 0"), talk.engine)
    assert [int(row) for row in selection.rows(4, 7)] == [5, 6]
    selection.renew()
    assert [int(row) for row in selection.rows(0, talk.count)] == [3, 5, 6]


def test_runs() -> None:
    assert list(runs([])) == []
    assert list(runs([1, 2, 3, 7, 9, 10])) == [(1, 4), (7, 8), (9, 11)]
