"""What the copy menu gives: texts, caveats, and the round trip through tshark and tcpdump."""

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from struct import pack
from typing import Final

import pytest

from tcptui.filters import display_filter_text, subjects
from tcptui.filters.capture_filter_text import BOTH_WAYS, EVERYTHING
from tcptui.filters.display_filter_text import CopiedText, TooManyFlows
from tcptui.filters.language import parse
from tcptui.filters.outgoing import FORMS, Tools, copy
from tcptui.filters.subjects import OpenCapture, Subject
from tcptui.screens.triage_offers import admits
from tcptui.text.digits import seconds_text
from tests.filters.samples import (
    REUSED,
    TALK,
    V6,
    Loaded,
    frames_of,
    in_gre,
    needs_tcpdump,
    tagged,
    tcpdump_times,
    tshark_frames,
    write_capture,
)

TALK_FLOW, FIRST_USE, OTHER_HOST, SECOND_USE, V6_FLOW, GRE_FLOW = range(6)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    frames = [
        *frames_of(TALK.replace("40000", "30000")),
        *frames_of(REUSED),
        *(tagged(data, 42) for data in frames_of(V6)),
        *(in_gre(data) for data in frames_of(TALK.replace("40000", "50000"))),
    ]
    path = tmp_path_factory.mktemp("it's here") / "a capture.pcap"
    return Loaded(write_capture(path, frames))


TO_SERVER: Final = (TALK_FLOW, FIRST_USE, OTHER_HOST, SECOND_USE, GRE_FLOW)
GROUPS: Final = {
    "tcp && ip.addr == 10.0.0.2": subjects.GroupSubject(TO_SERVER, "server", "10.0.0.2"),
    "tcp && ip.addr == 10.0.0.3": subjects.GroupSubject((OTHER_HOST,), "client", "10.0.0.3"),
    "tcp && ip.addr == 10.0.0.2 && ip.addr == 10.0.0.3": subjects.GroupSubject(
        (OTHER_HOST,), "pair", "10.0.0.2 ⇄ 10.0.0.3"
    ),
    "tcp && ipv6.addr == 2001:db8::/64": subjects.GroupSubject(
        (V6_FLOW,), "subnet", "2001:db8::/64"
    ),
    "tcp && tcp.port == 80": subjects.GroupSubject(TO_SERVER, "port", "80"),
    "tcp && vlan.id == 42": subjects.GroupSubject((V6_FLOW,), "vlan", "42"),
    "tcp && !vlan": subjects.GroupSubject(TO_SERVER, "vlan", "none"),
}
"""Groups by the filter that has what their flows have in common."""

SUBJECTS: list[tuple[str, Subject]] = [
    ("flow", subjects.FlowSubject(TALK_FLOW)),
    ("client's direction", subjects.DirectionSubject(TALK_FLOW, False)),
    ("server's direction", subjects.DirectionSubject(TALK_FLOW, True)),
    ("flagged", subjects.FlaggedSubject(TALK_FLOW)),
    ("flagged and around", subjects.FlaggedSubject(TALK_FLOW, 1)),
    ("segment", subjects.SegmentSubject(3)),
    ("first use of the ports", subjects.FlowSubject(FIRST_USE)),
    ("second use of the ports", subjects.FlowSubject(SECOND_USE)),
    ("reused, one way", subjects.DirectionSubject(SECOND_USE, True)),
    ("IPv6 in a VLAN", subjects.FlowSubject(V6_FLOW)),
    ("segment of IPv6 in a VLAN", subjects.SegmentSubject(18)),
    ("in GRE", subjects.FlowSubject(GRE_FLOW)),
    ("marked", subjects.FlowsSubject((TALK_FLOW, V6_FLOW))),
    *((f"group {group.by} {group.key}", group) for group in GROUPS.values()),
    ("part of a group", subjects.GroupSubject((TALK_FLOW, V6_FLOW), "server", "10.0.0.2")),
    ("group by name", subjects.GroupSubject((TALK_FLOW, GRE_FLOW), "name", "unknown")),
    ("filter", subjects.FilteredSubject(parse("tcp.port == 80 && ip.src == 10.0.0.0/24"))),
    ("filter of flows", subjects.FilteredSubject(parse("flow.retransmissions == 1"))),
    ("filter with units", subjects.FilteredSubject(parse("tcp.analysis.ack_rtt > 5ms"))),
    ("span", subjects.SpanSubject(1_000_000_000, 1_055_000_000)),
    ("span of a flow", subjects.SpanSubject(1_020_000_000, 1_055_000_000, TALK_FLOW)),
]
BY_NAME = dict(SUBJECTS)
NFLOG = 239


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_display_filters_select_exactly_what_is_meant(loaded: Loaded, name: str) -> None:
    subject = BY_NAME[name]
    made = copy("display", loaded.capture, subject)
    assert tshark_frames(loaded.path, made.text) == loaded.frames(subject.rows(loaded.capture))


