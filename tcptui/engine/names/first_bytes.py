"""The first bytes of one direction, put in order: until the message that they carry is whole."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.sequence import MASK32, lt

MOST: Final = 1 << 16
"""Bytes that may wait for others, or to be read: a TLS record has 16 kB."""
MOST_PIECES: Final = 64


class Piece:
    """Bytes that came before those in front of them."""

    def __init__(self, seq: i64, data: bytes, is_cut: bool) -> None:
        self.seq: i64 = seq
        self.data: bytes = data
        self.is_cut: bool = is_cut


class FirstBytes:
    """The bytes of a direction from ``start``, a raw sequence number, on.

    ``data`` are those that stand in order and were not read yet; ``is_cut`` says that the ones
    behind them passed but were not captured, ``is_lost`` that more waits than is kept.
    """

    def __init__(self, start: i64) -> None:
        self.next: i64 = start
        self.data: bytes = b""
        self.waiting: list[Piece] = []
        self.is_cut: bool = False
        self.is_lost: bool = False

    def take(self, seq: i64, data: bytes, is_cut: bool) -> bool:
        """Take payload, and return whether there is more to be read than before; ``is_cut``: its
        packet had more."""
        if lt(self.next, seq):
            self.hold(seq, data, is_cut)
            return False
        if not self.add(seq, data, is_cut):
            return False
        if len(self.waiting) > 0:
            self.add_waiting()
        return True

    def hold(self, seq: i64, data: bytes, is_cut: bool) -> None:
        """Keep bytes that came too early."""
        if ((seq - self.next) & MASK32) > MOST or len(self.waiting) == MOST_PIECES:
            self.is_lost = True
            return
        self.waiting.append(Piece(seq, data, is_cut))

    def add(self, seq: i64, data: bytes, is_cut: bool) -> bool:
        """Append what of this payload is new, and return whether there was any."""
        old = (self.next - seq) & MASK32
        if self.is_cut or old > len(data) or (old == len(data) and not is_cut):
            return False
        new = data[old:] if old > 0 else data
        self.data = self.data + new if len(self.data) > 0 else new
        self.next = (self.next + len(new)) & MASK32
        self.is_cut = is_cut
        if len(self.data) > MOST:
            self.is_lost = True
        return True

    def add_waiting(self) -> None:
        """Append what waited for the bytes that came now."""
        moved = True
        while moved:
            moved = False
            still: list[Piece] = []
            for piece in self.waiting:
                if lt(self.next, piece.seq):
                    still.append(piece)
                else:
                    moved = self.add(piece.seq, piece.data, piece.is_cut) or moved
            self.waiting = still

    def discard(self, size: i64) -> None:
        """Let go of the next ``size`` bytes, those too that did not come yet."""
        here: i64 = len(self.data)
        if size <= here:
            self.data = self.data[size:]
            return
        self.data = b""
        self.next = (self.next + size - here) & MASK32
        if len(self.waiting) > 0:
            self.add_waiting()
