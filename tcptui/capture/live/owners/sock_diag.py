"""Asks Linux for its TCP sockets, through netlink's socket diagnosis (sock_diag(7)), which every
user may ask.

Addresses have 16 bytes, those of IPv4 as `::ffff:a.b.c.d`; a *key* is the four values that tell a
socket from others, as it sees them: its address and port, then its peer's.
"""

import errno
import os
import socket
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

PROTOCOL: Final = 4  # NETLINK_SOCK_DIAG
BY_FAMILY: Final = 20
REQUEST: Final = 1
DUMP: Final = 0x300
ERROR: Final = 2
DONE: Final = 3
INFO: Final = 2
"""The attribute that has the tcp_info."""
ROOM: Final = 1 << 18
"""Bytes of one answer; the kernel sends less at a time."""
PATIENCE: Final = 0.5
"""Seconds."""

HEADER: Final = struct.Struct("=IHHII")  # size, type, flags, sequence, port
QUERY: Final = struct.Struct("=BBBxI")  # family, protocol, extensions, states
PORTS: Final = struct.Struct("!HH")
MESSAGE: Final = struct.Struct("=BBBB")  # family, state, timer, retransmits
REST: Final = struct.Struct("=IIIII")  # expires, queues, uid, inode
ATTRIBUTE: Final = struct.Struct("=HH")  # size, type
KEY: Final = struct.Struct("!16sH16sH")
ADDRESS: Final = 16
"""Bytes at the beginning of a key."""
ID_SIZE: Final = 48
NO_COOKIE: Final = b"\xff" * 8
MAPPED: Final = bytes(10) + b"\xff\xff"

LISTEN: Final = 10
TIME_WAIT: Final = 6
WITH_OWNER: Final = 0xFFF & ~(1 << LISTEN | 1 << TIME_WAIT | 1 << 3 | 1 << 7)
"""The states of connections that a process may hold: not TIME-WAIT, SYN-RECEIVED and CLOSED."""


class KernelSocket(NamedTuple):
    """Holds what the kernel says of a TCP socket; ``inode`` is 0 where no process holds it,
    ``info`` is its tcp_info, empty where that was not asked for."""

    key: bytes
    state: int
    uid: int
    inode: int
    info: bytes = b""


class WrongAnswer(Exception):
    """The kernel's answer makes no sense; the text says why."""


class SockDiag:
    """A way to the kernel's sockets of this network namespace."""

    def __init__(self) -> None:
        """Open it. Raises OSError where the system has none."""
        self._kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, PROTOCOL)
        self._kernel.settimeout(PATIENCE)
        self._sequence = 0

    def sockets(self) -> list[KernelSocket]:
        """Return all sockets that processes may hold. Raises OSError, WrongAnswer."""
        found: list[KernelSocket] = []
        for family in (socket.AF_INET, socket.AF_INET6):
            self._ask(family, REQUEST | DUMP, 0, WITH_OWNER, bytes(ID_SIZE - 8) + NO_COOKIE)
            done = False
            while not done:
                done = read_answer(self._answer(), self._sequence, found)
        return found

    def socket_of(self, key: bytes) -> KernelSocket | None:
        """Return one socket with its tcp_info, or None if there is none. Raises OSError,
        WrongAnswer."""
        here, port, there, peer = KEY.unpack(key)
        is_four = here.startswith(MAPPED) and there.startswith(MAPPED)
        family = socket.AF_INET if is_four else socket.AF_INET6
        ends = b"".join(one[12:].ljust(16, b"\0") if is_four else one for one in (here, there))
        which = PORTS.pack(port, peer) + ends + bytes(4) + NO_COOKIE
        self._ask(family, REQUEST, 1 << (INFO - 1), 0xFFFFFFFF, which)
        found: list[KernelSocket] = []
        try:
            while not found:
                read_answer(self._answer(), self._sequence, found)
        except FileNotFoundError:
            return None
        return next((one for one in found if one.key == key), None)

    def close(self) -> None:
        self._kernel.close()

    def _ask(self, family: int, flags: int, extensions: int, states: int, which: bytes) -> None:
        self._sequence += 1
        query = QUERY.pack(family, socket.IPPROTO_TCP, extensions, states) + which
        size = HEADER.size + len(query)
        self._kernel.send(HEADER.pack(size, BY_FAMILY, flags, self._sequence, 0) + query)

    def _answer(self) -> bytes:
        """Return what the kernel sends next; others may not speak in its place."""
        while True:
            data, (sender, _) = self._kernel.recvfrom(ROOM)
            if sender == 0:
                return data


