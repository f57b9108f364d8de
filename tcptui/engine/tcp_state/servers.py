"""This is who answered SYNs: what the other connections of a capture say of a server that is
silent."""

from typing import Final

from librt.strings import read_i16_be, read_i32_be
from mypy_extensions import i64

from tcptui.engine.flow import IPV4_KEY, UNKNOWN_TTL, Endpoint

MOST_SERVERS: Final = 20_000
"""Servers that are remembered; those that answer later are not."""

ServerRow = tuple[bytes, int, int, int, int]
"""A key, the SYNs that it accepted, when first and last (ns) it was heard, its first TTL."""


class Answers:
    """A server's record: the SYNs that it accepted, when first and last (ns) it was heard, and
    its first TTL."""

    def __init__(self, count: i64, first: i64, last: i64, ttl: i64) -> None:
        self.count: i64 = count
        self.first: i64 = first
        self.last: i64 = last
        self.ttl: i64 = ttl

    def add(self, count: i64, first: i64, last: i64, ttl: i64) -> None:
        """Count more of them."""
        if count > 0 and (self.count == 0 or first < self.first):
            self.ttl = ttl
        self.count += count
        if first < self.first:
            self.first = first
        if last > self.last:
            self.last = last


def port_key(end: Endpoint) -> bytes:
    """Return the address and the port of an endpoint."""
    key = end.key
    return key[:4] + key[8:10] if len(key) == IPV4_KEY else key[:16] + key[32:34]


def is_same_port(key: bytes, other: bytes) -> bool:
    """Return whether two keys have the same source address and port."""
    if len(key) != len(other):
        return False
    if len(key) == IPV4_KEY:
        is_same_host = read_i32_be(key, 0) == read_i32_be(other, 0)
        return is_same_host and read_i16_be(key, 8) == read_i16_be(other, 8)
    return key[:16] == other[:16] and key[32:34] == other[32:34]


class Servers:
    """The answers to SYNs by address and port, and by address."""

    def __init__(self) -> None:
        self.by_key: dict[bytes, Answers] = {}
        # Of the server that answered last, which mostly answers again.
        self.latest: bytes = b""
        self.latest_port: Answers | None = None
        self.latest_host: Answers | None = None

    def note_answer(self, end: Endpoint, time: i64) -> None:
        """Note that ``end`` has answered a SYN with SYN+ACK."""
        ttl = i64(end.first_ttl)
        port = self.latest_port
        host = self.latest_host
        if port is not None and host is not None and is_same_port(end.key, self.latest):
            port.add(1, time, time, ttl)
            host.add(1, time, time, ttl)
            return
        self.latest = end.key
        self.latest_port = self.add(port_key(end), 1, time, time, ttl)
        self.latest_host = self.add(end.address, 1, time, time, ttl)

    def note_heard(self, end: Endpoint, time: i64) -> None:
        """Note that the host of ``end`` is there: it refuses, or speaks in a connection whose
        beginning was not captured."""
        self.add(end.address, 0, time, time, UNKNOWN_TTL)

    def add(self, key: bytes, count: i64, first: i64, last: i64, ttl: i64) -> Answers | None:
        """Count answers, and return their record, unless there is no room for one."""
        known = self.by_key.get(key)
        if known is not None:
            known.add(count, first, last, ttl)
        elif len(self.by_key) < MOST_SERVERS:
            known = Answers(count, first, last, ttl)
            self.by_key[key] = known
        return known

    def answers_of_port(self, end: Endpoint) -> Answers | None:
        """Return what was heard from the port of ``end``, in all connections."""
        return self.by_key.get(port_key(end))

    def answers_of_host(self, end: Endpoint) -> Answers | None:
        """Return what was heard from any port of the host of ``end``."""
        return self.by_key.get(end.address)

    def as_rows(self) -> list[ServerRow]:
        """Return everything as plain values, for another process."""
        return [
            (key, int(one.count), int(one.first), int(one.last), int(one.ttl))
            for key, one in self.by_key.items()
        ]

    def merge(self, rows: list[ServerRow]) -> None:
        """Add what another process has counted in its share of the capture: of all servers those
        that were heard first are remembered."""
        before = self.as_rows()
        self.by_key = {}
        self.latest_port = None
        for key, count, first, last, ttl in sorted(before + rows, key=first_heard):
            self.add(key, i64(count), i64(first), i64(last), i64(ttl))

    def replace(self, rows: list[ServerRow]) -> None:
        """Take what is known of the whole capture."""
        self.by_key = {}
        self.merge(rows)


def first_heard(row: ServerRow) -> int:
    """Return when a server was first heard (ns)."""
    return row[2]
