"""Rows of a capture whose flows several processes share: each writes its own, the first one puts
those of all in order.

A flow's number in the whole capture is known once all have told which headers opened their flows.
"""

from typing import Final

from librt.strings import BytesWriter, read_i32_le, write_i32_le
from librt.vecs import append, vec
from mypy_extensions import i32, i64

from tcptui.engine.share import OpeningHeaders, Share, owners_of
from tcptui.fields.columns.row_lines import RowLines

WrittenRows = tuple[bytes, bytes]
"""Where each of some rows ends, and their text."""

SIZE: Final = 4
"""Bytes of a number that is told to another process."""


class ShareRows:
    """Has the rows of a share of the flows written; ``flows`` counts those of all shares."""

    def __init__(self, share: Share, lines: RowLines) -> None:
        self.share: Share = share
        self.lines: RowLines = lines
        self.lines.notes_ends = share.number > 0
        self.flows: i64 = 0

    def take_opened(self) -> bytes:
        """Return which headers opened flows since the last call."""
        opened = BytesWriter()
        for header in self.share.take_opened():
            write_i32_le(opened, header)
        return opened.getvalue()

    def number_flows(self, owners: bytes) -> None:
        """Learn whose the next flows of the capture are."""
        share = self.share
        for n in range(len(owners)):
            if i64(owners[n]) == share.number:
                share.numbers = append(share.numbers, i32(self.flows + n))
        self.flows += len(owners)

    def rows(self, start: i64, stop: i64, chosen: bytes | None) -> WrittenRows:
        """Return some rows, or the ``chosen`` ones of them; their flows have numbers."""
        text = self.lines.rows(start, stop, chosen)
        return self.lines.ends.getvalue(), text

    def merged_rows(
        self, start: i64, makers: bytes, others: list[WrittenRows], chosen: bytes | None
    ) -> bytes | None:
        """Return rows of all shares, of which ``makers`` tells whose each is: those of the first
        one, this, from ``start`` on, or the ``chosen`` ones of them, and those of the ``others``.
        None where it is not all of these.
        """
        texts = [OtherRows(ends, text) for ends, text in others]
        for n in range(len(texts)):
            if makers.count(bytes([n + 1])) * SIZE != len(texts[n].ends):
                return None
        out = self.lines.out
        out.truncate(0)
        row = start
        at: i64 = 0
        while at < len(makers):
            maker = makers[at]
            first = at
            while at < len(makers) and makers[at] == maker:
                at += 1
            if maker == 0:
                if chosen is None:
                    self.lines.write(row, row + at - first)
                else:
                    self.lines.write_chosen(row, row + at - first, chosen, row - start)
                row += at - first
            else:
                out.write(texts[maker - 1].next_rows(at - first))
        return out.getvalue()


class OtherRows:
    """Rows that another process has written, of which some after the other are wanted."""

    def __init__(self, ends: bytes, text: bytes) -> None:
        self.ends: bytes = ends
        self.text: bytes = text
        self.taken: i64 = 0
        self.at: i64 = 0

    def next_rows(self, count: i64) -> bytes:
        """Return the text of the next rows."""
        self.taken += count
        start = self.at
        self.at = i64(read_i32_le(self.ends, (self.taken - 1) * SIZE))
        return self.text[start : self.at]


class OpenedFlows:
    """Has the headers that opened flows, as another process has told them."""

    def __init__(self, told: bytes) -> None:
        headers = vec[i32]()
        at: i64 = 0
        while at < len(told):
            headers = append(headers, read_i32_le(told, at))
            at += SIZE
        self.opened: vec[i32] = headers


def owners_told(opened: list[bytes]) -> bytes:
    """Return whose each flow is that the shares have opened, from what each tells."""
    shares: list[OpeningHeaders] = [OpenedFlows(told) for told in opened]
    return owners_of(shares)
