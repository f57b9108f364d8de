"""The language: what is understood, and what is said of what is not."""

import pytest

from tcptui.filters.errors import FilterError
from tcptui.filters.language import parse

UNDERSTOOD = [
    "",
    "tcp.port == 80",
    "tcp.port eq 80 and not ip.addr == 10.0.0.0/8",
    "tcp.port in {80, 443, 8000..8080, 9000-9010}",
    "tcp.port not in {80}",
    "any tcp.port < 1024 || all tcp.port >= 1024",
    "tcp.flags & 0x12 == 0x12",
    "tcp.len > 010 && tcp.len < 0b1111 && tcp.len != 'a'",
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
    ("http.request", 1, "not http"),
    ("tcp.port == 99999", 13, "65,535 at most"),
    ("tcp.port == http", 13, "wants a number"),
    ("ip.addr == 10.0", 12, "wants an IPv4 address"),
    ("ip.src == tcp.port", 11, "cannot be compared"),
    ("tcp.analysis.flags == 1", 20, "there or not"),
    ("flow.state == OPEN", 15, "one of CLOSED, LISTEN"),
    ("tcp.payload contains GET", 22, "in quotes"),
    ('tcp.payload contains "GET', 22, 'no " ends this text'),
    ('tcp.payload matches "a(b"', 21, "no regular expression"),
    ('tcp.len contains "a"', 1, "neither"),
    ('tcp.port == "80"', 13, "leave the quotes out"),
    ("tcp.port in {90..80}", 14, "above its end"),
    ("tcp.payload[0:2] == 47:45", 12, "slices"),
    ("tcp.flags.syn & 1", 17, "no bits"),
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
