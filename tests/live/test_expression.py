"""Capture filters: what libpcap takes, and where it says that one goes wrong."""

import pytest

from tcptui.capture.live.capture_filter import MOST_TERMS, WrongExpression, check_filter
from tcptui.capture.live.libpcap import Handle

RIGHT = [
    "",
    "tcp and dst port ! 22 and src net 182.123.13.0/24",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "vlan 5 and (host 10.0.0.1 or ip6 net 2001:db8::/32)",
    "tcp port https",
]

WRONG = [
    ("tcp and prt 80", 9, "syntax error"),
    ("tcp port", 9, "syntax error"),
    ("and tcp", 1, "syntax error"),
    ("tcp and (port 80", 17, "syntax error"),
    ("tcp[13 & 7 != 0", 12, "syntax error"),
    ("host 10.0.0.1 or or tcp", 18, "syntax error"),
    ("tcp[tcpflags] & (tcp-syn|tcp-foo) != 0", 26, "syntax error"),
    ("port 99999", 6, "illegal port number"),
    ("src net 10.0.0.0/33", 9, "mask length"),
    ("ether host 00:00:00:00:00:zz", 12, "ethernet address"),
    ("host no-such-host.example", 6, "unknown host"),
]


@pytest.mark.parametrize("expression", RIGHT)
def test_right(expression: str) -> None:
    check_filter(expression)


@pytest.mark.parametrize(("expression", "column", "words"), WRONG, ids=[e for e, _, _ in WRONG])
def test_wrong(expression: str, column: int, words: str) -> None:
    with pytest.raises(WrongExpression, match=words) as caught:
        check_filter(expression)
    assert caught.value.column == column


def test_a_filter_is_right_or_wrong_for_a_link_type() -> None:
    check_filter("ether host 00:00:00:00:00:01", link_type=1)
    with pytest.raises(WrongExpression, match="only on 802"):
        check_filter("type mgt", link_type=1)


TOO_MUCH = {
    "hosts": " or ".join(f"host 10.{n >> 8 & 255}.{n & 255}.7" for n in range(5000)),
    "ports": f"port ({' or '.join(map(str, range(1, 2000)))})",
    "signs": "tcp" + "&&tcp||udp" * 1000,
    "parentheses": "(" * 100_000,
    "not": "not " * 100_000 + "tcp",
    "a sum": "len" + "+1" * 100_000 + " = 1",
}


@pytest.mark.parametrize("expression", TOO_MUCH.values(), ids=TOO_MUCH)
def test_libpcap_does_not_see_too_much(expression: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("libpcap was asked")

    monkeypatch.setattr(Handle, "compile", fail)
    with pytest.raises(WrongExpression, match=": use net or portrange"):
        check_filter(expression)


def test_as_much_as_is_allowed_is_compiled() -> None:
    check_filter(" or ".join(f"ip6 host 2001:db8::{n:x}" for n in range(MOST_TERMS)))


def test_the_place_is_found_in_a_long_filter() -> None:
    right = " or ".join(f"ip6 host 2001:db8::{n:x}" for n in range(50))
    with pytest.raises(WrongExpression) as caught:
        check_filter(f"{right} or prt 80 or {right}")
    assert caught.value.column == len(f"{right} or ") + 1
