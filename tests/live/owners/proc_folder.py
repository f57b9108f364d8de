"""A folder that stands for /proc, with processes in several network namespaces."""

import socket
import struct
from pathlib import Path

from tcptui.capture.live.owners.sock_diag import KEY, MAPPED

OWN = 4026531833
"""The number of the network namespace that captures."""
ESTABLISHED, TIME_WAIT = 1, 6
HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
ROUTES = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     |-- 10.9.0.0
        /24 link UNICAST
     |-- 10.9.0.255
        /32 link BROADCAST
     |-- 127.0.0.0
        /8 host LOCAL
     |-- 127.0.0.1
        /32 link UNICAST
        /32 host LOCAL
"""
NO_ADDRESS = "00000000000000000000000000000001 01 80 10 80       lo\n"


def words(address: bytes) -> str:
    """An address as in /proc/net/tcp."""
    count = f"{len(address) // 4}I"
    return "".join(f"{word:08X}" for word in struct.unpack(f"={count}", address))


def socket_line(key: bytes, inode: int, state: int = ESTABLISHED, uid: int = 1000) -> str:
    """A line of /proc/net/tcp, or of tcp6 where not both addresses are of IPv4."""
    here, port, there, peer = KEY.unpack(key)
    if here.startswith(MAPPED) and there.startswith(MAPPED):
        here, there = here[12:], there[12:]
    return (
        f"  71: {words(here)}:{port:04X} {words(there)}:{peer:04X} {state:02X} 00000000:0000000A"
        f" 00:00000000 00000000 {uid:5d}        0 {inode} 1 00000000fa545dfb 20 4 30 10 -1\n"
    )


def add_process(
    proc: Path,
    pid: int | str,
    namespace: int,
    addresses: tuple[bytes, ...] = (),
    sockets: tuple[tuple[bytes, int], ...] = (),
    holds: tuple[int, ...] = (),
) -> None:
    """A process: the addresses of its namespace and the sockets in it, by key and inode, and the
    inodes of those that it holds itself."""
    for folder in ("fd", "net", "ns"):
        (proc / f"{pid}" / folder).mkdir(parents=True, exist_ok=True)
    process = proc / f"{pid}"
    (process / "ns" / "net").symlink_to(f"net:[{namespace}]")
    (process / "comm").write_bytes(b"nginx\n")
    told = "".join(
        f"     |-- {socket.inet_ntoa(one)}\n        /32 host LOCAL\n"
        for one in addresses
        if len(one) == 4
    )
    wide = "".join(f"{one.hex()} 04 40 20 80     eth0\n" for one in addresses if len(one) == 16)
    (process / "net" / "fib_trie").write_text(ROUTES + told)
    (process / "net" / "if_inet6").write_text(NO_ADDRESS + wide)
    write_sockets(proc, pid, *sockets)
    for inode in holds:
        (process / "fd" / f"{inode}").symlink_to(f"socket:[{inode}]")


def write_opened(proc: Path, pid: int, opened: int, taken: int) -> None:
    """How many connections a process's namespace has opened and taken so far."""
    (proc / f"{pid}" / "net" / "snmp").write_text(
        "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
        "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails CurrEstab\n"
        f"Tcp: 1 200 120000 -1 {opened} {taken} 121 5\n"
    )


def write_sockets(proc: Path, pid: int | str, *sockets: tuple[bytes, int]) -> None:
    """The sockets that a process's namespace has from now on."""
    lines = [socket_line(key, inode) for key, inode in sockets]
    for name, width in (("tcp", 8), ("tcp6", 32)):
        table = [line for line in lines if line.index(":", 5) - 6 == width]
        (proc / f"{pid}" / "net" / name).write_text(HEADER + "".join(table))
