"""Puts a flow's byte stream together: both directions in order, repeated bytes once, holes as
holes."""

from collections.abc import Callable, Generator
from typing import Final, NamedTuple

from tcptui.drawing.cells import Line, Run
from tcptui.drawing.hexdump import printable
from tcptui.engine.engine import Engine
from tcptui.engine.flow import Flow
from tcptui.engine.sequence import MASK32
from tcptui.engine.tcp_header import SYN
from tcptui.engine.wireshark.relative_numbers import RelativeNumbers
from tcptui.text.amounts import count

MOST_BYTES: Final = 4_000_000
"""Payload that is read for one view; what is left out beyond that is said."""


class StreamPiece(NamedTuple):
    """Bytes that one side sent, or a hole of ``missing`` bytes that were not captured."""

    from_server: bool
    data: bytes
    missing: int = 0


class StreamDirection:
    """Puts one side's segments in order of their sequence numbers, counted from ``base``."""

    def __init__(self, base: int = 0) -> None:
        self.base = base
        self.next: int | None = None
        self.early: dict[int, bytes] = {}
        self.lengths: dict[int, int] = {}

    def take_bytes(self, seq: int, data: bytes, length: int) -> list[tuple[bytes, int]]:
        """Add a segment of ``length`` bytes, of which ``data`` was captured; return what is now in
        order, as (bytes, missing)."""
        if self.next is None:
            self.next = seq
        if length > self.lengths.get(seq, 0):
            self.early[seq] = data
            self.lengths[seq] = length
        return self.in_order()

    def in_order(self) -> list[tuple[bytes, int]]:
        ready: list[tuple[bytes, int]] = []
        while self.next is not None:
            position = self.next
            seq = next((s for s in self.early if distance(s, position) <= 0), None)
            if seq is None:
                break
            data, length = self.early.pop(seq), self.lengths.pop(seq)
            known = -distance(seq, position)
            if known >= length:
                continue
            ready.append((data[known:], 0))
            if len(data) < length:
                ready.append((b"", length - max(len(data), known)))
            self.next = (seq + length) & MASK32
        return ready

    def rest(self) -> list[tuple[bytes, int]]:
        """Return what waits behind holes, with the holes."""
        ready: list[tuple[bytes, int]] = []
        while self.early and self.next is not None:
            position = self.next
            seq = min(self.early, key=lambda s: distance(s, position))
            ready.append((b"", distance(seq, position)))
            self.next = seq
            ready.extend(self.in_order())
        return ready


def distance(seq: int, start: int) -> int:
    """Return how far ``seq`` lies behind ``start``; negative before it."""
    forward = (seq - start) & MASK32
    return forward - (1 << 32) if forward >= 1 << 31 else forward


def stream_pieces(
    engine: Engine, flow: Flow, rows: list[int], payload: Callable[[int], bytes]
) -> Generator[float, None, list[StreamPiece]]:
    """Return the stream of a flow; ``payload`` reads a row's captured bytes. It yields its
    progress."""
    packets = engine.packets
    numbers = RelativeNumbers(engine)
    sides = [StreamDirection(), StreamDirection()]
    pieces: list[StreamPiece] = []
    total = 0
    for number, row in enumerate(rows):
        yield number / len(rows)
        length = packets.length(row)
        from_server = packets.is_from_server(row)
        is_syn = packets.has_header_flag(row, SYN)
        base = numbers.base(row, numbers.sender(row))
        if sides[from_server].base != base:
            # The side began anew with another initial number: there is no hole between the two.
            pieces.extend(StreamPiece(from_server, *part) for part in sides[from_server].rest())
            sides[from_server] = StreamDirection(base)
        seq = numbers.seq(row) + is_syn
        if length <= 0:
            if is_syn and sides[from_server].next is None:
                sides[from_server].next = seq & MASK32
            continue
        if total > MOST_BYTES:
            break
        total += length
        for data, missing in sides[from_server].take_bytes(seq & MASK32, payload(row), length):
            pieces.append(StreamPiece(from_server, data, missing))
    for number, side in enumerate(sides):
        pieces.extend(StreamPiece(bool(number), data, missing) for data, missing in side.rest())
    return joined(pieces)


def joined(pieces: list[StreamPiece]) -> list[StreamPiece]:
    """Return the pieces with neighbours of the same side joined."""
    runs: list[list[StreamPiece]] = []
    for piece in pieces:
        if not piece.data and not piece.missing:
            continue
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and last.from_server == piece.from_server
            and not piece.missing
            and not last.missing
        ):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return [
        StreamPiece(run[0].from_server, b"".join(piece.data for piece in run), run[0].missing)
        for run in runs
    ]


def front_of(piece: StreamPiece) -> tuple[Run, str]:
    """Return what stands before each line of a piece, and the style of what follows."""
    side = "server" if piece.from_server else "client"
    return Run("S " if piece.from_server else "C ", f"{side}-head"), side


def missing_line(piece: StreamPiece) -> Line:
    text = f"[{count(piece.missing)} bytes missing: not captured]"
    return [front_of(piece)[0], Run(text, "warning")]


def text_lines(pieces: list[StreamPiece], width: int) -> Generator[float, None, list[Line]]:
    """Return the stream as text: lines end where the stream's lines do; ``·`` stands for what
    cannot be printed."""
    lines: list[Line] = []
    for number, piece in enumerate(pieces):
        yield number / len(pieces)
        front, side = front_of(piece)
        if piece.missing:
            lines.append(missing_line(piece))
            continue
        for raw in piece.data.split(b"\n"):
            text = "".join(map(printable, raw.rstrip(b"\r")))
            for start in range(0, max(len(text), 1), max(width, 8)):
                lines.append([front, Run(text[start : start + max(width, 8)], side)])
            if len(lines) % 64 == 0:
                yield number / len(pieces)
    return lines


def hex_lines(pieces: list[StreamPiece], width: int) -> Generator[float, None, list[Line]]:
    """Return the stream as hex and characters, each piece counted from its own beginning."""
    per_line = 16 if width >= 72 else 8
    lines: list[Line] = []
    for number, piece in enumerate(pieces):
        yield number / len(pieces)
        front, side = front_of(piece)
        if piece.missing:
            lines.append(missing_line(piece))
        for start in range(0, len(piece.data), per_line):
            chunk = piece.data[start : start + per_line]
            text = f"{start:06x}  {chunk.hex(' '):<{per_line * 3}} "
            lines.append([front, Run(text + "".join(map(printable, chunk)), side)])
            if start % 1024 == 0:
                yield number / len(pieces)
    return lines