def key_of(here: bytes, port: int, there: bytes, peer: int) -> bytes:
    """Return the key of a socket; addresses have 4 or 16 bytes."""
    return KEY.pack(wide(here), port, wide(there), peer)


def peer_key(key: bytes) -> bytes:
    """Return the key of the socket at the other end."""
    return key[18:] + key[:18]


def wide(address: bytes) -> bytes:
    """Return an address in 16 bytes."""
    return MAPPED + address if len(address) == 4 else address


def read_answer(data: bytes, sequence: int, found: list[KernelSocket]) -> bool:
    """Append the sockets of an answer to those found; return whether it was the last answer.

    Raises OSError with the kernel's own number, WrongAnswer where the bytes make no sense.
    """
    for kind, number, at, end in messages(data):
        if number != sequence:
            continue  # the rest of an answer that was given up
        if kind == DONE:
            return True
        if kind == ERROR:
            raise_error(data[at:end])
        if kind == BY_FAMILY:
            found.append(kernel_socket(data, at, end))
    return False


def messages(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield type, sequence number, begin and end of each message. Raises WrongAnswer."""
    at = 0
    while at < len(data):
        if len(data) - at < HEADER.size:
            raise WrongAnswer("half a header")
        size, kind, _, number, _ = HEADER.unpack_from(data, at)
        if not HEADER.size <= size <= len(data) - at:
            raise WrongAnswer(f"a message of {size} bytes where {len(data) - at} are left")
        yield kind, number, at + HEADER.size, at + size
        at += size + 3 & ~3


def raise_error(payload: bytes) -> None:
    """Raise the error that the kernel names."""
    if len(payload) < 4:
        raise WrongAnswer("half an error")
    code = -int(struct.unpack_from("=i", payload)[0])
    raise OSError(code, os.strerror(code) if code in errno.errorcode else "unknown error")


def kernel_socket(data: bytes, at: int, end: int) -> KernelSocket:
    """Read one socket. Raises WrongAnswer."""
    if end - at < MESSAGE.size + ID_SIZE + REST.size:
        raise WrongAnswer(f"a socket of {end - at} bytes")
    family, state, _, _ = MESSAGE.unpack_from(data, at)
    at += MESSAGE.size
    port, peer = PORTS.unpack_from(data, at)
    here, there = data[at + 4 : at + 20], data[at + 20 : at + 36]
    if family == socket.AF_INET:
        here, there = MAPPED + here[:4], MAPPED + there[:4]
    _, _, _, uid, inode = REST.unpack_from(data, at + ID_SIZE)
    info = attribute(data, at + ID_SIZE + REST.size, end)
    return KernelSocket(KEY.pack(here, port, there, peer), state, uid, inode, info)


def attribute(data: bytes, at: int, end: int) -> bytes:
    """Return the tcp_info among a socket's attributes; empty for none. Raises WrongAnswer."""
    while end - at >= ATTRIBUTE.size:
        size, kind = ATTRIBUTE.unpack_from(data, at)
        if not ATTRIBUTE.size <= size <= end - at:
            raise WrongAnswer(f"an attribute of {size} bytes")
        if kind == INFO:
            return data[at + ATTRIBUTE.size : at + size]
        at += size + 3 & ~3
    return b""
