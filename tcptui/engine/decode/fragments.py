"""Putting fragmented datagrams together, in bounded memory (RFC 791, RFC 8200).

The rules are Wireshark's: a datagram is complete in the frame whose fragment closes its last
gap, in whatever order the fragments came; where fragments overlap, the one that begins first
counts, and of those that begin together the one that came first.
"""

from collections import OrderedDict
from typing import Final

from mypy_extensions import i64

from tcptui.engine.coverage import Coverage

MOST_DATAGRAMS: Final = 65_536
MOST_BYTES: Final = 64_000_000
MOST_PIECES: Final = 8_192
"""Of one datagram. Eight bytes is the smallest useful fragment, 64 kB the largest datagram."""
PIECE_BYTES: Final = 100
"""What a fragment takes besides its own bytes."""
BEYOND: Final = 1 << 30
"""No datagram is so long."""


class Datagram:
    """The fragments of one datagram that are there so far, in the order in which they came.

    ``end`` is the size of the whole datagram, -1 until its last fragment is there; with fragments
    that are counted, their number. ``missing`` is worked out once there are enough bytes.
    """

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.sizes: list[int] = []
        self.pieces: list[bytes] = []
        self.covered: i64 = 0
        self.held: i64 = 0
        self.end: i64 = -1
        self.missing: Coverage | None = None

    def add(self, start: i64, size: i64, piece: bytes) -> i64:
        """Take a fragment that covers ``size`` from ``start``, and return the bytes of memory that
        it takes."""
        self.starts.append(start)
        self.sizes.append(size)
        self.pieces.append(piece)
        self.covered += size
        held = i64(len(piece)) + PIECE_BYTES
        self.held += held
        if self.missing is not None:
            self.missing.fill(start, start + size)
        return held

    def complete(self) -> bool:
        """Return whether the fragments cover the datagram from its beginning to its end."""
        if self.end < 0 or self.covered < self.end:
            return False
        missing = self.missing
        if missing is None:
            missing = Coverage()
            missing.add(0, BEYOND)
            for n in range(len(self.starts)):
                start: i64 = self.starts[n]
                missing.fill(start, start + i64(self.sizes[n]))
            self.missing = missing
        return missing.starts[0] >= self.end

    def in_order(self) -> list[int]:
        """Return the numbers of the fragments by where they begin; of those that begin together,
        the one that came first is first."""
        return sorted(range(len(self.starts)), key=self.starts.__getitem__)

    def payload(self) -> bytes:
        """Return the bytes of a complete datagram."""
        parts: list[bytes] = []
        edge: i64 = 0
        for n in self.in_order():
            start: i64 = self.starts[n]
            piece = self.pieces[n]
            end = start + i64(len(piece))
            if end > self.end:
                end = self.end
            if end > edge:
                parts.append(piece[edge - start : end - start])
                edge = end
        return b"".join(parts)

    def joined(self) -> bytes:
        """Return the first fragment of each number, one behind the other."""
        parts: list[bytes] = []
        before = -1
        for n in self.in_order():
            if self.starts[n] != before:
                before = self.starts[n]
                parts.append(self.pieces[n])
        return b"".join(parts)


class Fragments:
    """Datagrams that wait for fragments; the oldest are dropped where there are too many."""

    def __init__(self, most_datagrams: i64 = MOST_DATAGRAMS) -> None:
        self.most_datagrams: i64 = most_datagrams
        self.waiting: OrderedDict[bytes, Datagram] = OrderedDict()
        self.held: i64 = 0

    def add(self, key: bytes, start: i64, piece: bytes, last: bool) -> bytes | None:
        """Take a fragment, and return the payload of its datagram if that is complete now.

        ``key`` tells datagrams apart, ``start`` is where the fragment begins (bytes).
        """
        datagram = self.store(key, start, len(piece), piece, last)
        return datagram.payload() if self.let_go(key, datagram) else None

    def add_numbered(self, key: bytes, number: i64, piece: bytes, last: bool) -> bytes | None:
        """Take a fragment that is counted from 0, as in 802.11, instead of placed, and return the
        payload if its datagram is complete now."""
        datagram = self.store(key, number, 1, piece, last)
        return datagram.joined() if self.let_go(key, datagram) else None

    def store(self, key: bytes, start: i64, size: i64, piece: bytes, last: bool) -> Datagram:
        """Add a fragment to its datagram, which is a new one if there is none."""
        datagram = self.waiting.get(key)
        if datagram is None:
            datagram = Datagram()
            self.waiting[key] = datagram
        self.held += datagram.add(start, size, piece)
        if last and datagram.end < 0:
            datagram.end = start + size
        return datagram

    def let_go(self, key: bytes, datagram: Datagram) -> bool:
        """Return whether a datagram is complete, and let it go; if it is not, keep within the
        bounds."""
        if datagram.complete():
            self.held -= self.waiting.pop(key).held
            return True
        if len(datagram.pieces) > MOST_PIECES:
            self.held -= self.waiting.pop(key).held
        while self.held > MOST_BYTES or len(self.waiting) > self.most_datagrams:
            self.held -= self.waiting.popitem(last=False)[1].held
        return False
