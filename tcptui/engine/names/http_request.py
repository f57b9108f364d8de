"""The head of an HTTP/1 request: method, path and the host that it asks (RFC 9112)."""

from typing import Final

from mypy_extensions import i64

METHODS: Final = frozenset(
    b"GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE "
    b"LOCK UNLOCK REPORT SEARCH MERGE SUBSCRIBE UNSUBSCRIBE NOTIFY POLL M-SEARCH CHECKIN CHECKOUT "
    b"MKACTIVITY VERSION-CONTROL RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA CCM_POST BITS_POST".split()
)
CONNECT: Final = b"CONNECT"
LONGEST_METHOD: Final = 15
FIRST_OF_FIELDS: Final = b"HhCc"
SHORTEST_FIELD: Final = 5
LONGEST_LENGTH: Final = 9
"""Digits; a longer body is not waited for."""


class HttpRequest:
    """A request's method, its target, the value of its first field `Host`, empty if there is none,
    and how many bytes of a body it announces."""

    def __init__(self, method: bytes, target: bytes) -> None:
        self.method: bytes = method
        self.target: bytes = target
        self.host: bytes = b""
        self.body: i64 = 0


def may_be_request(data: bytes) -> bool:
    """Return whether bytes, however few, begin as a request does."""
    space = data.find(b" ", 0, LONGEST_METHOD + 1)
    if space >= 0:
        return data[:space] in METHODS
    return len(data) <= LONGEST_METHOD and any(one.startswith(data) for one in METHODS)


def head_size(data: bytes) -> i64:
    """Return the size of a request's head with the empty line at its end, or 0 if it is not all
    there."""
    found = data.find(b"\r\n\r\n")
    if found >= 0:
        return found + 4
    found = data.find(b"\n\n")
    return found + 2 if found >= 0 else 0


def whole_request(payload: bytes) -> HttpRequest | None:
    """Read a request that fills the payload of a segment, as nearly all do; None where it does not,
    or where more than it says belongs to it."""
    size = head_size(payload)
    if size == 0:
        return None
    request = read_request(payload[:size] if size < len(payload) else payload)
    if request is None or request.method == CONNECT or size + request.body > len(payload):
        return None
    return request


def read_request(head: bytes) -> HttpRequest | None:
    """Read a request from the lines that are whole; None where they are none of HTTP/1."""
    end: i64 = head.find(b"\n")
    if end < 0:
        return None
    words = head[:end].split()
    if len(words) < 2 or words[0] not in METHODS:
        return None
    is_oldest = words[0] == b"GET" and words[1].startswith(b"/")  # HTTP/0.9 tells no version
    if not is_oldest and (len(words) < 3 or not words[-1].startswith(b"HTTP/1.")):
        return None
    request = HttpRequest(words[0], words[1])
    while True:
        start = end + 1
        end = head.find(b"\n", start)
        if end < 0:
            return request
        if end - start > SHORTEST_FIELD and head[start] in FIRST_OF_FIELDS:
            read_field(request, head[start:end])


def read_field(request: HttpRequest, line: bytes) -> None:
    """Read a line of the head if it is one of those that count."""
    name, colon, value = line.partition(b":")
    if len(colon) == 0:
        return
    if len(name) == 4 and len(request.host) == 0 and name.lower() == b"host":
        request.host = value.strip()
    elif len(name) == 14 and name.lower() == b"content-length":
        digits = value.strip()
        if digits.isdigit() and len(digits) <= LONGEST_LENGTH:
            request.body = int(digits)
