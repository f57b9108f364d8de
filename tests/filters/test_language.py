"""The language: what is understood, and what is said of what is not."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.filters.expression import Contains, Within
from tcptui.filters.filter_error import FilterError
from tcptui.filters.language import parse
from tests.filters.samples import TALK, frames_of, write_capture
from tests.wireshark import needed_tshark

UNDERSTOOD = [
    "",
    "tcp.port == 80",
    "tcp.port eq 80 and not ip.addr == 10.0.0.0/8",
    "tcp.port in {80, 443, 8000..8080, 9000-9010}",
    "tcp.port not in {80}",
    "any tcp.port < 1024 || all tcp.port >= 1024",
    "tcp.flags & 0x12 == 0x12",
    "tcp.len > 010 && tcp.len < 0b1111 && tcp.len != 'a'",
    "tcp.window_size_scalefactor in {-2..-1, 0x80} && tcp.window_size_scalefactor & 1",
    "tcp.flags.syn == True",
    "flow.state == fin-wait-2",
    "flow.rtt > 50ms and flow.duration < 2min",
    "flow.bytes >= 1.5MB and flow.retransmission_share > 1%",
    'frame.time >= "2024-05-01 12:00:00.5Z" && frame.time < "May 2, 2024 00:00:00"',
    'tcp.payload contains 47:45:54 or tcp.payload matches r"GET\\s"',
    "tcp.srcport > tcp.dstport",
    "ipv6.addr == 2001:db8::/32",
    "!(tcp.len>0)&&!tcp.flags.syn",
]


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_understood(text: str) -> None:
    assert parse(text).source == text


MISTAKES = [
    ("tcp.port ==", 12, "expected a value"),
    ("tcp.port == 80 and", 19, "expected a field"),
    ("(tcp.port == 80", 16, "or )"),
    ("tcp.port == 80)", 15, ") does not fit here"),
    ("tcp.port 80", 10, "expected a comparison"),
    ("tcp.port = 80", 10, "expected =="),
    ("tcp.port in {80 443}", 17, "expected } or ,"),
    ("tcp.prt == 80", 1, "did you mean tcp.port"),
    ("http.request", 1, "a field of Wireshark's http dissector"),
    ("tcp.port == 99999", 13, "65,535 at most"),
    ("tcp.port == http", 13, "wants a number"),
    ("tcp.window_size_scalefactor == --1", 32, "a number (-2, 128)"),
    ("tcp.window_size_scalefactor & 2147483648", 31, "to 2,147,483,647"),
    ("tcp.window_size_scalefactor > -2147483649", 31, "-2,147,483,648 to"),
    ("tcp.len == -1", 12, "a number (80"),
    ("ip.addr == 10.0", 12, "wants an IPv4 address"),
    ("ip.src == tcp.port", 11, "cannot be compared"),
    ("tcp.analysis.flags == 1", 20, "has no value to compare"),
    ("flow.state == OPEN", 15, "one of CLOSED, LISTEN"),
    ("tcp.payload contains GET", 22, "in quotes"),
    ('tcp.payload contains "GET', 22, 'this text has no closing "'),
    ('tcp.payload matches "a(b"', 21, "not a regular expression"),
    ('tcp.len contains "a"', 1, "neither"),
    ('tcp.port == "80"', 13, "leave the quotes out"),
    ("tcp.port in {90..80}", 14, "above its end"),
    ("tcp.payload[0:2 == 47:45", 12, "no closing ]"),
    ("tcp.len[0] == 1", 1, "has no slices"),
    ("tcp.payload[a] == 1", 1, "not a slice"),
    (f"frame[{'9' * 5000}] == 1", 1, "is beyond every packet"),
    (f"ip.addr#{'9' * 5000} == 1.1.1.1", 1, "is beyond every packet"),
    (f"frame[{','.join([':'] * 65)}] == 1", 1, "64 ranges at most"),
    ("foo(tcp.len) == 1", 1, "no function here"),
    ("tcp.payload + 1 == 2", 1, "not a number"),
    ("5 == 5", 1, "not a field"),
    ("1 + 1 == 2", 1, "one side must be a field"),
    ("tcp.len == 10 / 0", 12, "10 / 0 comes to no number"),
    ("tcp.len == 4000000000 * 2", 12, "comes to no number"),
    ("ip.src == 1 + 1", 11, "ip.src is not a number"),
    ("ip.src & 0xff == 1", 10, "wants an IPv4 address"),
    ("tcp.len == 1" + " + 1" * 65, 12, "computes too much"),
    ("frame.protocols == 1", 1, "ask for a protocol by its name"),
    ("_ws.expert.severity == 1", 1, "a field of Wireshark's _ws dissector"),
    ("frame.time_delta_displayed > 1", 1, "tcp.time_delta from the flow's segment before"),
    ("ip.geoip.city == 1", 1, "a field of Wireshark's ip dissector"),
    ("tcp.port == 80 || icmp.type == 3", 19, "flow.icmp.type finds the flows that such errors"),
    ("icmp.seq == 3", 1, "flow.findings == icmp_error"),
    ("arp", 1, "have no row here"),
    ("tcp.flags.syn & 1", 17, "no bits"),
    ('tcp.payload contains "\udcff"', 23, r'write "\xff"'),
    ('tcp.payload matches "a{99999999999}"', 21, "repetition number is too large"),
    ('tcp.payload matches "(?u)a"', 21, "cannot use 'u' flag"),
    ('tcp.payload matches "[[:alpha:]]"', 21, "[a-z]"),
    (f'tcp.payload matches "{"(" * 500}{")" * 500}"', 21, "nested too deeply"),
    (f'tcp.payload matches "{"a" * 5000}"', 21, "4,096 are the most"),
]


@pytest.mark.parametrize(("text", "column", "words"), MISTAKES)
def test_mistakes_are_pointed_at(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.column == column
    assert words in caught.value.what
    assert caught.value.pointed().splitlines()[1].index("^") == column - 1


@pytest.mark.parametrize(
    ("text", "wireshark", "of_flows", "only_flows", "reads_bytes"),
    [
        ("tcp.port == 80", True, False, False, False),
        ("frame.time_relative > 50ms", False, False, False, False),
        ("frame.time_relative > 0.05", True, False, False, False),
        ("tcp.port in {80-90}", False, False, False, False),
        ("flow.rtt > 0.05", False, True, True, False),
        ("flow.rtt > 0.05 && tcp.len > 0", False, True, False, False),
        ("client_state == ESTABLISHED", False, False, False, False),
        ('tcp.payload contains "a"', True, False, False, True),
        ("tcp.payload", True, False, False, False),
    ],
)
def test_what_an_expression_needs(
    text: str, wireshark: bool, of_flows: bool, only_flows: bool, reads_bytes: bool
) -> None:
    expression = parse(text)
    assert expression.wireshark == wireshark
    assert expression.of_flows == of_flows
    assert expression.only_flows == only_flows
    assert expression.reads_bytes == reads_bytes


def test_thousands_of_sides_make_no_deep_tree() -> None:
    text = " || ".join(f"tcp.stream == {number} && tcp.len" for number in range(3000))
    assert parse(text).source == text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"\x4"', b"\x04"),
        (r'"\x414"', b"A4"),
        (r'"\101\0"', b"A\0"),
        (r'"\377\xff"', b"\xff\xff"),
        (r'"\a\b\f\n\r\t\v"', b"\a\b\f\n\r\t\v"),
        (r'"\"\'\\"', b"\"'\\"),
        (r'"\u00e9\U0001f600"', "é😀".encode()),
        (r'"\u0024"', b"$"),
        (r'"€\x41"', "€A".encode()),
        (r'r"\x\q"', rb"\x\q"),
        (r'R"a\"b"', rb"a\"b"),
        ('""', b""),
    ],
)
def test_escapes_in_a_text(written: str, meant: bytes) -> None:
    root = parse(f"tcp.payload contains {written}").root
    assert isinstance(root, Contains)
    assert root.wanted == meant


@pytest.mark.parametrize("before", ["tcp.payload contains", "tcp.payload matches", "ip.host =="])
@pytest.mark.parametrize(
    "escape",
    r"""\x \xg \8 \9 \400 \777 \u \u41 \u0041 \U0041 \ud800 \U00110000 \q \e \? \N \- \. \/ \d
    \é""".split(),
)
def test_escapes_that_wireshark_refuses(before: str, escape: str) -> None:
    with pytest.raises(FilterError, match=r"stands for nothing|more than a byte|not the name"):
        parse(f'{before} "{escape}"')


@pytest.mark.parametrize(
    "written",
    r"""\x \xg \x4 \8 \101 \400 \u0041 \u00e9 \u0024 \ud800 \U00110000 \q \? \' \a \d \N
    \e""".split(),
)
def test_escapes_are_those_of_tshark(written: str, tmp_path: Path) -> None:
    capture = str(write_capture(tmp_path / "talk.pcap", frames_of(TALK)))
    text = f'tcp.payload contains "{written}"'
    command = [needed_tshark("4.0"), "-r", capture, "-Y", text]
    tshark = subprocess.run(command, capture_output=True, check=False)
    try:
        parse(text)
        understood = True
    except FilterError:
        understood = False
    assert understood == (tshark.returncode == 0)


@pytest.mark.parametrize(
    ("written", "number"), [("'a'", 97), (r"'\x41'", 65), (r"'\101'", 65), (r"'\n'", 10)]
)
def test_characters_are_numbers(written: str, number: int) -> None:
    root = parse(f"tcp.len == {written}").root
    assert isinstance(root, Within)
    assert root.pairs == [(number, number)]


@pytest.mark.parametrize("written", [r"'\x'", r"'\8'", r"'\q'", "'é'", r"'\400'", "''", "'ab'"])
def test_characters_that_are_none(written: str) -> None:
    with pytest.raises(FilterError):
        parse(f"tcp.len == {written}")


HUGE = {
    "parentheses": "(" * 60_000 + "tcp" + ")" * 60_000,
    "parentheses around a comparison": "(" * 65 + "tcp.port == 80" + ")" * 65,
    "not": "not " * 30_000 + "tcp",
    "marks": "!" * 100_000 + "tcp",
    "mixed": "!(" * 40_000 + "tcp" + ")" * 40_000,
    "a sum": "tcp.len" + " + 1" * 30_000 + " == 3",
    "functions": "abs(" * 30_000 + "tcp.len" + ")" * 30_000 + " == 3",
    "a set": f"tcp.port in {{{','.join(['80'] * 1_000_000)}}}",
    "a text": f'tcp.payload contains "{"a" * 10_000_000}"',
    "terms": " or ".join(["tcp.port == 80"] * 10_000),
    "a number": f"tcp.port == {'9' * 100_000}",
    "a name": "x" * 100_000,
    "no end": '"' + "a" * 100_000,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_what_is_too_much_is_refused_in_few_words(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert len(str(caught.value)) < 300
    assert len(caught.value.pointed()) < 600


def test_deep_enough() -> None:
    text = "!(" * 32 + "tcp.port == 80" + ")" * 32
    assert parse(text).fields == ("tcp.port",)


WORDS = st.sampled_from(
    r"""tcp.port tcp.payload ip.addr flow.state frame.time tcp.flags == != & in { } .. , ( ) ! not
    and or contains matches ~ any all 80 0x 1e9 50ms 10.0.0.0/8 10.0.0.0/99 :: 2001:db8::/200 47:4
    '\x' '\400' "\x" "\8" r"(" "(?P<a>" "a{2,1}" "[" "(?u)" "(?L)a" "\0" "2024-99-01" "0001-01-01"
    9999999999999999999999 -1 é ² ٣ "é" " ' \ [ ] = < > - % µs""".split()
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=12).map(" ".join)))
@settings(max_examples=2000, deadline=None)
def test_every_text_is_understood_or_refused(text: str) -> None:
    try:
        parse(text)
    except FilterError as error:
        assert error.pointed()  # noqa: PT017
