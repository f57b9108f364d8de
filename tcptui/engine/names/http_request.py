"""The head of an HTTP/1 request: method, path and the host that it asks (RFC 9112)."""

from typing import Final

from librt.strings import read_i32_be, read_i64_be
from mypy_extensions import i64

from tcptui.engine.eight_bytes import EACH, HIGHEST_OF_EACH
from tcptui.engine.sequence import MASK32

METHODS: Final = frozenset(
    b"GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE "
    b"LOCK UNLOCK REPORT SEARCH MERGE SUBSCRIBE UNSUBSCRIBE NOTIFY POLL M-SEARCH CHECKIN CHECKOUT "
    b"MKACTIVITY VERSION-CONTROL RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA CCM_POST BITS_POST".split()
)
CONNECT: Final = b"CONNECT"
LONGEST_METHOD: Final = 15
NEWLINE: Final = 0x0A
RETURN: Final = 0x0D
SPACE: Final = 0x20
LOWER: Final = 0x20
"""The bit of small letters."""
HOST_BEGINS: Final = 0x68
LENGTH_BEGINS: Final = 0x63
"""How the fields that count begin, as small letters."""
COLON: Final = 0x3A
HOST: Final = 0x686F7374
SMALL: Final = 0x20202020
"""``host`` as a number, and what makes its letters small."""
HOST_SIZE: Final = 4
LENGTH_SIZE: Final = 14
"""Letters in ``host`` and ``content-length``."""
VERSION: Final = b"HTTP/1."
VERSION_SIZE: Final = 8
SHORTEST_FIELD: Final = 5
LONGEST_LENGTH: Final = 9
"""Digits; a longer body is not waited for."""


class HttpRequest:
    """A request's method, its target, the value of its first field `Host`, empty if there is none,
    and how many bytes of a body it announces. ``head`` is the size of its head with the empty line,
    where all its lines end in CRLF, as nearly all do; else 0."""

    def __init__(self, method: bytes, target: bytes) -> None:
        self.method: bytes = method
        self.target: bytes = target
        self.host: bytes = b""
        self.body: i64 = 0
        self.head: i64 = 0


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
    request = read_request(payload)
    if request is not None and request.head == 0:
        size = head_size(payload)
        request = read_request(payload[:size]) if size > 0 else None
        if request is not None:
            request.head = size
    if request is None or request.method == CONNECT or request.head + request.body > len(payload):
        return None
    return request


def read_request(head: bytes) -> HttpRequest | None:
    """Read a request from the lines that are whole, up to an empty one where all end in CRLF; None
    where they are none of HTTP/1."""
    size: i64 = len(head)
    end = place_of(NEWLINE, head, 0, size)
    if end < 0:
        return None
    request = read_first_line(head, end)
    is_plain = request is not None and head[end - 1] == RETURN
    while request is not None:
        start = end + 1
        end = place_of(NEWLINE, head, start, size)
        if end < 0:
            break
        is_plain = is_plain and head[end - 1] == RETURN
        if is_plain and end == start + 1:
            request.head = end + 1
            break
        first: i64 = i64(head[start]) | LOWER
        if is_counted(first) and end - start > SHORTEST_FIELD:
            read_field(request, head, start, end)
    return request


def is_counted(first: i64) -> bool:
    """Return whether a field that begins with this small letter may count."""
    if first == HOST_BEGINS:
        return True
    return first == LENGTH_BEGINS


def read_first_line(head: bytes, end: i64) -> HttpRequest | None:
    """Read method and target from the line up to ``end``; None where it is none of HTTP/1."""
    while end > 0 and (head[end - 1] == RETURN or head[end - 1] == SPACE):
        end -= 1
    space = place_of(SPACE, head, 0, end)
    if space <= 0:
        return None
    method = head[:space]
    if method not in METHODS:
        return None
    while space + 1 < end and head[space + 1] == SPACE:
        space += 1
    behind = place_of(SPACE, head, space + 1, end)
    target = head[space + 1 : end if behind < 0 else behind]
    version = end - VERSION_SIZE
    tells_version = behind >= 0 and version >= 0 and head[version : end - 1] == VERSION
    is_oldest = method == b"GET" and target.startswith(b"/")  # HTTP/0.9 tells no version
    if len(target) == 0 or not (tells_version or is_oldest):
        return None
    return HttpRequest(method, target)


def place_of(byte: i64, data: bytes, at: i64, end: i64) -> i64:
    """Return where a byte, below 128, stands in some bytes, or -1: for a few bytes quicker than a
    search, as it takes eight at once."""
    wanted = byte * EACH
    while at + 8 <= end:
        rest = read_i64_be(data, at) ^ wanted
        if (rest - EACH) & ~rest & HIGHEST_OF_EACH != 0:  # one of the eight bytes is 0
            break
        at += 8
    while at < end:
        if data[at] == byte:
            return at
        at += 1
    return -1


def read_field(request: HttpRequest, head: bytes, start: i64, end: i64) -> None:
    """Read a line of the head, ``head[start:end]``, if it is one of those that count."""
    if head[start + HOST_SIZE] == COLON:
        if i64(read_i32_be(head, start)) & MASK32 | SMALL == HOST and len(request.host) == 0:
            request.host = trimmed(head, start + HOST_SIZE + 1, end)
        return
    colon = start + LENGTH_SIZE
    if colon < end and head[colon] == COLON and head[start:colon].lower() == b"content-length":
        digits = trimmed(head, colon + 1, end)
        if digits.isdigit() and len(digits) <= LONGEST_LENGTH:
            request.body = int(digits)


def trimmed(data: bytes, start: i64, end: i64) -> bytes:
    """Return ``data[start:end]`` without the white space around it."""
    while start < end and is_space(i64(data[start])):
        start += 1
    while start < end and is_space(i64(data[end - 1])):
        end -= 1
    return data[start:end]


def is_space(byte: i64) -> bool:
    """Return whether a byte is one of those that `bytes.strip` takes off."""
    return byte == SPACE or 9 <= byte <= 13
