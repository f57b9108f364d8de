"""The line with which a server, or an SSH client, begins: its version or its name."""

import re
from typing import Final

SSH: Final = b"SSH-"
LONGEST: Final = 2048
"""Bytes of a line; RFC 4253 allows 255, RFC 5321 512."""
STARTS: Final = (SSH, b"220 ", b"220-", b"* OK ", b"* PREAUTH ", b"+OK ")
"""How SSH begins, and how servers of SMTP and FTP, of IMAP and of POP3 greet (RFC 4253, 5321, 959,
9051, 1939)."""
MORE: Final = b"220-"
LAST: Final = b"220 "
"""How the first of several lines begins, and the last."""
HOST: Final = rb"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.)+[A-Za-z]{2,63}"


def may_be_banner(data: bytes) -> bool:
    """Return whether bytes, however few, begin as such a line does."""
    return data.startswith(STARTS) or any(one.startswith(data) for one in STARTS)


def line_of(data: bytes) -> bytes | None:
    """Return the first line without its end, or None if it is not all there."""
    end = data.find(b"\n")
    return None if end < 0 else data[:end].rstrip(b"\r")


def server_name(line: bytes) -> bytes:
    """Return the name that a server gives itself, or nothing: the first word that can be one.

    Where a word has no dot, nothing tells a host's name from that of a product.
    """
    for word in line.split():
        bare = word.strip(b"()[]<>,;")
        if len(bare) <= 255 and re.fullmatch(HOST, bare) is not None:
            return bare
    return b""
