"""TLS hellos: the name that the client asks for, the protocols it offers, what it resumes.

RFC 8446, sections 4.1.2 and 4.1.3, and RFC 6066, 7301. Own code: scapy needs a millisecond for a
hello, and other libraries speak TLS but do not read what others spoke.
"""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.decode.cursor import short_at

CLIENT_HELLO: Final = 1
SERVER_HELLO: Final = 2
HEADER: Final = 4
"""Bytes of a handshake message before its body: its type, and its length in three."""
FIXED: Final = 34
"""Version and random."""

SERVER_NAME: Final = 0
ALPN: Final = 16
PRE_SHARED_KEY: Final = 41
SUPPORTED_VERSIONS: Final = 43
RETRY_RANDOM: Final = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)
"""The random of a ServerHello that is a HelloRetryRequest."""


class Hello:
    """A ClientHello or ServerHello in its values, which are empty where it does not say them."""

    def __init__(self) -> None:
        self.kind: i64 = 0
        self.server_name: bytes = b""
        self.protocols: list[bytes] = []
        self.session: bytes = b""
        self.has_key: bool = False  # of a session before, TLS 1.3
        self.is_retry: bool = False
        self.version: i64 = 0


def message_size(data: bytes) -> i64:
    """Return the size of a handshake message with its header, of which there are four bytes."""
    return HEADER + (i64(data[1]) << 16 | i64(data[2]) << 8 | i64(data[3]))


def read_hello(data: bytes) -> Hello | None:
    """Read a hello from its header on; of one that was cut, what is whole.

    Return None where it is none: lengths inside that go beyond it are a reason.
    """
    if len(data) < HEADER + FIXED + 1:
        return None
    hello = Hello()
    hello.kind = i64(data[0])
    if hello.kind != CLIENT_HELLO and hello.kind != SERVER_HELLO:
        return None
    size = message_size(data)
    there: i64 = len(data)
    if there > size:
        there = size
    hello.version = short_at(data, HEADER)
    if hello.version >> 8 != 3:
        return None
    at: i64 = HEADER + FIXED
    session: i64 = i64(data[at])
    if session > 32 or at + 1 + session > size:
        return None
    hello.session = data[at + 1 : at + 1 + session]
    at += 1 + session
    if hello.kind == CLIENT_HELLO:
        at = behind_choices(data, at, there)
    else:
        hello.is_retry = data[HEADER + 2 : HEADER + FIXED] == RETRY_RANDOM
        at += 3  # the cipher suite and the compression
    if at < 0 or at + 2 > there:
        return hello
    end = at + 2 + short_at(data, at)
    if end > size:
        return None
    if end > there:
        end = there
    read_extensions(hello, data, at + 2, end)
    return hello


def behind_choices(data: bytes, at: i64, there: i64) -> i64:
    """Return the place behind cipher suites and compressions, or -1 where it was cut."""
    if at + 2 > there:
        return -1
    at += 2 + short_at(data, at)
    if at + 1 > there:
        return -1
    return at + 1 + i64(data[at])


def read_extensions(hello: Hello, data: bytes, at: i64, end: i64) -> None:
    """Read the extensions that are whole."""
    while at + 4 <= end:
        kind = short_at(data, at)
        start = at + 4
        at = start + short_at(data, at + 2)
        if at > end:
            return
        if kind == SERVER_NAME:
            if len(hello.server_name) == 0:
                hello.server_name = server_name(data, start, at)
        elif kind == ALPN:
            read_protocols(hello, data, start, at)
        elif kind == PRE_SHARED_KEY:
            hello.has_key = True
        elif kind == SUPPORTED_VERSIONS and hello.kind == SERVER_HELLO and at - start == 2:
            hello.version = short_at(data, start)


def server_name(data: bytes, at: i64, end: i64) -> bytes:
    """Return the first host name of an extension `server_name`."""
    if at + 5 > end or data[at + 2] != 0:
        return b""
    size = short_at(data, at + 3)
    return data[at + 5 : at + 5 + size] if at + 5 + size <= end else b""


def read_protocols(hello: Hello, data: bytes, at: i64, end: i64) -> None:
    """Read the names of an extension `application_layer_protocol_negotiation`."""
    at += 2
    while at < end:
        size = i64(data[at])
        if size == 0 or at + 1 + size > end:
            return
        hello.protocols.append(data[at + 1 : at + 1 + size])
        at += 1 + size