@needs_tcpdump
@pytest.mark.parametrize("name", BY_NAME)
def test_capture_filters_miss_nothing_and_own_up_to_the_rest(loaded: Loaded, name: str) -> None:
    subject = BY_NAME[name]
    made = copy("bpf", loaded.capture, subject)
    packets = loaded.engine.packets
    wanted = {seconds_text(int(packets.time(row))) for row in subject.rows(loaded.capture)}
    found = set(tcpdump_times(loaded.path, made.text))
    assert wanted <= found
    assert wanted == found or "also matches" in made.caveat


CAVEATS = [
    ("display", "flow", ""),
    ("display", "second use of the ports", "this file only"),
    ("stream", "flow", "right for Wireshark 4.0; the numbers hold for this file only"),
    ("display", "flagged", "right for Wireshark 4.0"),
    ("tshark", "flagged", "right for Wireshark 4.0"),
    ("bpf", "flow", ""),
    ("bpf", "IPv6 in a VLAN", ""),
    ("bpf", "segment", ""),
    ("bpf", "second use of the ports", "other connections on the same ports: flow 1"),
    ("bpf", "in GRE", "the same tunnel"),
    ("bpf", "span of a flow", "before and after"),
    ("bpf", "filter with units", "other segments of these flows"),
    ("display", "filter with units", "written with numbers"),
]


@pytest.mark.parametrize(("form", "name", "words"), CAVEATS)
def test_caveats(loaded: Loaded, form: str, name: str, words: str) -> None:
    made = copy(form, loaded.capture, BY_NAME[name])
    assert words in made.caveat
    assert bool(words) == bool(made.caveat)


@pytest.mark.parametrize("text", GROUPS)
def test_a_group_is_found_by_what_its_flows_have_in_common(loaded: Loaded, text: str) -> None:
    assert copy("display", loaded.capture, GROUPS[text]) == CopiedText(text)


def test_a_port_tells_a_server_from_what_it_does_as_a_client(tmp_path: Path) -> None:
    """10.0.0.2 serves port 80, and is a client of port 25."""
    asks = "flow A 10.0.0.2:40000 B 10.0.0.9:25\n" + TALK.partition("\n")[2].partition("\n")[2]
    loaded = Loaded(write_capture(tmp_path / "a.pcap", [*frames_of(TALK), *frames_of(asks)]))
    group = subjects.GroupSubject((0,), "server", "10.0.0.2")
    made = copy("display", loaded.capture, group)
    assert made == CopiedText("tcp && ip.addr == 10.0.0.2 && tcp.port == 80")


def test_a_group_of_part_of_the_flows_is_named_flow_by_flow(loaded: Loaded) -> None:
    made = copy("display", loaded.capture, BY_NAME["part of a group"])
    assert made.text.count("tcp.srcport == 30000") == 1
    assert made.text.count("ipv6.src == 2001:db8::1") == 1


def test_a_group_of_too_many_flows_is_not_named(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display_filter_text, "MOST_RANGES", 1)
    with pytest.raises(TooManyFlows, match="2 numbers to name"):
        copy("display", loaded.capture, BY_NAME["part of a group"])


def test_texts(loaded: Loaded) -> None:
    flow = BY_NAME["flow"]
    assert copy("display", loaded.capture, flow).text == (
        "((ip.src == 10.0.0.1 && tcp.srcport == 30000 && ip.dst == 10.0.0.2 && tcp.dstport == 80)"
        " || (ip.src == 10.0.0.2 && tcp.srcport == 80 && ip.dst == 10.0.0.1"
        " && tcp.dstport == 30000))"
    )
    assert copy("stream", loaded.capture, flow).text == "tcp.stream == 0"
    vlan = copy("bpf", loaded.capture, BY_NAME["IPv6 in a VLAN"]).text
    assert vlan.startswith("(vlan 42 and ((ip6 and tcp and src host 2001:db8::1")


@pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark to be run by that name")
@pytest.mark.parametrize("form", ["tshark", "tcpdump", "editcap"])
def test_commands_run_as_pasted(loaded: Loaded, form: str, tmp_path: Path) -> None:
    made = copy(form, loaded.capture, BY_NAME["flow"])
    done = subprocess.run(
        ["sh", "-c", made.text], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    if form == "editcap":
        assert Loaded(tmp_path / "slice.pcapng").count == 10
    else:
        assert len(done.stdout.splitlines()) == 10


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), "tshark -n -r FILE -Y"),
        (("-r.pcap",), "tshark -n -r ./-r.pcap -Y"),
        (("a 'b'.pcap",), "tshark -n -r 'a '\"'\"'b'\"'\"'.pcap' -Y"),
        (("a.pcap", "b.pcap"), "mergecap -w - a.pcap b.pcap | tshark -n -r - -Y"),
    ],
)
def test_names_are_quoted(loaded: Loaded, names: tuple[str, ...], expected: str) -> None:
    made = copy("tshark", OpenCapture(loaded.engine, names), BY_NAME["flow"])
    assert made.text.startswith(expected)
    assert shlex.split(made.text)


