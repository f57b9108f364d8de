"""Putting fragmented datagrams together, in bounded memory (RFC 791, RFC 8200).

The rules are Wireshark's: a datagram is complete in the frame whose fragment closes its last
gap, in whatever order the fragments came; where fragments overlap, the one that begins first
counts, and of those that begin together the one that came first.
"""

from typing import Final

from mypy_extensions import i64

MOST_DATAGRAMS: Final = 65_536
MOST_BYTES: Final = 64_000_000
MOST_PIECES: Final = 8_192
"""Of one datagram. Eight bytes is the smallest useful fragment, 64 kB the largest datagram."""


class Datagram:
    """The fragments of one datagram that are there so far, sorted by where they begin."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.pieces: list[bytes] = []
        self.size: i64 = 0
        self.length: i64 = -1
        """Of the whole datagram; -1 until its last fragment is there."""

    def add(self, start: i64, piece: bytes) -> None:
        """Sort a fragment in, behind those that begin at the same place."""
        at = i64(len(self.starts))
        while at > 0 and i64(self.starts[at - 1]) > start:
            at -= 1
        self.starts.insert(at, start)
        self.pieces.insert(at, piece)
        self.size += len(piece)

    def complete(self) -> bool:
        """Whether the fragments cover the datagram from its beginning to its length."""
        if self.length < 0 or self.size < self.length:
            return False
        edge: i64 = 0
        for i in range(len(self.starts)):
            start: i64 = self.starts[i]
            end = start + i64(len(self.pieces[i]))
            if start <= edge and end > edge:
                edge = end
        return edge >= self.length

    def payload(self) -> bytes:
        """The bytes of a complete datagram."""
        parts: list[bytes] = []
        edge: i64 = 0
        for i in range(len(self.starts)):
            start: i64 = self.starts[i]
            piece = self.pieces[i]
            end = start + i64(len(piece))
            if end > self.length:
                end = self.length
            if end > edge:
                parts.append(piece[edge - start : end - start])
                edge = end
        return b"".join(parts)

    def joined(self) -> bytes:
        """The first fragment of each number, one behind the other."""
        parts: list[bytes] = []
        for i in range(len(self.starts)):
            if i == 0 or self.starts[i] != self.starts[i - 1]:
                parts.append(self.pieces[i])
        return b"".join(parts)


class Fragments:
    """Datagrams that wait for fragments; the oldest are dropped where there are too many."""

    def __init__(self) -> None:
        self.waiting: dict[bytes, Datagram] = {}
        self.size: i64 = 0

    def add(self, key: bytes, start: i64, piece: bytes, last: bool) -> bytes | None:
        """Take a fragment; the payload of its datagram if that is complete now.

        ``key`` tells datagrams apart, ``start`` is where the fragment begins (bytes).
        """
        datagram = self.store(key, start, piece)
        if last and datagram.length < 0:
            datagram.length = start + i64(len(piece))
        if datagram.complete():
            self.forget(key)
            return datagram.payload()
        self.make_room(key, datagram)
        return None

    def add_numbered(self, key: bytes, number: i64, piece: bytes, last: bool) -> bytes | None:
        """The same for fragments that are counted, from 0, instead of placed (802.11)."""
        datagram = self.store(key, number, piece)
        if last and datagram.length < 0:
            datagram.length = number + 1
        if datagram.length == i64(len(set(datagram.starts))):
            self.forget(key)
            return datagram.joined()
        self.make_room(key, datagram)
        return None

    def store(self, key: bytes, start: i64, piece: bytes) -> Datagram:
        """Add a fragment to its datagram, which is a new one if there is none."""
        datagram = self.waiting.get(key)
        if datagram is None:
            datagram = Datagram()
            self.waiting[key] = datagram
        datagram.add(start, piece)
        self.size += len(piece)
        return datagram

    def make_room(self, key: bytes, datagram: Datagram) -> None:
        """Keep within the bounds."""
        if len(datagram.pieces) > MOST_PIECES:
            self.forget(key)
        while self.size > MOST_BYTES or len(self.waiting) > MOST_DATAGRAMS:
            self.forget(next(iter(self.waiting)))

    def forget(self, key: bytes) -> None:
        """Let go of a datagram."""
        self.size -= self.waiting.pop(key).size
