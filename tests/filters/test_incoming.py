"""Pasted filters, and what can come next."""

import pytest

from tcptui.filters.complete import complete
from tcptui.filters.filter_error import FilterError
from tcptui.filters.incoming import understand

CAPTURE_FILTERS = [
    ("tcp port 443", "tcp.port == 443"),
    ("src net 10.1 and not dst port 22", "(ip.src == 10.1.0.0/16 && !(tcp.dstport == 22))"),
    (
        "host 10.0.0.1 and port 80 or 443",
        "((ip.addr == 10.0.0.1 && tcp.port == 80) || tcp.port == 443)",
    ),
    ("tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "tcp.flags & 0x3 != 0x0"),
    ("tcp[13] = 2 and ip6", "(tcp.flags & 0xff == 0x2 && ipv6)"),
    ("vlan 5 and portrange 80-90", "(vlan.id == 5 && tcp.port in {80..90})"),
    ("src host 1.2.3.4 or dst 5.6.7.8", "(ip.src == 1.2.3.4 || ip.dst == 5.6.7.8)"),
    ("ip6 host 2001:db8::1", "ipv6.addr == 2001:db8::1"),
    ("!(port 1 || port 2)", "!((tcp.port == 1 || tcp.port == 2))"),
]


@pytest.mark.parametrize(("text", "read_as"), CAPTURE_FILTERS)
def test_capture_filters_are_understood(text: str, read_as: str) -> None:
    assert understand(text).read_as == read_as


def test_display_filters_stay_as_they_are() -> None:
    assert understand("tcp.port == 80").read_as == ""


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("port http", 6, "not a port number"),
        ("host example.org", 6, "names are not looked up"),
        ("greater 100 and port 80", 1, "not understood"),
        ("tcp port 80 )", 13, ") is not understood here"),
        ("(tcp port 80", 13, ") is missing"),
        ("port 80 and", 12, "ends here"),
        ("tcp[tcpflags] & tcp-sin != 0", 17, "not a flag"),
        ("tcp.prt == 80", 1, "not a field"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(
    text: str, column: int, words: str
) -> None:
    with pytest.raises(FilterError) as caught:
        understand(text)
    assert caught.value.column == column
    assert words in caught.value.what


def test_libpcap_has_the_first_word_on_capture_filters() -> None:
    def refuse(text: str) -> None:
        raise ValueError("syntax error")

    with pytest.raises(FilterError, match="as a capture filter: syntax error"):
        understand("tcp port 80 80", refuse)


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("tcp.po", ["tcp.port", "tcp.options.mptcp.port"]),
        ("not tcp.analysis.f", ["tcp.analysis.flags", "tcp.analysis.fast_retransmission"]),
        ("flow.state == FIN", ["FIN-WAIT-1", "FIN-WAIT-2"]),
        ("flow.opening in {refused, thr", ["three-way"]),
        ("tcp.flags.syn ==", ["1", "0"]),
        ("tcp.port == 80 ", ["and", "or"]),
        ("tcp.payload ", ["contains", "matches", "and", "or"]),
        ("tcp.port == 8", []),
    ],
)
def test_completion(text: str, offers: list[str]) -> None:
    assert [offer.text for offer in complete(text, len(text))] == offers


def test_completion_replaces_the_word_at_the_cursor() -> None:
    text = "ip and tcp.srcp == 80"
    offer = complete(text, 15)[0]
    assert text[: offer.start] + offer.text + text[15:] == "ip and tcp.srcport == 80"


def test_many_terms_nest_no_parentheses() -> None:
    text = " or ".join(f"host 10.0.0.{n}" for n in range(200))
    assert understand(text).read_as.startswith("(ip.addr == 10.0.0.0 || ip.addr == 10.0.0.1 || ")


@pytest.mark.parametrize("deep", ["(" * 300 + "port 80" + ")" * 300, "not " * 300 + "port 80"])
def test_deep_capture_filters_are_refused(deep: str) -> None:
    with pytest.raises(FilterError, match="nested too deeply"):
        understand(deep)
