"""One direction of a flow that is read until its first message is whole."""

from typing import Final

from librt.strings import read_i32_be
from mypy_extensions import i64

from tcptui.engine.names.banner import STARTS, may_be_banner
from tcptui.engine.names.first_bytes import FirstBytes
from tcptui.engine.names.http_request import METHODS, may_be_request
from tcptui.engine.sequence import MASK32

UNKNOWN: Final = 0
RECORDS: Final = 1
REQUEST: Final = 2
BANNER: Final = 3
COMMANDS: Final = 4
BODY: Final = 5
"""What is read: not known yet, TLS records, an HTTP request, a line, commands before STARTTLS, the
body of a request."""
NOTHING: Final = 6
"""Nothing that has a name."""

HANDSHAKE: Final = 22
MAJOR: Final = 3
CLIENT_HELLO: Final = 1
SSL_REQUEST: Final = bytes([0, 0, 0, 8, 4, 210, 22, 47])
"""PostgreSQL's question whether it may speak TLS."""


TLS_HANDSHAKE: Final = HANDSHAKE << 8 | MAJOR
PREFIXES: Final[dict[int, int]] = {
    **{int.from_bytes((method + b" ")[:4]): REQUEST for method in METHODS},
    **{int.from_bytes(start[:4]): BANNER for start in STARTS},
    int.from_bytes(SSL_REQUEST[:4]): UNKNOWN,
}
"""What begins with these four bytes, as a number."""
GET: Final = 0x47455420
HTTP: Final = 0x48545450
"""The first four bytes of most requests, and of their answers."""


class Reading:
    """A direction that is read: ``is_server`` says whose of the flow, ``began`` when (ns)."""

    def __init__(self, protocol: i64, start: i64, is_server: bool, began: i64) -> None:
        self.protocol: i64 = protocol
        self.stream: FirstBytes = FirstBytes(start)
        self.is_server: bool = is_server
        self.began: i64 = began
        self.only_tls: bool = False  # behind CONNECT or STARTTLS
        self.read: i64 = 0  # records, or bytes of commands

        self.is_in_lines: bool = False  # of a banner that has several

        # Of TLS.
        self.message: bytes = b""
        self.has_hello: bool = False
        self.session: bytes = b""  # the identifier in its hello
        self.is_ciphered: bool = False
        self.is_finished: bool = False

    def recognise(self) -> None:
        """Tell by the first bytes what it is; leave it unknown where they are too few."""
        if self.stream.data.startswith(SSL_REQUEST):
            self.stream.discard(len(SSL_REQUEST))
            self.only_tls = True
        self.protocol = protocol_of(self.stream.data, self.only_tls)


def protocol_of(data: bytes, only_tls: bool) -> i64:
    """Return what bytes begin: `UNKNOWN` where they are too few to tell."""
    if len(data) == 0:
        return UNKNOWN
    if data[0] == HANDSHAKE:
        if (len(data) > 1 and data[1] != MAJOR) or (len(data) > 5 and data[5] != CLIENT_HELLO):
            return NOTHING
        return RECORDS if len(data) > 5 else UNKNOWN
    if only_tls:
        return NOTHING
    if SSL_REQUEST.startswith(data):
        return UNKNOWN
    if may_be_request(data):
        return REQUEST if b" " in data[:16] else UNKNOWN
    if may_be_banner(data):
        return BANNER if data.startswith(STARTS) else UNKNOWN
    return NOTHING


def may_begin(data: bytes, at: i64, size: i64) -> i64:
    """Return what payload may begin, by its first four bytes: nearly all of it has no name."""
    if size < 4:
        return UNKNOWN if size > 0 and may_have_name(i64(data[at])) else NOTHING
    first = i64(read_i32_be(data, at)) & MASK32
    if first >> 16 == TLS_HANDSHAKE:
        return RECORDS
    if first == GET:
        return REQUEST
    if first == HTTP:
        return NOTHING
    return PREFIXES.get(first, NOTHING)


def may_have_name(first: i64) -> bool:
    """Return whether what begins with this byte can have a name: TLS, PostgreSQL, a capital letter,
    a reply of a mail server; most binary protocols cannot."""
    if first == HANDSHAKE or first == 0:
        return True
    return 0x41 <= first <= 0x5A or first == 0x32 or 0x2A <= first <= 0x2B
