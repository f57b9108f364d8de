"""Reads a network namespace without entering it, through one of its processes in /proc, which is
the current folder: its number, addresses and TCP sockets."""

import os
import re
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from tcptui.capture.live.owners.sock_diag import KEY, MAPPED, WITH_OWNER, KernelSocket, wide

SELF: Final = "self"
LINK: Final = re.compile(r"net:\[([0-9]{1,10})\]")
LOCAL: Final = re.compile(rb"\|-- ([0-9.]{7,15})\n(?: +/[0-9]+ .*\n)*? +/32 host LOCAL\n")
"""An address of the namespace in `fib_trie`, with the first of its lines that says so."""
LOOPBACK: Final = MAPPED + b"\x7f", bytes(15) + b"\1"
"""How addresses begin that are seen on no other interface than their namespace's `lo`."""
MOST_OF_ADDRESSES: Final = 1 << 20
"""Bytes of a table of addresses and routes that are read."""
MOST_KNOWN: Final = 1 << 12
SLICE: Final = 500
"""Lines that are read without a pause, a few milliseconds."""
OPENED: Final = re.compile(
    rb"^Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens .*\n"
    rb"Tcp: [0-9]+ [0-9]+ [0-9]+ -?[0-9]+ ([0-9]+ [0-9]+) ",
    re.MULTILINE,
)
NO_SOCKET: Final = b"\nTCP: inuse 0 "
NO_SOCKET6: Final = b"TCP6: inuse 0\n"
STATES: Final = "|".join(f"{state:02X}" for state in range(16) if WITH_OWNER >> state & 1)
HEX: Final = "[0-9A-F]"
END: Final = f"({HEX}{{8}}|{HEX}{{32}}):({HEX}{{4}})"
HELD: Final = re.compile(
    f"^ *[0-9]+: {END} {END} ({STATES}) [^ ]+ [^ ]+ [^ ]+ +([0-9]+) +[0-9]+ ([0-9]+) ".encode(),
    re.MULTILINE,
)
"""A line of a socket that processes may hold: its number, address and port here and there, state,
queues, timer, retransmits, user, time-out and inode; others follow."""


def namespace_of(process: int | str) -> int:
    """Return the number of a process's network namespace. Raises OSError."""
    found = LINK.fullmatch(os.readlink(f"{process}/ns/net"))  # noqa: PTH115 - there are thousands
    if found is None:
        raise FileNotFoundError(process)
    return int(found[1])


def is_elsewhere(process: int | str) -> bool:
    """Return whether a process that keeps its namespace's number to itself is in another one."""
    with suppress(OSError):
        return os.stat(f"{process}/net/tcp").st_ino != os.stat(f"{SELF}/net/tcp").st_ino  # noqa: PTH116
    return False


def addresses_of(process: int | str) -> frozenset[bytes]:
    """Return the addresses of a process's network namespace, those of loopback left out."""
    found = {socket.inet_aton(text.decode()) for text in LOCAL.findall(read(process, "fib_trie"))}
    mapped = {MAPPED + address for address in found}
    lines = [line.split() for line in read(process, "if_inet6").splitlines()]
    wide = {bytes.fromhex(line[0].decode()) for line in lines if line and len(line[0]) == 32}
    return frozenset(one for one in mapped | wide if not one.startswith(LOOPBACK))


def read(process: int | str, name: str) -> bytes:
    """Return the beginning of a table; empty where it cannot be read."""
    with suppress(OSError), Path(f"{process}/net/{name}").open("rb") as file:
        return file.read(MOST_OF_ADDRESSES)
    return b""


def opened_of(process: int) -> bytes:
    """Return how many connections a namespace has opened and taken, as the kernel counts them;
    empty where it does not say."""
    found = OPENED.search(read(process, "snmp"))
    return found[1] if found is not None else b""


def sockets_of(process: int, namespace: int) -> Iterator[list[KernelSocket]]:
    """Yield the sockets of a namespace that processes may hold, slice by slice, by one of its
    processes. Raises OSError, where that has gone, or is in another namespace by now, too."""
    if NO_SOCKET not in read(process, "sockstat"):
        yield from sockets_in(process, namespace, "tcp")
    if NO_SOCKET6 not in read(process, "sockstat6"):
        with suppress(FileNotFoundError):  # without IPv6
            yield from sockets_in(process, namespace, "tcp6")


def sockets_in(process: int, namespace: int, table: str) -> Iterator[list[KernelSocket]]:
    """Yield the sockets of one table. Raises OSError."""
    with Path(f"{process}/net/{table}").open("rb") as file:
        if namespace_of(process) != namespace:
            raise ProcessLookupError(process)
        while lines := b"".join(islice(file, SLICE)):
            yield [socket_in(*columns) for columns in HELD.findall(lines)]


def socket_in(
    here: bytes, port: bytes, there: bytes, peer: bytes, state: bytes, uid: bytes, inode: bytes
) -> KernelSocket:
    """Return the socket that the columns of a line tell."""
    key = KEY.pack(address_in(here), int(port, 16), address_in(there), int(peer, 16))
    return KernelSocket(key, int(state, 16), int(uid), int(inode))


@lru_cache(MOST_KNOWN)
def address_in(text: bytes) -> bytes:
    """Return an address, as in `0100007F`, in 16 bytes: it is written in words of 32 bits, each in
    this machine's order."""
    data = bytes.fromhex(text.decode())
    words = f"{len(data) // 4}I"
    return wide(struct.pack(f"={words}", *struct.unpack(f"!{words}", data)))
