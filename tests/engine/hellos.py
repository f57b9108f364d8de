"""TLS records and hellos, made by hand."""

from collections.abc import Sequence

from tests.engine.headers import u16

HANDSHAKE, CHANGE_CIPHER, ALERT, APPLICATION = 22, 20, 21, 23


def record(kind: int, body: bytes) -> bytes:
    return bytes([kind, 3, 3]) + u16(len(body)) + body


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3) + body


def extension(kind: int, body: bytes) -> bytes:
    return u16(kind, len(body)) + body


def client_hello(
    name: bytes = b"api.example.com",
    alpn: Sequence[bytes] = (b"h2", b"http/1.1"),
    padding: int = 0,
    session: bytes = bytes(32),
) -> bytes:
    """A ClientHello in one record; ``padding`` makes it as long as those of post-quantum keys."""
    names = b"\0" + u16(len(name)) + name
    protocols = b"".join(bytes([len(one)]) + one for one in alpn)
    extensions = extension(51, bytes(padding)) if padding else b""
    if name:
        extensions += extension(0, u16(len(names)) + names)
    if alpn:
        extensions += extension(16, u16(len(protocols)) + protocols)
    fixed = b"\3\3" + bytes(32) + bytes([len(session)]) + session
    body = fixed + u16(2, 0x1301) + b"\1\0" + u16(len(extensions)) + extensions
    return record(HANDSHAKE, message(1, body))


def server_hello(
    version: int = 0x0303, session: bytes = b"", key: bool = False, random: bytes = bytes(32)
) -> bytes:
    extensions = extension(43, u16(version)) if version > 0x0303 else b""
    if key:
        extensions += extension(41, u16(0))
    body = b"\3\3" + random + bytes([len(session)]) + session + u16(0x1301) + b"\0"
    return record(HANDSHAKE, message(2, body + u16(len(extensions)) + extensions))
