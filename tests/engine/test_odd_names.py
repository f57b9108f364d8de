"""Messages that almost make sense: no parser of names raises, or tells more than there is.

Compiled, a slice whose end lies before its start is an error of the interpreter itself.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.engine.names import banner, dns, hello, http_request
from tcptui.engine.names.text import prints
from tests.engine.hellos import client_hello
from tests.engine.test_dns_names import answer, name, record

REQUEST = b"GET /a HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 3\r\n\r\nabc"
HELLO = client_hello()[5:]
ANSWER = answer("api.example.com", record(name("api.example.com"), 1, bytes([10, 0, 0, 1])))

PARTS = (b"GET", b"CONNECT", b" ", b"/", b"a", b"HTTP/1.1", b"\r", b"\n", b"\r\n", b"Host:", b":")


@pytest.mark.parametrize(
    ("head", "target"),
    [
        (b"GET / a\r\n\r\n", b"/"),
        (b"GET / a\r\nHost: x\r\n\r\n", b"/"),
        (b"GET  /\r\n\r\n", b"/"),
        (b"PUT / a\r\n\r\n", None),
        (b"GET /  \r\n\r\n", b"/"),
        (b"GET / HTTP/1.1\r\n\r\n", b"/"),
        (b"PUT / HTTP/1.1\r\n\r\n", b"/"),
    ],
)
def test_first_lines(head: bytes, target: bytes | None) -> None:
    request = http_request.read_request(head)
    assert (request.target if request else None) == target


@st.composite
def almost(draw: st.DrawFn, message: bytes) -> bytes:
    """The message cut anywhere, with a few bytes that say something else."""
    data = bytearray(message[: draw(st.integers(0, len(message)))])
    for _ in range(draw(st.integers(0, 4)) if data else 0):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@given(st.one_of(almost(REQUEST), st.lists(st.sampled_from(PARTS)).map(b"".join), st.binary()))
def test_requests(data: bytes) -> None:
    read, whole = http_request.read_request(data), http_request.whole_request(data)
    for request in (read, whole):
        if request is not None:
            assert request.head in (0, http_request.head_size(data))
            assert request.target in data
            assert request.host in data
    assert whole is None or whole.head > 0


@given(st.binary(), st.integers(0, 40), st.integers(0, 40), st.sampled_from(b"\n a:"))
def test_a_byte_is_found_where_a_search_finds_it(
    data: bytes, start: int, end: int, byte: int
) -> None:
    end = min(end, len(data))
    assert http_request.place_of(byte, data, start, end) == data.find(bytes([byte]), start, end)


@given(st.lists(st.sampled_from((b" ", b"\t", b"\r", b"\x0b", b"\x1f", b"a"))).map(b"".join))
def test_white_space_is_taken_off(data: bytes) -> None:
    assert http_request.trimmed(data, 0, len(data)) == data.strip()


@given(st.one_of(st.binary(), st.text(alphabet="\x1f ~\x7f", max_size=20).map(str.encode)))
def test_what_prints_is_ascii_that_python_prints(data: bytes) -> None:
    assert prints(data) == (data.isascii() and data.decode("latin-1").isprintable())


def test_a_usual_head_ends_with_its_empty_line() -> None:
    request = http_request.read_request(REQUEST)
    assert request is not None
    assert request.head == len(REQUEST) - len(b"abc")


def test_a_head_with_plain_newlines_ends_with_its_empty_line() -> None:
    lines = REQUEST.replace(b"\r\n", b"\n")
    read, whole = http_request.read_request(lines), http_request.whole_request(lines)
    assert read is not None
    assert whole is not None
    assert (read.head, whole.head) == (0, len(lines) - len(b"abc"))


@given(st.one_of(almost(HELLO), st.binary()))
def test_hellos(data: bytes) -> None:
    found = hello.read_hello(data)
    if found is not None:
        assert found.session in data
        assert all(protocol in data for protocol in found.protocols)


@given(st.one_of(almost(ANSWER), st.binary()))
def test_answers(data: bytes) -> None:
    dns.read_question(data)
    found = dns.read_answer(data)
    if found is not None:
        assert all(address in data for address in found.addresses)


@given(st.one_of(almost(b"220 mail.example.com ESMTP\r\n"), st.binary()))
def test_banners(data: bytes) -> None:
    line = banner.line_of(data)
    if line is not None:
        assert line in data
        assert banner.server_name(line) in line
