"""The names of flows, from the first bytes of either side."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui.engine.engine import Engine
from tcptui.engine.eviction import GONE
from tcptui.engine.names.names import FlowNames
from tcptui.engine.names.naming import Watch
from tests.engine.hellos import client_hello, record
from tests.engine.talks import Part, in_order, played

HELLO = client_hello()
POST_QUANTUM = client_hello(padding=1800)
REQUEST = b"GET /a/b?c=d HTTP/1.1\r\nAccept: */*\r\nHost:  api.example.com:8080 \r\n\r\n"
SSL_REQUEST = bytes([0, 0, 0, 8, 4, 210, 22, 47])

TEXTS = (
    "sni", "http_host", "http_method", "http_path", "ssh_client", "ssh_server", "greeting",
)  # fmt: skip


def names_in(engine: Engine) -> FlowNames | None:
    assert engine.naming is not None
    return engine.naming.of(engine.flows[0])


def told(engine: Engine) -> dict[str, str | list[str]]:
    """What is known of the only flow."""
    names = names_in(engine)
    if names is None:
        return {}
    found: dict[str, str | list[str]] = {name: getattr(names, name) for name in TEXTS}
    found["alpn"] = names.alpn
    return {name: value for name, value in found.items() if value}


TLS = {"sni": "api.example.com", "alpn": ["h2", "http/1.1"]}
HTTP = {"http_method": "GET", "http_path": "/a/b?c=d", "http_host": "api.example.com:8080"}
TALKS = {
    "a TLS hello": ([("c", HELLO)], TLS),
    "one without a name": ([("c", client_hello(b"", ()))], {}),
    "one in several records": (
        [("c", record(22, HELLO[5:90]) + record(22, HELLO[90:])),],
        TLS,
    ),
    "an HTTP request": ([("c", REQUEST)], HTTP),
    "one of HTTP/1.0": ([("c", b"HEAD / HTTP/1.0\r\n\r\n")],
                        {"http_method": "HEAD", "http_path": "/"}),
    "one with a body": (
        [("c", b"POST /x HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\n\r\nabc")],
        {"http_method": "POST", "http_path": "/x", "http_host": "h"},
    ),
    "TLS behind CONNECT": (
        [("c", b"CONNECT api.example.com:443 HTTP/1.1\r\nHost: proxy\r\n\r\n"),
         ("s", b"HTTP/1.1 200 OK\r\n\r\n"), ("c", HELLO)],
        TLS | {"http_method": "CONNECT", "http_path": "api.example.com:443", "http_host": "proxy"},
    ),
    "SSH": (
        [("s", b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n\0\0"), ("c", b"SSH-2.0-libssh2\n")],
        {"ssh_server": "SSH-2.0-OpenSSH_9.2p1 Debian", "ssh_client": "SSH-2.0-libssh2"},
    ),
    "SMTP, and TLS behind STARTTLS": (
        [("s", b"220 mx.example.com ESMTP Postfix\r\n"), ("c", b"EHLO me\r\n"),
         ("s", b"250 STARTTLS\r\n"), ("c", b"STARTTLS\r\n"), ("s", b"220 go\r\n"), ("c", HELLO)],
        TLS | {"greeting": "mx.example.com"},
    ),
    "FTP": ([("s", b"220 ProFTPD 1.3.4a Server (ftp.example.org) [10.0.0.2]\r\n")],
            {"greeting": "ftp.example.org"}),
    "FTP in several lines": (
        [("s", b"220-Welcome\r\nto us\r\n220 ftp.example.org ready\r\n331 other.example.org\r\n")],
        {"greeting": "ftp.example.org"},
    ),
    "FTP without a name in several lines": (
        [("s", b"220-Welcome\r\n220 ready\r\n331 other.example.org\r\n")], {},
    ),
    "FTP without a name": ([("s", b"220 (vsFTPd 3.0.3)\r\n")], {}),
    "IMAP": ([("s", b"* OK [CAPABILITY IMAP4rev1] imap.example.net Dovecot ready.\r\n")],
             {"greeting": "imap.example.net"}),
    "PostgreSQL": ([("c", SSL_REQUEST), ("s", b"S"), ("c", HELLO)], TLS),
    "hostile bytes": (
        [("c", client_hello(b"\x1b[2J\xff\xe2\x80\xae", ()))], {"sni": r"\x1b[2J\xff\u202e"},
    ),
    "a name that is too long": ([("c", client_hello(b"a" * 300, ()))], {"sni": "a" * 255}),
    "what only begins like a request": ([("c", b"GET lost\r\n\r\n")], {}),
    "something else": ([("c", b"\x01\x02"), ("s", b"xyz")], {}),
}  # fmt: skip


@pytest.mark.parametrize("size", [1 << 16, 7, 1])
@pytest.mark.parametrize("talk", TALKS)
def test_names_whatever_the_segments(talk: str, size: int) -> None:
    turns, names = TALKS[talk]
    assert told(played(in_order(*turns, size=size))) == names


def test_nothing_is_kept_of_a_flow_that_has_no_name() -> None:
    engine = played(in_order(("c", b"\x01\x02"), ("s", b"xyz")))
    assert engine.naming is not None
    assert ([flow.names for flow in engine.flows], engine.naming.watched) == ([None], {})


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("opening", [True, False])
def test_segments_out_of_order_repeated_and_overlapping(
    order: tuple[int, ...], opening: bool
) -> None:
    """Without the SYN nothing tells where the stream begins, so the first must come first."""
    pieces = [Part("c", 0, POST_QUANTUM[:700]), Part("c", 600, POST_QUANTUM[600:1500]),
              Part("c", 1400, POST_QUANTUM[1400:])]  # fmt: skip
    parts = [pieces[i] for i in order for _ in range(2)]
    names = names_in(played(parts, opening))
    if opening or order[0] == 0:
        assert names is not None
        assert names.sni == "api.example.com"
        assert names.hello_row == 2 * opening + 4
    else:
        assert names is None


def test_a_row_is_that_of_the_segment_that_completes_the_message() -> None:
    names = names_in(played(in_order(("c", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"),
                                     ("c", b"12345"), ("c", b"6789"), ("c", b"GET"))))  # fmt: skip
    assert names is not None
    assert names.request_row == 4


@pytest.mark.parametrize("captured", range(0, len(HELLO), 3))
def test_a_hello_that_was_cut_gives_no_half_name(captured: int) -> None:
    found = told(played([Part("c", 0, HELLO, captured)]))
    assert found.get("sni", "api.example.com") == "api.example.com"
    assert found.get("alpn", ["h2"]) in (["h2"], ["h2", "http/1.1"])


@pytest.mark.parametrize("captured", range(0, len(REQUEST), 5))
def test_a_request_that_was_cut_gives_no_half_name(captured: int) -> None:
    found = told(played([Part("c", 0, REQUEST, captured)]))
    assert found.items() <= HTTP.items()


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("cs"), st.integers(0, 3000), st.binary(max_size=60))),
       st.sampled_from([HELLO, POST_QUANTUM, REQUEST, b"220 mx.example.com x\r\n"]),
       st.integers(0, 80), st.integers(0, 255))  # fmt: skip
def test_no_bytes_are_too_odd(
    noise: list[tuple[str, int, bytes]], message: bytes, at: int, byte: int
) -> None:
    changed = message[:at] + bytes([byte]) + message[at + 1 :]
    found = told(played([*in_order(("c", changed)), *(Part(*one) for one in noise)]))
    assert all(text.isprintable() for value in found.values() for text in value)


def test_flows_that_were_evicted_are_not_watched_any_more() -> None:
    engine = played(in_order(("c", HELLO)))
    naming = engine.naming
    assert naming is not None
    for number in range(1, 3000):
        naming.watched[number] = Watch(GONE)
    flows = [engine.flows[0], *[GONE] * 2999]
    naming.forget_gone(flows)
    assert list(naming.watched) == [0]
    assert naming.name_of(GONE) == ""


@pytest.mark.parametrize(
    ("host", "name"),
    [(b"api.example.com:8080", "api.example.com:8080"), (b"10.0.0.2:8080", ""), (b"[::1]", ""),
     (b"7.example.com", "7.example.com")],
)  # fmt: skip
def test_an_address_is_no_name(host: bytes, name: str) -> None:
    engine = played(in_order(("c", b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")))
    assert told(engine)["http_host"] == host.decode()
    assert engine.name_of(engine.flows[0]) == name