def test_a_capture_in_no_file_is_to_be_saved_first(loaded: Loaded) -> None:
    made = copy("tshark", OpenCapture(loaded.engine, ()), BY_NAME["flow"])
    assert made.caveat.startswith("this capture has no file yet: save it with w")


def test_a_filter_that_misses_packets_is_widened(loaded: Loaded) -> None:
    """libpcap's answer counts: here it finds no ports, as in later fragments."""

    def admits(text: str, link_type: int, packet: bytes) -> bool:
        assert link_type == 1
        assert packet
        return "port" not in text

    made = copy("bpf", loaded.capture, BY_NAME["flow"], Tools(admits))
    assert made.text == "(host 10.0.0.1 and host 10.0.0.2)"
    assert "everything else between these hosts" in made.caveat


def test_a_host_that_talks_to_itself_is_no_host_that_talks_to_others(tmp_path: Path) -> None:
    script = TALK.replace("10.0.0.2", "10.0.0.1")
    alike = Loaded(write_capture(tmp_path / "alike.pcap", frames_of(script))).capture
    made = copy("bpf", alike, subjects.FlowSubject(0), Tools(lambda text, *_: "port" not in text))
    assert made.text == "(src host 10.0.0.1 and dst host 10.0.0.1)"


def test_a_tunnel_without_addresses_is_said_to_match_everything(tmp_path: Path) -> None:
    """Cisco metadata stand between Ethernet and IP, where no word of BPF reaches."""
    metadata = bytes.fromhex("8909 0101 0001 0010")
    frames = [data[:12] + metadata + data[12:] for data in frames_of(TALK)]
    tagged = Loaded(write_capture(tmp_path / "metadata.pcap", frames))
    assert copy("bpf", tagged.capture, subjects.FlowSubject(0), Tools(admits)) == (
        "len >= 0",
        EVERYTHING,
    )
    assert copy("bpf", tagged.capture, subjects.SegmentSubject(3)) == ("len >= 0", EVERYTHING)


def test_a_link_type_that_libpcap_cannot_filter_is_no_failure() -> None:
    assert not admits("tcp port 80", NFLOG, bytes(60))


def test_directions_that_look_alike_are_told_by_frames(tmp_path: Path) -> None:
    script = TALK.replace("10.0.0.2:80", "10.0.0.1:40000")
    alike = Loaded(write_capture(tmp_path / "alike.pcap", frames_of(script))).capture
    nothing = subjects.DirectionSubject(0, True)
    assert copy("display", alike, nothing).text == "frame.number == 0"
    assert copy("stream", alike, nothing).text == "frame.number == 0"
    assert BOTH_WAYS in copy("bpf", alike, nothing).caveat


def test_addresses_that_wireshark_shows_otherwise_are_not_relied_on(tmp_path: Path) -> None:
    """A mobile node's home address (RFC 6275) counts as the source, and is not in the header."""
    home = bytes.fromhex("2001 0db8 0000 0000 0000 0000 0000 0099".replace(" ", ""))
    option = bytes.fromhex("0602 0102 0000 c910") + home
    frames = [
        data[:18] + pack("!H", len(data) - 54 + len(option)) + b"\x3c" + data[21:54] + option
        + data[54:]
        for data in frames_of(V6)
    ]  # fmt: skip
    mobile = Loaded(write_capture(tmp_path / "mobile.pcap", frames)).capture
    assert copy("display", mobile, subjects.FlowSubject(0)).text == "frame.number == 1"


def test_packets_without_a_row_are_owned_up_to(tmp_path: Path) -> None:
    frames = frames_of(TALK)
    short = Loaded(write_capture(tmp_path / "short.pcap", [*frames, frames[3][:44]]))
    for form in ("display", "bpf"):
        made = copy(form, short.capture, subjects.FlowSubject(0))
        assert made.caveat == "may also match 1 packet too short or broken to have a row"


def test_words(loaded: Loaded) -> None:
    tools = Tools(why=lambda row: f"because of *row* {row}")
    text = copy("markdown", loaded.capture, BY_NAME["flagged"], tools).text
    assert "\nFlow **0** (Wireshark 4.0), 10.0.0.1:30000 → 10.0.0.2:80:\n" in text
    assert "- #7 Retransmission: because of \\*row\\* 6" in text


@pytest.mark.parametrize("name", ["flow", "segment", "marked"])
def test_json(loaded: Loaded, name: str) -> None:
    told = json.loads(copy("json", loaded.capture, BY_NAME[name]).text)
    assert [flow["tcp.stream"] for flow in told["flows"]] == BY_NAME[name].flows(loaded.capture)
    assert len(told["segments"]) == len(BY_NAME[name].rows(loaded.capture))
    assert told["flows"][0]["flow.opening"] == "three-way"


@pytest.mark.parametrize("form", [form.id for form in FORMS])
def test_every_form_says_something_of_nothing(loaded: Loaded, form: str) -> None:
    nothing = subjects.FilteredSubject(parse("tcp.len == 12345"))
    assert copy(form, loaded.capture, nothing).text
