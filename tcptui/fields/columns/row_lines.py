"""Rows of packets become lines of text: all writers of them share this."""

from librt.strings import BytesWriter, write_i32_le
from mypy_extensions import i32, i64


class RowLines:
    """Writes rows, a line each, behind what ``out`` has. One that ``notes_ends`` tells in ``ends``
    where each line ends, in 32 bits."""

    def __init__(self) -> None:
        self.notes_ends: bool = False
        self.ends: BytesWriter = BytesWriter()
        self.out: BytesWriter = BytesWriter()  # one for all rows has grown as large as they need

    def rows(self, start: i64, stop: i64, chosen: bytes | None = None) -> bytes:
        """Return the rows ``start`` … ``stop - 1``; of ``chosen``, where only some are asked for,
        the bytes of those rows are 1."""
        self.out.truncate(0)
        self.ends.truncate(0)
        if chosen is None:
            self.write(start, stop)
        else:
            self.write_chosen(start, stop, chosen, 0)
        return self.out.getvalue()

    def write(self, start: i64, stop: i64) -> None:
        """Write the rows ``start`` … ``stop - 1``."""
        raise NotImplementedError

    def write_chosen(self, start: i64, stop: i64, chosen: bytes, at: i64) -> None:
        """Write those of the rows that are ``chosen``, whose bytes begin at ``at``; the lines of
        others end where they begin."""
        row = start
        while row < stop:
            if chosen[at + row - start] != 0:
                self.write(row, row + 1)
            elif self.notes_ends:
                write_i32_le(self.ends, i32(len(self.out)))
            row += 1
